"""`python -m tests.stage.notion --sample`: the stand-in as a process. One JSON line when it is ready; TERM ends it."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from types import FrameType

from tests.stage.notion.magazine import fill
from tests.stage.notion.standin import NotionStandIn


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 (the default): any free port")
    parser.add_argument("--token", default="ntn_stand_in", help="what callers have to bear")
    parser.add_argument("--sample", action="store_true", help="with the sample magazine in it")
    parser.add_argument("--per-minute", type=int, default=None, help="calls let in per minute (default: all)")
    given = parser.parse_args()
    end = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        end.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with NotionStandIn(given.token, port=given.port, per_minute=given.per_minute) as notion:
        if given.sample:
            fill(notion.content)
        ready = {
            "url": notion.url,
            "token": notion.token,
            "data_source_id": notion.data_source_id,
            "database_id": notion.database_id,
            "web": notion.web_url(""),
            "control": f"{notion.url}/_control/",
        }
        print(json.dumps(ready), flush=True)
        end.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`make bench`: every measurement, or those that are named: `python -m tests.bench sync`. Prints; asserts nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from tests.bench import button, companion, events, idle, pictures, rendering, sync, transports, webhooks

BENCHES: Mapping[str, Callable[[], None]] = {
    "button": button.main,
    "companion": companion.main,
    "events": events.main,
    "idle": idle.main,
    "pictures": pictures.main,
    "rendering": rendering.main,
    "sync": sync.main,
    "transports": transports.main,
    "webhooks": webhooks.main,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"There is no bench {', '.join(unknown)}. There are: {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    for name in names or list(BENCHES):
        print(f"== {name}", flush=True)
        BENCHES[name]()
        print(flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

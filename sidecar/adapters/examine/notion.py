"""Questions to Notion. The only write that is tried goes to a page that does not exist."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from uuid import uuid4

import httpx

from sidecar.adapters.examine import OwnMemory, ahead, answered
from sidecar.adapters.limiter import Limiter
from sidecar.adapters.notion import NotionSource
from sidecar.adapters.notion_calls import Calls, Limits, certificates
from sidecar.adapters.notion_errors import Invalid
from sidecar.config import Config
from sidecar.errors import Missing, SidecarError
from sidecar.model import Json

PATIENCE = Limits(seconds=20.0, answer_seconds=20.0, attempts=2)
CLOCK_SECONDS = 10.0


class NotionProbe:
    """One workspace, seen with one token."""

    def __init__(self, config: Config, limiter: Limiter, stop: threading.Event, limits: Limits = PATIENCE) -> None:
        self._config = config
        self._calls = Calls(config, limiter, stop, limits)
        self._source = NotionSource(config, limiter, OwnMemory(), stop, limits)

    def close(self) -> None:
        self._source.close()
        self._calls.close()

    def integration(self) -> str | SidecarError:
        """The integration's name."""
        me = answered(lambda: self._calls.get("users/me"))
        return me if isinstance(me, SidecarError) else str(me.get("name") or "without a name")

    def clock(self, now: Callable[[], float] = time.time) -> float | None:
        """Seconds that our clock is ahead of Notion's."""
        try:
            with httpx.Client(verify=certificates(), timeout=CLOCK_SECONDS) as http:
                answer = http.get(f"{self._config.notion_base_url}/v1/users/me")
        except (httpx.HTTPError, httpx.InvalidURL):
            return None
        return ahead(answer.headers.get("date", ""), now())

    def schema(self) -> Mapping[str, Json] | SidecarError:
        return answered(self._source.properties)

    def waiting(self) -> int | SidecarError:
        """How many pages ask for publication."""
        found = answered(self._source.listed)
        return found if isinstance(found, SidecarError) else len(found)

    def writing(self) -> SidecarError | None:
        """None when the integration may update pages. Notion looks at that before it looks for the page."""
        body: Json = {"properties": {}}
        done = answered(lambda: self._calls.patiently(lambda: self._calls.once("PATCH", f"pages/{uuid4()}", body)))
        return done if isinstance(done, SidecarError) and not isinstance(done, Missing | Invalid) else None

    def sources(self) -> list[Json] | SidecarError:
        """Every data source that is shared with the integration, those that were edited last first."""
        body: Json = {
            "filter": {"property": "object", "value": "data_source"},
            "sort": {"timestamp": "last_edited_time", "direction": "descending"},
        }

        def collect() -> list[Json]:
            answers = self._calls.pages(lambda paging: self._calls.post("search", {**body, **paging}))
            return [found for answer in answers for found in answer["results"] if found.get("object") == "data_source"]

        return answered(collect)

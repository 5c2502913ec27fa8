"""Single calls of Notion's API: paced, counted, repeated while that is safe, and answered whole or not at all.

notion-client is the transport, with its own retry off: it waits too short, and not at all for what it does not know.
"""

from __future__ import annotations

import logging
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, cast

import httpx
import notion_client
from notion_client.errors import NotionClientErrorBase

from sidecar import catalogue
from sidecar.adapters.limiter import Limiter
from sidecar.adapters.notion_errors import unhappy
from sidecar.adapters.retry import ATTEMPTS, FIRST_WAIT, patiently
from sidecar.config import Config
from sidecar.errors import Refused, Stopped, Unavailable
from sidecar.model import Json

T = TypeVar("T")

VERSION = "2026-03-11"
PAGE_SIZE = 100
MOST_ANSWERS = 1000
"""Answers to one list. A far end that goes on longer than this answers in a circle."""
TOO_MANY = 429

log = logging.getLogger("sidecar.notion")


@dataclass(frozen=True)
class Limits:
    """How long one call may be silent, how long its answer may take to come in, and how often it is tried."""

    seconds: float = 55.0
    answer_seconds: float = 25.0
    connect_seconds: float = 5.0
    """All together less than the 90 s that a lease of 120 s leaves for one call."""
    attempts: int = ATTEMPTS
    first_wait: float = FIRST_WAIT


@cache
def certificates() -> ssl.SSLContext:
    """Whom we take for Notion. Read once in a process: that takes longer than a call."""
    return httpx.create_ssl_context()


class Calls:
    """The way to one workspace, for all threads of a process."""

    def __init__(self, config: Config, limiter: Limiter, stop: threading.Event, limits: Limits) -> None:
        self._limiter, self._stop, self._limits = limiter, stop, limits
        self._sent = self._throttled = 0
        self._lock = threading.Lock()
        self._http = httpx.Client(verify=certificates(), event_hooks={"response": [self._end_in_time]})
        self._client: Any = notion_client.Client(
            auth=config.notion_token.get_secret_value(),
            notion_version=VERSION,
            base_url=config.notion_base_url,
            timeout_ms=int(limits.seconds * 1000),
            retry=False,
            logger=log,
            client=self._http,
        )
        # The library knows one time-out for all: a far end that takes no connection would use up that of the answer.
        self._http.timeout = httpx.Timeout(limits.seconds, connect=min(limits.connect_seconds, limits.seconds))

    def close(self) -> None:
        self._http.close()

    def sent(self) -> int:
        return self._sent

    def throttled(self) -> int:
        return self._throttled

    def get(self, path: str, query: Json | None = None) -> Json:
        return self.patiently(lambda: self.once("GET", path, query=query))

    def post(self, path: str, body: Json) -> Json:
        """For what only reads: it is sent again when no good answer comes."""
        return self.patiently(lambda: self.once("POST", path, body=body))

    def patiently(self, call: Callable[[], T]) -> T:
        limits = self._limits
        return patiently(call, attempts=limits.attempts, stop=self._stop, first_wait=limits.first_wait)

    def once(self, method: str, path: str, body: Json | None = None, query: Json | None = None) -> Json:
        """One request, sent once, when the pace of all allows it."""
        if not self._limiter.acquire(self._stop):
            raise Stopped("The sync was stopped while it waited for Notion.")
        with self._lock:
            self._sent += 1
        try:
            answer = self._client.request(path=path, method=method, query=query, body=body)
        except (NotionClientErrorBase, httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise self._noted(error) from error
        if not isinstance(answer, dict):
            raise Unavailable.of(catalogue.NOTION_GARBLED, {"how": "it is no JSON object"}, maybe_done=True)
        return answer

    def _noted(self, error: Exception) -> Refused | Unavailable:
        """Tells everybody to hold back when Notion says that it is too much."""
        told = unhappy(error)
        if getattr(error, "status", None) == TOO_MANY:
            with self._lock:
                self._throttled += 1
        if isinstance(told, Unavailable) and told.retry_after is not None:
            self._limiter.hold(told.retry_after)
        return told

    def _end_in_time(self, response: httpx.Response) -> None:
        """An answer that drips would begin its time-out anew with every byte."""
        stream = cast(httpx.SyncByteStream, response.stream)
        response.stream = _Timed(stream, time.monotonic() + self._limits.answer_seconds)

    # --- lists -------------------------------------------------------------------------------------------

    def pages(self, fetch: Callable[[Json], Json]) -> Iterator[Json]:
        """The answers of a paged list, all of them or an error: a cursor that comes again ends nothing quietly.

        `fetch` is given what a request says about paging.
        """
        paging: Json = {"page_size": PAGE_SIZE}
        seen: set[str] = set()
        for _ in range(MOST_ANSWERS):
            answer = fetch(paging)
            if not isinstance(answer.get("results"), list):
                raise Unavailable.of(catalogue.NOTION_GARBLED, {"how": "it has no list of results"})
            yield answer
            if not answer.get("has_more"):
                return
            cursor = answer.get("next_cursor")
            if not cursor or cursor in seen:
                raise Unavailable.of(
                    catalogue.NOTION_GARBLED, {"how": "a list goes round in a circle; nothing was taken from it"}
                )
            seen.add(cursor)
            paging = {"page_size": PAGE_SIZE, "start_cursor": cursor}
        raise Unavailable.of(catalogue.NOTION_GARBLED, {"how": "a list does not end"})

    def all(self, path: str) -> list[Json]:
        """Everything in a list that is read with GET."""
        return [found for answer in self.pages(lambda paging: self.get(path, paging)) for found in answer["results"]]


class _Timed(httpx.SyncByteStream):
    """A body that has to be there by a certain time."""

    def __init__(self, stream: httpx.SyncByteStream, end: float) -> None:
        self._stream, self._end = stream, end

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            if time.monotonic() > self._end:
                raise httpx.ReadTimeout("the answer took too long")
            yield part

    def close(self) -> None:
        self._stream.close()

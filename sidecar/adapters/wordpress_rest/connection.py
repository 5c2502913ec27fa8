"""The way to the REST API of one WordPress: where it is, and three ways to call. No posts in here.

GET and POST are all that is sent: many a host lets no DELETE through, and WordPress takes `_method` for it.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sidecar.adapters.oneshot import MAX_REPLY_BYTES, Body, Http, NoAnswer, NotSent, Reply, shown
from sidecar.adapters.retry import patiently
from sidecar.adapters.wordpress import faults
from sidecar.adapters.wordpress.connection import ATTEMPTS, PATIENCE_SECONDS, Limits
from sidecar.adapters.wordpress.discovery import SUFFIX
from sidecar.adapters.wordpress.wording import Call, header
from sidecar.adapters.wordpress_rest.discovery import Root, as_text, discover, remembered
from sidecar.adapters.wordpress_rest.refusals import Spoken, explained, spoken
from sidecar.errors import Closed, SidecarError, Unavailable
from sidecar.ledger import Memory

T = TypeVar("T")

JSON = {"Content-Type": "application/json; charset=utf-8", "Accept": "application/json"}


@dataclass(frozen=True)
class Answer:
    """What was said, parsed, and how many there are of what was asked for, where a list was asked for."""

    said: Any
    total: int = 0


class _Enough(Exception):
    """A trouble that is not for us to sit out."""

    def __init__(self, error: Unavailable) -> None:
        super().__init__(str(error))
        self.error = error


class Connection:
    """Made without a request; the first call looks for the API. Safe for threads."""

    def __init__(
        self, url: str, username: str, password: str, memory: Memory, limits: Limits, stop: threading.Event
    ) -> None:
        self.url = SUFFIX.sub("", url)
        self.shown = shown(self.url)
        self.http = Http(limits.seconds)
        self._username, self._auth = username, (username, password)
        self._memory, self._stop, self._limits = memory, stop, limits
        self._key = f"REST API of {self.shown}"
        self._lock = threading.Lock()
        self._found: Root | None = None

    def close(self) -> None:
        self.http.close()

    # --- calls -------------------------------------------------------------------------------------------

    def read(self, route: str, doing: str, **query: str | int) -> Answer:
        """A call that changes nothing."""
        return self._patiently(lambda: self._get(route, self.about(doing, writes=False), query))

    def rewrite(self, route: str, body: Mapping[str, Any], doing: str, **query: str | int) -> Any:
        """A call that changes something and may be repeated, for it says what shall be and not what to add."""
        call = self.about(doing, writes=True)
        return self._patiently(lambda: self._post(route, _encoded(body), JSON, call, query))

    def once(self, route: str, body: Mapping[str, Any], doing: str, **query: str | int) -> Any:
        """A call that must not be repeated. `Unavailable.maybe_done` is True when nobody knows what became of it."""
        self._patiently(lambda: self._root(self.about(doing, writes=False)))
        return self._post(route, _encoded(body), JSON, self.about(doing, writes=True), query)

    def send(self, route: str, data: bytes, headers: Mapping[str, str], doing: str, **query: str | int) -> Any:
        """Like `once`, with bytes as they are."""
        self._patiently(lambda: self._root(self.about(doing, writes=False)))
        call = self.about(doing, writes=True, size=len(data))
        return self._post(route, data, {"Accept": "application/json", **headers}, call, query)

    def about(self, doing: str, *, writes: bool, size: int = 0) -> Call:
        return Call(self.shown, self._username, doing, writes, size)

    def _get(self, route: str, call: Call, query: Mapping[str, str | int]) -> Answer:
        try:
            url = self._root(call).url(self.url, route, **query)
            reply = self.http.get(url, max_bytes=MAX_REPLY_BYTES, auth=self._auth)
        except NotSent as error:
            raise faults.explain(error, call) from error
        total = header(reply.headers, "X-WP-Total")
        return Answer(self._parsed(reply, call), int(total) if total.isdigit() else 0)

    def _post(
        self, route: str, data: bytes, headers: Mapping[str, str], call: Call, query: Mapping[str, str | int]
    ) -> Any:
        url = self._root(call).url(self.url, route, **query)
        body = Body([data], time.monotonic() + self._limits.seconds)
        try:
            reply = self.http.post(url, body, self._auth, headers)
        except (NotSent, NoAnswer) as error:
            raise faults.explain(error, call) from error
        return self._parsed(reply, call)

    def _parsed(self, reply: Reply, call: Call) -> Any:
        try:
            said = json.loads(reply.body.decode("utf-8-sig"))
        except ValueError:
            raise self._refusal(reply, call) from None
        if reply.status not in (200, 201) or (isinstance(said, dict) and "code" in said and "message" in said):
            raise self._refusal(reply, call) from _cause(reply)
        return said

    def _refusal(self, reply: Reply, call: Call) -> SidecarError:
        error = explained(reply, call)
        if isinstance(error, Closed):
            self._forget()
        return error

    def _patiently(self, call: Callable[[], T]) -> T:
        """Short troubles are sat out here; long ones, and long waits that are asked for, are the caller's."""
        ends = time.monotonic() + PATIENCE_SECONDS

        def attempt() -> T:
            try:
                return call()
            except Unavailable as error:
                if time.monotonic() + (error.retry_after or 0.0) > ends:
                    raise _Enough(error) from error
                raise

        try:
            return patiently(attempt, attempts=ATTEMPTS, stop=self._stop, first_wait=self._limits.first_wait)
        except _Enough as enough:
            raise enough.error from enough.error.__cause__

    # --- where it is -------------------------------------------------------------------------------------

    def _root(self, call: Call) -> Root:
        with self._lock:
            if self._found is None:
                self._found = remembered(self._memory.get(self._key)) or self._look(call)
            return self._found

    def _look(self, call: Call) -> Root:
        try:
            found = discover(self.http, self.url)
        except NotSent as error:
            raise faults.explain(error, call) from error
        if isinstance(found, Reply):
            raise explained(found, call)
        self._memory.put(self._key, as_text(found))
        return found

    def _forget(self) -> None:
        with self._lock:
            self._memory.put(self._key, "")
            self._found = None


def _encoded(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body).encode()


def _cause(reply: Reply) -> Spoken | None:
    said = spoken(reply)
    return Spoken(said) if said else None

"""HTTP to one site, each request sent once: time, size and redirects have an end here. Knows nothing of what is sent.

How far a request came is said exactly: `NotSent` when the far end has seen nothing of it, `NoAnswer` when it may have.
"""

from __future__ import annotations

import base64
import contextlib
import os
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import cast
from urllib.parse import urlsplit, urlunsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

CONNECT_SECONDS = 5.0
CALL_SECONDS = 85.0
"""Sending, waiting and reading together. It must stay below the 90 s that a lease of 120 s leaves for one call."""
MAX_REPLY_BYTES = 64_000_000
PIECE = 48 * 1024
"""A multiple of 3, so that pieces of base64 can follow one another."""
POOL = 8
AGENT = "notion-wordpress-sidecar"
XML = {"Content-Type": "text/xml; charset=utf-8", "Accept": "text/xml"}


class NotSent(Exception):
    """No connection came about: the far end has seen nothing of the call."""


class NoAnswer(Exception):
    """The call went out, at least in part, and no whole answer came back: it may have been carried out."""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Http:
    """A pool of connections to one site, safe for threads and forks, and the count of what went out through it.

    The environment is not trusted (`trust_env` is off): a proxy variable or a .netrc on the machine must not decide
    where a password goes. Cookies are refused: every call logs in by itself.
    """

    def __init__(
        self,
        seconds: float = CALL_SECONDS,
        connect_seconds: float = CONNECT_SECONDS,
        max_reply_bytes: int = MAX_REPLY_BYTES,
    ) -> None:
        self._seconds, self._connect_seconds, self._max_reply_bytes = seconds, connect_seconds, max_reply_bytes
        self._lock = threading.Lock()
        self._session: requests.Session | None = None
        self._pid = 0
        self._calls = 0

    def calls(self) -> int:
        return self._calls

    def close(self) -> None:
        with self._lock:
            if self._session is not None:
                self._session.close()
            self._session = None

    def get(self, url: str, *, max_bytes: int, auth: tuple[str, str] | None = None) -> Reply:
        """The beginning of a page, at most `max_bytes` of it. Raises `NotSent`: to look does nothing."""
        headers = {"User-Agent": AGENT}
        try:
            with self._open("GET", url, None, headers, auth) as response:
                return Reply(response.status_code, response.headers, _read(response, max_bytes, cut=True))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise NotSent(_words(error)) from error

    def post(
        self, url: str, body: Body, auth: tuple[str, str] | None = None, headers: Mapping[str, str] = XML
    ) -> Reply:
        """The answer to a POST. Raises `NotSent` when nothing of the body left, `NoAnswer` when some of it did."""
        headers = {"User-Agent": AGENT, **headers}
        try:
            with self._open("POST", url, body, headers, auth) as response:
                return Reply(response.status_code, response.headers, _read(response, self._max_reply_bytes))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise (NoAnswer if body.began else NotSent)(_words(error)) from error

    @contextlib.contextmanager
    def _open(
        self, method: str, url: str, body: Body | None, headers: Mapping[str, str], auth: tuple[str, str] | None
    ) -> Iterator[requests.Response]:
        session = self._shared_session()
        # `total` makes the wait for an answer shorter by what sending took. requests takes urllib3's Timeout as it is.
        limit = urllib3.Timeout(connect=self._connect_seconds, total=self._seconds)
        ends = time.monotonic() + self._seconds
        with session.request(
            method, url, data=body, headers=dict(headers), auth=auth, allow_redirects=False, stream=True,
            timeout=cast(float, limit),
        ) as response:  # fmt: skip
            # A far end that drips its answer would begin its time-out anew with every byte.
            watchdog = threading.Timer(max(0.0, ends - time.monotonic()), _hang_up, [response])
            watchdog.daemon = True
            watchdog.start()
            try:
                yield response
            finally:
                watchdog.cancel()

    def _shared_session(self) -> requests.Session:
        """The session of this process: connections that were opened before a fork belong to the parent."""
        with self._lock:
            self._calls += 1
            if self._session is None or self._pid != os.getpid():
                self._session, self._pid = _session(), os.getpid()
            return self._session


class Body:
    """What is sent, in small parts, so that each has its own time-out, and it shows whether any part left.

    Parts that are `File` become base64 on their way: a film is in memory once, not four times.
    """

    def __init__(self, parts: Sequence[bytes | File], ends: float) -> None:
        self._length = sum(len(part) for part in parts)
        self._pieces = (piece for part in parts for piece in _cut(part))
        self._ends = ends
        self.began = False

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.read, b"")

    def read(self, _size: int = -1) -> bytes:
        """The next piece, of whatever size; empty at the end."""
        if time.monotonic() > self._ends:
            raise TimeoutError("sending took too long")
        self.began = True
        return next(self._pieces, b"")


@dataclass(frozen=True)
class File:
    """Bytes that stand in a call as base64."""

    data: bytes

    def __len__(self) -> int:
        return (len(self.data) + 2) // 3 * 4


def _cut(part: bytes | File) -> Iterator[bytes]:
    view = memoryview(part.data if isinstance(part, File) else part)
    for at in range(0, len(view), PIECE):
        piece = view[at : at + PIECE]
        yield base64.b64encode(piece) if isinstance(part, File) else bytes(piece)


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = HTTPAdapter(pool_connections=2, pool_maxsize=POOL, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _read(response: requests.Response, limit: int, cut: bool = False) -> bytes:
    """The body, unpacked. Beyond `limit` bytes: what was read (`cut`), or an error."""
    parts, size = [], 0
    for part in response.iter_content(65536):
        parts.append(part)
        size += len(part)
        if size > limit and cut:
            break
        if size > limit:
            raise requests.exceptions.ContentDecodingError(f"the answer is larger than {limit // 1_000_000} MB")
    return b"".join(parts)[:limit]


def _hang_up(response: requests.Response) -> None:
    with contextlib.suppress(ValueError, RuntimeError, OSError):  # it ended at this very moment
        response.raw.shutdown()


def shown(url: str) -> str:
    """A URL as it may be shown: without a password that somebody put into it."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


REASONS = (
    (r"certificate verify failed[^(\]]*", ""),
    (r"larger than \d+ MB", ""),
    (r"NameResolution|getaddrinfo|Name or service", "its name is not known"),
    (r"refused", "Connection refused"),
    (r"unreachable|No route", "there is no way to it on the network"),
    (r"SSL|TLS", "no secure connection came about"),
    (r"[Tt]imed? ?out|too long", "it took too long"),
    (r"reset|aborted|Broken pipe|IncompleteRead|RemoteDisconnected", "the connection broke off"),
)
"""Pattern in what requests and urllib3 say, and how it is put to people; empty: in those words themselves."""


def _words(error: BaseException) -> str:
    text = repr(error)
    for pattern, words in REASONS:
        found = re.search(pattern, text)
        if found:
            return words or found[0].strip(" '\")")
    return type(error).__name__

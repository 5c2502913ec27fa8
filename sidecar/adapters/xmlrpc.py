"""XML-RPC over HTTP, one request per call: what was sent is never sent again. No words for people, no WordPress.

The standard library's own transport repeats a POST whose answer was lost, waits for ever and follows whatever XML it
is given. This one sends once, has an end in time and size, opens no redirect, and says exactly how far a call came:
`NotSent`, `NoAnswer`, `BadAnswer`, or `xmlrpc.client.Fault`.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
import xmlrpc.client
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any, cast
from xml.parsers.expat import ExpatError

import requests
import urllib3
from defusedxml.common import DefusedXmlException
from defusedxml.xmlrpc import DefusedExpatParser
from requests.adapters import HTTPAdapter

CONNECT_SECONDS = 5.0
CALL_SECONDS = 85.0
"""Sending, waiting and reading together. It must stay below the 90 s that a lease of 120 s leaves for one call."""
MAX_REPLY_BYTES = 64_000_000
POOL = 8
AGENT = "notion-wordpress-sidecar"

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document may contain. All of them are invisible, so leaving them out harms no text;
WordPress refuses the whole post for a single one of them."""


class NotSent(Exception):
    """No connection came about: the far end has seen nothing of the call."""


class NoAnswer(Exception):
    """The call went out, at least in part, and no whole answer came back: it may have been carried out."""


@dataclass(eq=False)
class BadAnswer(Exception):
    """An HTTP answer that is not an XML-RPC response. `fault` is the fault it holds all the same, if it does."""

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    fault: xmlrpc.client.Fault | None = None
    reason: str = ""


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

    def __init__(self, seconds: float = CALL_SECONDS, connect_seconds: float = CONNECT_SECONDS) -> None:
        self._seconds, self._connect_seconds = seconds, connect_seconds
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

    def post(self, url: str, body: Body) -> Reply:
        """The answer to a POST. Raises `NotSent` when nothing of the body left, `NoAnswer` when some of it did."""
        headers = {"User-Agent": AGENT, "Content-Type": "text/xml; charset=utf-8", "Accept": "text/xml"}
        try:
            with self._open("POST", url, body, headers, None) as response:
                return Reply(response.status_code, response.headers, _read(response, MAX_REPLY_BYTES))
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
    """What is sent: read in small parts, so that each has its own time-out, and it shows whether any part left."""

    def __init__(self, data: bytes, ends: float) -> None:
        self._data = memoryview(data)
        self._at = 0
        self._ends = ends

    @property
    def began(self) -> bool:
        return self._at > 0

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[bytes]:
        while part := self.read(65536):
            yield part

    def read(self, size: int = -1) -> bytes:
        if time.monotonic() > self._ends:
            raise TimeoutError("sending took too long")
        part = bytes(self._data[self._at :] if size < 0 else self._data[self._at : self._at + size])
        self._at += len(part)
        return part


class Transport(xmlrpc.client.Transport):
    """What `xmlrpc.client` sends through. Keeps nothing between calls, so that threads may share it."""

    def __init__(self, scheme: str, http: Http, seconds: float = CALL_SECONDS) -> None:
        super().__init__()
        self._scheme, self._http, self._seconds = scheme, http, seconds

    def request(self, host: Any, handler: str, request_body: Any, verbose: bool = False) -> Any:  # noqa: ARG002
        """Sends once. Replaces the method of the standard library, which sends a second time after a lost answer."""
        url = f"{self._scheme}://{host}{handler}"
        reply = self._http.post(url, Body(bytes(request_body), time.monotonic() + self._seconds))
        try:
            answer = parse(reply.body)
        except xmlrpc.client.Fault as fault:
            if reply.status == 200:
                raise
            raise BadAnswer(url, reply.status, reply.headers, reply.body, fault) from fault
        except (ExpatError, DefusedXmlException, xmlrpc.client.ResponseError, ValueError, TypeError) as error:
            reason = f"{type(error).__name__}: {error}"
            raise BadAnswer(url, reply.status, reply.headers, reply.body, reason=reason) from error
        if reply.status != 200:
            raise BadAnswer(url, reply.status, reply.headers, reply.body)
        return answer


def parse(body: bytes) -> tuple[Any, ...]:
    """The values of an XML-RPC response. Blank lines before it, and characters XML forbids, do no harm."""
    body = body.lstrip()
    try:
        return _parse(body)
    except ExpatError:
        cleaned = clean(body.decode("utf-8-sig", "replace")).encode()
        if cleaned == body:
            raise
        return _parse(cleaned)


def clean(text: str) -> str:
    """The text without the characters that no XML document may contain."""
    return NOT_XML.sub("", text)


def _parse(body: bytes) -> tuple[Any, ...]:
    unmarshaller = xmlrpc.client.Unmarshaller()
    parser = DefusedExpatParser(unmarshaller)
    parser.feed(body)
    parser.close()
    return cast(tuple[Any, ...], unmarshaller.close())


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


def _words(error: BaseException) -> str:
    """The innermost cause in its own words."""
    text = str(error)
    found = re.search(r"(certificate verify failed[^(]*|Name or service not known|Connection refused|timed out)", text)
    return found[1].strip() if found else text[:200]

"""The web at large, for URLs that come from content: one guard in front of every download.

Names are resolved once, every address is checked, and the connection goes to exactly that address: a name that
changes between look-up and connection reaches nothing. Private, loopback, link-local and metadata addresses see no
connection at all. Nothing here knows what a file is for.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from sidecar.errors import Refused, Unavailable
from sidecar.model import Download

CONNECT_SECONDS = 5.0
SILENCE_SECONDS = 20.0
TOTAL_SECONDS = 80.0
MAX_REDIRECTS = 3
CHUNK = 64 * 1024
NAT64 = ipaddress.ip_network("64:ff9b::/96")
SIX_TO_FOUR = ipaddress.ip_network("2002::/16")

Resolver = Callable[[str, int], list[str]]


class Blocked(Exception):
    """An address that content may not reach."""


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system resolves it."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def check(text: str) -> None:
    """Raises Blocked for an address that is not a public one, in whichever form it is written."""
    address = ipaddress.ip_address(text.split("%")[0])
    inner = _inner(address)
    if not inner.is_global or inner.is_multicast or inner.is_reserved:
        raise Blocked(str(inner))


def _inner(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address that an IPv6 address stands for, if it does."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address in SIX_TO_FOUR:
            return ipaddress.IPv4Address((int(address) >> 80) & 0xFFFFFFFF)
    return address


class SafeWeb:
    """Downloads within limits of size and time, from public addresses and the named exceptions only."""

    def __init__(
        self,
        allowed_private: Iterable[str] = (),
        *,
        total_seconds: float = TOTAL_SECONDS,
        silence_seconds: float = SILENCE_SECONDS,
        resolver: Resolver = resolve,
    ) -> None:
        self._total, self._silence = total_seconds, silence_seconds
        self._http = requests.Session()
        # A proxy of the environment would resolve names for us, behind the guard's back.
        self._http.trust_env = False
        guard = _Guard(frozenset(allowed_private), resolver)
        for scheme in ("http://", "https://"):
            self._http.mount(scheme, _SafeAdapter(guard))

    def close(self) -> None:
        self._http.close()

    def download(self, url: str, max_bytes: int) -> Download:
        end = time.monotonic() + self._total
        for _ in range(MAX_REDIRECTS + 1):
            with self._get(url, end) as answer:
                if answer.is_redirect:
                    url = urljoin(url, answer.headers["Location"])
                    continue
                _check_status(answer, url)
                data = _body(answer, url, max_bytes, end)
                return Download(data, answer.headers.get("Content-Type", "").split(";")[0].strip().lower(), url)
        raise Refused(f"{_host(url)} redirects more than {MAX_REDIRECTS} times.", "Use the file's final address.")

    def _get(self, url: str, end: float) -> requests.Response:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Refused("A file's address is no web address.", "Only http and https are read.")
        left = max(0.1, end - time.monotonic())
        timeout = (min(CONNECT_SECONDS, left), min(self._silence, left))
        try:
            return self._http.get(url, stream=True, allow_redirects=False, timeout=timeout, cookies={})
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, UnicodeError, Blocked) as error:
            raise _unreachable(error, url) from None


def _unreachable(error: Exception, url: str) -> Refused | Unavailable:
    """In words, without the exception's own: those hold the whole link, with its signature."""
    if _cause(error, Blocked) is not None:
        return Refused(
            f"{_host(url)} is an address inside a private network; files are not read from there.",
            "Upload the file to Notion, or name host:port in MEDIA_ALLOWED_PRIVATE_HOSTS.",
        )
    if isinstance(error, requests.exceptions.InvalidURL | UnicodeError):
        return Refused("A file's address is not a valid web address.", "Correct it in the page.")
    if isinstance(error, requests.exceptions.Timeout):
        return Unavailable(f"{_host(url)} does not answer in time.")
    return Unavailable(f"{_host(url)} cannot be reached ({type(error).__name__}).")


def _cause(error: BaseException | None, kind: type[BaseException]) -> BaseException | None:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, kind):
            return error
        seen.add(id(error))
        reason = getattr(error, "reason", None)
        nested = next((it for it in error.args if isinstance(it, BaseException)), None)
        error = (
            (reason if isinstance(reason, BaseException) else None) or nested or error.__cause__ or error.__context__
        )
    return None


def _check_status(answer: requests.Response, url: str) -> None:
    status, host = answer.status_code, _host(url)
    if status == requests.codes.ok:
        return
    if status == requests.codes.too_many_requests or status >= requests.codes.server_error:
        wait = answer.headers.get("Retry-After", "")
        raise Unavailable(f"{host} answers {status}.", retry_after=float(wait) if wait.isdigit() else None)
    if status in (requests.codes.not_found, requests.codes.gone):
        raise Refused(f"A file is no longer at {host} ({status}).", "Put it into the page again, or remove it.")
    raise Refused(f"{host} does not give a file away ({status}).", "Upload the file to Notion itself.")


def _body(answer: requests.Response, url: str, max_bytes: int, end: float) -> bytes:
    announced = answer.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > max_bytes:
        raise _too_big(url, max_bytes, int(announced))
    parts, size = [], 0
    try:
        for chunk in answer.iter_content(CHUNK):
            size += len(chunk)
            if size > max_bytes:
                raise _too_big(url, max_bytes, None)
            if time.monotonic() > end:
                raise Unavailable(f"{_host(url)} takes too long to send a file.")
            parts.append(chunk)
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise Unavailable(f"{_host(url)} broke off in the middle of a file ({type(error).__name__}).") from None
    if announced.isdigit() and "Content-Encoding" not in answer.headers and size < int(announced):
        raise Unavailable(f"{_host(url)} sent only {size} of {announced} bytes of a file.")
    return b"".join(parts)


def _too_big(url: str, max_bytes: int, size: int | None) -> Refused:
    what = f"has {size / 1e6:.0f} MB" if size else "is larger than that"
    return Refused(
        f"A file at {_host(url)} {what}; at most {max_bytes / 1e6:.0f} MB are taken over.",
        "Make it smaller, or raise MEDIA_MAX_BYTES.",
    )


def _host(url: str) -> str:
    return urlsplit(url).hostname or "an address without a host"


# --- the guard -------------------------------------------------------------------------------------------


class _Guard:
    """Which address a connection to a host goes to."""

    def __init__(self, allowed: frozenset[str], resolver: Resolver) -> None:
        self._allowed, self._resolver = allowed, resolver

    def address(self, host: str, port: int) -> str:
        """The first address of a host. Raises Blocked unless every one of them may be reached."""
        bare = host.strip("[]")
        found = self._resolver(bare, port)
        if not found:
            raise socket.gaierror(f"no address for {bare}")
        if f"{bare}:{port}" not in self._allowed and f"[{bare}]:{port}" not in self._allowed:
            for address in found:
                check(address)
        return found[0]


class _Http(HTTPConnection):
    guard: _Guard

    def _new_conn(self) -> socket.socket:
        return _connect(self, self.guard)


class _Https(HTTPSConnection):
    guard: _Guard

    def _new_conn(self) -> socket.socket:
        return _connect(self, self.guard)


def _connect(connection: Any, guard: _Guard) -> socket.socket:
    address = guard.address(connection.host, connection.port)
    return socket.create_connection((address, connection.port), timeout=connection.timeout)


class _SafeAdapter(HTTPAdapter):
    """requests' way out, over connections that ask the guard where to go."""

    def __init__(self, guard: _Guard) -> None:
        self._guard = guard
        super().__init__(pool_maxsize=8)

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more)
        http = type("Http", (_Http,), {"guard": self._guard})
        https = type("Https", (_Https,), {"guard": self._guard})
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("HttpPool", (HTTPConnectionPool,), {"ConnectionCls": http}),
            "https": type("HttpsPool", (HTTPSConnectionPool,), {"ConnectionCls": https}),
        }

    def proxy_manager_for(self, *_args: Any, **_more: Any) -> Any:
        raise Blocked("a proxy")

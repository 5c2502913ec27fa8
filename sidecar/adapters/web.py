"""The web at large, for URLs that come from content: downloads within limits. Nothing here knows what a file is for.

Which addresses may be reached at all is decided in `web_guard`.
"""

from __future__ import annotations

from collections.abc import Iterable
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from sidecar import catalogue
from sidecar.adapters.oneshot import AGENT
from sidecar.adapters.retry import seconds_asked
from sidecar.adapters.web_guard import CONNECT_SECONDS, Blocked, Clock, Guard, Resolver, SafeAdapter, resolve
from sidecar.errors import Forbidden, Refused, Unavailable
from sidecar.model import Download

SILENCE_SECONDS = 20.0
TOTAL_SECONDS = 80.0
MAX_REDIRECTS = 3
CHUNK = 64 * 1024


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
        self._guard = Guard(frozenset(pair.lower() for pair in allowed_private), resolver)
        self._http = requests.Session()
        # A proxy of the environment would resolve names for us, behind the guard's back.
        self._http.trust_env = False
        self._http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # The length that is announced, and the bytes that are counted, are those of the file itself.
        self._http.headers.update({"User-Agent": AGENT, "Accept-Encoding": "identity"})
        for scheme in ("http://", "https://"):
            self._http.mount(scheme, SafeAdapter(self._guard))

    def close(self) -> None:
        self._http.close()

    def download(self, url: str, max_bytes: int) -> Download:
        with self._guard.time(self._total) as clock:
            for _ in range(MAX_REDIRECTS + 1):
                with self._get(url, clock) as answer:
                    if answer.is_redirect:
                        url = _joined(url, answer.headers["Location"])
                        continue
                    _check_status(answer, url)
                    data = _body(answer, url, max_bytes, clock)
                    kind = answer.headers.get("Content-Type", "").split(";")[0].strip().lower()
                    return Download(data, kind, url)
        raise Refused.of(catalogue.FILE_MOVES_ON, {"host": _host(url), "how": f"more than {MAX_REDIRECTS} times"})

    def _get(self, url: str, clock: Clock) -> requests.Response:
        if not _is_web_address(url):
            raise Refused.of(catalogue.FILE_ADDRESS)
        timeout = (min(CONNECT_SECONDS, clock.left()), min(self._silence, clock.left()))
        try:
            return self._http.get(url, stream=True, allow_redirects=False, timeout=timeout)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError, Blocked) as error:
            raise _too_slow(url) if clock.is_over else _unreachable(error, url) from None


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise Refused.of(catalogue.FILE_MOVES_ON, {"host": _host(url), "how": "to what is no web address"}) from None


def _unreachable(error: Exception, url: str) -> Refused | Unavailable:
    """In words, without the exception's own: those hold the whole link, with its signature."""
    if _cause(error, Blocked) is not None:
        return Refused.of(catalogue.FILE_PRIVATE, {"host": _host(url)})
    if isinstance(error, requests.exceptions.Timeout):
        return Unavailable.of(catalogue.FILE_SILENT, {"host": _host(url)})
    if isinstance(error, ValueError):  # a name or a port that cannot be
        return Refused.of(catalogue.FILE_MISSPELT)
    return Unavailable.of(catalogue.FILE_UNREACHABLE, {"host": _host(url), "reason": type(error).__name__})


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
    status = answer.status_code
    said = {"host": _host(url), "status": status}
    if status == requests.codes.ok:
        return
    if status == requests.codes.too_many_requests or status >= requests.codes.server_error:
        raise Unavailable.of(catalogue.FILE_BUSY, said, retry_after=seconds_asked(answer.headers.get("Retry-After")))
    if status in (requests.codes.not_found, requests.codes.gone):
        raise Refused.of(catalogue.FILE_GONE, said)
    raise Forbidden.of(catalogue.FILE_WITHHELD, said)


def _body(answer: requests.Response, url: str, max_bytes: int, clock: Clock) -> bytes:
    announced = answer.headers.get("Content-Length", "")
    length = int(announced) if announced.isdecimal() else None
    if length is not None and length > max_bytes:
        raise _too_big(url, max_bytes, length)
    parts, size = [], 0
    try:
        for chunk in answer.iter_content(CHUNK):
            size += len(chunk)
            if size > max_bytes:
                raise _too_big(url, max_bytes, None)
            parts.append(chunk)
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        said = {"host": _host(url), "reason": type(error).__name__}
        raise _too_slow(url) if clock.is_over else Unavailable.of(catalogue.FILE_BROKEN_OFF, said) from None
    if clock.is_over:
        raise _too_slow(url)
    if length is not None and "Content-Encoding" not in answer.headers and size < length:
        raise Unavailable.of(catalogue.FILE_CUT, {"host": _host(url), "size": size, "length": length})
    return b"".join(parts)


def _too_slow(url: str) -> Unavailable:
    return Unavailable.of(catalogue.FILE_SLOW, {"host": _host(url)})


def _too_big(url: str, max_bytes: int, size: int | None) -> Refused:
    what = f"has {size / 1e6:.0f} MB" if size else "is larger than that"
    return Refused.of(catalogue.FILE_TOO_LARGE, {"host": _host(url), "size": what, "most": f"{max_bytes / 1e6:.0f}"})


def _host(url: str) -> str:
    return urlsplit(url).hostname or "an address without a host"

"""HTTP answers that are no XML-RPC -> one of our errors, in words that say what to do. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from sidecar import catalogue
from sidecar.adapters.wordpress.wording import Call, header, plain, retry_after
from sidecar.adapters.xmlrpc import BadAnswer
from sidecar.catalogue import Entry
from sidecar.errors import Closed, Refused, SidecarError, TooLarge, Unavailable

REDIRECTS = frozenset({301, 302, 303, 307, 308})
BUSY = frozenset({408, 425, 429, 502, 503, 504})


def bad_answer(answer: BadAnswer, call: Call) -> SidecarError:
    if answer.status in REDIRECTS:
        return _redirect(answer, call)
    if answer.status == 413:
        return too_large(call)
    if answer.status in BUSY:
        return _busy(answer, call)
    if answer.status >= 500:
        return _broken(answer, call)
    if answer.status != 200:
        return _blocked(answer, call)
    return _garbage(answer, call)


def _redirect(answer: BadAnswer, call: Call) -> Refused:
    location = header(answer.headers, "Location")
    if "wp-login" in location or not location:
        return Closed.of(catalogue.WP_LOGIN_PAGE, {"url": call.url})
    return moved(call.url, location)


def moved(url: str, location: str) -> Refused:
    parts = urlsplit(location)
    path = re.sub(r"/(xmlrpc\.php.*)?$", "", parts.path)
    new = f"{parts.scheme}://{parts.netloc}{path}" if parts.netloc else location
    return Refused.of(catalogue.WP_MOVED, {"url": url, "new": new})


def too_large(call: Call, most: int = 0) -> TooLarge:
    megabytes = call.size / 1e6
    accepts = f" The server accepts {in_body(most) / 1e6:.1f} MB, a file of {most / 1e6:.1f} MB." if most else ""
    said = {"url": call.url, "doing": call.doing, "size": f"{megabytes:.1f}", "accepts": accepts}
    return TooLarge.of(catalogue.WP_TOO_LARGE, {**said, "limit": int(megabytes * 1.4) + 1}, most=most)


ENVELOPE = 4096
"""Bytes of XML around a file, at most."""


def in_body(size: int) -> int:
    """How large a call is that a file of this size is in."""
    return (size + 2) // 3 * 4 + ENVELOPE


def file_in(body: int) -> int:
    """The largest file that is in a call of this size."""
    return (body - ENVELOPE) // 4 * 3


def _busy(answer: BadAnswer, call: Call) -> Unavailable:
    return Unavailable.of(
        catalogue.WP_BUSY,
        {"url": call.url, "status": answer.status, "doing": call.doing},
        retry_after=retry_after(answer.headers),
        maybe_done=call.writes and answer.status not in (425, 429),
    )


def _broken(answer: BadAnswer, call: Call) -> Unavailable:
    said = f": {plain(answer.fault.faultString)}" if answer.fault else "."
    memory = (
        f" A file of {call.size / 1e6:.1f} MB needs a PHP memory_limit of about {int(call.size * 6 / 1e6) + 64} MB."
        if call.size > 1_000_000
        else ""
    )
    return Unavailable.of(
        catalogue.WP_BROKEN,
        {"url": call.url, "status": answer.status, "doing": call.doing, "said": said, "memory": memory},
        retry_after=retry_after(answer.headers),
        maybe_done=call.writes,
    )


def _blocked(answer: BadAnswer, call: Call) -> Refused:
    said = f" ({answer.fault.faultString})" if answer.fault else ""
    if answer.status == 405 and answer.fault:
        return Closed.of(catalogue.WP_SWITCHED_OFF, {"url": call.url, "said": said})
    if answer.status in (404, 410):
        return Closed.of(catalogue.WP_NO_XMLRPC, {"url": answer.url, "status": answer.status})
    if answer.status == 401:
        return Refused.of(catalogue.WP_SECOND_PASSWORD, {"url": call.url})
    return Closed.of(catalogue.WP_BLOCKED, {"url": call.url, "status": answer.status, "said": said})


def _garbage(answer: BadAnswer, call: Call) -> SidecarError:
    """Status 200 and no XML-RPC. After a write nobody knows whether it was carried out."""
    entry, said = _what_came(answer)
    values = {"url": call.url, "said": said}
    if not call.writes and answer.body.strip():
        return Closed.of(entry, values)
    error = Unavailable.of(entry, values, maybe_done=call.writes)
    error.message += f" This came while {call.doing}."
    return error


def _what_came(answer: BadAnswer) -> tuple[Entry, str]:
    body = answer.body.decode("utf-8", "replace").strip()
    start = re.search(r"<\?xml\b[^>]*\?>\s*<methodResponse|<methodResponse", body)
    end = body.rfind("</methodResponse>") + len("</methodResponse>")
    if not body:
        return catalogue.WP_EMPTY, ""
    if "Forbidden" in answer.reason:
        return catalogue.WP_UNSAFE, answer.reason
    if start and start.start() > 0:
        return catalogue.WP_PRINTS_BEFORE, plain(body[: start.start()])
    if start and end < len(body) and end > start.start():
        return catalogue.WP_PRINTS_AFTER, plain(body[end:])
    if re.search(r"<html|<!doctype|<body|<head", body, re.IGNORECASE):
        return catalogue.WP_WEB_PAGE, plain(body)
    return catalogue.WP_GARBLED, f"({answer.reason}): {plain(body)}"

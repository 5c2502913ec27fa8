"""HTTP answers that are no XML-RPC -> one of our errors, in words that say what to do. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from sidecar.adapters.wordpress.wording import UNBLOCK, Call, header, plain, retry_after
from sidecar.adapters.xmlrpc import BadAnswer
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
        return Closed(f"{call.url} sends us to a login page instead of answering.", UNBLOCK)
    return moved(call.url, location)


def moved(url: str, location: str) -> Refused:
    parts = urlsplit(location)
    path = re.sub(r"/(xmlrpc\.php.*)?$", "", parts.path)
    new = f"{parts.scheme}://{parts.netloc}{path}" if parts.netloc else location
    return Refused(f"{url} sends us on to {new}.", f"Set WP_URL to {new}")


def too_large(call: Call, most: int = 0) -> TooLarge:
    megabytes = call.size / 1e6
    accepts = f" The server accepts {in_body(most) / 1e6:.1f} MB, a file of {most / 1e6:.1f} MB." if most else ""
    return TooLarge(
        f"{call.url} takes no upload of this size: {call.doing}, {megabytes:.1f} MB.{accepts}",
        "Raise the web server's limit (nginx: client_max_body_size, Apache: LimitRequestBody) to at least "
        f"{int(megabytes * 1.4) + 1} MB, for a file grows by a third on its way; or make the file smaller.",
        most=most,
    )


ENVELOPE = 4096
"""Bytes of XML around a file, at most."""


def in_body(size: int) -> int:
    """How large a call is that a file of this size is in."""
    return (size + 2) // 3 * 4 + ENVELOPE


def file_in(body: int) -> int:
    """The largest file that is in a call of this size."""
    return (body - ENVELOPE) // 4 * 3


def _busy(answer: BadAnswer, call: Call) -> Unavailable:
    return Unavailable(
        f"{call.url} is busy: it answered {answer.status} while {call.doing}.",
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
    return Unavailable(
        f"{call.url} failed with an error of its own ({answer.status}) while {call.doing}{said}",
        f"Its PHP error log says why.{memory}",
        retry_after=retry_after(answer.headers),
        maybe_done=call.writes,
    )


def _blocked(answer: BadAnswer, call: Call) -> Refused:
    said = f" ({answer.fault.faultString})" if answer.fault else ""
    if answer.status == 405 and answer.fault:
        return Closed(
            f"XML-RPC is switched off on {call.url}{said}.",
            "A security plugin or a line of code does that (the filter xmlrpc_enabled): allow it again. "
            "Or set WP_TRANSPORT=auto: then the REST API is used instead.",
        )
    if answer.status in (404, 410):
        return Closed(
            f"There is no xmlrpc.php at {answer.url}: it answered {answer.status}.",
            f"Check that WP_URL is the address of WordPress itself. {UNBLOCK}",
        )
    if answer.status == 401:
        return Refused(
            f"{call.url} asks for a second password in front of WordPress (401).",
            "Take the web server's password protection away from xmlrpc.php, "
            "or put it into WP_URL: https://name:password@...",
        )
    return Closed(f"xmlrpc.php of {call.url} is blocked: it answered {answer.status}{said}.", UNBLOCK)


def _garbage(answer: BadAnswer, call: Call) -> SidecarError:
    """Status 200 and no XML-RPC. After a write nobody knows whether it was carried out."""
    message, remedy = _what_came(answer, call.url)
    if call.writes or not answer.body.strip():
        return Unavailable(f"{message} This came while {call.doing}.", remedy, maybe_done=call.writes)
    return Closed(message, remedy)


def _what_came(answer: BadAnswer, url: str) -> tuple[str, str]:
    body = answer.body.decode("utf-8", "replace").strip()
    start = re.search(r"<\?xml\b[^>]*\?>\s*<methodResponse|<methodResponse", body)
    end = body.rfind("</methodResponse>") + len("</methodResponse>")
    if not body:
        return f"{url} gave an empty answer.", "Its PHP error log says why."
    if "Forbidden" in answer.reason:
        return f"The answer of {url} is not safe to read ({answer.reason}).", "Is the site hacked?"
    if start and start.start() > 0:
        return f"{url} prints text before its answer: {plain(body[: start.start()])}", SILENCE
    if start and end < len(body) and end > start.start():
        return f"{url} prints text after its answer: {plain(body[end:])}", SILENCE
    if re.search(r"<html|<!doctype|<body|<head", body, re.IGNORECASE):
        return (
            f"{url} answers with a web page ({plain(body)}) instead of XML-RPC.",
            f"Is WP_URL the address of WordPress itself? Does a firewall show a check page? {UNBLOCK}",
        )
    return f"The answer of {url} cannot be understood ({answer.reason}): {plain(body)}", SILENCE


SILENCE = (
    "A plugin or a theme prints that; switch the display of PHP messages off "
    "(WP_DEBUG_DISPLAY false, display_errors off) and mend what it names."
)

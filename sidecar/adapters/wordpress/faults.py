"""What went wrong with a call -> one of our errors, in words that say what to do. Pure; never a password in here."""

from __future__ import annotations

import re
import xmlrpc.client
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from urllib.parse import urlsplit

from sidecar.adapters.oneshot import NoAnswer, NotSent
from sidecar.adapters.xmlrpc import BadAnswer
from sidecar.errors import Missing, Refused, SidecarError, Unavailable

WRONG_LOGIN = "Incorrect username or password."
NOT_A_LOGIN = re.compile(r"Invalid (post type|term ID|taxonomy|post format)")
"""WordPress uses code 403 for these as well."""

ASK_EDITOR = "Give this user the role Editor (wp-admin > Users)."
UNBLOCK = (
    "A security plugin, a firewall or the web server blocks it: "
    "allow xmlrpc.php there for the machine that the sidecar runs on."
)
REDIRECTS = frozenset({301, 302, 303, 307, 308})
BUSY = frozenset({408, 425, 429, 502, 503, 504})

WORDS: tuple[tuple[int, str, str, str], ...] = (
    (500, r"(title|excerpt).* are empty", "the post would be empty", "Give the page a title or some text."),
    (500, r"not allowed to upload this file type", "WordPress does not take this kind of file", ""),
    (
        500,
        r"write file|create directory|be moved|No space left",
        "WordPress cannot store the file",
        "Is the disk of the site full? May the web server write to wp-content/uploads?",
    ),
    (
        500,
        r"update post|insert post|database",
        "WordPress's database did not take the post",
        "Is the title longer than 65,000 characters? Otherwise look at the database: is it full, is it damaged?",
    ),
    (401, r"space allocation|quota", "the site's storage is used up", "Ask the network's administrator for more."),
    (401, r"upload files", "the user {user} may not upload files", ASK_EDITOR),
    (401, r"publish posts", "the user {user} may not publish posts", ASK_EDITOR),
    (401, r"edit this post", "the user {user} may not edit this post", ASK_EDITOR),
    (401, r"add a term|create terms|assign", "the user {user} may not create or assign terms", ASK_EDITOR),
    (401, r"delete this post", "the user {user} may not delete this post", ASK_EDITOR),
    (401, r"post on this site|create posts", "the user {user} may not create posts", ASK_EDITOR),
    (401, r"Ambiguous term name", "two categories have the same name", "Rename one of them."),
    (401, r"", "the user {user} may not do this", ASK_EDITOR),
    (403, r"Invalid post type", "there is no such post type", "Correct WP_POST_TYPE."),
    (409, r"", "somebody else has changed the post in this moment", "Sync the page again."),
    (
        -32601,
        r"",
        "the site does not know this XML-RPC method",
        "A plugin has taken it away: look for one that disables XML-RPC or limits its methods.",
    ),
    (
        -32700,
        r"",
        "WordPress could not read what we sent",
        "Something between us and the site may have changed or cut it: a firewall, a proxy, a size limit.",
    ),
)
"""Fault code, pattern in its (English) text, our words, remedy. The first that fits; other languages fit by code."""


@dataclass(frozen=True)
class Call:
    """What was being done, for the words. `url` and `user` are shown to people."""

    url: str
    user: str
    doing: str
    writes: bool
    size: int = 0
    """Bytes of the file that was sent, for uploads."""


def explain(error: Exception, call: Call) -> SidecarError:
    """One of our errors for what the transport, or the library above it, raised."""
    match error:
        case NotSent():
            return _not_sent(str(error), call)
        case NoAnswer():
            return Unavailable(
                f"{call.url} gave no answer while {call.doing} ({error}).",
                "Is the site overloaded, or is the file large?",
                maybe_done=call.writes,
            )
        case BadAnswer():
            return _bad_answer(error, call)
        case xmlrpc.client.Fault():
            return fault(error.faultCode, error.faultString, call)
        case _:
            raise AssertionError(f"an error that no transport raises: {error!r}")


def _not_sent(reason: str, call: Call) -> SidecarError:
    if "certificate" in reason:
        return Refused(f"The certificate of {call.url} is not valid: {reason}.", "Renew it, or correct WP_URL.")
    return Unavailable(
        f"{call.url} cannot be reached: {reason}.", "Check that the site is up and that WP_URL is spelt right."
    )


# --- faults ----------------------------------------------------------------------------------------------


def fault(code: int, text: str, call: Call) -> SidecarError:
    """WordPress's own no. It has done nothing then."""
    text = unescape(re.sub(r"<[^>]+>", " ", text)).strip()
    said = f"{call.url} refused {call.doing}: "
    if is_login(code, text):
        return Refused(f"{call.url} does not accept the user {call.user}: {text}", LOGIN_REMEDY)
    if code == 404:
        return Missing(f"{said}{text}")
    for known, pattern, words, remedy in WORDS:
        if code == known and re.search(pattern, text, re.IGNORECASE):
            return Refused(f"{said}{words.format(user=call.user)} ({text}).", remedy)
    return Refused(f"{said}{text} (fault {code}).")


LOGIN_REMEDY = (
    "Check WP_USERNAME, and make a new application password for it "
    "(wp-admin > Users > Profile > Application Passwords); the password of the login page does not do."
)


def is_login(code: int, text: str) -> bool:
    return code == 403 and not NOT_A_LOGIN.search(text)


# --- answers that are no XML-RPC -------------------------------------------------------------------------


def _bad_answer(answer: BadAnswer, call: Call) -> SidecarError:
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
        return Refused(f"{call.url} sends us to a login page instead of answering.", UNBLOCK)
    return moved(call.url, location)


def moved(url: str, location: str) -> Refused:
    parts = urlsplit(location)
    path = re.sub(r"/(xmlrpc\.php.*)?$", "", parts.path)
    new = f"{parts.scheme}://{parts.netloc}{path}" if parts.netloc else location
    return Refused(f"{url} sends us on to {new}.", f"Set WP_URL to {new}")


def too_large(call: Call) -> Refused:
    megabytes = call.size / 1e6
    return Refused(
        f"{call.url} takes no upload of this size: {call.doing}, {megabytes:.1f} MB.",
        "Raise the web server's limit (nginx: client_max_body_size, Apache: LimitRequestBody) to at least "
        f"{int(megabytes * 1.4) + 1} MB, for a file grows by 37 % on its way; or make the file smaller.",
    )


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
        return Refused(
            f"XML-RPC is switched off on {call.url}{said}.",
            "A security plugin or a line of code does that (the filter xmlrpc_enabled): allow it again.",
        )
    if answer.status in (404, 410):
        return Refused(
            f"There is no xmlrpc.php at {answer.url}: it answered {answer.status}.",
            f"Check that WP_URL is the address of WordPress itself. {UNBLOCK}",
        )
    if answer.status == 401:
        return Refused(
            f"{call.url} asks for a second password in front of WordPress (401).",
            "Take the web server's password protection away from xmlrpc.php, "
            "or put it into WP_URL: https://name:password@...",
        )
    return Refused(f"xmlrpc.php of {call.url} is blocked: it answered {answer.status}{said}.", UNBLOCK)


def _garbage(answer: BadAnswer, call: Call) -> SidecarError:
    """Status 200 and no XML-RPC. After a write nobody knows whether it was carried out."""
    message, remedy = _what_came(answer, call.url)
    if call.writes or not answer.body.strip():
        return Unavailable(f"{message} This came while {call.doing}.", remedy, maybe_done=call.writes)
    return Refused(message, remedy)


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


# --- pieces ----------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """The first words that a page or a notice shows."""
    title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    shown = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", title[1] if title else text, flags=re.DOTALL)
    words = " ".join(unescape(shown).split())
    return f"“{words[:160]}”" if words else "nothing readable"


def header(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name.lower()), "")


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """The wait that was asked for, in seconds: given as a number or as a date."""
    value = header(headers, "Retry-After").strip()
    if value.isdigit():
        return float(value)
    try:
        wait = parsedate_to_datetime(value) - (now or datetime.now(UTC))
    except (ValueError, TypeError):
        return None
    return max(0.0, wait.total_seconds())

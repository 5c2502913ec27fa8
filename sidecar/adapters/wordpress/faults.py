"""What went wrong with a call -> one of our errors; WordPress's own noes in words. Pure; never a password in here."""

from __future__ import annotations

import json
import re
import xmlrpc.client
from html import unescape

from sidecar import catalogue
from sidecar.adapters.oneshot import NoAnswer, NotSent, Reply
from sidecar.adapters.wordpress.answers import bad_answer
from sidecar.adapters.wordpress.wording import Call, names_folder, plain, retry_after
from sidecar.adapters.xmlrpc import BadAnswer
from sidecar.catalogue import Entry
from sidecar.errors import Closed, Missing, NotStored, Refused, SidecarError, Unavailable

WRONG_LOGIN = "Incorrect username or password."
NOT_A_LOGIN = re.compile(r"Invalid (post type|term ID|taxonomy|post format)")
"""WordPress uses code 403 for these as well."""

KNOWN: tuple[tuple[int, str, Entry, str], ...] = (
    (500, r"(title|excerpt).* are empty", catalogue.WP_NOTHING_TO_SAY, ""),
    (500, r"not allowed to upload this file type", catalogue.WP_FILE_TYPE, ""),
    (500, r"update post|insert post|database", catalogue.WP_DATABASE, ""),
    (401, r"space allocation|quota", catalogue.WP_QUOTA, ""),
    (401, r"Ambiguous term name", catalogue.WP_SAME_NAME, ""),
    (-32700, r"", catalogue.WP_CHANGED, ""),
    (500, r"write file|create directory|be moved|No space left", catalogue.WP_STORAGE, ""),
    (403, r"Invalid post type", catalogue.WP_NO_TYPE, ""),
    (401, r"upload files", catalogue.WP_RIGHTS, "upload files"),
    (401, r"publish posts", catalogue.WP_RIGHTS, "publish posts"),
    (401, r"edit this post", catalogue.WP_RIGHTS, "edit this post"),
    (401, r"add a term|create terms|assign", catalogue.WP_RIGHTS, "create or assign terms"),
    (401, r"delete this post", catalogue.WP_RIGHTS, "delete this post"),
    (401, r"post on this site|create posts", catalogue.WP_RIGHTS, "create posts"),
    (401, r"", catalogue.WP_RIGHTS, "do this"),
)
"""Fault code, pattern in its (English) text, the entry, and what the user may not do. The first that fits; other
languages fit by code."""


class NoMethod(Closed):
    """The site does not know an XML-RPC method. It has done nothing then."""


def explain(error: Exception, call: Call) -> SidecarError:
    """One of our errors for what the transport, or the library above it, raised."""
    match error:
        case NotSent():
            return _not_sent(str(error), call)
        case NoAnswer():
            return Unavailable.of(
                catalogue.WP_NO_ANSWER,
                {"url": call.url, "doing": call.doing, "reason": error},
                maybe_done=call.writes,
            )
        case BadAnswer():
            return bad_answer(error, call)
        case xmlrpc.client.Fault():
            return fault(error.faultCode, error.faultString, call)
        case _:
            raise AssertionError(f"an error that no transport raises: {error!r}")


def _not_sent(reason: str, call: Call) -> SidecarError:
    if "certificate" in reason:
        return Refused.of(catalogue.WP_CERTIFICATE, {"url": call.url, "reason": reason})
    return Unavailable.of(catalogue.WP_UNREACHABLE, {"url": call.url, "reason": reason})


NO_METHOD = -32601

# --- faults ----------------------------------------------------------------------------------------------


def fault(code: int, text: str, call: Call) -> SidecarError:
    """WordPress's own no. It has done nothing then."""
    text = unescape(re.sub(r"<[^>]+>", " ", text)).strip()
    values = {"url": call.url, "doing": call.doing, "user": call.user, "said": text}
    if is_login(code, text):
        return Refused.of(catalogue.WP_LOGIN, values)
    if code == 404:
        return Missing.of(catalogue.WP_MISSING, values)
    if code == 409:  # the companion plugin's lock
        return Unavailable.of(catalogue.WP_HELD, values)
    if code == NO_METHOD:
        return NoMethod.of(catalogue.WP_NO_METHOD, values)
    if code == 500 and call.size and names_folder(text):
        return NotStored.of(catalogue.WP_STORAGE, values)
    for known, pattern, entry, what in KNOWN:
        if code == known and re.search(pattern, text, re.IGNORECASE):
            return Refused.of(entry, {**values, "what": what})
    return Refused.of(catalogue.WP_NO, {**values, "said": f"{text} (fault {code})."})


def rest(reply: Reply, call: Call) -> SidecarError:
    """What the REST interface says instead of doing as it was told."""
    try:
        said = json.loads(reply.body)
        words = str((said.get("data", {}).get("params") or {"": said["message"]}).popitem()[1])
    except (ValueError, AttributeError, TypeError, KeyError):
        words = f"it answered {reply.status}"
    values = {"url": call.url, "doing": call.doing, "said": plain(words)}
    if reply.status == 429 or reply.status >= 500:
        return Unavailable.of(catalogue.WP_NO, values, retry_after=retry_after(reply.headers), maybe_done=True)
    return Refused.of(catalogue.WP_NO, values)


def is_login(code: int, text: str) -> bool:
    return code == 403 and not NOT_A_LOGIN.search(text)

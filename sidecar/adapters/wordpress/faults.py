"""What went wrong with a call -> one of our errors; WordPress's own noes in words. Pure; never a password in here."""

from __future__ import annotations

import json
import re
import xmlrpc.client
from html import unescape

from sidecar import catalogue
from sidecar.adapters.oneshot import NoAnswer, NotSent, Reply
from sidecar.adapters.wordpress.answers import bad_answer
from sidecar.adapters.wordpress.wording import Call, plain, retry_after
from sidecar.adapters.xmlrpc import BadAnswer
from sidecar.catalogue import Entry
from sidecar.errors import Closed, Missing, Refused, SidecarError, Unavailable

WRONG_LOGIN = "Incorrect username or password."
NOT_A_LOGIN = re.compile(r"Invalid (post type|term ID|taxonomy|post format)")
"""WordPress uses code 403 for these as well."""

WORDS: tuple[tuple[int, str, str, str], ...] = (
    (500, r"(title|excerpt).* are empty", "the post would be empty", "Give the page a title or some text."),
    (500, r"not allowed to upload this file type", "WordPress does not take this kind of file", ""),
    (
        500,
        r"update post|insert post|database",
        "WordPress's database did not take the post",
        "Is the title longer than 65,000 characters? Otherwise look at the database: is it full, is it damaged?",
    ),
    (401, r"space allocation|quota", "the site's storage is used up", "Ask the network's administrator for more."),
    (401, r"Ambiguous term name", "two categories have the same name", "Rename one of them."),
    (
        -32700,
        r"",
        "WordPress could not read what we sent",
        "Something between us and the site may have changed or cut it: a firewall, a proxy, a size limit.",
    ),
)
"""Fault code, pattern in its (English) text, our words, remedy. The first that fits; other languages fit by code."""


KNOWN: tuple[tuple[int, str, Entry, str], ...] = (
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
"""The same for what stands in the catalogue: the entry, and what the user may not do."""


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
    said = f"{call.url} refused {call.doing}: "
    if is_login(code, text):
        return Refused.of(catalogue.WP_LOGIN, {"url": call.url, "user": call.user, "said": text})
    if code == 404:
        return Missing(f"{said}{text}")
    if code == 409:  # the companion plugin's lock
        return Unavailable(f"{said}{text}", "Something else writes this page's post in this moment.")
    if code == NO_METHOD:
        return NoMethod.of(catalogue.WP_NO_METHOD, {"url": call.url, "doing": call.doing, "said": text})
    for known, pattern, words, remedy in WORDS:
        if code == known and re.search(pattern, text, re.IGNORECASE):
            return Refused(f"{said}{words.format(user=call.user)} ({text}).", remedy)
    for known, pattern, entry, what in KNOWN:
        if code == known and re.search(pattern, text, re.IGNORECASE):
            values = {"url": call.url, "doing": call.doing, "user": call.user, "what": what, "said": text}
            return Refused.of(entry, values)
    return Refused(f"{said}{text} (fault {code}).")


def rest(reply: Reply, call: Call) -> SidecarError:
    """What the REST interface says instead of doing as it was told."""
    try:
        said = json.loads(reply.body)
        words = str((said.get("data", {}).get("params") or {"": said["message"]}).popitem()[1])
    except (ValueError, AttributeError, TypeError, KeyError):
        words = f"it answered {reply.status}"
    message = f"{call.url} refused {call.doing}: {plain(words)}"
    if reply.status == 429 or reply.status >= 500:
        return Unavailable(message, retry_after=retry_after(reply.headers), maybe_done=True)
    return Refused(message)


def is_login(code: int, text: str) -> bool:
    return code == 403 and not NOT_A_LOGIN.search(text)

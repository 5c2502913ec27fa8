"""What went wrong with a call -> one of our errors; WordPress's own noes in words. Pure; never a password in here."""

from __future__ import annotations

import json
import re
import xmlrpc.client
from html import unescape

from sidecar.adapters.oneshot import NoAnswer, NotSent, Reply
from sidecar.adapters.wordpress.answers import bad_answer
from sidecar.adapters.wordpress.wording import Call, plain, retry_after
from sidecar.adapters.xmlrpc import BadAnswer
from sidecar.errors import Closed, Missing, Refused, SidecarError, Unavailable

WRONG_LOGIN = "Incorrect username or password."
NOT_A_LOGIN = re.compile(r"Invalid (post type|term ID|taxonomy|post format)")
"""WordPress uses code 403 for these as well."""

ASK_EDITOR = "Give this user the role Editor (wp-admin > Users)."

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
    (403, r"Invalid post type", "there is no such post type", "Correct the page's Post type, or WP_POST_TYPE."),
    (
        -32700,
        r"",
        "WordPress could not read what we sent",
        "Something between us and the site may have changed or cut it: a firewall, a proxy, a size limit.",
    ),
)
"""Fault code, pattern in its (English) text, our words, remedy. The first that fits; other languages fit by code."""


class NoMethod(Closed):
    """The site does not know an XML-RPC method. It has done nothing then."""


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
            return bad_answer(error, call)
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


NO_METHOD = -32601
NO_METHOD_REMEDY = (
    "A plugin has taken it away: look for one that disables XML-RPC or limits its methods. "
    "Or set WP_TRANSPORT=auto: then the REST API is used instead."
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
    if code == 409:  # the companion plugin's lock
        return Unavailable(f"{said}{text}", "Something else writes this page's post in this moment.")
    if code == NO_METHOD:
        return NoMethod(f"{said}the site does not know this XML-RPC method ({text}).", NO_METHOD_REMEDY)
    for known, pattern, words, remedy in WORDS:
        if code == known and re.search(pattern, text, re.IGNORECASE):
            return Refused(f"{said}{words.format(user=call.user)} ({text}).", remedy)
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


LOGIN_REMEDY = (
    "Check WP_USERNAME, and make a new application password for it "
    "(wp-admin > Users > Profile > Application Passwords); the password of the login page does not do."
)


def is_login(code: int, text: str) -> bool:
    return code == 403 and not NOT_A_LOGIN.search(text)

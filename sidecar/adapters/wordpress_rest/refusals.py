"""What the REST API says instead of doing as it was told -> one of our errors, in words that say what to do. Pure.

WordPress's own codes decide, not its texts, which come in the site's language. Never a password in here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from sidecar import catalogue
from sidecar.adapters.oneshot import Reply
from sidecar.adapters.wordpress.answers import BUSY, REDIRECTS, moved
from sidecar.adapters.wordpress.wording import Call, header, names_folder, plain, retry_after
from sidecar.catalogue import LOGIN, Entry
from sidecar.errors import Closed, Missing, NotStored, Refused, SidecarError, TooLarge, Unavailable

KNOWN: tuple[tuple[str, Entry], ...] = (
    (r"empty_content", catalogue.WP_NOTHING_TO_SAY),
    (r"rest_upload_sideload_error|rest_upload_file_type", catalogue.WP_FILE_TYPE),
    (
        r"rest_upload_no_data|rest_upload_(file_too_big|limited_space)|rest_upload_hash_mismatch",
        catalogue.WP_NOT_WHOLE,
    ),
    (r"db_(insert|update)_error", catalogue.WP_DATABASE),
    (r"rest_taxonomy_invalid", catalogue.WP_NO_TAXONOMY),
    (r"rest_invalid_author", catalogue.WP_NO_AUTHOR),
    (r"rest_upload_.*", catalogue.WP_STORAGE),
    (r"rest_type_invalid|rest_cannot_read_type", catalogue.WP_NO_TYPE),
    (r"rest_(forbidden|forbidden_\w+|cannot_\w+|user_cannot_\w+)", catalogue.WP_RIGHTS),
)
"""Pattern of the whole code, and what it means. The first that fits."""
GONE = re.compile(r"rest_(post|term|user|attachment)_invalid(_id)?|rest_post_invalid_parent|rest_term_invalid")


def explained(reply: Reply, call: Call) -> SidecarError:
    """One of our errors for an answer that is not the one that was hoped for."""
    said = spoken(reply)
    if reply.status in REDIRECTS:
        return _redirect(reply, call)
    if reply.status == 413:
        return too_large(call)
    if reply.status in BUSY:
        return _busy(reply, call)
    if reply.status == 401:
        return _login(said, call)
    if said is None:
        return _strange(reply, call)
    return _no(reply, said, call)


def spoken(reply: Reply) -> Mapping[str, Any] | None:
    """WordPress's own words: an object with a code; None when something else answered."""
    try:
        said = json.loads(reply.body.decode("utf-8-sig"))
    except ValueError:
        return None
    return said if isinstance(said, dict) and isinstance(said.get("code"), str) else None


def code(error: BaseException) -> str:
    """The code with which WordPress refused; empty when it was not WordPress."""
    return error.code if isinstance(error, Spoken) else ""


class Spoken(Exception):
    """The cause of a refusal that WordPress itself has spoken."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        super().__init__(str(said.get("message", "")))
        self.code = str(said["code"])
        self.data: Mapping[str, Any] = said["data"] if isinstance(said.get("data"), dict) else {}


def _no(reply: Reply, said: Mapping[str, Any], call: Call) -> SidecarError:
    name, text = str(said["code"]), _text(said)
    values = {"url": call.url, "doing": call.doing, "user": call.user, "what": "do this", "said": text}
    if name == "rest_no_route" or name.startswith("rest_disabled"):
        return _closed(reply, f"{text}, {name}", call)
    if GONE.fullmatch(name):
        return Missing.of(catalogue.WP_MISSING, values)
    if name.startswith("rest_upload_") and names_folder(text):
        return NotStored.of(catalogue.WP_STORAGE, values)
    for pattern, entry in KNOWN:
        if re.fullmatch(pattern, name):
            return Refused.of(entry, values)
    if reply.status >= 500:
        return _broken(reply, text, call)
    return Refused.of(catalogue.WP_NO, {**values, "said": f"{text} ({name})."})


def _text(said: Mapping[str, Any]) -> str:
    """What was said; of a parameter that is wrong, what is wrong with it."""
    data = said.get("data")
    details = data.get("params") if isinstance(data, dict) else None
    words = list(details.values()) if isinstance(details, dict) else [said.get("message", "")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", "; ".join(map(str, words)))).split()).rstrip(".")


def _login(said: Mapping[str, Any] | None, call: Call) -> Refused:
    if said is None:
        return Refused.of(catalogue.WP_SECOND_PASSWORD, {"url": call.url})
    error = Refused.of(catalogue.WP_LOGIN, {"url": call.url, "user": call.user, "said": f"{_text(said)}."})
    error.remedy = (
        f"{LOGIN} If they are right, the web server may keep the header Authorization from PHP "
        "(Apache: CGIPassAuth On)."
    )
    return error


def _redirect(reply: Reply, call: Call) -> Refused:
    location = header(reply.headers, "Location")
    if "wp-login" in location or not location:
        return _closed(reply, "it sends us to a login page", call)
    return moved(call.url, re.sub(r"/wp-json(/.*)?$|/?\?rest_route.*$", "", location))


def too_large(call: Call, most: int = 0) -> TooLarge:
    megabytes = call.size / 1e6
    accepts = f" The server accepts {most / 1e6:.1f} MB." if most else ""
    said = {"url": call.url, "doing": call.doing, "size": f"{megabytes:.1f}", "accepts": accepts}
    return TooLarge.of(catalogue.WP_TOO_LARGE, {**said, "limit": int(megabytes) + 1}, most=most)


def _busy(reply: Reply, call: Call) -> Unavailable:
    return Unavailable.of(
        catalogue.WP_BUSY,
        {"url": call.url, "status": reply.status, "doing": call.doing},
        retry_after=retry_after(reply.headers),
        maybe_done=call.writes and reply.status not in (425, 429),
    )


def _broken(reply: Reply, text: str, call: Call) -> Unavailable:
    return Unavailable.of(
        catalogue.WP_BROKEN,
        {"url": call.url, "status": reply.status, "doing": call.doing, "said": f": {text}.", "memory": ""},
        retry_after=retry_after(reply.headers),
        maybe_done=call.writes,
    )


def _strange(reply: Reply, call: Call) -> SidecarError:
    """Not WordPress's API that answers, or not it alone. After a write nobody knows whether it was carried out."""
    body = reply.body.decode("utf-8", "replace").strip()
    if reply.status >= 500:
        return _broken(reply, plain(body), call)
    if reply.status not in (200, 201):
        return _closed(reply, plain(body), call)
    entry, said = _what_came(body), {"url": call.url, "said": plain(body)}
    if call.writes or not body:
        error = Unavailable.of(entry, said, maybe_done=call.writes)
        error.message += f" This came while {call.doing}."
        return error
    return Refused.of(entry, said)


def _what_came(body: str) -> Entry:
    if not body:
        return catalogue.WP_EMPTY
    return catalogue.REST_WEB_PAGE if re.match(r"<html|<!doctype", body, re.IGNORECASE) else catalogue.REST_PRINTS


def _closed(reply: Reply, said: str, call: Call) -> Closed:
    return Closed.of(catalogue.REST_CLOSED, {"url": call.url, "status": reply.status, "said": said})

"""REST's objects <-> our words, which are XML-RPC's. Pure: nothing is sent here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import unquote

from sidecar.adapters.wordpress.content_marker import marker_in, unmarked
from sidecar.adapters.wordpress.structs import PLUGIN_MARKER, UNKNOWN, file_name, moment
from sidecar.adapters.xmlrpc import clean
from sidecar.blocks import PageId
from sidecar.model import Fields, Media, MediaId, PostId, PostState
from sidecar.ports import Term, User

# --- to WordPress ----------------------------------------------------------------------------------------


def _text(value: Any) -> str:
    return clean(str(value))


def _number(value: Any) -> int:
    return int(value or 0)


def _time(value: Any) -> str:
    """A moment as WordPress reads it: UTC, without a zone's name."""
    if isinstance(value, datetime):
        value = (value.astimezone(UTC) if value.tzinfo else value).replace(tzinfo=None).isoformat(timespec="seconds")
    return str(value)


def _format(value: Any) -> str:
    """To have none is a format, too, over REST: an empty one is passed over."""
    return _text(value) or "standard"


NAMES: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "post_title": ("title", _text),
    "post_content": ("content", _text),
    "post_excerpt": ("excerpt", _text),
    "post_status": ("status", _text),
    "post_name": ("slug", _text),
    "post_password": ("password", _text),
    "post_author": ("author", _number),
    "post_thumbnail": ("featured_media", _number),
    "post_date_gmt": ("date_gmt", _time),
    "comment_status": ("comment_status", _text),
    "ping_status": ("ping_status", _text),
    "sticky": ("sticky", bool),
    "page_template": ("template", _text),
    "post_format": ("format", _format),
}
"""Our name of a field, REST's, and how its value is put."""


def outgoing(fields: Fields, bases: Mapping[str, str]) -> dict[str, Any]:
    """The body of a call. `bases` are REST's names of the taxonomies among the fields."""
    body = {NAMES[name][0]: NAMES[name][1](value) for name, value in fields.items() if name in NAMES}
    for taxonomy, ids in fields.get("terms", {}).items():
        body[bases[taxonomy]] = [int(term) for term in ids]
    return body


def unheeded(fields: Fields, state: PostState) -> str:
    """What REST passes over without a word, where XML-RPC refuses: a picture or a term that is not there."""
    wanted, got = fields.get("post_thumbnail"), state.fields["post_thumbnail"]
    if wanted not in (None, "", "0", got):
        return f"there is no picture {wanted} in the library"
    for taxonomy, ids in fields.get("terms", {}).items():
        missing = set(ids) - set(state.fields["terms"].get(taxonomy, ()))
        if missing:
            return f"there is no term {min(missing)} in {taxonomy}"
    return ""


# --- from WordPress --------------------------------------------------------------------------------------

LISTED = "id,status,type,modified_gmt,link,meta"
"""What a look through posts asks for."""


def state(post: Mapping[str, Any], taxonomies: Mapping[str, str]) -> PostState:
    """A post with its content. `taxonomies`: REST's name of each taxonomy of its type -> WordPress's."""
    terms = {name: sorted(map(str, post[base]), key=int) for base, name in taxonomies.items() if post.get(base)}
    fields = {
        "post_title": _raw(post, "title"),
        "post_content": unmarked(_raw(post, "content")),
        "post_excerpt": _raw(post, "excerpt"),
        "post_thumbnail": str(post.get("featured_media") or ""),
        "terms": dict(sorted(terms.items())),
    }
    return listed(post, fields)


def listed(post: Mapping[str, Any], fields: Fields | None = None) -> PostState:
    """A post as a list shows it, without its content."""
    return PostState(
        id=PostId(str(post["id"])),
        status=str(post.get("status", "")),
        modified=moment(post.get("modified_gmt")) or UNKNOWN,
        link=str(post.get("link", "")),
        type=str(post.get("type", "post")),
        page_id=marker(post),
        fields=fields or {},
        slug=unquote(str(post.get("slug", ""))),
    )


def marker(post: Mapping[str, Any]) -> PageId | None:
    """The Notion page that a post says it was made from: in a field that the plugin lets us see, or in its content."""
    meta = post.get("meta")
    told = str(meta.get(PLUGIN_MARKER) or "").strip() if isinstance(meta, Mapping) else ""
    return PageId(told) if told else marker_in(_raw(post, "content"))


def _raw(post: Mapping[str, Any], name: str) -> str:
    value = post.get(name)
    return str(value.get("raw") or "") if isinstance(value, Mapping) else ""


def media(item: Mapping[str, Any]) -> Media:
    details = item.get("media_details")
    details = details if isinstance(details, Mapping) else {}
    url = str(item.get("source_url") or "")
    return Media(
        id=MediaId(str(item["id"])),
        url=url,
        width=_size(details.get("width")),
        height=_size(details.get("height")),
        mime=str(item.get("mime_type") or ""),
        name=file_name(url),
    )


def _size(value: Any) -> int | None:
    return int(value) if str(value or "").isdigit() and int(value) else None


def term(item: Mapping[str, Any]) -> Term:
    return Term(str(item["id"]), unescape(str(item["name"])), str(item.get("parent") or "0"))


def user(item: Mapping[str, Any]) -> User:
    """Only an administrator is shown logins and addresses; the slug of a user is nearly always the login."""
    login = str(item.get("username") or item.get("slug") or item["id"])
    return User(str(item["id"]), login, unescape(str(item.get("name") or login)), str(item.get("email") or ""))

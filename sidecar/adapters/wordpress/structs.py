"""WordPress's structs <-> our words. Pure: nothing is sent here, and the clock is an argument."""

from __future__ import annotations

import re
import xmlrpc.client
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from sidecar.adapters.wordpress.content_marker import marker_in, unmarked
from sidecar.adapters.xmlrpc import clean
from sidecar.blocks import PageId
from sidecar.model import Media, MediaId, PostId, PostState
from sidecar.ports import Term, User

STOCK_MARKER = "notion_page_id"
PLUGIN_MARKER = "_notion_page_id"
"""Only the companion plugin lets a protected field through; without it WordPress drops the field in silence."""
ALT = "_wp_attachment_image_alt"

UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)
"""The modified time of a post that could not be read back: equal to no real one."""

CLOCKS_APART = timedelta(seconds=60)
"""How far the site's clock may be ahead of ours before a post that it has just published looks scheduled."""

INT_MAX = 2**31 - 1


# --- to WordPress ----------------------------------------------------------------------------------------


def outgoing(value: Any) -> Any:
    """A value as it may be sent: text without characters XML forbids, times in UTC, large numbers as text."""
    match value:
        case bool() | None | xmlrpc.client.Binary():
            return value
        case str():
            return clean(value)
        case int():
            return value if abs(value) <= INT_MAX else str(value)
        case datetime():
            return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        case Mapping():
            return {clean(str(key)): outgoing(inner) for key, inner in value.items()}
        case Iterable():
            return [outgoing(inner) for inner in value]
        case _:
            return value


# --- from WordPress --------------------------------------------------------------------------------------


def moment(value: Any) -> datetime | None:
    """A time of WordPress's, XML-RPC's or the database's spelling, as UTC; None for year zero: there is none."""
    try:
        return datetime.fromisoformat(str(value).rstrip("Z")).replace(tzinfo=UTC)
    except ValueError:
        return None


def state(struct: Mapping[str, Any], now: datetime, *, with_fields: bool = True) -> PostState:
    return PostState(
        id=PostId(str(struct["post_id"])),
        status=_status(struct, now),
        modified=moment(struct.get("post_modified_gmt")) or UNKNOWN,
        link=str(struct.get("link", "")),
        type=str(struct.get("post_type", "post")),
        page_id=marker(struct.get("custom_fields") or ()) or marker_in(str(struct.get("post_content", ""))),
        fields=_fields(struct) if with_fields else {},
        slug=unquote(str(struct.get("post_name", ""))) if with_fields else "",
    )


def _status(struct: Mapping[str, Any], now: datetime) -> str:
    """XML-RPC reports a scheduled post as published: what tells them apart is the date."""
    status = str(struct.get("post_status", ""))
    date = moment(struct.get("post_date_gmt"))
    return "future" if status == "publish" and date and date > now + CLOCKS_APART else status


def _fields(struct: Mapping[str, Any]) -> dict[str, Any]:
    terms: dict[str, list[str]] = {}
    for term in struct.get("terms") or ():
        terms.setdefault(str(term["taxonomy"]), []).append(str(term["term_id"]))
    return {
        "post_title": str(struct.get("post_title", "")),
        "post_content": unmarked(str(struct.get("post_content", ""))),
        "post_excerpt": str(struct.get("post_excerpt", "")),
        "post_thumbnail": featured(struct),
        "terms": {taxonomy: sorted(ids, key=int) for taxonomy, ids in sorted(terms.items())},
    }


def featured(struct: Mapping[str, Any]) -> str:
    """The library item that a post features; empty when it has none."""
    thumbnail = struct.get("post_thumbnail") or {}
    return str(thumbnail.get("attachment_id", "")) if isinstance(thumbnail, Mapping) else ""


def marker(custom_fields: Sequence[Mapping[str, Any]]) -> PageId | None:
    """The Notion page that a post says it was made from; the protected field wins."""
    found = {str(one.get("key")): str(one.get("value")) for one in custom_fields}
    value = found.get(PLUGIN_MARKER) or found.get(STOCK_MARKER) or ""
    return PageId(value.strip()) if value.strip() else None


def media(struct: Mapping[str, Any]) -> Media:
    """A library item, from what wp.uploadFile or wp.getMediaItem gave."""
    metadata = struct.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    url = str(struct.get("link") or struct.get("url") or "")
    return Media(
        id=MediaId(str(struct.get("attachment_id") or struct.get("id"))),
        url=url,
        width=_size(metadata.get("width")),
        height=_size(metadata.get("height")),
        mime=str(struct.get("type") or ""),
        name=file_name(url),
    )


def _size(value: Any) -> int | None:
    return int(value) if str(value or "").isdigit() and int(value) else None


def file_name(url: str) -> str:
    return unquote(PurePosixPath(urlsplit(url).path).name)


HASHED = re.compile(r"-(?P<hash>[0-9a-f]{12})\.\w+$")
"""The end of a file name that says what is in the file: whatever stands before it is for people."""


def sought(name: str) -> str:
    """What to search for to find a file of this name."""
    found = HASHED.search(name)
    return found["hash"] if found else name


def is_file(url: str, name: str) -> bool:
    """True when the URL is that of the file, or of the smaller copy that WordPress made of a very large picture."""
    path, found = PurePosixPath(name), HASHED.search(name)
    if found is None:
        return file_name(url) in (name, f"{path.stem}-scaled{path.suffix}")
    return file_name(url).endswith((f"-{found['hash']}{path.suffix}", f"-{found['hash']}-scaled{path.suffix}"))


def stem(name: str) -> str:
    """What the names of all sizes of a picture begin with."""
    return name.rpartition(".")[0].removesuffix("-scaled")


def term(struct: Mapping[str, Any]) -> Term:
    return Term(id=str(struct["term_id"]), name=unescape(str(struct["name"])), parent=str(struct.get("parent") or "0"))


def user(struct: Mapping[str, Any], email: str = "") -> User:
    return User(
        id=str(struct["user_id"]),
        login=str(struct["user_login"]),
        name=unescape(str(struct.get("display_name") or struct["user_login"])),
        email=email,
    )


def offset_name(hours: str) -> str:
    """WordPress's own spelling of a time zone that is only an offset: +05:30."""
    try:
        minutes = round(float(hours or 0) * 60)
    except ValueError:
        return "UTC"
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}" if minutes else "UTC"

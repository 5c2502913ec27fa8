"""Files, icons and covers of Notion's JSON -> FileRef and Icon. Leniently: what is odd or missing becomes None."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from sidecar.blocks import Emoji, FileRef, Icon, MediaKind, NotionIcon
from sidecar.parse.text import clean

NATIVE_ICON = re.compile(r"https?://(?:www\.notion\.so|(?:www|app)\.notion\.com)/icons/([\w-]+?)(?:_[a-z]+)?\.\w+")

FILES = frozenset({"file", "external", "file_upload"})


def file(raw: Any, kind: MediaKind, block_id: str, name: str = "") -> FileRef | None:
    """A file object of the API: {"type": "file"|"external", ...}."""
    if not isinstance(raw, Mapping):
        return None
    hosted = raw.get("type") == "file" or ("file" in raw and "external" not in raw)
    body = raw.get("file" if hosted else "external")
    url = clean(body.get("url")) if isinstance(body, Mapping) else ""
    if not url:
        return None
    return FileRef(
        url=url,
        kind=kind,
        hosted=hosted,
        name=name or clean(raw.get("name")) or _file_name(url),
        block_id=block_id,
        expires=_moment(body.get("expiry_time")) if isinstance(body, Mapping) else None,
    )


def icon(raw: Any, block_id: str) -> Icon | None:
    """An icon: an emoji, a file, or one of Notion's own drawings."""
    if not isinstance(raw, Mapping):
        return None
    kind = raw.get("type")
    body = raw.get(kind) if isinstance(kind, str) else None
    if kind == "emoji":
        return Emoji(clean(body)) if clean(body) else None
    if kind == "icon" and isinstance(body, Mapping):
        return NotionIcon(clean(body.get("name")))
    if kind == "custom_emoji":
        return _custom_emoji(body, block_id)
    made = file(raw, "image", block_id)
    native = NATIVE_ICON.match(made.url) if made is not None else None
    if made is None and isinstance(kind, str) and kind not in FILES:
        return NotionIcon(clean(kind))  # a kind that came later: what it shows is not known, that it is there is
    return NotionIcon(native[1]) if native else made


def _custom_emoji(body: Any, block_id: str) -> Icon | None:
    if not isinstance(body, Mapping) or not clean(body.get("url")):
        return None
    return FileRef(clean(body["url"]), "image", False, clean(body.get("name")), block_id)


def _file_name(url: str) -> str:
    try:
        return unquote(urlsplit(url).path.rsplit("/", 1)[-1])
    except ValueError:
        return ""


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None

"""Files, icons and covers of Notion's JSON -> FileRef and Icon. Leniently: what is odd or missing becomes None."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from sidecar.blocks import Emoji, FileRef, Icon, MediaKind

NATIVE_ICONS = ("www.notion.so/icons/", "app.notion.com/icons/")


def file(raw: Any, kind: MediaKind, block_id: str, name: str = "") -> FileRef | None:
    """A file object of the API: {"type": "file"|"external", ...}."""
    if not isinstance(raw, Mapping):
        return None
    hosted = raw.get("type") == "file" or ("file" in raw and "external" not in raw)
    body = raw.get("file" if hosted else "external")
    url = body.get("url") if isinstance(body, Mapping) else None
    if not isinstance(url, str) or not url:
        return None
    return FileRef(
        url=url,
        kind=kind,
        hosted=hosted,
        name=name or str(raw.get("name") or "") or _file_name(url),
        block_id=block_id,
        expires=_moment(body.get("expiry_time")) if isinstance(body, Mapping) else None,
    )


def icon(raw: Any, block_id: str) -> Icon | None:
    """An icon: an emoji, or a file. Notion's own icons are drawings of its interface and become none."""
    if not isinstance(raw, Mapping):
        return None
    if raw.get("type") == "emoji":
        return Emoji(str(raw.get("emoji") or ""))
    if raw.get("type") == "custom_emoji":
        body = raw.get("custom_emoji") or {}
        return FileRef(body["url"], "image", False, body.get("name") or "", block_id) if body.get("url") else None
    made = file(raw, "image", block_id)
    return None if made is not None and any(host in made.url for host in NATIVE_ICONS) else made


def _file_name(url: str) -> str:
    return unquote(urlsplit(url).path.rsplit("/", 1)[-1])


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None

"""Notion's JSON of a page -> Page. The block tree is parsed next door; nothing is fetched here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sidecar.blocks import FileRef, PageId, Text
from sidecar.model import Json, Page, Property
from sidecar.parse.files import file, icon
from sidecar.parse.text import text


def page(raw: Json, status_property: str) -> Page:
    """A page of the API, version 2026-03-11 or older; `status_property` is the name of the one that asks."""
    properties = {name: _property(name, value) for name, value in raw.get("properties", {}).items()}
    return Page(
        id=PageId(raw["id"]),
        url=raw.get("url") or "",
        title=_title(properties),
        status=_option(properties.get(status_property)),
        in_trash=bool(raw.get("in_trash") or raw.get("archived")),
        edited_at=moment(raw["last_edited_time"]),
        properties=properties,
        icon=icon(raw.get("icon"), raw["id"]),
        cover=_cover(raw),
        edited_by=(raw.get("last_edited_by") or {}).get("id", ""),
    )


def moment(text: str) -> datetime:
    """A time of the API, such as 2026-06-27T16:54:00.000Z, as an aware datetime."""
    return datetime.fromisoformat(text)


def _property(name: str, raw: Json) -> Property:
    kind = raw.get("type", "")
    return Property(name=name, id=raw.get("id", ""), type=kind, value=raw.get(kind), has_more=bool(raw.get("has_more")))


def _title(properties: Mapping[str, Property]) -> Text:
    titles = (property for property in properties.values() if property.type == "title")
    return text(next((title.value for title in titles), None) or [])


def _option(property: Property | None) -> str | None:
    if property is None or property.type not in ("status", "select") or not property.value:
        return None
    return str(property.value["name"])


def _cover(raw: Json) -> FileRef | None:
    cover = raw.get("cover")
    return file(cover, "image", raw["id"]) if cover else None

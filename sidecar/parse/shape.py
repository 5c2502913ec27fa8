"""What every block of Notion's JSON has, read leniently: its type, its body, its id, its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sidecar.blocks import BlockId, Text
from sidecar.model import Json
from sidecar.parse.text import clean, text

Body = Mapping[str, Any]


def mappings(raw: Any) -> list[Json]:
    """The blocks in what ought to be a list of blocks."""
    return [item for item in raw if isinstance(item, dict)] if isinstance(raw, Sequence) else []


def kind_of(raw: Json) -> str:
    return clean(raw.get("type"))


def body_of(raw: Json) -> Body:
    found = raw.get(kind_of(raw))
    return found if isinstance(found, Mapping) else {}


def block_id(raw: Json) -> BlockId:
    return BlockId(clean(raw.get("id")))


def words(body: Body) -> Text:
    return text(body.get("rich_text"))


def color(body: Body) -> str:
    return clean(body.get("color")) or "default"


def number(raw: Any) -> int | None:
    return raw if isinstance(raw, int) and not isinstance(raw, bool) else None

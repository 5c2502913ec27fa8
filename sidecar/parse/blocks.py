"""Block JSON of Notion -> the tree of our blocks. One visible table; what it does not know is kept as Unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

from sidecar.blocks import (
    Block,
    BlockId,
    Blocks,
    Bookmark,
    Breadcrumb,
    BulletedList,
    Callout,
    Code,
    Column,
    Columns,
    Divider,
    Embed,
    Equation,
    Heading,
    ListItem,
    MediaBlock,
    MediaKind,
    MeetingNotes,
    NumberedList,
    PageLink,
    Paragraph,
    Quote,
    Synced,
    Tab,
    Table,
    TableOfContents,
    Tabs,
    ToDoItem,
    ToDoList,
    Toggle,
    Unknown,
)
from sidecar.model import Json
from sidecar.parse.files import file, icon
from sidecar.parse.ids import canonical
from sidecar.parse.text import text

Body = Mapping[str, Any]
Parser = Callable[[Json, Body], Block]
LISTS = ("bulleted_list_item", "numbered_list_item", "to_do")


def blocks(raw: Sequence[Json]) -> Blocks:
    """Sibling blocks, each with its children under `children`. Consecutive items of one kind form a list."""
    found: list[Block] = []
    for kind, group in groupby((item for item in raw if isinstance(item, Mapping)), key=_kind):
        items = list(group)
        found += [_list(kind, items)] if kind in LISTS else [_block(item) for item in items]
    return tuple(found)


def _kind(raw: Json) -> str:
    return str(raw.get("type"))


def _block(raw: Json) -> Block:
    body = raw.get(_kind(raw))
    parser = PARSERS.get(_kind(raw), unknown)
    return parser(raw, body if isinstance(body, Mapping) else {})


def _id(raw: Json) -> BlockId:
    return BlockId(str(raw.get("id") or ""))


def _children(raw: Json) -> Blocks:
    return blocks(raw.get("children") or ())


def _color(body: Body) -> str:
    return str(body.get("color") or "default")


def _list(kind: str, raw: list[Json]) -> Block:
    if kind == "to_do":
        return ToDoList(_id(raw[0]), tuple(_to_do(item) for item in raw))
    items = tuple(_item(item, kind) for item in raw)
    if kind == "bulleted_list_item":
        return BulletedList(_id(raw[0]), items)
    first = raw[0].get(kind) or {}
    return NumberedList(_id(raw[0]), items, first.get("list_start_index") or 1, first.get("list_format") or "numbers")


def _item(raw: Json, kind: str) -> ListItem:
    body = raw.get(kind) or {}
    return ListItem(_id(raw), text(body.get("rich_text")), _color(body), _children(raw))


def _to_do(raw: Json) -> ToDoItem:
    body = raw.get("to_do") or {}
    return ToDoItem(_id(raw), text(body.get("rich_text")), bool(body.get("checked")), _color(body), _children(raw))


def paragraph(raw: Json, body: Body) -> Block:
    return Paragraph(_id(raw), text(body.get("rich_text")), _color(body), _children(raw))


def heading(raw: Json, body: Body) -> Block:
    level = int(_kind(raw)[-1])
    words = text(body.get("rich_text"))
    return Heading(_id(raw), level, words, _color(body), bool(body.get("is_toggleable")), _children(raw))


def toggle(raw: Json, body: Body) -> Block:
    return Toggle(_id(raw), text(body.get("rich_text")), _color(body), _children(raw))


def quote(raw: Json, body: Body) -> Block:
    return Quote(_id(raw), text(body.get("rich_text")), _color(body), _children(raw))


def callout(raw: Json, body: Body) -> Block:
    words = text(body.get("rich_text"))
    return Callout(_id(raw), words, icon(body.get("icon"), _id(raw)), _color(body), _children(raw))


def code(raw: Json, body: Body) -> Block:
    words = text(body.get("rich_text"))
    return Code(_id(raw), words, str(body.get("language") or "plain text"), text(body.get("caption")))


def equation(raw: Json, body: Body) -> Block:
    return Equation(_id(raw), str(body.get("expression") or ""))


def divider(raw: Json, _body: Body) -> Block:
    return Divider(_id(raw))


def breadcrumb(raw: Json, _body: Body) -> Block:
    return Breadcrumb(_id(raw))


def table_of_contents(raw: Json, body: Body) -> Block:
    return TableOfContents(_id(raw), _color(body))


def table(raw: Json, body: Body) -> Block:
    rows = [row["table_row"].get("cells") or [] for row in raw.get("children") or () if row.get("table_row")]
    width = max([int(body.get("table_width") or 0), *map(len, rows)])
    filled = tuple(tuple(text(cell) for cell in [*cells, *[[]] * (width - len(cells))]) for cells in rows)
    return Table(_id(raw), filled, bool(body.get("has_column_header")), bool(body.get("has_row_header")))


def columns(raw: Json, _body: Body) -> Block:
    made = (column for column in raw.get("children") or () if _kind(column) == "column")
    return Columns(_id(raw), tuple(_column(column) for column in made))


def _column(raw: Json) -> Column:
    ratio = (raw.get("column") or {}).get("width_ratio")
    return Column(_id(raw), _children(raw), float(ratio) if isinstance(ratio, int | float) else None)


def media(raw: Json, body: Body) -> Block:
    kinds: dict[str, MediaKind] = {"image": "image", "video": "video", "audio": "audio", "pdf": "pdf", "file": "file"}
    made = file(body, kinds[_kind(raw)], _id(raw), str(body.get("name") or ""))
    if made is None:
        return unknown(raw, body)
    return MediaBlock(_id(raw), made, text(body.get("caption")))


def embed(raw: Json, body: Body) -> Block:
    return Embed(_id(raw), str(body.get("url") or ""), text(body.get("caption")))


def bookmark(raw: Json, body: Body) -> Block:
    return Bookmark(_id(raw), str(body.get("url") or ""), text(body.get("caption")))


def link_to_page(raw: Json, body: Body) -> Block:
    kind = str(body.get("type"))
    if kind not in ("page_id", "database_id") or not body.get(kind):
        return unknown(raw, body)
    return PageLink(_id(raw), canonical(body[kind]), "link_to_page")


def child(raw: Json, body: Body) -> Block:
    return PageLink(_id(raw), canonical(_id(raw)), _kind(raw), str(body.get("title") or ""))


def synced(raw: Json, body: Body) -> Block:
    return Synced(_id(raw), _children(raw), _kind(raw), text(body.get("rich_text")))


def tabs(raw: Json, _body: Body) -> Block:
    return Tabs(_id(raw), tuple(_tab(tab) for tab in raw.get("children") or ()))


def _tab(raw: Json) -> Tab:
    body = raw.get(_kind(raw)) or {}
    return Tab(_id(raw), text(body.get("rich_text")), icon(body.get("icon"), _id(raw)), _children(raw))


def meeting_notes(raw: Json, body: Body) -> Block:
    return MeetingNotes(_id(raw), text(body.get("title")), _children(raw))


def unknown(raw: Json, body: Body) -> Block:
    kind = str(body.get("block_type") or _kind(raw))
    return Unknown(_id(raw), kind, text(body.get("rich_text")), _children(raw))


PARSERS: Mapping[str, Parser] = {
    "paragraph": paragraph,
    "heading_1": heading,
    "heading_2": heading,
    "heading_3": heading,
    "heading_4": heading,
    "toggle": toggle,
    "quote": quote,
    "callout": callout,
    "code": code,
    "equation": equation,
    "divider": divider,
    "breadcrumb": breadcrumb,
    "table_of_contents": table_of_contents,
    "table": table,
    "column_list": columns,
    "image": media,
    "video": media,
    "audio": media,
    "pdf": media,
    "file": media,
    "embed": embed,
    "bookmark": bookmark,
    "link_preview": bookmark,
    "link_to_page": link_to_page,
    "child_page": child,
    "child_database": child,
    "synced_block": synced,
    "template": synced,
    "tab": tabs,
    "meeting_notes": meeting_notes,
    "transcription": meeting_notes,
    "unsupported": unknown,
}

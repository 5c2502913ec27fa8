"""Block JSON of Notion -> the tree of our blocks. One visible table; what it does not know is kept as Unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

from sidecar.blocks import (
    Block,
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
    Text,
    ToDoItem,
    ToDoList,
    Toggle,
    Unknown,
)
from sidecar.model import Json
from sidecar.parse.files import file, icon
from sidecar.parse.ids import canonical
from sidecar.parse.shape import Body, block_id, body_of, color, kind_of, mappings, number, words
from sidecar.parse.text import clean, text

Parser = Callable[[Json, Body], Block]
LISTS = ("bulleted_list_item", "numbered_list_item", "to_do")


def blocks(raw: Any) -> Blocks:
    """Sibling blocks, each with its children under `children`. Consecutive items of one kind form a list."""
    found: list[Block] = []
    for kind, group in groupby(mappings(raw), key=kind_of):
        items = list(group)
        found += _lists(kind, items) if kind in LISTS else [_block(item) for item in items]
    return tuple(found)


def _block(raw: Json) -> Block:
    return PARSERS.get(kind_of(raw), unknown)(raw, body_of(raw))


def _children(raw: Json) -> Blocks:
    return blocks(raw.get("children"))


def _lists(kind: str, raw: list[Json]) -> list[Block]:
    if kind == "to_do":
        return [ToDoList(block_id(raw[0]), tuple(_to_do(item) for item in raw))]
    if kind == "bulleted_list_item":
        return [BulletedList(block_id(raw[0]), tuple(_item(item) for item in raw))]
    return _numbered(raw)


def _numbered(raw: list[Json]) -> list[Block]:
    """Numbered items: an item that says another number than the next one begins a list of its own."""
    found: list[Block] = []
    items = [raw[0]]
    for item in raw[1:]:
        said = number(body_of(item).get("list_start_index"))
        if said is None or said == _start(items[0]) + len(items):
            items.append(item)
        else:
            found.append(_numbers(items))
            items = [item]
    return [*found, _numbers(items)]


def _start(first: Json) -> int:
    said = number(body_of(first).get("list_start_index"))
    return 1 if said is None else said


def _numbers(raw: list[Json]) -> Block:
    form = clean(body_of(raw[0]).get("list_format")) or "numbers"
    return NumberedList(block_id(raw[0]), tuple(_item(item) for item in raw), _start(raw[0]), form)


def _item(raw: Json) -> ListItem:
    body = body_of(raw)
    return ListItem(block_id(raw), words(body), color(body), _children(raw))


def _to_do(raw: Json) -> ToDoItem:
    body = body_of(raw)
    return ToDoItem(block_id(raw), words(body), bool(body.get("checked")), color(body), _children(raw))


def paragraph(raw: Json, body: Body) -> Block:
    return Paragraph(block_id(raw), words(body), color(body), _children(raw))


def heading(raw: Json, body: Body) -> Block:
    level = int(kind_of(raw)[-1])
    return Heading(block_id(raw), level, words(body), color(body), bool(body.get("is_toggleable")), _children(raw))


def toggle(raw: Json, body: Body) -> Block:
    return Toggle(block_id(raw), words(body), color(body), _children(raw))


def quote(raw: Json, body: Body) -> Block:
    return Quote(block_id(raw), words(body), color(body), _children(raw))


def callout(raw: Json, body: Body) -> Block:
    return Callout(block_id(raw), words(body), icon(body.get("icon"), block_id(raw)), color(body), _children(raw))


def code(raw: Json, body: Body) -> Block:
    return Code(block_id(raw), words(body), clean(body.get("language")) or "plain text", text(body.get("caption")))


def equation(raw: Json, body: Body) -> Block:
    return Equation(block_id(raw), clean(body.get("expression")))


def divider(raw: Json, _body: Body) -> Block:
    return Divider(block_id(raw))


def breadcrumb(raw: Json, _body: Body) -> Block:
    return Breadcrumb(block_id(raw))


def table_of_contents(raw: Json, body: Body) -> Block:
    return TableOfContents(block_id(raw), color(body))


def table(raw: Json, body: Body) -> Block:
    rows = [_cells(row) for row in mappings(raw.get("children")) if kind_of(row) == "table_row"]
    width = max(map(len, rows), default=0)
    filled = tuple((*cells, *[()] * (width - len(cells))) for cells in rows)
    return Table(block_id(raw), filled, bool(body.get("has_column_header")), bool(body.get("has_row_header")))


def _cells(row: Json) -> tuple[Text, ...]:
    cells = body_of(row).get("cells")
    return tuple(text(cell) for cell in cells) if isinstance(cells, Sequence) else ()


def columns(raw: Json, _body: Body) -> Block:
    return Columns(block_id(raw), tuple(_column(column) for column in mappings(raw.get("children"))))


def _column(raw: Json) -> Column:
    """A column. A block that stands between columns, which Notion does not make, is one of its own."""
    if kind_of(raw) != "column":
        return Column(block_id(raw), blocks([raw]))
    ratio = body_of(raw).get("width_ratio")
    share = float(ratio) if isinstance(ratio, int | float) and 0 < ratio < 1 else None
    return Column(block_id(raw), _children(raw), share)


def media(raw: Json, body: Body) -> Block:
    kinds: dict[str, MediaKind] = {"image": "image", "video": "video", "audio": "audio", "pdf": "pdf", "file": "file"}
    made = file(body, kinds[kind_of(raw)], block_id(raw), clean(body.get("name")))
    if made is None:
        return unknown(raw, {**body, "rich_text": body.get("caption")})
    return MediaBlock(block_id(raw), made, text(body.get("caption")))


def embed(raw: Json, body: Body) -> Block:
    return Embed(block_id(raw), clean(body.get("url")), text(body.get("caption")))


def bookmark(raw: Json, body: Body) -> Block:
    return Bookmark(block_id(raw), clean(body.get("url")), text(body.get("caption")))


def link_to_page(raw: Json, body: Body) -> Block:
    kind = clean(body.get("type"))
    target = clean(body.get(kind))
    if kind not in ("page_id", "database_id") or not target:
        return unknown(raw, body)
    return PageLink(block_id(raw), canonical(target), "link_to_page", is_database=kind == "database_id")


def child(raw: Json, body: Body) -> Block:
    kind = kind_of(raw)
    return PageLink(block_id(raw), canonical(block_id(raw)), kind, clean(body.get("title")), kind == "child_database")


def synced(raw: Json, body: Body) -> Block:
    is_copy = isinstance(body.get("synced_from"), Mapping)
    return Synced(block_id(raw), _children(raw), kind_of(raw), words(body), is_copy)


def tabs(raw: Json, _body: Body) -> Block:
    return Tabs(block_id(raw), tuple(_tab(tab) for tab in mappings(raw.get("children"))))


def _tab(raw: Json) -> Tab:
    body = body_of(raw)
    return Tab(block_id(raw), words(body), icon(body.get("icon"), block_id(raw)), _children(raw))


def meeting_notes(raw: Json, body: Body) -> Block:
    return MeetingNotes(block_id(raw), text(body.get("title")), _children(raw))


def unknown(raw: Json, body: Body) -> Block:
    """A type that is new to us: what it says and what stands in it is kept."""
    kind = clean(body.get("block_type")) or kind_of(raw) or "unknown"
    return Unknown(block_id(raw), kind, words(body), _children(raw))


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

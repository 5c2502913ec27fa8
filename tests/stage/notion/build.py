"""Notion's blocks, made short: JSON as the API answers it, with children under `children`, files by name.

`b.paragraph("Hello ", b.run("you", bold=True))`. A name without `://` means a file of the stand-in (see
`Content.add_file`), which is signed anew at every read; a web address means an external one.
"""

from __future__ import annotations

from typing import Any

from tests.stage.notion.rich_text import (
    anonymous_mention,
    custom_emoji_mention,
    database_mention,
    date_mention,
    inline_equation,
    link_mention,
    link_preview_mention,
    marks,
    mention,
    page_mention,
    run,
    template_mention,
    text,
    user_mention,
)
from tests.stage.notion.shapes import Json

__all__ = [
    "anonymous_mention",
    "custom_emoji_mention",
    "database_mention",
    "date_mention",
    "inline_equation",
    "link_mention",
    "link_preview_mention",
    "marks",
    "mention",
    "page_mention",
    "run",
    "template_mention",
    "text",
    "user_mention",
]

Runs = str | Json
Children = list[Json] | None

# --- icons and files -------------------------------------------------------------------------------------


def file(name_or_url: str) -> Json:
    """A file object: hosted by the stand-in (a name), or external (a web address)."""
    if "://" in name_or_url:
        return {"type": "external", "external": {"url": name_or_url}}
    return {"type": "file", "file": {"url": name_or_url, "expiry_time": ""}}


def icon_of(given: str | Json | None) -> Json | None:
    """An emoji, the name of a file, a web address, or the JSON of any other icon."""
    if not isinstance(given, str):
        return given
    if "://" in given or "." in given:
        return file(given)
    return {"type": "emoji", "emoji": given}


def custom_emoji(name: str, url: str, emoji_id: str = "00000000-0000-4000-8000-0000000000e1") -> Json:
    return {"type": "custom_emoji", "custom_emoji": {"id": emoji_id, "name": name, "url": url}}


def native_icon(name: str, color: str = "gray") -> Json:
    return {"type": "icon", "icon": {"name": name, "color": color}}


# --- words -----------------------------------------------------------------------------------------------


def block(kind: str, body: Json, children: Children = None, id: str | None = None) -> Json:
    """A block of any type. With an `id`, it can be referred to."""
    made = {"type": kind, kind: body, "children": children or []}
    return {**made, "id": id} if id else made


def _written(kind: str, *runs: Runs, color: str = "default", children: Children = None, **more: Any) -> Json:
    return block(kind, {"rich_text": text(*runs), "color": color, **more}, children)


def paragraph(*runs: Runs, color: str = "default", children: Children = None) -> Json:
    return _written("paragraph", *runs, color=color, children=children, icon=None)


def heading(level: int, *runs: Runs, toggle: Children = None, color: str = "default") -> Json:
    """With `toggle`, a heading that opens."""
    return _written(f"heading_{level}", *runs, color=color, children=toggle, is_toggleable=toggle is not None)


def bullet(*runs: Runs, children: Children = None, color: str = "default") -> Json:
    return _written("bulleted_list_item", *runs, color=color, children=children)


def number(*runs: Runs, children: Children = None, color: str = "default", **more: Any) -> Json:
    """`list_start_index` and `list_format` (numbers, letters, roman) may be given."""
    return _written("numbered_list_item", *runs, color=color, children=children, **more)


def to_do(*runs: Runs, checked: bool = False, children: Children = None, color: str = "default") -> Json:
    return _written("to_do", *runs, color=color, children=children, checked=checked)


def toggle(*runs: Runs, children: Children = None, color: str = "default") -> Json:
    return _written("toggle", *runs, color=color, children=children)


def quote(*runs: Runs, children: Children = None, color: str = "default") -> Json:
    return _written("quote", *runs, color=color, children=children)


def callout(*runs: Runs, icon: str | Json | None = "💡", color: str = "default", children: Children = None) -> Json:
    return _written("callout", *runs, color=color, children=children, icon=icon_of(icon))


def code(source: Runs, language: str = "python", caption: str = "") -> Json:
    return block("code", {"rich_text": text(source), "caption": text(caption), "language": language})


def equation(expression: str) -> Json:
    return block("equation", {"expression": expression})


def divider() -> Json:
    return block("divider", {})


def breadcrumb() -> Json:
    return block("breadcrumb", {})


def contents(color: str = "default") -> Json:
    """A table of contents."""
    return block("table_of_contents", {"color": color})


# --- layout ----------------------------------------------------------------------------------------------

Cell = str | Json | list[Json]


def table(*rows: list[Cell], header: bool = True, row_header: bool = False) -> Json:
    """A cell is a string, a run, or a list of runs."""
    cells = [block("table_row", {"cells": [_cell(cell) for cell in row]}) for row in rows]
    body = {"table_width": max(map(len, rows)), "has_column_header": header, "has_row_header": row_header}
    return block("table", body, cells)


def _cell(cell: Cell) -> list[Json]:
    return cell if isinstance(cell, list) else text(cell)


def columns(*parts: list[Json], ratios: tuple[float, ...] = ()) -> Json:
    bodies: list[Json] = [{"width_ratio": ratio} for ratio in ratios] or [{} for _ in parts]
    made = [block("column", body, part) for body, part in zip(bodies, parts, strict=True)]
    return block("column_list", {}, made)


def tabs(**labels: list[Json]) -> Json:
    """A tab block: one label and its content per keyword."""
    return block("tab", {}, [_written("paragraph", label, children=made, icon=None) for label, made in labels.items()])


def synced(*children: Json, id: str | None = None) -> Json:
    """The original of a synced block. Give it an id (`content.new_id()`) to make copies of it."""
    return block("synced_block", {"synced_from": None}, list(children), id)


def synced_copy(block_id: str) -> Json:
    return block("synced_block", {"synced_from": {"type": "block_id", "block_id": block_id}})


def template(*runs: Runs, children: Children = None) -> Json:
    return block("template", {"rich_text": text(*runs)}, children)


# --- media and links -------------------------------------------------------------------------------------


def media(kind: str, name_or_url: str, caption: str | list[Json] = "") -> Json:
    """An image, video, audio, pdf or file: a name is a file of the stand-in, a web address an external one."""
    body: Json = {"caption": text(caption) if isinstance(caption, str) else caption, **file(name_or_url)}
    if kind == "file":
        body["name"] = name_or_url.rsplit("/", 1)[-1]
    return block(kind, body)


def image(name_or_url: str, caption: str | list[Json] = "") -> Json:
    return media("image", name_or_url, caption)


def bookmark(url: str, caption: str = "") -> Json:
    return block("bookmark", {"url": url, "caption": text(caption)})


def embed(url: str, caption: str = "") -> Json:
    return block("embed", {"url": url, "caption": text(caption)})


def link_preview(url: str) -> Json:
    return block("link_preview", {"url": url})


def link_to_page(target_id: str, kind: str = "page_id") -> Json:
    """`kind` is page_id, database_id or comment_id."""
    return block("link_to_page", {"type": kind, kind: target_id})


def child_page(title: str, *children: Json, id: str | None = None) -> Json:
    """A page inside the page: its children are that other page's content."""
    return block("child_page", {"title": title}, list(children), id)


def child_database(title: str, id: str | None = None) -> Json:
    return block("child_database", {"title": title}, id=id)


def meeting_notes(title: str, *children: Json, status: str = "notes_ready", **more: Any) -> Json:
    return block("meeting_notes", {"title": text(title), "status": status, **more}, list(children))


def unsupported(kind: str) -> Json:
    return block("unsupported", {"block_type": kind})


def other(kind: str, body: Json | None = None, children: Children = None) -> Json:
    """A type that this API version does not have yet."""
    return block(kind, body or {}, children)

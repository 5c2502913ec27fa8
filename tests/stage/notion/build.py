"""Notion's JSON, made short: rich text and blocks as the API answers them, children under `children`."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def run(content: str = "", link: str | None = None, color: str = "default", **marks: bool) -> Json:
    """One run of text with its annotations."""
    return {
        "type": "text",
        "text": {"content": content, "link": {"url": link} if link else None},
        "annotations": _annotations(color, **marks),
        "plain_text": content,
        "href": link,
    }


def _annotations(color: str = "default", **marks: bool) -> Json:
    names = ("bold", "italic", "strikethrough", "underline", "code")
    return {**{name: bool(marks.get(name)) for name in names}, "color": color}


def inline_equation(expression: str) -> Json:
    return {
        "type": "equation",
        "equation": {"expression": expression},
        "annotations": _annotations(),
        "plain_text": expression,
        "href": None,
    }


def mention(kind: str, body: Any, plain_text: str, href: str | None = None) -> Json:
    return {
        "type": "mention",
        "mention": {"type": kind, kind: body},
        "annotations": _annotations(),
        "plain_text": plain_text,
        "href": href,
    }


def page_mention(page_id: str, title: str) -> Json:
    return mention("page", {"id": page_id}, title, f"https://app.notion.com/p/{page_id.replace('-', '')}")


def date_mention(start: str, end: str | None = None) -> Json:
    return mention("date", {"start": start, "end": end, "time_zone": None}, start)


def user_mention(name: str) -> Json:
    user = {"object": "user", "id": "00000000-0000-4000-8000-0000000000a1", "name": name, "avatar_url": None}
    return mention("user", {**user, "type": "person", "person": {}}, f"@{name}")


def text(*runs: str | Json) -> list[Json]:
    """Rich text out of plain strings and runs."""
    return [run(part) if isinstance(part, str) else part for part in runs if part != ""]


def _block(kind: str, body: Json, children: list[Json] | None = None) -> Json:
    return {"type": kind, kind: body, "children": children or []}


def _written(
    kind: str, *runs: str | Json, color: str = "default", children: list[Json] | None = None, **more: Any
) -> Json:
    return _block(kind, {"rich_text": text(*runs), "color": color, **more}, children)


def paragraph(*runs: str | Json, color: str = "default", children: list[Json] | None = None) -> Json:
    return _written("paragraph", *runs, color=color, children=children, icon=None)


def heading(level: int, *runs: str | Json, toggle: list[Json] | None = None, color: str = "default") -> Json:
    more = {"is_toggleable": toggle is not None}
    return _written(f"heading_{level}", *runs, color=color, children=toggle, **more)


def bullet(*runs: str | Json, children: list[Json] | None = None, color: str = "default") -> Json:
    return _written("bulleted_list_item", *runs, color=color, children=children)


def number(*runs: str | Json, children: list[Json] | None = None, **more: Any) -> Json:
    return _written("numbered_list_item", *runs, children=children, **more)


def to_do(*runs: str | Json, checked: bool = False, children: list[Json] | None = None) -> Json:
    return _written("to_do", *runs, children=children, checked=checked)


def toggle(*runs: str | Json, children: list[Json] | None = None) -> Json:
    return _written("toggle", *runs, children=children)


def quote(*runs: str | Json, children: list[Json] | None = None) -> Json:
    return _written("quote", *runs, children=children)


def callout(*runs: str | Json, icon: str = "💡", color: str = "default", children: list[Json] | None = None) -> Json:
    return _written("callout", *runs, color=color, children=children, icon={"type": "emoji", "emoji": icon})


def code(source: str, language: str = "python", caption: str = "") -> Json:
    return _block("code", {"rich_text": text(source), "caption": text(caption), "language": language})


def equation(expression: str) -> Json:
    return _block("equation", {"expression": expression})


def divider() -> Json:
    return _block("divider", {})


def breadcrumb() -> Json:
    return _block("breadcrumb", {})


def contents() -> Json:
    return _block("table_of_contents", {"color": "default"})


def table(*rows: list[str | Json], header: bool = True, row_header: bool = False) -> Json:
    width = max(map(len, rows))
    cells = [_block("table_row", {"cells": [text(cell) for cell in row]}) for row in rows]
    body = {"table_width": width, "has_column_header": header, "has_row_header": row_header}
    return _block("table", body, cells)


def columns(*parts: list[Json], ratios: tuple[float, ...] = ()) -> Json:
    bodies: list[Json] = [{"width_ratio": ratio} for ratio in ratios] or [{} for _ in parts]
    return _block("column_list", {}, [_block("column", body, part) for body, part in zip(bodies, parts, strict=True)])


def media(kind: str, name_or_url: str, caption: str | list[Json] = "") -> Json:
    """An image, video, audio, pdf or file: a name is a file of the stand-in, a web address an external one."""
    words = text(caption) if isinstance(caption, str) else caption
    body: Json = {"caption": words}
    if "://" in name_or_url:
        body |= {"type": "external", "external": {"url": name_or_url}}
    else:
        body |= {"type": "file", "file": {"url": name_or_url, "expiry_time": ""}}
    if kind == "file":
        body["name"] = name_or_url.rsplit("/", 1)[-1]
    return _block(kind, body)


def image(name_or_url: str, caption: str | list[Json] = "") -> Json:
    return media("image", name_or_url, caption)


def bookmark(url: str, caption: str = "") -> Json:
    return _block("bookmark", {"url": url, "caption": text(caption)})


def embed(url: str, caption: str = "") -> Json:
    return _block("embed", {"url": url, "caption": text(caption)})


def link_preview(url: str) -> Json:
    return _block("link_preview", {"url": url})


def link_to_page(page_id: str) -> Json:
    return _block("link_to_page", {"type": "page_id", "page_id": page_id})


def child_page(title: str, *children: Json) -> Json:
    return _block("child_page", {"title": title}, list(children))


def synced(*children: Json) -> Json:
    return _block("synced_block", {"synced_from": None}, list(children))


def synced_copy(block_id: str) -> Json:
    return _block("synced_block", {"synced_from": {"type": "block_id", "block_id": block_id}})


def template(*runs: str | Json) -> Json:
    return _block("template", {"rich_text": text(*runs)})


def unsupported(kind: str) -> Json:
    return _block("unsupported", {"block_type": kind})


def other(kind: str, body: Json | None = None) -> Json:
    """A type that this API version does not have yet."""
    return _block(kind, body or {})

"""Lists, to-dos and tables."""

from __future__ import annotations

from typing import Any

from sidecar.blocks import BulletedList, ListItem, NumberedList, Table, Text, ToDoItem, ToDoList
from sidecar.markup import Html, block, blocks, escape, join, tag
from sidecar.render.context import Context
from sidecar.render.inline import inline
from sidecar.render.tree import children

HAS_LIST_CLASS = (6, 6)
HAS_LAYOUT_ATTRIBUTE = (6, 3)
TYPES = {"letters": "lower-alpha", "roman": "lower-roman"}


def _list(name: str, items: Html, context: Context, class_name: str = "", **more: Any) -> Html:
    base = "wp-block-list" if context.wordpress >= HAS_LIST_CLASS else ""
    classes = " ".join(part for part in (base, class_name) if part)
    head = {**({"ordered": True} if name == "ol" else {}), **more}
    if class_name:
        head["className"] = class_name
    style = f"list-style-type:{more['type']}" if "type" in more else None
    start = str(more["start"]) if "start" in more else None
    return block("list", tag(name, items, start=start, class_=classes or None, style=style), head)


def _items(items: tuple[ListItem, ...], context: Context) -> Html:
    return blocks(_item(inline(it.text, it.id, context, it.color), children(it.children, context)) for it in items)


def _item(shown: Html, inner: Html) -> Html:
    return block("list-item", tag("li", shown, inner))


def bulleted(it: BulletedList, context: Context) -> Html:
    return _list("ul", _items(it.items, context), context)


def numbered(it: NumberedList, context: Context) -> Html:
    more: dict[str, Any] = {"type": TYPES[it.format]} if it.format in TYPES else {}
    more |= {"start": it.start} if it.start != 1 else {}
    return _list("ol", _items(it.items, context), context, **more)


def to_dos(it: ToDoList, context: Context) -> Html:
    return _list("ul", blocks(_to_do(item, context) for item in it.items), context, "notion-todo")


def _to_do(item: ToDoItem, context: Context) -> Html:
    box = escape("☑ " if item.checked else "☐ ")
    return _item(join((box, inline(item.text, item.id, context, item.color))), children(item.children, context))


def table(it: Table, context: Context) -> Html:
    if not it.rows:
        context.warn(it.id, "table", "A table without rows was left out.")
        return Html("")
    head = it.rows[:1] if it.has_column_header else ()
    body = it.rows[len(head) :] or it.rows
    head = head if len(it.rows) > 1 else ()
    rows = [tag("thead", *(_row(row, "th", it, context) for row in head))] if head else []
    rows.append(tag("tbody", *(_row(row, "td", it, context) for row in body)))
    attributes = {"hasFixedLayout": False} if context.wordpress >= HAS_LAYOUT_ATTRIBUTE else None
    return block("table", tag("figure", tag("table", *rows), class_="wp-block-table"), attributes)


def _row(cells: tuple[Text, ...], name: str, it: Table, context: Context) -> Html:
    shown = [inline(cell, it.id, context) for cell in cells]
    if it.has_row_header and name == "td" and shown and shown[0]:
        shown[0] = tag("strong", shown[0])
    return tag("tr", *(tag(name, cell) for cell in shown))

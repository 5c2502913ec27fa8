"""Lists, to-dos and tables."""

from __future__ import annotations

from sidecar.blocks import Blocks, BulletedList, ListItem, NumberedList, Table, Text, ToDoItem, ToDoList
from sidecar.markup import NOTHING, Html, block, blocks, count, escape, join, tag
from sidecar.render.context import Context
from sidecar.render.inline import inline
from sidecar.render.text import group
from sidecar.render.tree import children

HAS_LIST_CLASS = (6, 6)
HAS_LIST_STYLE = (6, 2)
HAS_LAYOUT_ATTRIBUTE = (6, 3)
TYPES = {"letters": ("lower-alpha", "a"), "roman": ("lower-roman", "i")}
"""What WordPress calls Notion's ways to number, and what it called them before."""


def unordered(items: Html, context: Context, class_name: str = "") -> Html:
    """A list block with bullets around its items."""
    made = tag("ul", items, class_=_classes(context, class_name))
    return block("list", made, {"className": class_name} if class_name else None)


def item(shown: Html, inner: Html = NOTHING) -> Html:
    """An item of a list, with what stands below it."""
    return block("list-item", tag("li", shown, inner))


def _classes(context: Context, class_name: str = "") -> str | None:
    base = "wp-block-list" if context.wordpress >= HAS_LIST_CLASS else ""
    return " ".join(part for part in (base, class_name) if part) or None


def bulleted(it: BulletedList, context: Context) -> Html:
    """A list. Whatever stands below an item stays inside that item."""
    return unordered(_items(it.items, context), context)


def numbered(it: NumberedList, context: Context) -> Html:
    """An ordered list with its first number and its way to number."""
    new, old = TYPES.get(it.format, (None, None))
    if new is None and it.format != "numbers":
        message = f"A way to number, “{it.format}”, is not known here: the list has plain numbers."
        context.warn(it.id, "numbered_list_item", message)
    has_style = context.wordpress >= HAS_LIST_STYLE
    kind = new if has_style else old
    head = {"ordered": True, "type": kind, "start": it.start if it.start != 1 else None}
    made = tag(
        "ol",
        _items(it.items, context),
        type=None if has_style else kind,
        start=str(it.start) if it.start != 1 else None,
        style=f"list-style-type:{kind}" if kind and has_style else None,
        class_=_classes(context),
    )
    return block("list", made, {name: value for name, value in head.items() if value is not None})


def _items(items: tuple[ListItem, ...], context: Context) -> Html:
    return blocks(item(inline(it.text, it.id, context, it.color), below(it.children, context)) for it in items)


def below(tree: Blocks, context: Context) -> Html:
    """What stands below the words of an item, as one block.

    The editor takes the blank lines between several for words of the item, and adds more of them at every save.
    """
    shown = children(tree, context)
    return shown if count(shown) < 2 else group(shown, "notion-below", layout="default")


def to_dos(it: ToDoList, context: Context) -> Html:
    """A list whose items begin with a box, ticked or empty."""
    return unordered(blocks(_to_do(one, context) for one in it.items), context, "notion-todo")


def _to_do(it: ToDoItem, context: Context) -> Html:
    box = escape("☑ " if it.checked else "☐ ")
    return item(join((box, inline(it.text, it.id, context, it.color))), below(it.children, context))


def table(it: Table, context: Context) -> Html:
    """A table with its header row and its header column."""
    if not any(it.rows):
        context.warn(it.id, "table", "A table without cells was left out.")
        return NOTHING
    head, body = (it.rows[:1], it.rows[1:]) if it.has_column_header else ((), it.rows)
    made = [tag(name, *(_row(row, name, it, context) for row in rows)) for name, rows in _sections(head, body) if rows]
    attributes = {"hasFixedLayout": False} if context.wordpress >= HAS_LAYOUT_ATTRIBUTE else None
    return block("table", tag("figure", tag("table", *made), class_="wp-block-table"), attributes)


Rows = tuple[tuple[Text, ...], ...]


def _sections(head: Rows, body: Rows) -> tuple[tuple[str, Rows], tuple[str, Rows]]:
    return ("thead", head), ("tbody", body)


def _row(cells: tuple[Text, ...], section: str, it: Table, context: Context) -> Html:
    return tag("tr", *(_cell(cell, section, number, it, context) for number, cell in enumerate(cells)))


def _cell(cell: Text, section: str, number: int, it: Table, context: Context) -> Html:
    shown = inline(cell, it.id, context)
    if section == "thead":
        return tag("th", shown)
    if it.has_row_header and number == 0:
        return tag("th", shown, scope="row")
    return tag("td", shown)

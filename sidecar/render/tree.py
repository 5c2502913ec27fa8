"""From a block to its renderer, and from a tree to its markup. The table itself is in `render/__init__`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sidecar.blocks import Block, Blocks, Paragraph
from sidecar.markup import NOTHING, Html, block, blocks, tag
from sidecar.render.colors import KNOWN, UNKNOWN
from sidecar.render.context import Context
from sidecar.render.inline import is_blank

Renderer = Callable[[Any, Context], Html]
TABLE: dict[type, Renderer] = {}
LINE_HEIGHT = 1.5
"""Height of an empty line, in em."""


def use(table: Mapping[type, Renderer]) -> None:
    """Fills the table once, at import: renderers of containers need it, and it needs them."""
    TABLE.update(table)


def render(it: Block, context: Context) -> Html:
    color = getattr(it, "color", "default")
    if color not in KNOWN:
        context.warn(it.id, "color", UNKNOWN.format(word=color))
    return TABLE[type(it)](it, context)


def children(tree: Blocks, context: Context, head: Html = NOTHING) -> Html:
    """Blocks one below the other, under a head that is rendered already.

    Empty paragraphs between two of them become the space that they are; at the beginning and at the end they would
    only widen a margin, and are left out.
    """
    found = [head] if head else []
    lines = 0
    for it in tree:
        if isinstance(it, Paragraph) and not it.children and is_blank(it.text):
            lines += 1
            continue
        shown = render(it, context)
        if not shown:
            continue
        if lines and found:
            found.append(_space(lines))
        lines = 0
        found.append(shown)
    return blocks(found)


def _space(lines: int) -> Html:
    height = f"{lines * LINE_HEIGHT:g}em"
    made = tag("div", style=f"height:{height}", aria_hidden="true", class_="wp-block-spacer")
    return block("spacer", made, {"height": height})

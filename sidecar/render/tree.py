"""From a block to its renderer, and from a tree to its markup. The table itself is in `render/__init__`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sidecar.blocks import Block, Blocks
from sidecar.markup import Html, blocks
from sidecar.render.context import Context

Renderer = Callable[[Any, Context], Html]
TABLE: dict[type, Renderer] = {}


def use(table: Mapping[type, Renderer]) -> None:
    """Fills the table once, at import: renderers of containers need it, and it needs them."""
    TABLE.update(table)


def render(it: Block, context: Context) -> Html:
    return TABLE[type(it)](it, context)


def children(tree: Blocks, context: Context) -> Html:
    return blocks(render(it, context) for it in tree)

"""The headings of a page, and the table of contents that links to them."""

from __future__ import annotations

from collections.abc import Sequence

from sidecar.blocks import Blocks, Heading, TableOfContents, walk
from sidecar.markup import NOTHING, Html, blocks, tag
from sidecar.render.context import Context, Outlined, anchor
from sidecar.render.inline import inline, is_blank, unlinked
from sidecar.render.lists import item, unordered


def headings(tree: Blocks) -> dict[str, Outlined]:
    """The headings of a page by their anchors, in order. Of two copies of one block the first counts."""
    found: dict[str, Outlined] = {}
    for it in walk(tree):
        if isinstance(it, Heading) and not is_blank(it.text) and anchor(it.id) != "n-":
            found.setdefault(anchor(it.id), Outlined(it.level, anchor(it.id), it.text, it.id))
    return found


def contents(it: TableOfContents, context: Context) -> Html:
    """A list of links to the headings of the page, nested as they are."""
    found = list(context.headings.values())
    return _list(found, it, context) if found else NOTHING


def _list(found: Sequence[Outlined], it: TableOfContents, context: Context) -> Html:
    return unordered(blocks(_item(*part, it, context) for part in _parts(found)), context)


def _parts(found: Sequence[Outlined]) -> list[tuple[Outlined, Sequence[Outlined]]]:
    """Headings of one rank, each with those below it."""
    parts: list[tuple[Outlined, list[Outlined]]] = []
    for heading in found:
        if parts and heading.level > parts[-1][0].level:
            parts[-1][1].append(heading)
        else:
            parts.append((heading, []))
    return list(parts)


def _item(heading: Outlined, below: Sequence[Outlined], it: TableOfContents, context: Context) -> Html:
    shown = inline(unlinked(heading.text, context), heading.block_id, context, it.color)
    link = tag("a", shown, href=f"#{heading.anchor}")
    return item(link, _list(below, it, context) if below else NOTHING)

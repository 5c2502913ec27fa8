"""Block tree and uploaded media -> WordPress block markup. Pure: the same page gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping

from sidecar import blocks
from sidecar.blocks import Blocks
from sidecar.markup import clear
from sidecar.render import cards, code, layout, lists, media, outline, text
from sidecar.render.context import Context, Rendered, anchor
from sidecar.render.media import files_to_store
from sidecar.render.tree import Renderer, children, use

__all__ = ["RENDERERS", "Context", "Rendered", "anchor", "document", "files_to_store"]

RENDERERS: Mapping[type, Renderer] = {
    blocks.Paragraph: text.paragraph,
    blocks.Heading: text.heading,
    blocks.BulletedList: lists.bulleted,
    blocks.NumberedList: lists.numbered,
    blocks.ToDoList: lists.to_dos,
    blocks.Toggle: text.toggle,
    blocks.Quote: text.quote,
    blocks.Callout: text.callout,
    blocks.Code: code.code,
    blocks.Equation: code.equation,
    blocks.Divider: layout.divider,
    blocks.Breadcrumb: layout.breadcrumb,
    blocks.TableOfContents: outline.contents,
    blocks.Table: lists.table,
    blocks.Columns: layout.columns,
    blocks.MediaBlock: media.media,
    blocks.Embed: cards.embed,
    blocks.Bookmark: cards.bookmark,
    blocks.PageLink: layout.to_page,
    blocks.Synced: layout.synced,
    blocks.Tabs: layout.tabs,
    blocks.MeetingNotes: layout.meeting_notes,
    blocks.Unknown: layout.unknown,
}
use(RENDERERS)


def document(tree: Blocks, context: Context) -> Rendered:
    """A whole page, with what it could not show as it is and the pages it points to."""
    context.headings.update(outline.headings(tree))
    html = children(tree, context)
    if context.filters:
        html = clear(html)
    return Rendered(html, tuple(dict.fromkeys(context.warnings)), tuple(dict.fromkeys(context.linked)))

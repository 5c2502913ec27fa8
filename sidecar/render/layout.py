"""Columns, tabs, dividers, links to pages, and blocks that only hold others."""

from __future__ import annotations

from sidecar.blocks import (
    Breadcrumb,
    Column,
    Columns,
    Divider,
    MeetingNotes,
    PageLink,
    Synced,
    Tab,
    Tabs,
    Unknown,
    plain,
)
from sidecar.markup import NOTHING, Html, block, blocks, closed, escape, tag
from sidecar.render.context import Context
from sidecar.render.inline import bold, inline, is_blank, is_linked, unlinked, words
from sidecar.render.links import address, page_target
from sidecar.render.text import group, labelled, plain_paragraph
from sidecar.render.tree import children

HAS_TABS = (7, 1)
CALLED = {
    "ai_block": "An AI block",
    "button": "A button",
    "form": "A form",
    "drive": "A file of Google Drive",
    "unsupported": "A block that Notion does not hand over",
    "link_to_page": "A link to a comment",
    "image": "An image without a file",
    "video": "A video without a file",
    "audio": "A sound without a file",
    "pdf": "A PDF without a file",
    "file": "A file block without a file",
}
"""What a writer calls the blocks that have nothing to show."""


def columns(it: Columns, context: Context) -> Html:
    """Columns of the same widths."""
    inner = [children(column.children, context) for column in it.columns]
    if not any(inner):
        return NOTHING
    made = blocks(_column(column, shown) for column, shown in zip(it.columns, inner, strict=True))
    return block("columns", tag("div", made, class_="wp-block-columns"))


def _column(it: Column, inner: Html) -> Html:
    if it.ratio is None:
        return block("column", tag("div", inner, class_="wp-block-column"))
    width = f"{round(it.ratio * 100, 2):g}%"
    made = tag("div", inner, class_="wp-block-column", style=f"flex-basis:{width}")
    return block("column", made, {"width": width})


def divider(_it: Divider, _context: Context) -> Html:
    """A separator."""
    return block("separator", closed("hr", class_="wp-block-separator has-alpha-channel-opacity"))


def breadcrumb(_it: Breadcrumb, _context: Context) -> Html:
    """Nothing: a post has no place in Notion's tree of pages."""
    return NOTHING


def to_page(it: PageLink, context: Context) -> Html:
    """A link to that page's post. While it has none, its title as text; when Notion tells no title, nothing."""
    title = it.title or context.titles.get(it.page_id, "")
    became = "is shown as text" if title else "was left out"
    link = page_target(it.page_id, it.id, context, name=title, became=became, is_database=it.is_database)
    if link is None:
        return plain_paragraph(words(title)) if title else NOTHING
    return plain_paragraph(tag("a", words(title) if title else words(address(link)), href=link))


def synced(it: Synced, context: Context) -> Html:
    """What stands in it, as if it stood there by itself."""
    if it.is_copy and not it.children:
        message = "A synced block is empty here: its original must be shared with the integration too."
        context.warn(it.id, it.type, message)
    if it.type == "template":
        context.warn(it.id, it.type, "A template button is shown as its words and what it would insert.")
    head = plain_paragraph(inline(it.text, it.id, context)) if not is_blank(it.text) else NOTHING
    return children(it.children, context, head)


def tabs(it: Tabs, context: Context) -> Html:
    """Tabs; before WordPress 7.1 their contents one below the other, each under its label."""
    if not it.tabs:
        return NOTHING
    if context.wordpress >= HAS_TABS:
        return _tabs(it, context)
    context.warn(it.id, "tab", "Tabs are shown one below the other: this WordPress has no tabs.")
    return blocks(_tab_below(tab, context) for tab in it.tabs)


def _tabs(it: Tabs, context: Context) -> Html:
    labels = [_label(tab, number, context) for number, tab in enumerate(it.tabs, 1)]
    buttons = (tag("button", label, type="button", role="tab") for label in labels)
    bar = block("tab-list", tag("div", *buttons, role="tablist", class_="wp-block-tab-list"))
    panels = blocks(_panel(tab, label, context) for tab, label in zip(it.tabs, labels, strict=True))
    inner = blocks([bar, block("tab-panels", tag("div", panels, class_="wp-block-tab-panels"))])
    return block("tabs", tag("div", inner, class_="wp-block-tabs"))


def _label(it: Tab, number: int, context: Context) -> Html:
    if is_linked(it.label):
        context.warn(it.id, "tab", "A link in the label of a tab is shown as text: the label opens the tab.")
    return labelled(it.icon, unlinked(it.label, context), it.id, "tab", context) or escape(str(number))


def _panel(it: Tab, label: Html, context: Context) -> Html:
    inner = children(it.children, context)
    made = tag("section", inner, role="tabpanel", tabindex="0", class_="wp-block-tab-panel")
    return block("tab-panel", made, {"label": label})


def _tab_below(it: Tab, context: Context) -> Html:
    label = labelled(it.icon, it.label, it.id, "tab", context, bold)
    inner = children(it.children, context, plain_paragraph(label) if label else NOTHING)
    return group(inner, "notion-tab") if inner else NOTHING


def meeting_notes(it: MeetingNotes, context: Context) -> Html:
    """The title in bold and the notes below it."""
    context.warn(it.id, "meeting_notes", "Meeting notes are shown as plain text, without times and attendees.")
    title = bold(it.title, it.id, context) if not is_blank(it.title) else NOTHING
    return children(it.children, context, plain_paragraph(title) if title else NOTHING)


def unknown(it: Unknown, context: Context) -> Html:
    """Its words and what stands in it."""
    kept = "its words are kept" if it.text or it.children else "it was left out"
    called = CALLED.get(it.type, f"A block of type {it.type}")
    context.warn(it.id, it.type, f"{called} cannot be shown; {kept}.")
    head = plain_paragraph(inline(it.text, it.id, context)) if plain(it.text).strip() else NOTHING
    return children(it.children, context, head)

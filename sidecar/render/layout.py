"""Columns, dividers, contents, links to pages, and blocks that only hold others."""

from __future__ import annotations

from sidecar.blocks import (
    Breadcrumb,
    Column,
    Columns,
    Divider,
    MeetingNotes,
    PageLink,
    Synced,
    TableOfContents,
    Tabs,
    Unknown,
)
from sidecar.markup import NOTHING, Html, block, blocks, escape, tag
from sidecar.render.context import Context
from sidecar.render.inline import inline, page_link
from sidecar.render.text import plain_paragraph
from sidecar.render.tree import children


def columns(it: Columns, context: Context) -> Html:
    inner = blocks(_column(column, context) for column in it.columns)
    return block("columns", tag("div", inner, class_="wp-block-columns"))


def _column(it: Column, context: Context) -> Html:
    inner = children(it.children, context)
    if it.ratio is None:
        return block("column", tag("div", inner, class_="wp-block-column"))
    width = f"{round(it.ratio * 100, 2):g}%"
    made = tag("div", inner, class_="wp-block-column", style=f"flex-basis:{width}")
    return block("column", made, {"width": width})


def divider(_it: Divider, _context: Context) -> Html:
    return block("separator", tag("hr", class_="wp-block-separator has-alpha-channel-opacity"))


def breadcrumb(_it: Breadcrumb, _context: Context) -> Html:
    return NOTHING


def contents(it: TableOfContents, context: Context) -> Html:
    context.warn(it.id, "table_of_contents", "The table of contents was left out.")
    return NOTHING


def to_page(it: PageLink, context: Context) -> Html:
    shown = escape(it.title or "Untitled")
    link = page_link(it.page_id, shown, it.id, context)
    return plain_paragraph(link) if it.title or link != shown else NOTHING


def synced(it: Synced, context: Context) -> Html:
    head = inline(it.text, it.id, context)
    return blocks([plain_paragraph(head) if head else NOTHING, children(it.children, context)])


def tabs(it: Tabs, context: Context) -> Html:
    context.warn(it.id, "tab", "Tabs are shown one below the other.")
    parts = []
    for tab in it.tabs:
        label = inline(tab.label, tab.id, context)
        parts += [plain_paragraph(tag("strong", label)) if label else NOTHING, children(tab.children, context)]
    return blocks(parts)


def meeting_notes(it: MeetingNotes, context: Context) -> Html:
    context.warn(it.id, "meeting_notes", "Meeting notes are shown as plain text.")
    title = inline(it.title, it.id, context)
    return blocks([plain_paragraph(tag("strong", title)) if title else NOTHING, children(it.children, context)])


def unknown(it: Unknown, context: Context) -> Html:
    context.warn(it.id, it.type, f"A block of type {it.type} cannot be shown; what stands inside it is kept.")
    text = inline(it.text, it.id, context)
    return blocks([plain_paragraph(text) if text else NOTHING, children(it.children, context)])

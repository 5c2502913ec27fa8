"""The marker where no custom field may be written: in the attributes of a post's first block. Pure.

REST hides custom fields that nobody registered. `metadata` is an attribute that every block has since WordPress 6.5;
what stands in it beside a block's name is kept by the editor and shown to nobody. Whoever reads content through an
adapter never sees the marker: it is put on the way to WordPress and taken off on the way back.
"""

from __future__ import annotations

import re

from sidecar.blocks import PageId

KEY = "notionPageId"
COMMENT = re.compile(r"<!-- wp:[^>]*? /?-->")
OPENING = re.compile(r"<!-- wp:(?P<name>[a-z0-9/-]+) (?P<attributes>\{[^>]*\} )?(?P<end>/?-->)")
OURS = re.compile(rf'"{KEY}":"(?P<page_id>[^"\\]*)"')
ALONE = re.compile(rf'(\n\n)?<!-- wp:html \{{"metadata":\{{"{KEY}":"[^"\\]*"\}}\}} /-->')
"""A block of our own, for content that has none. It shows nothing."""
TAKEN_OFF = (
    rf'\{{"metadata":\{{"{KEY}":"[^"\\]*"\}}\}} ',
    rf'"metadata":\{{"{KEY}":"[^"\\]*"\}},',
    rf',"metadata":\{{"{KEY}":"[^"\\]*"\}}',
    rf'"{KEY}":"[^"\\]*",',
    rf',"{KEY}":"[^"\\]*"',
)
"""With just as much around it as the marker brought along; the first that fits."""


def marked(content: str, page_id: PageId) -> str:
    """The content with the marker of a page on it, once, and otherwise to the letter as it was."""
    content = unmarked(content)
    found = OPENING.search(content)
    if found is None:
        gap = "\n\n" if content else ""
        return f'{content}{gap}<!-- wp:html {{"metadata":{{"{KEY}":"{page_id}"}}}} /-->'
    attributes = _with(found["attributes"] or "", page_id)
    return f"{content[: found.start()]}<!-- wp:{found['name']} {attributes}{found['end']}{content[found.end() :]}"


def _with(attributes: str, page_id: PageId) -> str:
    marker = f'"{KEY}":"{page_id}"'
    if not attributes:
        return f'{{"metadata":{{{marker}}}}} '
    if attributes.startswith('{"metadata":{"'):
        return attributes.replace('{"metadata":{', f'{{"metadata":{{{marker},', 1)
    return attributes.replace("{", f'{{"metadata":{{{marker}}},', 1)


def unmarked(content: str) -> str:
    """The content without markers."""
    return COMMENT.sub(lambda found: _taken_off(found[0]), ALONE.sub("", content))


def _taken_off(comment: str) -> str:
    for pattern in TAKEN_OFF:
        comment, number = re.subn(pattern, "", comment, count=1)
        if number:
            break
    return comment


def marker_in(content: str) -> PageId | None:
    """The page whose marker the content carries; the first, where somebody pasted posts together."""
    for comment in COMMENT.finditer(content):
        found = OURS.search(comment[0])
        if found:
            return PageId(found["page_id"])
    return None

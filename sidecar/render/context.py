"""What a renderer knows besides its block, and where it leaves its warnings. No markup is made here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sidecar.blocks import BlockId, PageId, Text
from sidecar.markup import Html
from sidecar.model import BlockWarning, Media


@dataclass(frozen=True, slots=True)
class Outlined:
    """A heading of the page, for its table of contents."""

    level: int
    anchor: str
    text: Text
    block_id: BlockId


@dataclass(frozen=True)
class Context:
    """`media` maps file identities to library items, `links` published pages to their permalinks."""

    media: Mapping[str, Media] = field(default_factory=dict)
    links: Mapping[PageId, str] = field(default_factory=dict)
    wordpress: tuple[int, int] = (6, 8)
    time_zone: str = "UTC"
    language: str | None = None
    """The language of the site, such as de-DE; None when it is not known."""
    filters: bool = False
    """WordPress takes markup away from what our user writes; see `filtered.py`."""
    alt_prefix: str = "alt:"
    """What begins the last line of a picture's caption where that is its alternative text; empty: nothing does."""
    warnings: list[BlockWarning] = field(default_factory=list)
    linked: list[PageId] = field(default_factory=list)
    headings: dict[str, Outlined] = field(default_factory=dict)
    """The headings of the page that can be linked to, by their anchors, in order."""
    titles: Mapping[PageId, str] = field(default_factory=dict)
    """The titles of published pages, where they are known."""
    placed: set[str] = field(default_factory=set)
    """The anchors that an element of the page has got already."""

    def warn(self, block_id: BlockId | str, type: str, message: str) -> None:
        self.warnings.append(BlockWarning(block_id, type, " ".join(message.split())))


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered page, what was shown in a lesser form, and the pages that it points to."""

    html: Html
    warnings: tuple[BlockWarning, ...]
    links: tuple[PageId, ...]


def anchor(block_id: str) -> str:
    """The id of a heading's element. Another page can work it out from the block's id alone."""
    return f"n-{re.sub('[^0-9a-f]', '', block_id.lower())[:32]}"


def place(block_id: str, context: Context) -> str | None:
    """The anchor that the element of a block gets. Of two copies of one block only the first gets it."""
    name = anchor(block_id)
    if name == "n-" or name in context.placed:
        return None
    context.placed.add(name)
    return name

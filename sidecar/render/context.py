"""What a renderer knows besides its block, and where it leaves its warnings. No markup is made here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sidecar.blocks import BlockId, PageId
from sidecar.markup import Html
from sidecar.model import BlockWarning, Media


@dataclass(frozen=True)
class Context:
    """`media` maps file identities to library items, `links` published pages to their permalinks."""

    media: Mapping[str, Media] = field(default_factory=dict)
    links: Mapping[PageId, str] = field(default_factory=dict)
    wordpress: tuple[int, int] = (6, 8)
    time_zone: str = "UTC"
    language: str = "en"
    warnings: list[BlockWarning] = field(default_factory=list)
    linked: list[PageId] = field(default_factory=list)
    headings: list[tuple[int, str, Html]] = field(default_factory=list)
    """Level, anchor and text of each heading of the page that can be linked to."""

    def warn(self, block_id: BlockId | str, type: str, message: str) -> None:
        self.warnings.append(BlockWarning(block_id, type, message))


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered page, what was shown in a lesser form, and the pages that it points to."""

    html: Html
    warnings: tuple[BlockWarning, ...]
    links: tuple[PageId, ...]


def anchor(block_id: str) -> str:
    """The id of a heading's element. Another page can work it out from the block's id alone."""
    return f"n-{re.sub('[^0-9a-f]', '', block_id.lower())[:32]}"

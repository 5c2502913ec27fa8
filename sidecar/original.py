"""What the system that went before remembered: which page became which post, which file which library item. Nouns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sidecar.blocks import FileRef, PageId
from sidecar.model import MediaId, PostId


@dataclass(frozen=True, slots=True)
class Published:
    """A page and the post that was made of it."""

    page_id: PageId
    post_id: PostId
    written_at: datetime | None
    """When it was written last, UTC, as far as that was noted."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file of a page and the item of the media library that was made of it."""

    page_id: PageId
    file: FileRef
    media_id: MediaId


@dataclass(frozen=True, slots=True)
class Original:
    """All of its memory that is of use. `strange` are rows that make no sense, in words."""

    posts: tuple[Published, ...]
    files: tuple[Uploaded, ...]
    last_sync: datetime | None
    running: int = 0
    """Runs that it has begun and not ended."""
    strange: tuple[str, ...] = ()

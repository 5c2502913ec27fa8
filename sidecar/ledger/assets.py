"""Which file of which page became which item of the media library."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from sidecar.blocks import PageId
from sidecar.ledger.words import AssetId, ItemId
from sidecar.model import Media, MediaId


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of one page, as the ledger knows it."""

    id: AssetId
    page_id: PageId
    block_id: str
    identity: str
    status: Literal["Pending", "Uploaded", "Failed", "Retired"]
    sha256: str | None
    media: Media | None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """An item of the media library that we uploaded, and the pages that show it as far as the ledger knows."""

    media: Media
    sha256: str
    size: int
    pages: frozenset[PageId]


@dataclass(frozen=True, slots=True)
class CutShort:
    """An upload that was begun and of which nobody knows the end: its file may be in the library."""

    id: AssetId
    sha256: str
    name: str
    size: int
    made_by: ItemId | None
    at: float
    """When it was last heard of, in seconds since the epoch."""


class Assets(Protocol):
    """Which file became which item of the media library."""

    def begin(self, page_id: PageId, block_id: str, identity: str) -> AssetId:
        """The row of this file on this page, Pending."""
        ...

    def known(self, identity: str) -> Media | None:
        """The library item that a file with this identity became, on any page."""
        ...

    def reuse(self, asset_id: AssetId, *, identity: str = "", sha256: str = "") -> Media | None:
        """Points the row at an uploaded item with this identity or these bytes, if there is one, in one transaction."""
        ...

    def sending(self, asset_id: AssetId, sha256: str, name: str, size: int, made_by: ItemId) -> None:
        """Notes what is about to be uploaded for this row, and by which item: until its end is known it is not lost."""
        ...

    def sender(self, sha256: str) -> ItemId | None:
        """The item that was last to begin an upload of these bytes and did not come to know its end."""
        ...

    def cut_short(self) -> Sequence[CutShort]:
        """Uploads without a known end, oldest first; those under way are among them."""
        ...

    def drop(self, asset_id: AssetId) -> None:
        """Forgets an upload that came to nothing, unless its end has become known."""
        ...

    def uploaded(self, asset_id: AssetId, sha256: str, media: Media, size: int, made_by: ItemId | None) -> None: ...

    def failed(self, asset_id: AssetId, error: str) -> None: ...

    def keep(self, page_id: PageId, asset_ids: Sequence[AssetId]) -> None:
        """Drops the rows of this page that are not among these: the page no longer shows those files."""
        ...

    def made_only_by(self, item_id: ItemId) -> Sequence[MediaId]:
        """Forgets, in one transaction, what this item uploaded and no other page uses; gives the items to delete."""
        ...

    def described_by(self, page_id: PageId) -> Mapping[MediaId, str]:
        """The items that this page came to use before any other, with what was noted of their words."""
        ...

    def describe(self, media_id: MediaId, described: str) -> None:
        """Notes what the library was told of an item."""
        ...

    def lost(self, media_id: MediaId) -> None:
        """Drops all that is known of an item that somebody deleted in WordPress: its files are uploaded anew."""
        ...

    def moved(self, media_id: MediaId, url: str) -> None:
        """Notes where an item is found now."""
        ...

    def uploads(self) -> Sequence[Upload]:
        """Every item that an upload of ours is known to have made, in order of id; not those we only came to use."""
        ...

    def retire(self, media_id: MediaId, pages: Collection[PageId]) -> bool:
        """Lets no page reuse this item from now on. False, and nothing changed: a page not among these shows it."""
        ...

    def forget(self, media_id: MediaId) -> None:
        """Drops what is known of a retired item."""
        ...

    def of_page(self, page_id: PageId) -> Sequence[Asset]: ...

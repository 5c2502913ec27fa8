"""The nouns of a sync: pages, posts, media, records, actions, outcomes. Frozen data; no I/O, no decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, NewType

from sidecar.blocks import BlockId, FileRef, Icon, PageId, Text

Json = dict[str, Any]
"""One JSON object of Notion's API, untouched. A block that was fetched with its children carries them under the
key `children`, a list of such objects, which Notion's own answers never use at that place."""

PostId = NewType("PostId", str)
MediaId = NewType("MediaId", str)


class Intent(StrEnum):
    """Why a page is looked at."""

    LISTED = "listed"
    ASKED = "asked"
    EDITED = "edited"
    TRASHED = "trashed"
    RESTORED = "restored"
    FORCED = "forced"
    REREAD = "reread"
    """It was edited about when it was last read: read it once more, and update only what that reading wrote."""
    RELINKED = "relinked"
    """Another page that it links to has become a post, lost it, or has another address or title now."""
    RERENDERED = "rerendered"
    """A person wants published posts to have the markup that their pages become today, and nothing else of them."""


# --- Notion ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Property:
    """One property value of a page. `value` is what Notion holds under the key named like `type`."""

    name: str
    id: str
    type: str
    value: Any
    has_more: bool = False
    """Notion says that the page object does not show all of it."""


@dataclass(frozen=True, slots=True)
class Page:
    id: PageId
    url: str
    title: Text
    status: str | None
    """The name of the option that the status property has; None when it is empty or there is no such property."""
    in_trash: bool
    edited_at: datetime
    """UTC; Notion rounds it down to the minute."""
    properties: Mapping[str, Property] = field(default_factory=dict)
    icon: Icon | None = None
    cover: FileRef | None = None
    edited_by: str = ""
    """The id of the user who edited it last; ours, when that was a mark of ours."""


# --- WordPress -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Site:
    """What a WordPress says of itself. `plugin` is the companion plugin's version, None without it."""

    url: str
    title: str
    version: str
    time_zone: str = "UTC"
    plugin: str | None = None
    takes_alt: bool = False
    """The alternative text of a library item can be set."""
    seo: str | None = None
    """The SEO plugin that the companion plugin finds there, as `seo.KEYS` calls it."""
    language: str | None = None
    """What its pages say they are written in, such as de-DE; None when they do not say."""
    filters: bool = False
    """WordPress takes markup away from what our user writes, as it does with an Author's (its `unfiltered_html`)."""
    takes_avif: bool = False
    """An AVIF becomes an item with smaller sizes. Only the companion plugin tells."""


@dataclass(frozen=True, slots=True)
class Media:
    """An item of the media library."""

    id: MediaId
    url: str
    width: int | None = None
    height: int | None = None
    mime: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Download:
    """Bytes that came from the web, with what the sender called them."""

    data: bytes
    mime: str
    url: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that is fit for the library. `sha256` is the hex digest of `data`."""

    data: bytes
    mime: str
    extension: str
    sha256: str
    width: int | None = None
    height: int | None = None
    notes: tuple[str, ...] = ()
    """What was lost on the way, in words: a frame cap reached, a format converted."""


Fields = Mapping[str, Any]
"""Fields of a post as XML-RPC names them: post_title, post_content, terms, ... Only those to be written."""


@dataclass(frozen=True, slots=True)
class PostState:
    """A post as WordPress has it now. `modified` is UTC. `fields` are the content fields, raw."""

    id: PostId
    status: str
    modified: datetime
    link: str
    type: str = "post"
    page_id: PageId | None = None
    fields: Fields = field(default_factory=dict)
    slug: str = ""
    """As people write it; empty for a post that has none yet, and in a scan."""


@dataclass(frozen=True, slots=True)
class BlockWarning:
    """Something shown in a lesser form, or left out."""

    block_id: BlockId | str
    type: str
    message: str


@dataclass(frozen=True, slots=True)
class Post:
    """A composed post. `content` are the fields we own; `initial` those set at creation and left to people then.

    `stated` are those that the page's own properties say: set at creation, and again when the property changes.
    """

    page_id: PageId
    content: Fields
    initial: Fields = field(default_factory=dict)
    stated: Fields = field(default_factory=dict)
    warnings: tuple[BlockWarning, ...] = ()


# --- memory ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Record:
    """What we remember of a published page."""

    page_id: PageId
    post_id: PostId
    link: str
    fingerprint: str
    """Hash of the composed post that was written last; empty while the first write is not finished."""
    fields_hash: str
    """Hash of our fields as WordPress gave them back after that write."""
    modified: datetime | None
    """The post's modified time after that write, UTC."""
    page_edited_at: datetime | None
    withdrawn_from: str | None = None
    """The status the post had before we withdrew it; None while it is not withdrawn."""
    conflicted: bool = False
    """A conflict was reported for this page and not settled since."""
    stated: str = ""
    """What the page's properties said when they were written last: JSON of field to hash; empty when not known."""
    status: str = ""
    """The status that the post had when we last saw it; empty when that is not known."""


# --- actions ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Create:
    page: Page


@dataclass(frozen=True, slots=True)
class Update:
    page: Page
    record: Record
    over_conflict: bool = False
    """A person has agreed that the Notion side wins."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    record: Record


@dataclass(frozen=True, slots=True)
class Restore:
    record: Record


@dataclass(frozen=True, slots=True)
class Skip:
    reason: str


@dataclass(frozen=True, slots=True)
class Conflict:
    record: Record
    changed: tuple[str, ...]
    """The names of the fields that were changed in WordPress."""
    is_doubtful: bool = False
    """The post is likely to be another one, which was given the same id."""


Action = Create | Update | Withdraw | Restore | Skip | Conflict

# --- what happened ---------------------------------------------------------------------------------------

PageStatus = Literal["Pending", "Success", "Skipped", "Failed", "Conflict", "Deferred"]
JobStatus = Literal["Running", "Completed", "Failed"]
ActionName = Literal["create", "update", "withdraw", "restore", "skip", "conflict"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to one page in one run."""

    page_id: PageId
    title: str
    action: ActionName
    status: PageStatus
    page_url: str = ""
    post_id: PostId | None = None
    post_url: str | None = None
    error: str | None = None
    warnings: tuple[BlockWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class Metrics:
    seconds: float = 0.0
    notion_calls: int = 0
    notion_429: int = 0
    wordpress_calls: int = 0
    media_uploaded: int = 0
    bytes_uploaded: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What one run did."""

    job_id: int
    status: JobStatus
    outcomes: tuple[Outcome, ...]
    metrics: Metrics
    error: str | None = None

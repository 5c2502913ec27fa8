"""The roles a sync needs from the world. Signatures and their promises only; the real ones live in `adapters`.

Every method may raise `Unavailable` (the same call may be made again later) or `Refused` (it may not); adapters
translate whatever their libraries raise, once, with `raise ... from`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sidecar.blocks import FileRef, PageId
from sidecar.config import Config
from sidecar.ledger import Ledger
from sidecar.model import Download, Fields, Json, Media, MediaId, Page, PostId, PostState, Site

# --- Notion ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mark:
    """What a page is told, in one PATCH. None leaves a property as it is; `message` "" empties it."""

    status: str | None = None
    link: str | None = None
    message: str | None = None


class Source(Protocol):
    """Where pages come from."""

    def listed(self, edited_since: datetime | None = None) -> list[Json]:
        """Every page that is to be published or withdrawn by its status, complete, or an error.

        With `edited_since` (UTC), also the pages that are Done and were edited since then.
        """
        ...

    def page(self, page_id: PageId) -> Json:
        """One page. Raises `Missing` when it is deleted for good, or not shared with the integration."""
        ...

    def blocks(self, page_id: PageId) -> list[Json]:
        """The whole block tree of a page, children under the key `children`; never part of it, never other pages."""
        ...

    def property_values(self, page_id: PageId, property_id: str) -> list[Json]:
        """All values of a property of which the page object shows only the first 25: a list of property items."""
        ...

    def fresh_file(self, file: FileRef) -> FileRef:
        """The same file with a link that was signed just now: reads its block (or page) again."""
        ...

    def mark(self, page: Page, mark: Mark) -> Json | None:
        """Writes status, link and message to a page in one call; gives the page as it is then, None when it said all
        that already. Raises `Refused` when the option does not exist."""
        ...

    def properties(self) -> Mapping[str, Json]:
        """The schema of the data source: property name to its configuration (asks Notion, keeps the answer)."""
        ...

    def bot_id(self) -> str:
        """The user id under which our own writes appear."""
        ...

    def database_id(self) -> str:
        """The database that the data source is in: some of what Notion tells names that alone (asked once, kept)."""
        ...

    def calls(self) -> int:
        """How many requests have gone out since the adapter was made."""
        ...

    def throttled(self) -> int:
        """How many of them Notion answered with 429."""
        ...


# --- WordPress -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scan:
    """Posts that carry our marker, trashed and scheduled ones too, in order of id, and the newest id of all posts.

    `PostState.fields` is empty in them: a scan reads no content.
    """

    newest: int
    posts: tuple[PostState, ...]


@dataclass(frozen=True, slots=True)
class Term:
    id: str
    name: str
    parent: str = "0"


@dataclass(frozen=True, slots=True)
class User:
    id: str
    login: str
    name: str
    email: str = ""


class Blog(Protocol):
    """Where posts go. Field names are XML-RPC's: post_title, post_content, post_excerpt, terms, ...

    `custom_fields` is a mapping of key to text; an empty text takes the field away, others are left as they are.
    """

    def site(self) -> Site:
        """What the far end says of itself; asked once, then remembered by the adapter."""
        ...

    def scan(self, above: int) -> Scan:
        """All posts with our marker whose id is greater than `above`; 0 looks at every post there is."""
        ...

    def find(self, page_id: PageId, above: int) -> Scan:
        """Like `scan`, but may leave out the posts of other pages (the companion plugin answers in one query)."""
        ...

    def find_all(self, page_ids: Sequence[PageId]) -> tuple[PostState, ...] | None:
        """Every post of these pages, old ones too, in few questions. None: here only a scan of all posts tells."""
        ...

    def post(self, post_id: PostId) -> PostState | None:
        """One post with its content fields, raw; None when it was deleted for good. Trashed posts are shown."""
        ...

    def create(self, page_id: PageId, fields: Fields) -> PostState:
        """Makes a draft that carries the marker of `page_id`. Sent at most once, never repeated by the adapter.

        WordPress takes no post without any words: give at least a title.
        """
        ...

    def update(self, post_id: PostId, fields: Fields) -> PostState:
        """Writes just these fields and gives back the post as WordPress has it then. Safe to repeat."""
        ...

    def sign(self, post_id: PostId, page_id: PageId) -> None:
        """Puts the marker of a page on a post that has none, and changes nothing else of it. Safe to repeat."""
        ...

    def trash(self, post_id: PostId) -> None:
        """Moves a post to the trash; nothing happens when it is there already or gone."""
        ...

    def delete(self, post_id: PostId) -> None:
        """Deletes a post for good; nothing happens when it is gone."""
        ...

    def library_item(self, media_id: MediaId) -> Media | None:
        """One item of the library; None when it is gone."""
        ...

    def there(self, media_ids: Sequence[MediaId]) -> Mapping[MediaId, str]:
        """The addresses of those of these items that are in the library, in few questions while none is missing."""
        ...

    def find_media(self, name: str) -> Media | None:
        """The library's item that was uploaded under this file name, if it is there.

        Of a name that ends in a hash, as `prepare.name` makes them, only that hash and the extension count.
        """
        ...

    def upload(self, name: str, data: bytes, mime: str) -> Media:
        """Adds a file to the library. Sent at most once; `Unavailable.maybe_done` asks to look before repeating."""
        ...

    def describe(
        self,
        media_id: MediaId,
        *,
        title: str | None = None,
        caption: str | None = None,
        description: str | None = None,
        alt: str | None = None,
    ) -> bool:
        """Sets those words of a library item that are given. Raises `Missing` when it was deleted.

        False: this WordPress does not let us set the alternative text (`Site.takes_alt`).
        """
        ...

    def is_shown(self, media: Media) -> bool:
        """True when a post of whoever it is, in the trash too, shows this item or features it; and when there may be
        posts that we do not see."""
        ...

    def delete_media(self, media_id: MediaId) -> bool:
        """Deletes a library item and its files. False: it was gone already."""
        ...

    def terms(self, taxonomy: str) -> Sequence[Term]: ...

    def create_term(self, taxonomy: str, name: str, parent: str = "0") -> Term:
        """Makes a term, or gives back the one of that name and parent which is there."""
        ...

    def users(self) -> Sequence[User]:
        """Those who may be an author."""
        ...

    def calls(self) -> int:
        """How many requests have gone out since the adapter was made."""
        ...


# --- the web, a messenger --------------------------------------------------------------------------------


class Web(Protocol):
    """The web at large, for URLs that come from content."""

    def download(self, url: str, max_bytes: int) -> Download:
        """The bytes behind a URL, within size and time limits; never from a private address."""
        ...


class Notifier(Protocol):
    """Somebody who is told how a run went."""

    def send(self, text: str) -> None:
        """Delivers an HTML-formatted message of at most 4096 characters."""
        ...


# --- what was asked before ---------------------------------------------------------------------------------


@dataclass
class Known:
    """Terms, users and titles that the far ends told this process, each with the time of asking; hold the lock."""

    terms: dict[str, tuple[float, list[Term]]] = field(default_factory=dict)
    users: tuple[float, Sequence[User]] | None = None
    titles: dict[PageId, tuple[float, str]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)


# --- all of it -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class World:
    """Everything a sync touches, as one argument."""

    config: Config
    source: Source
    blog: Blog
    web: Web
    ledger: Ledger
    notifier: Notifier | None
    owner: str
    """Who we are among the processes that share the ledger."""
    now: Callable[[], float]
    sleep: Callable[[float], None]
    stop: threading.Event = field(default_factory=threading.Event)
    """Set when we are to leave: the current remote call is finished, nothing new is begun."""
    known: Known = field(default_factory=Known)
    patience: tuple[float, ...] = (30.0, 120.0)
    """Seconds to wait before a failed attempt at a page is repeated; its length + 1 is the number of attempts."""
    look_again: tuple[float, ...] = (2.0, 5.0, 15.0)
    """Seconds between look-ups after a create whose answer was lost: WordPress may still be at work."""

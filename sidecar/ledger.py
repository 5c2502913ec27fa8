"""The role of the ledger: what is remembered, and the promises of each statement. The SQL is in `adapters/ledger`.

A page is *dirty* while its wanted revision is above its done revision. Whoever works on it holds a lease with a
fencing token; every write to a far end is preceded by `Pages.guard`, which fails once somebody else took over.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType, Protocol

from sidecar.blocks import PageId
from sidecar.model import Intent, JobStatus, Json, Media, MediaId, Metrics, Outcome, PostId, Record

JobId = NewType("JobId", int)
ItemId = NewType("ItemId", int)
AssetId = NewType("AssetId", int)

Phase = Literal["idle", "creating", "created", "dead"]
"""idle; a create may be under way; a post id is stored but the post is not finished; given up until asked anew."""


PUBLIC = frozenset({"publish", ""})
"""Statuses of posts that readers find. A post whose status is not known yet is taken for one."""
FOR_READERS = PUBLIC | {"future"}
"""Statuses of posts that readers find, or will find without anybody touching them again."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A reason to look at a page. The same (source, event_id) counts once."""

    page_id: PageId
    intent: Intent
    source: str
    event_id: str
    kind: str = ""
    body: str = ""
    quiet: float = 0.0
    """Seconds to wait for more edits before the page is worked on."""
    snapshot: Json | None = None
    """The page as a listing just gave it, so that it need not be asked for again."""
    at_once: bool = False
    """A person waits for this listing: a page that waits for another attempt is tried now."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How a post shows another page that it links to. Both are empty while that page is no post, or none that the
    readers of this one find."""

    link: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """A page that is wanted and not done."""

    page_id: PageId
    is_held: bool
    """Somebody holds a lease on it."""
    not_before: float
    error: str | None
    """Why the last attempt failed, if one did."""
    snapshot: Json | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A dirty page that nobody works on."""

    page_id: PageId
    token: int
    not_before: float
    deaths: int = 0
    """How many workers in a row took it and were not heard of again."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a trigger. `waiting` is the page as it waits now; None for a listing."""

    is_new: bool
    """False: this event was accepted before."""
    job_id: JobId | None
    waiting: Waiting | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on one page, until the lease runs out."""

    page_id: PageId
    token: int
    revision: int
    intent: Intent
    attempts: int
    """How many attempts have failed before this one."""
    phase: Phase
    create_floor: int | None
    """No post of this page that an earlier attempt made has an id at or below this one."""
    job_id: JobId | None
    snapshot: Json | None
    deaths: int = 0
    """How many workers in a row, before this one, took the page and were not heard of again."""


@dataclass(frozen=True, slots=True)
class Job:
    id: JobId
    site: str
    type: str
    status: JobStatus
    started_at: datetime
    finished_at: datetime | None
    metrics: Metrics
    error: str | None
    outcomes: tuple[Outcome, ...] = ()


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


class Jobs(Protocol):
    """Runs and what they did to each page."""

    def open(self, type: str, listing: bool = False) -> JobId:
        """A new run, Running. With `listing` it is due to ask the source for pages."""
        ...

    def join(self, type: str) -> JobId:
        """The run of this kind that is open and lists nothing, or a new one: what comes together is one run."""
        ...

    def listings(self) -> Sequence[JobId]:
        """Runs whose listing is due, oldest first."""
        ...

    def add(self, job_id: JobId, metrics: Metrics) -> None:
        """Adds what one page, or the listing, cost to the metrics of a run."""
        ...

    def forget(self, before: float) -> int:
        """Drops the runs that ended before that time and came to no page. How many those were."""
        ...

    def settle(self, job_id: JobId) -> Job | None:
        """Ends a run whose listing is done and whose last page has ended. None when it goes on, or has ended before."""
        ...

    def unsettled(self) -> Sequence[JobId]:
        """Runs that are open, oldest first."""
        ...

    def close(self, job_id: JobId, status: JobStatus, metrics: Metrics, error: str | None) -> None: ...

    def begin_item(self, job_id: JobId, page_id: PageId, title: str, page_url: str) -> ItemId:
        """The item of this page in this run, Pending; the same one when the run comes back to the page, which stays
        Success if it was."""
        ...

    def note_post(self, item_id: ItemId, post_id: PostId, post_url: str) -> None:
        """Stores the post id on the item, as soon as there is one."""
        ...

    def finish_item(self, item_id: ItemId, outcome: Outcome, attempts: int) -> None: ...

    def outcome(self, item_id: ItemId) -> Outcome:
        """What an item says up to now."""
        ...

    def recent(self, limit: int) -> Sequence[Job]:
        """The newest runs first, with their outcomes."""
        ...

    def job(self, job_id: JobId) -> Job | None: ...

    def last_listing(self) -> datetime | None:
        """When the last run that completed its listing began, UTC."""
        ...

    def listed(self, job_id: JobId, error: str | None = None) -> None:
        """Notes that the listing of this run was complete, or why it could not be done."""
        ...


class Pages(Protocol):
    """Who works on which page."""

    def accept(self, trigger: Trigger, job_id: JobId | None = None, run: str | None = None) -> Accepted:
        """Notes that a page is wanted, in one transaction; with `run`, in the open run of that kind.

        A listing does not raise the revision of a page that is already dirty or leased.
        """
        ...

    def accept_listing(self, source: str, event_id: str, run: str) -> Accepted:
        """Notes that a listing is wanted, as a run of its own, in one transaction."""
        ...

    def note_event(self, trigger: Trigger) -> bool:
        """Stores an event that asks for nothing. False when it was stored before."""
        ...

    def forget_events(self, before: float) -> int:
        """Drops the events that came before that time: from then on the same one would count again. How many."""
        ...

    def due(self, job_id: JobId | None = None, limit: int = 500) -> Sequence[Waiting]:
        """Dirty pages whose time has come and that nobody works on, longest waiting first; never dead ones.

        Pages that workers died with come after all others.
        """
        ...

    def left(self, page_ids: Collection[PageId]) -> Sequence[Left]:
        """Which of these pages are still wanted; never dead ones."""
        ...

    def claim(self, page_id: PageId, owner: str) -> Claim | None:
        """Takes the page for the length of a lease. None: nothing to do, or somebody else has it."""
        ...

    def renew(self, claim: Claim) -> None:
        """Extends the lease. Raises LostLease when somebody else has taken over."""
        ...

    def guard(self, claim: Claim, phase: Phase | None = None, create_floor: int | None = None) -> None:
        """Extends the lease and stores what is about to be done, before every write to a far end.

        Raises LostLease when the lease has run out or somebody else has taken over.
        """
        ...

    def complete(self, claim: Claim, reread_after: float | None = None) -> bool:
        """Notes that the claimed revision is done. True when the page was wanted again meanwhile.

        With `reread_after`, a page that nobody wanted meanwhile is wanted once more after so many seconds.
        """
        ...

    def count(self, job_id: JobId, intent: Intent) -> int:
        """How many pages are wanted in this run for this reason, those that are done included."""
        ...

    def fail(self, claim: Claim, error: str, delay: float | None, counts: bool = True) -> None:
        """Gives the page back: to be tried again after `delay` seconds, or, with None, dead until asked anew."""
        ...

    def release(self, claim: Claim) -> None:
        """Gives the page back as it was, to be taken again at once: we are stopping."""
        ...


class Records(Protocol):
    """Which page became which post, and what was written last."""

    def get(self, page_id: PageId) -> Record | None: ...

    def all(self) -> Sequence[Record]: ...

    def put(self, claim: Claim, record: Record, title: str = "", shown: Mapping[PageId, Shown] | None = None) -> None:
        """Stores a record under the claim's fence. Raises LostLease when somebody else has taken over.

        `shown` are the pages that the post links to, as it shows them; None leaves what is known of that.
        """
        ...

    def shown(self, page_id: PageId) -> Mapping[PageId, Shown]:
        """The pages that this page's post links to, as it shows them."""
        ...

    def outdated(self, page_id: PageId | None = None) -> Sequence[PageId]:
        """Pages whose posts show a page that they link to otherwise than it is now.

        With `page_id`, among that page and those that link to it.
        """
        ...

    def moved(self, record: Record, link: str, status: str) -> bool:
        """Notes the address and the status that a post has by now. False: its record is not what it was then."""
        ...

    def let_be(self, page_id: PageId) -> None:
        """Takes the links of this page's post for right, until one of the pages behind them changes again."""
        ...

    def adopt(self, record: Record, title: str = "") -> bool:
        """Stores a record that was found in WordPress, unless there is one for its page already."""
        ...

    def forget(self, page_id: PageId) -> None: ...

    def title(self, page_id: PageId) -> str:
        """What the page was called when it was last written; empty when that is not known."""
        ...

    def made_at(self, page_id: PageId) -> datetime | None:
        """When this page was first known to have a post, UTC."""
        ...

    def permalinks(self, status: str) -> Mapping[PageId, str]:
        """The links that a post of that status may show: those of all posts that are not withdrawn, or, where readers
        find it, of those that they find as well. To a draft leads an address that WordPress keeps when it is published.
        """
        ...

    def titles(self, status: str) -> Mapping[PageId, str]:
        """The titles of their pages, where they are known."""
        ...


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


class Memory(Protocol):
    """Small facts that spare a question to a far end."""

    def get(self, key: str) -> str | None: ...

    def put(self, key: str, value: str) -> None: ...

    def forget(self, key: str) -> None: ...


class Leases(Protocol):
    """Turns between processes for anything that has a name."""

    def take(self, name: str, owner: str, seconds: float) -> bool:
        """True when nobody else holds the name, or their time is up."""
        ...

    def give_back(self, name: str, owner: str) -> None: ...


# --- looking back ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that has ended, in one line: when it began and ended, and how many pages it worked on."""

    job_id: JobId
    type: str
    status: JobStatus
    started_at: float
    finished_at: float
    pages: int


@dataclass(frozen=True, slots=True)
class Working:
    """A page that a worker holds at this moment, and how far it has come."""

    page_id: PageId
    job_id: JobId | None
    title: str
    page_url: str
    post_url: str | None
    phase: Phase
    attempts: int
    """How many attempts have failed before this one."""
    begun_at: float | None
    """When this attempt looked at the page; None until it has."""
    written_at: float | None
    """When a post was last remembered for the page, by any attempt."""
    files: int
    files_stored: int


@dataclass(frozen=True, slots=True)
class Queued:
    """A page that waits for its turn, or that was given up until it is asked for anew."""

    page_id: PageId
    title: str
    page_url: str
    post_url: str | None
    intent: Intent
    since: float
    """When it was first wanted."""
    not_before: float
    attempts: int
    error: str | None
    """Why the last attempt failed."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A page that a person has to look at: how it ended last, and when."""

    outcome: Outcome
    job_id: JobId
    at: float


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much there is to do. `oldest` is when the page that waits longest was first wanted."""

    waiting: int
    working: int
    given_up: int
    listings: int
    oldest: float | None


class Insight(Protocol):
    """Looks back over runs and pages, for people and for graphs. Nothing here changes anything.

    Times are seconds since the epoch, as the ledger's clock gives them.
    """

    def outcomes(self, bounds: Sequence[float]) -> Sequence[Mapping[tuple[str, str], int]]:
        """Pages by (action, status), for each span from one bound to the next, by when they ended."""
        ...

    def ended(self, since: float, limit: int = 100_000) -> Sequence[Ended]:
        """The newest runs with pages that ended since then, oldest first."""
        ...

    def runs(self, limit: int) -> Sequence[Job]:
        """The newest runs that are under way, failed, or did more than to find nothing to do; with their outcomes."""
        ...

    def working(self) -> Sequence[Working]:
        """The pages that workers hold, longest first."""
        ...

    def queue(self, limit: int) -> Sequence[Queued]:
        """The pages that wait, next one first."""
        ...

    def given_up(self, limit: int) -> Sequence[Trouble]:
        """Pages that failed for good, and posts that were edited on both sides, newest first; until asked anew."""
        ...

    def knows(self, page_id: PageId) -> bool:
        """True for a page that was wanted or published before."""
        ...

    def backlog(self) -> Backlog: ...

    def inbox(self, since: float) -> Mapping[str, int]:
        """How many events came in since then, by source."""
        ...

    def last_success(self) -> float | None:
        """When a page was last written on both sides."""
        ...


# --- for monitors and operators ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tally:
    """A run in numbers. `pages` counts its pages by (action, status). Times are seconds since the epoch."""

    job_id: JobId
    type: str
    status: JobStatus
    started_at: float
    finished_at: float | None
    metrics: Metrics
    pages: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Noted:
    """An event that came in. `body` says why it was left alone; it is empty when it was not."""

    source: str
    event_id: str
    page_id: PageId | None
    kind: str
    body: str
    received_at: float


class Figures(Protocol):
    """What a monitor counts and an operator asks. Nothing here changes anything."""

    def tallies(self, above: JobId, also: Collection[JobId] = (), limit: int = 500) -> Sequence[Tally]:
        """The first runs with an id above this one, and `also` these, in order of id."""
        ...

    def events(self, limit: int) -> Sequence[Noted]:
        """The newest events first."""
        ...

    def is_current(self) -> bool:
        """True when the database answers and has the schema that this program was written for."""
        ...


@dataclass(frozen=True)
class Ledger:
    """All that is remembered about one site."""

    jobs: Jobs
    pages: Pages
    records: Records
    assets: Assets
    memory: Memory
    leases: Leases
    insight: Insight
    figures: Figures

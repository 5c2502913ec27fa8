"""Which pages are wanted, and who works on which.

A page is *dirty* while its wanted revision is above its done revision. Whoever works on it holds a lease with a
fencing token; every write to a far end is preceded by `Pages.guard`, which fails once somebody else took over.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from sidecar.blocks import PageId
from sidecar.ledger.words import JobId, Phase
from sidecar.model import Intent, Json


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
        """Gives the page back: to be tried again after `delay` seconds, or, with None, dead until asked anew.

        Who asked for it meanwhile has asked anew.
        """
        ...

    def forgive(self, page_ids: Collection[PageId]) -> None:
        """Takes back one failed attempt of each of these pages."""
        ...

    def is_wanted_anew(self, claim: Claim) -> bool:
        """True when somebody asked for the page since it was claimed."""
        ...

    def release(self, claim: Claim) -> None:
        """Gives the page back as it was, to be taken again at once: we are stopping."""
        ...

"""Looking back over runs and pages, for the status page and for graphs. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sidecar.blocks import PageId
from sidecar.ledger.jobs import Job
from sidecar.ledger.words import JobId, Phase
from sidecar.model import Intent, JobStatus, Outcome


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

    def runs(
        self, limit: int, before: JobId | None = None, page: PageId | None = None, in_trouble: bool = False
    ) -> Sequence[Job]:
        """The newest runs that are under way, failed, or did more than to find nothing to do; with their outcomes.

        Only those with a number below `before`; only those that came to `page`; `in_trouble`: only those that failed,
        or with a page that did, is in conflict or has to be tried again.
        """
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

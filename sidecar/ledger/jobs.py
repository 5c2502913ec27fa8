"""Runs, and what each did to each page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sidecar.blocks import PageId
from sidecar.ledger.words import ItemId, JobId
from sidecar.model import JobStatus, Metrics, Outcome, PostId


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

"""What a monitor counts and an operator asks. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sidecar.blocks import PageId
from sidecar.ledger.words import JobId
from sidecar.model import JobStatus, Metrics


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

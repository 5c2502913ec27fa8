"""Waking workers: one RQ job a page or a listing. SQL is the truth; a wake-up that is lost costs time, not pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from sidecar.ledger import JobId, Waiting


class Waker(Protocol):
    """Tells workers that there is something to do. Best effort: nothing here ever raises or takes long."""

    def pages(self, waiting: Sequence[Waiting], urgent: bool = False) -> None:
        """Wakes a worker for each page, at its time. `urgent`: somebody pressed a button and looks."""
        ...

    def listing(self, job_id: JobId, urgent: bool = False) -> None:
        """Wakes a worker for the listing of a run."""
        ...

    def depths(self) -> Mapping[str, int] | None:
        """Jobs waiting by queue; None when there is no Redis, or it does not answer."""
        ...


class Nobody:
    """Without Redis there is nobody to wake: the ticker of this process looks for itself."""

    def pages(self, waiting: Sequence[Waiting], urgent: bool = False) -> None: ...

    def listing(self, job_id: JobId, urgent: bool = False) -> None: ...

    def depths(self) -> Mapping[str, int] | None:
        return None

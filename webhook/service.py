"""What every endpoint is handed: settings, ledger, waker, clock. Nothing is read from the environment here."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from jobs.queue import Waker
from sidecar.config import Config
from sidecar.ledger import Ledger
from sidecar.model import Site


class Pace(Protocol):
    """How the limiter of Notion calls stands: calls in the last minute, how many are allowed, seconds on hold."""

    @property
    def used(self) -> int: ...

    @property
    def limit(self) -> int: ...

    @property
    def held(self) -> float: ...


@dataclass(frozen=True)
class Service:
    """The web service's world. One for the life of a process; all of it may be used by several threads."""

    config: Config
    ledger: Ledger
    waker: Waker
    now: Callable[[], float] = time.time
    pace: Callable[[], Pace] | None = None
    """How the limiter stands, where this process shares one with the workers."""
    ask_wordpress: Callable[[], tuple[Site, str]] | None = None
    """Asks WordPress who it is, with little patience, and by which way: for whoever tests a connection."""

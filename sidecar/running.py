"""What the pages of one run share: leases kept alive, a count of what went out, a far end that is down.

No page is looked at here and nothing is written anywhere but to the ledger's leases.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from sidecar.errors import LostLease, Unavailable
from sidecar.ledger import Claim, Pages

IN_A_ROW = 3
"""This many pages that found a far end unavailable, one after the other, mean that it is down for all."""


class Heartbeat:
    """Renews the leases of the pages that are worked on, until each is let go."""

    def __init__(self, pages: Pages, interval: float) -> None:
        self._pages = pages
        self._interval = interval
        self._claims: set[Claim] = set()
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    @contextlib.contextmanager
    def holding(self, claim: Claim) -> Iterator[None]:
        with self._lock:
            self._claims.add(claim)
        try:
            yield
        finally:
            self._let_go(claim)

    def _let_go(self, claim: Claim) -> None:
        with self._lock:
            self._claims.discard(claim)

    def _beat(self) -> None:
        while not self._end.wait(self._interval):
            with self._lock:
                claims = list(self._claims)
            for claim in claims:
                self._renew(claim)

    def _renew(self, claim: Claim) -> None:
        try:
            self._pages.renew(claim)
        except LostLease:
            # The worker finds out at its next guard, before it can write anything.
            self._let_go(claim)
        except Unavailable:
            # The database is busy or away; the next beat, or the guard, tries again.
            return


@dataclass
class Tally:
    """How much was uploaded. One for all threads of a run."""

    media_uploaded: int = 0
    bytes_uploaded: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add_upload(self, size: int) -> None:
        with self._lock:
            self.media_uploaded += 1
            self.bytes_uploaded += size


@dataclass
class Circuit:
    """Notices that a far end as a whole is down, so that it is not hammered and no page uses up its attempts."""

    failures: int = 0
    reason: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_open(self) -> bool:
        return self.failures >= IN_A_ROW

    def note(self, error: Unavailable | None) -> None:
        """One page's end: None when the far ends answered."""
        with self._lock:
            self.failures = 0 if error is None else self.failures + 1
            self.reason = "" if error is None else str(error)

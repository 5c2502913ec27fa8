"""What the pages of one run share: its threads, leases kept alive, a count of what went out, a far end that is down.

No page is looked at here and nothing is written anywhere but to the ledger's leases.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

from sidecar.blocks import PageId
from sidecar.errors import LostLease, Unavailable
from sidecar.ledger import Claim, JobId, Memory, Pages
from sidecar.model import Outcome
from sidecar.ports import World

IN_A_ROW = 3
"""This many pages that found a far end unavailable, one after the other, mean that it is down for all. A page that
finds it so again and again counts once: what is wrong may be wrong with that page."""
PAUSE = 30.0
LONGEST_PAUSE = 600.0
"""Seconds for which a service leaves a far end alone that is down: at first, and at most."""
CLOCKS_APART = 60.0
"""Seconds by which the clocks of two machines may differ."""
FILES_AT_ONCE = 4
"""Files of one process that are downloaded, prepared and uploaded side by side: this bounds the memory."""


class Heartbeat:
    """Renews the leases of the pages that are worked on, until each is let go."""

    def __init__(self, pages: Pages, interval: float) -> None:
        self._pages = pages
        self._interval = interval
        self._claims: dict[PageId, Claim] = {}
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
            self._claims[claim.page_id] = claim
        try:
            yield
        finally:
            self._let_go(claim)

    def _let_go(self, claim: Claim) -> None:
        with self._lock:
            self._claims.pop(claim.page_id, None)

    def _beat(self) -> None:
        while not self._end.wait(self._interval):
            with self._lock:
                claims = list(self._claims.values())
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


class Circuit(Protocol):
    """Notices that a far end as a whole is down, so that it is not hammered and no page uses up its attempts."""

    @property
    def is_open(self) -> bool: ...

    @property
    def reason(self) -> str: ...

    def note(self, page_id: PageId, error: Unavailable | None) -> Collection[PageId]:
        """How an attempt at a page ended: None when the far ends answered.

        Gives, when it opens, the pages that failed before this one in the row: theirs were no failures of their own.
        """
        ...


class RunCircuit:
    """The circuit of a run in one process: once open it stays open, and the run ends."""

    def __init__(self) -> None:
        self._failed: frozenset[PageId] = frozenset()
        self._reason = ""
        self._lock = threading.Lock()

    @property
    def is_open(self) -> bool:
        return len(self._failed) >= IN_A_ROW

    @property
    def reason(self) -> str:
        return self._reason

    def note(self, page_id: PageId, error: Unavailable | None) -> Collection[PageId]:
        with self._lock:
            if self.is_open:
                return ()
            self._failed = frozenset() if error is None else self._failed | {page_id}
            self._reason = "" if error is None else str(error)
            return self._failed - {page_id} if self.is_open else ()


class SharedCircuit:
    """The circuit of a service, shared by its workers through the ledger.

    It opens for a while, longer each time, and then lets pages through again: the first one that finds the far ends
    well closes it.
    """

    KEY = "circuit"

    def __init__(self, memory: Memory, now: Callable[[], float]) -> None:
        self._memory = memory
        self._now = now

    @property
    def is_open(self) -> bool:
        state = self._state()
        # One that was opened in the future was opened before the clock was set back.
        return bool(state["at"] - CLOCKS_APART < self._now() < state["until"])

    @property
    def reason(self) -> str:
        return str(self._state()["reason"])

    def note(self, page_id: PageId, error: Unavailable | None) -> Collection[PageId]:
        state = self._state()
        if error is None:
            if state["pages"] or state["opened"]:
                self._memory.forget(self.KEY)
            return ()
        if self.is_open:
            # Pages that were under way when it opened fail as well, and say nothing new.
            return ()
        pages = sorted({*state["pages"], page_id})
        # One that was open and let pages through again opens again for the first of them that fails.
        if len(pages) < IN_A_ROW and not state["opened"]:
            self._put({**state, "pages": pages, "reason": str(error)})
            return ()
        pause = min(PAUSE * 2 ** state["opened"], LONGEST_PAUSE)
        until = self._now() + max(pause, error.retry_after or 0.0)
        opened = {"opened": state["opened"] + 1, "at": self._now(), "until": until}
        self._put({"pages": [], **opened, "reason": str(error)})
        return [PageId(page) for page in pages if page != page_id]

    def _put(self, state: dict[str, Any]) -> None:
        self._memory.put(self.KEY, json.dumps(state))

    def _state(self) -> dict[str, Any]:
        known: dict[str, Any] = json.loads(self._memory.get(self.KEY) or "{}")
        return {"pages": [], "opened": 0, "at": 0.0, "until": 0.0, "reason": "", **known}


class Watch:
    """Is told how a run goes on. This one keeps it to itself."""

    def found(self, pages: int) -> None: ...

    def began(self, page_id: PageId) -> None: ...

    def ended(self, outcome: Outcome) -> None: ...


@dataclass
class Run:
    """What the threads of one run share."""

    world: World
    job_id: JobId | None
    """The run that all pages are written down in; None: each in the one that it was asked for by."""
    heartbeat: Heartbeat
    files: ThreadPoolExecutor
    tally: Tally = field(default_factory=Tally)
    circuit: Circuit = field(default_factory=RunCircuit)
    outcomes: dict[PageId, Outcome] = field(default_factory=dict)
    watch: Watch | None = None
    suspect: PageId | None = None
    """The last page that others had died with."""
    wanted: frozenset[PageId] = frozenset()
    """The pages that this run was asked for, or found."""
    may_withdraw: bool = False
    """A person has agreed to take back as many posts as it takes."""


@contextlib.contextmanager
def running(world: World, job_id: JobId | None, watch: Watch | None = None) -> Iterator[Run]:
    """The threads of a run; all are gone at the end."""
    beat = world.config.lease_seconds / 4
    with (
        Heartbeat(world.ledger.pages, beat) as heartbeat,
        ThreadPoolExecutor(FILES_AT_ONCE, thread_name_prefix="file") as files,
    ):
        yield Run(world, job_id, heartbeat, files, watch=watch)

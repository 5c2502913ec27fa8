"""What RQ runs, by dotted path: strings and numbers in, nothing out. What matters is written in the ledger.

Each task runs in a work-horse, a process of its own: its world is made there, since no connection survives a fork.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field

import structlog

from jobs.queue import Waker, bucket, waker
from sidecar import comparing, environment, stepping
from sidecar.adapters.connect import connected
from sidecar.blocks import PageId
from sidecar.config import Config
from sidecar.errors import SidecarError
from sidecar.ledger import JobId
from sidecar.ports import World

log = structlog.get_logger("sidecar")

ROOM = 100
"""Wake-ups that wait at most before the sweep adds to them: a long queue needs no reminder of what is in it."""
DAY = 86400.0


@dataclass(frozen=True)
class Horse:
    """What a worker hands down to its work-horses. `stop` is set when one is told to leave."""

    config: Config
    stop: threading.Event = field(default_factory=threading.Event)


HORSE: ContextVar[Horse] = ContextVar("horse")
"""Set by the worker before it forks."""


def sync_page(page_id: str) -> None:
    """One attempt at one page."""
    with at_work(page=page_id) as (world, waker):
        # Whoever pressed a button during the attempt is looking, and found the page taken.
        waker.pages(stepping.sync_page(world, PageId(page_id)), urgent=True, turn="again")


def list_pages(job_id: int) -> None:
    """The listing of a run."""
    with at_work(job=job_id) as (world, waker):
        waker.pages(stepping.list_pages(world, JobId(job_id)))


def open_listing(slot: str) -> None:
    """The run of this slot of the schedule."""
    with at_work() as (world, waker):
        job_id = stepping.open_listing(world, slot)
        if job_id is not None:
            waker.listing(job_id, turn=bucket(world.now()))


def sweep(_slot: str) -> None:
    """Wakes workers for whatever lies about, and ends the runs that are over."""
    with at_work() as (world, waker):
        turn, found = bucket(world.now()), stepping.sweep(world)
        for job_id in found.listings:
            waker.listing(job_id, turn=turn)
        room = ROOM - sum((waker.depths() or {}).values())
        waker.pages(found.pages[: max(room, 0)], turn=turn)


def compare(_slot: str) -> None:
    """The daily comparison, unless today's was made."""
    with at_work() as (world, waker):
        waker.pages(comparing.compare(world, today(world)))


def today(world: World) -> str:
    return f"day {int(world.now() // DAY)}"


@contextlib.contextmanager
def at_work(**about: object) -> Iterator[tuple[World, Waker]]:
    """The world of this work-horse. What goes wrong here is logged in words: the sweep comes back to it."""
    horse = HORSE.get(None) or Horse(environment.load())
    with structlog.contextvars.bound_contextvars(**about):
        try:
            with connected(horse.config, horse.stop) as world:
                yield world, waker(horse.config)
        except SidecarError as error:
            log.error("the work could not be done; it will be tried again", error=str(error))

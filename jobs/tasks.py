"""What RQ runs, by dotted path: strings and numbers in, nothing out. What matters is written in the ledger.

Each task runs in a work-horse, a process of its own: its world is made there, since no connection survives a fork.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field

import structlog

from jobs.queue import Waker, bucket, waker
from sidecar import comparing, environment, stepping
from sidecar.adapters.connect import connected, remembered
from sidecar.blocks import PageId
from sidecar.config import FIRST_SITE, Config
from sidecar.errors import ConfigError, SidecarError
from sidecar.ledger import JobId, Ledger
from sidecar.ports import World

log = structlog.get_logger("sidecar")

ROOM = 100
"""Wake-ups that wait at most before the sweep adds to them: a long queue needs no reminder of what is in it."""
DAY = 86400.0


@dataclass(frozen=True)
class Horse:
    """What a worker hands down to its work-horses. `stop` is set when one is told to leave."""

    sites: tuple[Config, ...]
    stop: threading.Event = field(default_factory=threading.Event)

    def site(self, name: str) -> Config | None:
        """The settings of a site. None when it is none of ours, or no more; without a name: of the only one."""
        return next((site for site in self.sites if site.site == name or not name), None)


HORSE: ContextVar[Horse] = ContextVar("horse")
"""Set by the worker before it forks."""


# Wake-ups that an older version has put into Redis name no site: there was only one.


def sync_page(page_id: str, site: str = "") -> None:
    """One attempt at one page."""
    with said(site, page=page_id), at_work(site) as (world, waker):
        # Whoever pressed a button during the attempt is looking, and found the page taken.
        waker.pages(stepping.sync_page(world, PageId(page_id)), urgent=True, turn="again")


def list_pages(job_id: int, site: str = "") -> None:
    """The listing of a run."""
    with said(site, job=job_id), at_work(site) as (world, waker):
        waker.pages(stepping.list_pages(world, JobId(job_id)))


def open_listing(slot: str, site: str = "") -> None:
    """The run of this slot of the schedule."""
    with said(site), at_ledger(site) as (ledger, waker):
        job_id = stepping.open_listing(ledger, slot)
        if job_id is not None:
            waker.listing(job_id, turn=bucket(time.time()))


def sweep(_slot: str, site: str = "") -> None:
    """Wakes workers for whatever lies about, and ends the runs that are over."""
    with said(site), at_ledger(site) as (ledger, _):
        if stepping.is_tidy(ledger):
            return
    with said(site), at_work(site) as (world, waker):
        turn, found = bucket(world.now()), stepping.sweep(world)
        for job_id in found.listings:
            waker.listing(job_id, turn=turn)
        room = ROOM - sum((waker.depths() or {}).values())
        waker.pages(found.pages[: max(room, 0)], turn=turn)


def compare(_slot: str, site: str = "") -> None:
    """The daily comparison, unless today's was made."""
    with said(site), at_work(site) as (world, waker):
        waker.pages(comparing.compare(world, today(world)))


def today(world: World) -> str:
    return f"day {int(world.now() // DAY)}"


@contextlib.contextmanager
def at_work(site: str) -> Iterator[tuple[World, Waker]]:
    """The world of a site in this work-horse, for what needs the far ends."""
    horse = saddled()
    config = of_site(horse, site)
    with connected(config, horse.stop) as world:
        yield world, waker(config)


@contextlib.contextmanager
def at_ledger(site: str) -> Iterator[tuple[Ledger, Waker]]:
    """Only what is remembered: the idle service does little else, and it costs a tenth."""
    config = of_site(saddled(), site)
    with remembered(config) as ledger:
        yield ledger, waker(config)


def saddled() -> Horse:
    """What our worker has handed down; under a plain RQ worker, the settings of its environment."""
    return HORSE.get(None) or Horse(environment.whole().sites)


def of_site(horse: Horse, site: str) -> Config:
    config = horse.site(site)
    if config is None:
        raise ConfigError([f"There is no site {site!r} any more: what was asked of it is left alone."])
    return config


@contextlib.contextmanager
def said(site: str = "", **about: object) -> Iterator[None]:
    """What goes wrong is logged in words, and is no failure of the RQ job: the sweep comes back to it."""
    if site not in ("", FIRST_SITE):
        about["site"] = site
    with structlog.contextvars.bound_contextvars(**about):
        try:
            yield
        except SidecarError as error:
            log.error("the work could not be done; it will be tried again", error=str(error))

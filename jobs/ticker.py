"""The service without Redis: threads that look for themselves what is due, and keep the schedule. No RQ in here."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

import structlog

from jobs.beats import Beat, all_beats, beats
from jobs.tasks import said, today
from sidecar import comparing, stepping
from sidecar.adapters.connect import connected
from sidecar.config import Config
from sidecar.ledger import Waiting
from sidecar.ports import World

log = structlog.get_logger("sidecar")

Look = Callable[[World], None]
Watched = tuple[Config, Look]
"""Something to look for again and again, and the site where."""

LOOK_SECONDS = 1.0
AT_ONCE = 2
"""Pages of a site that are worked on side by side, each thread with a world of its own, as two RQ workers would have.
Each site has threads of its own: one that hangs keeps no other waiting."""


def run(sites: Sequence[Config], stop: threading.Event) -> None:
    """Drains the ledger of each site and keeps its schedule until we are to stop."""
    all_beats(sites)
    for site in sites:
        log.info("working without Redis", site=site.site, pages_at_once=AT_ONCE, listing=site.sync_schedule)
    together(stop, [(site, look) for site in sites for look in looks(site)])


def looks(site: Config) -> Sequence[Look]:
    return [drain, *([drain_sound] * (AT_ONCE - 1)), Clock(beats(site)).tick]


def together(stop: threading.Event, looks: Sequence[Watched]) -> None:
    """Looks side by side. A mistake of ours ends all of it: half a service that looks alive would be worse."""
    with ThreadPoolExecutor(len(looks), thread_name_prefix="tick") as pool:
        futures = [pool.submit(looking, site, stop, look) for site, look in looks]
        wait(futures, return_when=FIRST_EXCEPTION)
        stop.set()
    for future in futures:
        future.result()


def looking(config: Config, stop: threading.Event, look: Look) -> None:
    """Looks again and again. What goes wrong is logged in words, and tried again."""
    while not stop.is_set():
        with said(config.site), connected(config, stop) as world:
            while not stop.is_set():
                look(world)
                stop.wait(LOOK_SECONDS)
        stop.wait(LOOK_SECONDS)


def drain(world: World) -> None:
    """Works on pages, one after the other, until none is due. A page that another thread has is passed over."""
    work_off(world, lambda: stepping.due(world, limit=AT_ONCE))


def drain_sound(world: World) -> None:
    """The same, but for pages that others died with: never are there two of those in one process."""
    work_off(world, lambda: [page for page in stepping.due(world, limit=AT_ONCE) if not page.deaths])


def work_off(world: World, due: Callable[[], Sequence[Waiting]]) -> None:
    while pages := due():
        for page in pages:
            if world.stop.is_set():
                return
            stepping.sync_page(world, page.page_id)


class Clock:
    """Which slot of each beat was done last."""

    def __init__(self, every: Sequence[Beat], now: Callable[[], float] = time.time) -> None:
        self._due = {beat: beat.first(now()) for beat in every}
        self._now = now

    def tick(self, world: World) -> None:
        for beat, due in self._due.items():
            if due <= self._now():
                self._due[beat] = beat.next(self._now())
                WORK[beat.name](world, beat.slot(due))
        for job_id in world.ledger.jobs.listings():
            stepping.list_pages(world, job_id)


def open_listing(world: World, slot: str) -> None:
    stepping.open_listing(world.ledger, slot)


def compare(world: World, _slot: str) -> None:
    comparing.compare(world, today(world))


def sweep(world: World, _slot: str) -> None:
    stepping.sweep(world)


WORK: dict[str, Callable[[World, str], object]] = {
    "listing": open_listing,
    "sweep": sweep,
    "comparison": compare,
}

"""A run that is spread over workers, one step at a time: its listing, one of its pages, its end; and the sweep.

The steps read and write the same ledger as a run in one process does; what they return is whom to wake next.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import structlog

from sidecar import holding
from sidecar.blocks import PageId
from sidecar.closing import counted, measure, tell
from sidecar.errors import SidecarError, Stopped, Unavailable
from sidecar.gathering import check_mapping
from sidecar.ledger import Job, JobId, Ledger, Waiting
from sidecar.listing import listing
from sidecar.model import Report
from sidecar.orchestrator import Attempt, attempt
from sidecar.ports import World
from sidecar.running import SharedCircuit, Tally, running

log = structlog.get_logger("sidecar")

IN_ONE_PROCESS = "cli"
"""The type of those runs that begin, work and end in one process: their end is not ours to write down."""
SURELY_OVER = 6 * 3600.0
"""Seconds after which such a run has died when nothing of it is open: no process is that long without a page."""
SAID_BEFORE = "failure that was told of"
"""Memory: why the scheduled listings fail, once that was told."""


@dataclass(frozen=True)
class Found:
    """What a sweep found lying about: pages whose time has come, and runs whose listing is due."""

    pages: Sequence[Waiting] = ()
    listings: Sequence[JobId] = ()


# --- a run's listing -------------------------------------------------------------------------------------


def list_pages(world: World, job_id: JobId) -> Sequence[Waiting]:
    """The listing of a run, by one worker at a time. Gives the pages to wake.

    A Notion that does not answer is asked again by a later sweep, as often as a page would be tried.
    """
    if circuit(world).is_open or job_id not in world.ledger.jobs.listings():
        return ()
    with turn(world, f"listing {job_id}") as is_ours:
        if not is_ours:
            return ()
        introduce(world)
        waiting = _list(world, job_id)
    settle(world, job_id)
    return waiting


def _list(world: World, job_id: JobId) -> Sequence[Waiting]:
    started, before = time.monotonic(), counted(world)
    waiting: Sequence[Waiting] = ()
    try:
        check_mapping(world)
        waiting = listing(world, job_id, at_once=not is_scheduled(world.ledger, job_id))
    except Unavailable as error:
        if not _may_be_tried_again(world, job_id):
            world.ledger.jobs.listed(job_id, str(error))
    except Stopped:
        return ()
    except SidecarError as error:
        world.ledger.jobs.listed(job_id, str(error))
    world.ledger.jobs.add(job_id, measure(world, Tally(), before, time.monotonic() - started))
    return waiting


def is_scheduled(ledger: Ledger, job_id: JobId) -> bool:
    job = ledger.jobs.job(job_id)
    return job is not None and job.type == SCHEDULED


def _may_be_tried_again(world: World, job_id: JobId) -> bool:
    """Counts a listing that failed."""
    memory, key = world.ledger.memory, f"failed listings of {job_id}"
    failed = int(memory.get(key) or 0) + 1
    if failed > len(world.patience):
        memory.forget(key)
        return False
    memory.put(key, str(failed))
    return True


# --- a run's pages ---------------------------------------------------------------------------------------


def sync_page(world: World, page_id: PageId) -> Sequence[Waiting]:
    """One attempt at one page. Gives the page again when it was wanted anew meanwhile, or we were told to leave; and
    pages whose links are out of date by now."""
    shared = circuit(world)
    if shared.is_open:
        return ()
    introduce(world)
    started, before = time.monotonic(), counted(world)
    with running(world, None) as run:
        run.circuit = shared
        done = attempt(run, page_id)
        if done is None:
            return ()
        world.ledger.jobs.add(done.job_id, measure(world, run.tally, before, time.monotonic() - started))
    note(done)
    settle(world, done.job_id)
    again = [waiting for waiting in world.ledger.pages.due() if waiting.page_id == page_id]
    return [*again, *(waiting for waiting in done.follows if waiting.page_id != page_id)]


def introduce(world: World) -> None:
    """Asks Notion, once and for all, who we are there and where our pages are, for the web service to know.

    Taken for a person's edit, what we write to a page would have it synced again, and written to again. And a button
    names only the database of its page.
    """
    # Whatever keeps Notion from answering this is met again, and told of, by the page that is worked on.
    with contextlib.suppress(SidecarError):
        world.source.bot_id()
        world.source.database_id()


def note(done: Attempt) -> None:
    """A line in the log of the worker."""
    outcome = done.outcome
    about = {"job": done.job_id, "page": outcome.page_id, "title": outcome.title, "post": outcome.post_url}
    line = log.error if outcome.status == "Failed" else log.info
    line(f"{outcome.action}: {outcome.status}", error=outcome.error, **about)


# --- a run's end -----------------------------------------------------------------------------------------


def settle(world: World, job_id: JobId) -> None:
    """Ends a run whose last page has ended, and tells about it; once, however many workers ask."""
    if _ends_by_itself(world, job_id):
        return
    job = world.ledger.jobs.settle(job_id)
    if job is not None and is_news(world, job):
        tell(world, report(job))


def _ends_by_itself(world: World, job_id: JobId) -> bool:
    job = world.ledger.jobs.job(job_id)
    return job is None or (job.type == IN_ONE_PROCESS and world.now() - job.started_at.timestamp() < SURELY_OVER)


def is_news(world: World, job: Job) -> bool:
    """False for a listing that fails as the last one did: the schedule would say so every few minutes, all night."""
    memory = world.ledger.memory
    if job.outcomes or job.error is None:
        if job.error is None:
            memory.forget(SAID_BEFORE)
        return True
    if job.type == SCHEDULED and memory.get(SAID_BEFORE) == job.error:
        return False
    memory.put(SAID_BEFORE, job.error)
    return True


def report(job: Job) -> Report:
    return Report(job.id, job.status, job.outcomes, job.metrics, job.error)


# --- what time brings ------------------------------------------------------------------------------------

SCHEDULED = "schedule"
"""The type of the runs that the clock begins."""


def open_listing(ledger: Ledger, slot: str) -> JobId | None:
    """The run of one slot of the schedule. None when this slot had one; the last one's when that still waits."""
    for job_id in ledger.jobs.listings():
        if is_scheduled(ledger, job_id):
            return job_id
    return ledger.pages.accept_listing(SCHEDULED, f"listing {slot}", SCHEDULED).job_id


def is_tidy(ledger: Ledger) -> bool:
    """True when a sweep would find nothing to do."""
    return not ledger.jobs.unsettled() and not ledger.pages.due(limit=1)


def sweep(world: World) -> Found:
    """Puts right what wake-ups that were lost and workers that died have left: ends runs, finds what is due.

    While a far end is down for all, nobody is woken.
    """
    for job_id in world.ledger.jobs.unsettled():
        settle(world, job_id)
    if circuit(world).is_open:
        return Found()
    return Found(world.ledger.pages.due(), world.ledger.jobs.listings())


def due(world: World, limit: int) -> Sequence[Waiting]:
    """The pages that have waited longest; none while a far end is down for all."""
    return () if circuit(world).is_open else world.ledger.pages.due(limit=limit)


def circuit(world: World) -> SharedCircuit:
    return SharedCircuit(world.ledger.memory, world.now)


@contextlib.contextmanager
def turn(world: World, name: str) -> Iterator[bool]:
    """Work that one process does at a time, for as long as that process lives. False: somebody else is at it."""
    if not holding.take(world, name, world.owner):
        yield False
        return
    with holding.held(world, name, world.owner):
        yield True

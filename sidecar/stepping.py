"""A run that is spread over workers, one step at a time: its listing, one of its pages, its end.

The steps read and write the same ledger as a run in one process does; what they return is whom to wake next.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from sidecar.blocks import PageId
from sidecar.errors import SidecarError
from sidecar.gathering import check_mapping
from sidecar.ledger import Job, JobId, Waiting
from sidecar.listing import listing
from sidecar.model import Report
from sidecar.orchestrator import attempt, counted, measure, running, tell
from sidecar.ports import World
from sidecar.running import SharedCircuit

LISTING_SECONDS = 300.0
"""How long a listing may take before another worker does it."""


def list_pages(world: World, job_id: JobId) -> Sequence[Waiting]:
    """The listing of a run, by one worker at a time. Gives the pages to wake."""
    turn = f"listing {job_id}"
    if job_id not in world.ledger.jobs.listings() or not world.ledger.leases.take(turn, world.owner, LISTING_SECONDS):
        return ()
    started, before = time.monotonic(), counted(world)
    waiting: Sequence[Waiting] = ()
    try:
        check_mapping(world)
        waiting = listing(world, job_id)
    except SidecarError as error:
        world.ledger.jobs.listed(job_id, str(error))
    with running(world, job_id) as run:
        world.ledger.jobs.add(job_id, measure(run, before, time.monotonic() - started))
    world.ledger.leases.give_back(turn, world.owner)
    settle(world, job_id)
    return waiting


def sync_page(world: World, page_id: PageId) -> Sequence[Waiting]:
    """One attempt at one page. Gives the page again when it was wanted anew meanwhile."""
    circuit = SharedCircuit(world.ledger.memory, world.now)
    if circuit.is_open:
        return ()
    started, before = time.monotonic(), counted(world)
    with running(world, None) as run:
        run.circuit = circuit
        done = attempt(run, page_id)
        if done is None:
            return ()
        world.ledger.jobs.add(done.job_id, measure(run, before, time.monotonic() - started))
    settle(world, done.job_id)
    return [waiting for waiting in world.ledger.pages.due() if waiting.page_id == page_id]


def settle(world: World, job_id: JobId) -> None:
    """Ends a run whose last page has ended, and tells about it; once, however many workers ask."""
    job = world.ledger.jobs.settle(job_id)
    if job is not None:
        tell(world, report(job))


def report(job: Job) -> Report:
    return Report(job.id, job.status, job.outcomes, job.metrics, job.error)

"""Start reading here: one run of the sync. Look, plan, act, tell.

A run opens a job, lists the pages that ask for publication, works on every page that is due, side by side, and ends
with one summary. `attempt` is the one place that catches everything, so that one page never stops the others.
What happens to a single page is in `acting`; when that does not work, in `failing`. How the run ends is in `closing`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from uuid import uuid4

import structlog

from sidecar import acting, failing
from sidecar.blocks import PageId
from sidecar.closing import conclude, counted, measure, tell
from sidecar.errors import LostLease, Refused, SidecarError, Stopped, Unavailable
from sidecar.failing import SECOND_READING
from sidecar.gathering import check_mapping
from sidecar.ledger import Claim, JobId, Left, Trigger, Waiting
from sidecar.listing import listing
from sidecar.model import Intent, Outcome, Report
from sidecar.ports import World
from sidecar.rerendering import published
from sidecar.running import Run, Watch, running
from sidecar.tidying import tidy_daily
from sidecar.withdrawing import HELD_BACK, held_back
from sidecar.working import Work

log = structlog.get_logger("sidecar")

PAGES_AT_ONCE = 6
HELD_MARGIN = 5.0
"""Seconds beyond a lease for which a run waits for pages that somebody else holds: a dead worker's are free by then."""
LONGEST_WAIT = 120.0
"""Seconds for which a run waits until a page may be tried again; what takes longer is left to the next run."""
BUG = "The sidecar made a mistake with this page: {error!r}. Please report it, with the log of this run."


@dataclass(frozen=True)
class Request:
    """What a run is asked for. Without `pages` it lists what asks for publication."""

    type: str = "cli"
    pages: tuple[PageId, ...] = ()
    force: bool = False
    confirm_withdrawals: bool = False
    rerender: bool = False
    """Only give published posts the markup of today: those of these pages, or all."""


@dataclass(frozen=True)
class Attempt:
    """What one attempt came to, and the run it is written down in."""

    job_id: JobId
    outcome: Outcome
    follows: tuple[Waiting, ...] = ()
    """Other pages that are wanted because of it."""


def sync(world: World, request: Request, watch: Watch | None = None) -> Report:
    """One run in this process, from opening its job to its summary. Raises ConfigError before anything is done."""
    with contextlib.suppress(Unavailable, Refused):  # a Notion that does not answer is for the run to tell
        check_mapping(world)
    started = time.monotonic()
    before = counted(world)
    job_id = world.ledger.jobs.open(request.type)
    with running(world, job_id, watch or Watch()) as run:
        error = ask(run, job_id, request) or drain(run)
    metrics = measure(world, run.tally, before, time.monotonic() - started)
    report = conclude(run, job_id, metrics, error)
    tell(world, report)
    with contextlib.suppress(Unavailable):  # what has to be swept up does not make a finished run a failed one
        tidy_daily(world)
    return report


# --- look ------------------------------------------------------------------------------------------------


def ask(run: Run, job_id: JobId, request: Request) -> str | None:
    """Makes the wanted pages due. Gives the words of an error that leaves the run nothing to do."""
    try:
        if request.rerender:
            want(run, job_id, request.pages or published(run.world), Intent.RERENDERED)
        elif request.pages:
            named(run, job_id, request)
        else:
            run.may_withdraw = request.confirm_withdrawals
            intent = Intent.FORCED if request.force else Intent.LISTED
            found = listing(run.world, job_id, intent, run.watch, request.confirm_withdrawals, at_once=True)
            run.wanted = frozenset(page.page_id for page in found)
            if request.confirm_withdrawals:
                confirm(run, job_id)
    except SidecarError as error:
        log.error("the run could not begin", job=job_id, error=str(error))
        return str(error)
    return None


def confirm(run: Run, job_id: JobId) -> None:
    """Asks once more for the pages in the trash that were too many to take back without asking."""
    world, pages = run.world, held_back(run.world)
    for page_id in pages:
        world.ledger.pages.accept(Trigger(page_id, Intent.TRASHED, "asked", uuid4().hex), job_id)
    world.ledger.memory.forget(HELD_BACK)
    run.wanted |= frozenset(pages)


def named(run: Run, job_id: JobId, request: Request) -> None:
    want(run, job_id, request.pages, Intent.FORCED if request.force else Intent.ASKED)


def want(run: Run, job_id: JobId, pages: Sequence[PageId], intent: Intent) -> None:
    for page_id in pages:
        run.world.ledger.pages.accept(Trigger(page_id, intent, "asked", uuid4().hex), job_id)
    run.wanted = frozenset(pages)
    if run.watch is not None:
        run.watch.found(len(pages))


# --- act -------------------------------------------------------------------------------------------------


def drain(run: Run) -> str | None:
    """Works on every page that is due. Gives the words of an error when the ledger itself gave up meanwhile."""
    try:
        work_off(run)
    except Unavailable as error:
        log.error("the run had to stop", job=run.job_id, error=str(error))
        return str(error)
    return None


def work_off(run: Run) -> None:
    """Takes page after page, several at once, until none is due or we are told to stop."""
    held_until = time.monotonic() + run.world.config.lease_seconds + HELD_MARGIN
    with ThreadPoolExecutor(PAGES_AT_ONCE, thread_name_prefix="page") as pool:
        busy: dict[PageId, Future[Attempt | None]] = {}
        while not run.world.stop.is_set():
            for page_id in due(run, busy, PAGES_AT_ONCE - len(busy)):
                busy[page_id] = pool.submit(attempt, run, page_id)
            if not busy and not _pause(run, held_until):
                return
            wait(busy.values(), timeout=0.5, return_when=FIRST_COMPLETED)
            for page_id in [page_id for page_id, future in busy.items() if future.done()]:
                _note(run, busy.pop(page_id).result())


def due(run: Run, busy: dict[PageId, Future[Attempt | None]], places: int) -> Sequence[PageId]:
    """The next pages to work on; none while a far end is down for all.

    A page that others died with comes last and is alone: should it end this process, no other one is blamed.
    """
    if run.circuit.is_open or places <= 0 or run.suspect in busy:
        return ()
    waiting = [page for page in run.world.ledger.pages.due(limit=places + len(busy)) if page.page_id not in busy]
    sound = [page.page_id for page in waiting if not page.deaths]
    if sound or busy or not waiting:
        return sound[:places]
    run.suspect = waiting[0].page_id
    return [run.suspect]


def _pause(run: Run, held_until: float) -> bool:
    """Waits for a page that is to be tried again soon, or that somebody else holds. False when there is none."""
    if run.circuit.is_open or not any(_comes_soon(run, page, held_until) for page in _left(run)):
        return False
    run.world.sleep(0.2)
    return True


def _left(run: Run) -> Sequence[Left]:
    """The pages of this run that it is not done with, and that are wanted still."""
    ended = {page_id for page_id, outcome in run.outcomes.items() if outcome.status != "Deferred"}
    return run.world.ledger.pages.left((run.wanted | run.outcomes.keys()) - ended)


def _comes_soon(run: Run, page: Left, held_until: float) -> bool:
    """True when a page may be tried soon. One that another process holds: for as long as that one may have died."""
    if page.is_held:
        return time.monotonic() < held_until
    return page.not_before - run.world.now() < LONGEST_WAIT


def _note(run: Run, attempt: Attempt | None) -> None:
    if attempt is None:
        return
    run.outcomes[attempt.outcome.page_id] = attempt.outcome
    if run.watch is not None:
        run.watch.ended(attempt.outcome)


def attempt(run: Run, page_id: PageId) -> Attempt | None:
    """One attempt at one page, whatever happens. None: somebody else has it, or there is nothing left to do."""
    world, jobs = run.world, run.world.ledger.jobs
    claim = world.ledger.pages.claim(page_id, world.owner)
    if claim is None:
        return None
    job_id = run.job_id or claim.job_id or jobs.join(_kind(claim))
    work = Work(world, claim, job_id, run.files, run.tally, created=claim.phase == "created")
    work.may_withdraw = run.may_withdraw
    if run.watch is not None:
        run.watch.began(page_id)
    with run.heartbeat.holding(claim):
        outcome = _attempt(run, work)
    if work.item_id is None:
        work.item_id = jobs.begin_item(job_id, page_id, outcome.title, outcome.page_url)
    outcome = told_together(jobs.outcome(work.item_id), outcome)
    jobs.finish_item(work.item_id, outcome, claim.attempts + 1)
    return Attempt(job_id, outcome, work.follows)


def told_together(first: Outcome, then: Outcome) -> Outcome:
    """What a run says of a page that it comes back to: a post that it made stays one that it made."""
    if first.status == "Success" and then.status == "Skipped":
        return first
    is_one = (first.status, then.status, first.action, then.action) == ("Success", "Success", "create", "update")
    return dataclasses.replace(then, action="create") if is_one else then


def _kind(claim: Claim) -> str:
    return SECOND_READING if claim.intent is Intent.REREAD else "recovery"


def _attempt(run: Run, work: Work) -> Outcome:
    """The attempt, and what is done when the page is taken from us, or we are told to leave, wherever that happens."""
    try:
        return _acted(run, work)
    except LostLease as error:
        failing.write_again(work, run.job_id)
        return work.outcome("Deferred", str(error))
    except Stopped as error:
        with contextlib.suppress(LostLease):  # then somebody else goes on with it
            run.world.ledger.pages.release(work.claim)
        return work.outcome("Deferred", str(error))


def _acted(run: Run, work: Work) -> Outcome:
    try:
        outcome = failing.leave_alone(work) if failing.is_deadly(work) else acting.act(work)
    except (LostLease, Stopped):
        raise
    except Unavailable as error:
        run.world.ledger.pages.forgive(run.circuit.note(work.claim.page_id, error))
        return failing.later(work, run.circuit, error)
    except SidecarError as error:
        run.circuit.note(work.claim.page_id, None)
        return failing.give_up(work, str(error))
    except Exception as error:
        log.exception("a mistake of ours", page=work.claim.page_id)
        return failing.give_up(work, BUG.format(error=error))
    run.circuit.note(work.claim.page_id, None)
    return outcome

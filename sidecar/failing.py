"""One page that could not be done: tried again later, or given up with a word to its writer. What was begun is undone.

Nothing is caught here but what keeps us from saying so.
"""

from __future__ import annotations

import contextlib
from uuid import uuid4

from sidecar import acting, summarise
from sidecar.errors import Refused, Stopped, Unavailable
from sidecar.ledger import JobId, Trigger
from sidecar.model import Intent, Outcome
from sidecar.ports import Mark
from sidecar.running import Circuit
from sidecar.withdrawing import roll_back
from sidecar.working import Work

SECOND_READING = "second reading"
"""The type of the runs that nobody asked for: a page is read once more."""

MOST_DEATHS = 5
"""So many workers in a row that took a page and were not heard of again are enough. One or two of them may have been
killed by a person, or with their machine."""


def write_again(work: Work, job_id: JobId | None) -> None:
    """Has the last state written once more, after whoever has the page now: what we sent may arrive after theirs."""
    if work.wrote:
        trigger = Trigger(work.claim.page_id, Intent.REREAD, "sidecar", uuid4().hex, "late write")
        work.world.ledger.pages.accept(trigger, job_id, None if job_id else SECOND_READING)


def later(work: Work, circuit: Circuit, error: Unavailable) -> Outcome:
    """Gives a page back to be tried again, unless it was tried often enough."""
    world = work.world
    if world.stop.is_set():
        raise Stopped(f"{error} Then the sync was stopped; the next one goes on from here.") from error
    patience = world.patience
    failed_before = work.claim.attempts
    if failed_before >= len(patience) and not circuit.is_open:
        return give_up(work, f"{error} It was tried {failed_before + 1} times.")
    delay = max(patience[min(failed_before, len(patience) - 1)], error.retry_after or 0.0)
    counts = not circuit.is_open
    try:
        world.ledger.pages.fail(work.claim, str(error), delay, counts)
        if counts and circuit.is_open:  # it opened in between, and forgave this page before it was counted
            world.ledger.pages.forgive([work.claim.page_id])
    except Unavailable:
        # The ledger cannot be written, so nothing will try this page again by itself: its writer has to know.
        if work.page is not None:
            world.source.mark(work.page, Mark(world.config.notion_status_error, None, str(error)))
        raise
    return work.outcome("Deferred", f"{error} It will be tried again.")


def give_up(work: Work, error: str) -> Outcome:
    """The last word on a page until somebody asks anew: nothing half-made stays, and the page says why."""
    problems = [*roll_back(work), *tell_error(work, error)]
    work.world.ledger.pages.fail(work.claim, error, None)
    return work.outcome("Failed", " ".join([error, *problems]))


def is_deadly(work: Work) -> bool:
    return work.claim.deaths >= MOST_DEATHS


def leave_alone(work: Work) -> Outcome:
    """The last word on a page that ends every process which works on it. Its text and its files are not read.

    Should even this have ended one, only the ledger is told.
    """
    words = summarise.deadly(work.claim.deaths, work.world.config.notion_status_ready)
    if work.claim.deaths > MOST_DEATHS:
        work.world.ledger.pages.fail(work.claim, words, None)
        return work.outcome("Failed", words)
    work.record = work.world.ledger.records.get(work.claim.page_id)
    with contextlib.suppress(Unavailable, Refused):  # then the run alone says it
        acting.look(work)
    return give_up(work, words)


def tell_error(work: Work, error: str) -> list[str]:
    """Writes the error to the page. Gives the words of what kept it from doing so."""
    page, world = work.page, work.world
    if page is None or (page.status is None and not page.properties):
        return []
    try:
        work.guard()
        world.source.mark(page, Mark(world.config.notion_status_error, None, error))
    except (Unavailable, Refused) as problem:
        return [f"The page in Notion could not be told: {problem}"]
    return []

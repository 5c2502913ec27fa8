"""How a run ends: what it has cost, what became of its pages, those it did not come to, and the one summary."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Sequence

import structlog

from sidecar import compose, summarise
from sidecar.config import FIRST_SITE
from sidecar.errors import SidecarError, Unavailable
from sidecar.ledger import JobId, Left
from sidecar.model import Metrics, Outcome, Report
from sidecar.parse.page import page as parse_page
from sidecar.ports import World
from sidecar.running import Run, Tally

log = structlog.get_logger("sidecar")


def counted(world: World) -> tuple[int, int, int]:
    """Calls to Notion so far, those that it put off, and calls to WordPress."""
    return world.source.calls(), world.source.throttled(), world.blog.calls()


def measure(world: World, tally: Tally, before: tuple[int, int, int], seconds: float) -> Metrics:
    """What went out since `before` was counted."""
    now = counted(world)
    return Metrics(
        seconds=round(seconds, 3),
        notion_calls=now[0] - before[0],
        notion_429=now[1] - before[1],
        wordpress_calls=now[2] - before[2],
        media_uploaded=tally.media_uploaded,
        bytes_uploaded=tally.bytes_uploaded,
    )


def conclude(run: Run, job_id: JobId, metrics: Metrics, error: str | None) -> Report:
    """Closes the job. It is Failed when it could not list, or when a page failed."""
    # What was written down without an attempt, such as a withdrawal that was held back, belongs to the report too.
    known = [*_written(run.world, job_id), *left_over(run, job_id)]
    outcomes = tuple({**{outcome.page_id: outcome for outcome in known}, **run.outcomes}.values())
    if error is None and run.circuit.is_open:
        error = f"Stopped after several pages in a row: {run.circuit.reason} The other pages are tried again later."
    failed = [outcome for outcome in outcomes if outcome.status == "Failed"]
    if error is None and failed:
        error = f"{len(failed)} of {len(outcomes)} pages failed."
    report = Report(job_id, "Failed" if error else "Completed", outcomes, metrics, error)
    try:
        run.world.ledger.jobs.close(job_id, report.status, metrics, error)
    except Unavailable as broken:
        return dataclasses.replace(report, status="Failed", error=error or str(broken))
    return report


def _written(world: World, job_id: JobId) -> Sequence[Outcome]:
    with contextlib.suppress(Unavailable):
        job = world.ledger.jobs.job(job_id)
        return job.outcomes if job else ()
    return ()


def left_over(run: Run, job_id: JobId) -> list[Outcome]:
    """The pages of this run that it did not come to, each with the reason; written down as well."""
    with contextlib.suppress(Unavailable):
        pages = run.world.ledger.pages.left(run.wanted - run.outcomes.keys())
        return [_left_over(run, job_id, page) for page in pages]
    return []


def _left_over(run: Run, job_id: JobId, left: Left) -> Outcome:
    page = parse_page(left.snapshot, run.world.config.notion_status_property) if left.snapshot else None
    outcome = Outcome(
        page_id=left.page_id,
        title=compose.words(page) if page else "",
        action="skip",
        status="Deferred",
        page_url=page.url if page else "",
        error=summarise.left_over(left.is_held, run.world.stop.is_set(), run.circuit.reason, left.error or ""),
    )
    item = run.world.ledger.jobs.begin_item(job_id, left.page_id, outcome.title, outcome.page_url)
    run.world.ledger.jobs.finish_item(item, outcome, 0)
    return outcome


def tell(world: World, report: Report) -> None:
    """One summary to the messenger, when something happened. A messenger that is down never fails a run."""
    if world.notifier is None or not summarise.is_worth_telling(report):
        return
    try:
        site = world.config.site
        world.notifier.send(summarise.telegram(report, "" if site == FIRST_SITE else site))
    except SidecarError as error:
        log.warning("the summary was not delivered", job=report.job_id, error=str(error))

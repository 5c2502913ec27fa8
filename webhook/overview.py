"""What the status page shows, as data, asked from the ledger once for each view. No remote call, and no HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from markupsafe import Markup

from sidecar.ledger import Backlog, Ended, Job, Queued, Trouble, Working
from sidecar.model import Outcome
from sidecar.running import SharedCircuit
from webhook import health, wording
from webhook.charts import Bar, bars
from webhook.service import Pace, Service

RUNS = 12
NOTED = 5
"""Pages whose notes are shown on the status page; the page of a run shows all."""
SHOWN = 8
"""Pages that wait, or need somebody, before the rest is only counted."""
DAYS = 14
TIMED = 30
"""Runs in the picture of durations."""

BAD = frozenset({"Failed", "Conflict"})


@dataclass(frozen=True)
class Chart:
    picture: Markup
    caption: str
    left: str
    right: str


@dataclass(frozen=True)
class Overview:
    now: float
    headline: health.Sign
    far_ends: tuple[health.FarEnd, ...]
    pace: Pace | None
    depths: Mapping[str, int] | None
    backlog: Backlog
    events_today: int
    last_listing: float | None
    working: Sequence[Working]
    queue: Sequence[Queued]
    troubles: Sequence[Trouble]
    runs: Sequence[Job]
    noted: Sequence[Outcome]
    pages_chart: Chart
    time_chart: Chart

    @property
    def is_busy(self) -> bool:
        """True when the next look is worth taking soon."""
        return bool(self.working or self.backlog.waiting or self.backlog.listings)


def overview(service: Service) -> Overview:
    facts, working = _facts(service)
    insight = service.ledger.insight
    return Overview(
        now=facts.now,
        headline=health.headline(facts),
        far_ends=health.far_ends(facts),
        pace=service.pace() if service.pace else None,
        depths=service.waker.depths(),
        backlog=facts.backlog,
        events_today=sum(insight.inbox(facts.now - wording.DAY).values()),
        last_listing=facts.last_listing,
        working=working,
        queue=facts.queue[:SHOWN],
        troubles=facts.troubles,
        runs=facts.runs,
        noted=noted(facts.runs),
        pages_chart=pages_chart(service),
        time_chart=time_chart(insight.ended(facts.now - DAYS * wording.DAY, TIMED)),
    )


def _facts(service: Service) -> tuple[health.Facts, Sequence[Working]]:
    ledger, now = service.ledger, service.now()
    circuit = SharedCircuit(ledger.memory, service.now)
    listing = ledger.jobs.last_listing()
    working = ledger.insight.working()
    facts = health.Facts(
        config=service.config,
        now=now,
        backlog=ledger.insight.backlog(),
        working=len(working),
        queue=ledger.insight.queue(50),
        troubles=ledger.insight.given_up(50),
        runs=ledger.insight.runs(RUNS),
        last_listing=listing.timestamp() if listing else None,
        last_success=ledger.insight.last_success(),
        circuit_open=circuit.is_open,
        circuit_reason=circuit.reason,
    )
    return facts, working


def noted(runs: Sequence[Job]) -> Sequence[Outcome]:
    """The newest outcome of each page that was published with notes; a page that has none by now is left out."""
    newest: dict[str, Outcome] = {}
    for job in runs:
        for outcome in job.outcomes:
            if outcome.status == "Success":
                newest.setdefault(outcome.page_id, outcome)
    return [outcome for outcome in newest.values() if outcome.warnings][:NOTED]


# --- pictures --------------------------------------------------------------------------------------------


def pages_chart(service: Service) -> Chart:
    """Pages that were written, and that failed, on each of the last days of this machine's calendar."""
    mornings = _mornings(wording.moment(service.now()), DAYS)
    spans = service.ledger.insight.outcomes([morning.timestamp() for morning in mornings])
    days = [(_written(span), _failed(span)) for span in spans]
    columns = [
        Bar(_day(morning, *day), (("good", day[0]), ("bad", day[1])))
        for morning, day in zip(mornings, days, strict=False)
    ]
    written, failed = sum(day[0] for day in days), sum(day[1] for day in days)
    caption = wording.plural(written, "page") + " written" + (f", {failed} failed" if failed else "")
    summary = f"Pages per day over the last {DAYS} days: {caption}."
    return Chart(bars(summary, columns), caption, f"{mornings[0]:%-d %b}", "Today")


def _mornings(now: datetime, days: int) -> list[datetime]:
    """Midnight of each day shown, and the one after: wall time, so that a day may have 23 hours."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return [(today + timedelta(days=number)).astimezone() for number in range(1 - days, 2)]


def _written(span: Mapping[tuple[str, str], int]) -> int:
    return sum(number for (_, status), number in span.items() if status == "Success")


def _failed(span: Mapping[tuple[str, str], int]) -> int:
    return sum(number for (_, status), number in span.items() if status in BAD)


def _day(morning: datetime, written: int, failed: int) -> str:
    return f"{morning:%a %-d %b}: {written} written" + (f", {failed} failed" if failed else "")


def time_chart(runs: Sequence[Ended]) -> Chart:
    """How long the last runs took, from what asked for them to their last page."""
    times = [run.finished_at - run.started_at for run in runs]
    columns = [_run(run, seconds) for run, seconds in zip(runs, times, strict=True)]
    if not times:
        return Chart(bars("No run has ended yet.", [Bar("No run yet", ())] * TIMED), "no run yet", "", "")
    caption = f"{wording.took(median(times))} typically, {wording.took(max(times))} at most"
    # Few runs stand at the right, as thin as many would.
    blank = [Bar("", ())] * (TIMED - len(columns))
    picture = bars(f"How long the last {wording.plural(len(runs), 'run')} took: {caption}.", [*blank, *columns])
    return Chart(picture, caption, "Earlier", "Latest")


def _run(run: Ended, seconds: float) -> Bar:
    kind = "good" if run.status == "Completed" else "bad"
    words = f"Run {run.job_id}: {wording.plural(run.pages, 'page')} in {wording.took(seconds)}"
    return Bar(words, ((kind, max(seconds, 0.001)),))

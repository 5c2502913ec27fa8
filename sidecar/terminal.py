"""How runs look on a terminal and in a pipe. Words, lines and tables only; nothing is decided or fetched here."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn
from rich.progress import Progress as Bar
from rich.table import Table

from sidecar import summarise
from sidecar.checks import Verdict
from sidecar.ledger import Job, Noted, Upload
from sidecar.model import Outcome, Report
from sidecar.orphans import Found
from sidecar.planning import Intended
from sidecar.removing import Removal
from sidecar.running import Watch
from sidecar.screen import Line, show

STYLES = {"Success": "green", "Skipped": "dim", "Failed": "bold red", "Conflict": "yellow", "Deferred": "yellow"}


STATE_STYLES = {"ok": "green", "warning": "yellow", "failure": "bold red"}


def verdict_lines(verdict: Verdict) -> Iterator[Line]:
    """What a check found, and what to do about it."""
    style = STATE_STYLES[verdict.state]
    yield Line(f"  [{style}]{verdict.state:<7}[/{style}]  ", escape(verdict.says))
    if verdict.do:
        yield Line("           [bold]→[/bold] ", escape(verdict.do))


class Progress(Watch):
    """A live bar on a terminal; one plain line a page in a pipe, or where several sites are worked on side by side."""

    def __init__(self, console: Console, site: str = "") -> None:
        self._console = console
        self._site = site
        self._lock = threading.Lock()
        columns = (
            SpinnerColumn("dots" if console.encoding.startswith("utf") else "line"),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
        )
        self._bar = Bar(*columns, console=console, transient=True) if console.is_terminal and not site else None
        self._task = self._bar.add_task("Asking Notion", total=None) if self._bar else None

    def __enter__(self) -> Progress:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def found(self, pages: int) -> None:
        if self._bar and self._task is not None:
            self._bar.update(self._task, total=pages, description="Syncing")

    def ended(self, outcome: Outcome) -> None:
        with self._lock:
            if self._bar and self._task is not None:
                self._bar.advance(self._task)
            site = f"{escape(self._site)}: " if self._site else ""
            show(self._console, [line(outcome, site)])


def line(outcome: Outcome, site: str = "") -> Line:
    """One page in one line."""
    tail = f"  {escape(outcome.error)}" if outcome.error and outcome.status != "Success" else ""
    where = f" → {escape(outcome.post_url)}" if outcome.post_url else ""
    return Line(
        f"{site}{_styled(outcome.status, 8)} {outcome.action:<8} ",
        f"{escape(outcome.title or outcome.page_id)}{where}{tail}",
    )


def report_lines(report: Report) -> Iterator[Line]:
    """The end of a run: counts, what needs a person, where the notes are."""
    yield Line("", f"{_styled(report.status)}: {summarise.counts(report)} in {report.metrics.seconds:.1f} s.")
    if report.error and not report.outcomes:
        yield Line("  ", escape(report.error))
    for outcome in report.outcomes:
        if outcome.status in ("Failed", "Conflict", "Deferred"):
            where = f" ({escape(outcome.page_url)})" if outcome.page_url else ""
            yield Line("  ", f"{escape(outcome.title or outcome.page_id)}{where}: {escape(outcome.error or '')}")
    noted = [outcome for outcome in report.outcomes if outcome.warnings]
    for outcome in noted[:MOST_NOTED]:
        words = summarise.counted_and_listed(outcome.warnings, summarise.MOST_NOTES)
        yield Line("  ", f"{escape(outcome.title or outcome.page_id)}: {escape(words)}")
    if noted:
        notes = sum(len(outcome.warnings) for outcome in noted)
        words = "note" if notes == 1 else "notes"
        yield Line("  ", f"{notes} {words} on what is shown differently: sidecar history {report.job_id}")


MOST_NOTED = 20
"""Pages whose notes the end of a run lists; the others are in its history."""


def diff_lines(found: Sequence[Intended]) -> Iterator[str]:
    """What each update would write, and how title and text would differ."""
    for one in found:
        if one.changes:
            yield f"\n[bold]{escape(one.title)}[/bold]: {', '.join(one.changes)}"
        for line in one.diff:
            style = DIFF_STYLES.get(line[:1], "")
            yield f"[{style}]{escape(line)}[/{style}]" if style else escape(line)


DIFF_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def plan_lines(found: Sequence[Intended]) -> Iterator[Line]:
    """What would be done with each page, why, and to which post."""
    for one in found:
        yield Line(f"[bold]{one.action:<8}[/bold]  ", f"{escape(one.title or one.page_id)}: {escape(one.reason)}")
        if one.post_url:
            yield Line(" " * 10, f"[dim]{escape(one.post_url)}[/dim]")


def history_lines(jobs: Sequence[Job]) -> Iterator[Line]:
    """Runs, newest first, and below each its pages; which site each is of, when there are several."""
    several = len({job.site for job in jobs}) > 1
    for job in jobs:
        run = f"{job.site} {job.type}" if several else job.type
        error = f"  {escape(job.error)}" if job.error else ""
        yield Line(f"[bold]Run {job.id}[/bold]  ", f"{_when(job.started_at)} UTC  {run}  {_styled(job.status)}{error}")
        for outcome in job.outcomes:
            yield from _page_lines(outcome)


def _page_lines(outcome: Outcome) -> Iterator[Line]:
    yield Line(f"  {_styled(outcome.status, 8)}  {outcome.action:<8}  ", escape(outcome.title or outcome.page_id))
    if outcome.post_url:
        yield Line(" " * 22, f"[dim]{escape(outcome.post_url)}[/dim]")
    notes = len(outcome.warnings)
    if outcome.error or notes:
        yield Line(" " * 22, escape(outcome.error or f"{notes} {'note' if notes == 1 else 'notes'}"))


def note_lines(job: Job) -> Iterator[Line]:
    """What is shown in a lesser form, or left out, page by page."""
    for outcome in job.outcomes:
        if outcome.warnings:
            yield Line("", "")
            yield Line("", f"[bold]{escape(outcome.title or outcome.page_id)}[/bold]")
        for warning in outcome.warnings:
            which = f"[dim]({escape(warning.type)}, {escape(warning.block_id)})[/dim]"
            yield Line("  ", f"{escape(warning.message)} {which}")


def event_lines(events: Sequence[Noted]) -> Iterator[Line]:
    """What came in, newest first: when, from whom, of which page, and why it was left alone if it was."""
    for event in events:
        when = _when(datetime.fromtimestamp(event.received_at, UTC))
        page = f"  {event.page_id}" if event.page_id else ""
        yield Line(f"{when} UTC  ", f"{escape(event.source)}  {escape(event.kind)}{page}")
        if event.body:
            yield Line(" " * 25, f"left alone: {escape(event.body)}")


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def orphans_table(orphans: Sequence[Upload], removals: Sequence[Removal] = ()) -> RenderableType:
    """Items of the library that no post shows, and what became of each if they were to be removed."""
    ends = {one.upload.media.id: f"{one.end}  {one.reason}".strip() for one in removals}
    table = Table("Item", "File", "Bytes", "Address", *(["What"] if removals else []), box=None, pad_edge=False)
    for one in orphans:
        end = [escape(ends[one.media.id])] if removals else []
        table.add_row(one.media.id, escape(one.media.name), str(one.size), escape(one.media.url), *end)
    return table


def orphans_line(found: Found, removals: Sequence[Removal] | None) -> str:
    """How many there are, or why nobody can tell, and what became of them. `removals` is None: nothing was to be."""
    if found.unsettled:
        posts = ", ".join(found.unsettled)
        return (
            f"A write was cut short, so nobody knows what these posts show: {posts}. Run sidecar sync, then look again."
        )
    if not found.orphans:
        return "Every item that we uploaded is used."
    number = f"{len(found.orphans)} {'item' if len(found.orphans) == 1 else 'items'}"
    if removals is None:
        return f"{number} of ours that no post of ours uses. Remove with: sidecar media --orphans --delete"
    ends = [one.end for one in removals]
    return (
        f"{ends.count('deleted')} deleted, {ends.count('gone')} gone already and forgotten, {ends.count('left')} left."
    )


def _styled(status: str, width: int = 0) -> str:
    style = {**STYLES, "Completed": "green"}.get(status)
    return f"[{style}]{status:<{width}}[/{style}]" if style else f"{status:<{width}}"

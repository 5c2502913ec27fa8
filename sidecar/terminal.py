"""How runs look on a terminal and in a pipe. Words and tables only; nothing is decided or fetched here."""

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

STYLES = {"Success": "green", "Skipped": "dim", "Failed": "bold red", "Conflict": "yellow", "Deferred": "yellow"}


STATE_STYLES = {"ok": "green", "warning": "yellow", "failure": "bold red"}


def verdict_lines(verdict: Verdict) -> Iterator[str]:
    """What a check found, and what to do about it."""
    style = STATE_STYLES[verdict.state]
    yield f"  [{style}]{verdict.state:<7}[/{style}]  {escape(verdict.says)}"
    if verdict.do:
        yield f"           [bold]→[/bold] {escape(verdict.do)}"


class Progress(Watch):
    """A live bar on a terminal; one plain line a page in a pipe, or where several sites are worked on side by side."""

    def __init__(self, console: Console, site: str = "") -> None:
        self._console = console
        self._site = site
        self._lock = threading.Lock()
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
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
            site = f"{self._site}: " if self._site else ""
            self._console.print(site + line(outcome), highlight=False, soft_wrap=True)


def line(outcome: Outcome) -> str:
    """One page in one line of rich markup."""
    style = STYLES.get(outcome.status, "")
    head = f"[{style}]{outcome.status:<8}[/{style}] " if style else f"{outcome.status:<8} "
    tail = f"  {escape(outcome.error)}" if outcome.error and outcome.status != "Success" else ""
    where = f" → {outcome.post_url}" if outcome.post_url else ""
    return f"{head}{outcome.action:<8} {escape(outcome.title or outcome.page_id)}{where}{tail}"


def report_lines(report: Report) -> Iterator[str]:
    """The end of a run: counts, what needs a person, where the notes are."""
    style = "green" if report.status == "Completed" else "bold red"
    metrics = report.metrics
    yield f"[{style}]{report.status}[/{style}]: {summarise.counts(report)} in {metrics.seconds:.1f} s."
    if report.error and not report.outcomes:
        yield f"  {escape(report.error)}"
    for outcome in report.outcomes:
        if outcome.status in ("Failed", "Conflict", "Deferred"):
            yield f"  {escape(outcome.title)} ({outcome.page_url}): {escape(outcome.error or '')}"
    noted = [outcome for outcome in report.outcomes if outcome.warnings]
    for outcome in noted[:MOST_NOTED]:
        words = summarise.counted_and_listed(outcome.warnings, summarise.MOST_NOTES)
        yield f"  {escape(outcome.title or outcome.page_id)}: {escape(words)}"
    if noted:
        notes = sum(len(outcome.warnings) for outcome in noted)
        words = "note" if notes == 1 else "notes"
        yield f"  {notes} {words} on what is shown differently: sidecar history {report.job_id}"


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


def plan_table(found: Sequence[Intended]) -> RenderableType:
    table = Table("Action", "Page", "Why", "Post", box=None, pad_edge=False)
    for one in found:
        table.add_row(one.action, escape(one.title), escape(one.reason), one.post_url or "")
    return table


def console() -> Console:
    """Where results go. In a pipe lines are as long as they are: nothing is folded or cut."""
    made = Console(soft_wrap=True, highlight=False)
    return made if made.is_terminal else Console(soft_wrap=True, highlight=False, width=PIPE_WIDTH)


PIPE_WIDTH = 2000
"""Columns in a pipe. A table takes no more of them than it needs."""


def history_table(jobs: Sequence[Job]) -> RenderableType:
    """Runs, newest first, with a row for each page; which site each is of, when there are several."""
    several = len({job.site for job in jobs}) > 1
    table = Table("Run", "When (UTC)", "Status", "Page", "Action", "Post", "What", box=None, pad_edge=False)
    for job in jobs:
        when = f"{job.started_at:%Y-%m-%d %H:%M:%S}"
        run = f"{job.id} {job.site} {job.type}" if several else f"{job.id} {job.type}"
        table.add_row(run, when, _styled(job.status), "", "", "", escape(job.error or ""))
        for outcome in job.outcomes:
            table.add_row("", "", _styled(outcome.status), escape(outcome.title), outcome.action, *_end(outcome))
    return table


def note_lines(job: Job) -> Iterator[str]:
    """What is shown in a lesser form, or left out, page by page."""
    for outcome in job.outcomes:
        if outcome.warnings:
            yield f"\n{escape(outcome.title or outcome.page_id)}"
        for warning in outcome.warnings:
            yield f"  {escape(warning.message)} [dim]({escape(warning.type)}, {escape(warning.block_id)})[/dim]"


def events_table(events: Sequence[Noted]) -> RenderableType:
    table = Table("When (UTC)", "From", "What", "Page", "Left alone because", box=None, pad_edge=False)
    for event in events:
        when = f"{datetime.fromtimestamp(event.received_at, UTC):%Y-%m-%d %H:%M:%S}"
        table.add_row(when, event.source, event.kind, event.page_id or "", escape(event.body))
    return table


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


def _end(outcome: Outcome) -> tuple[str, str]:
    notes = len(outcome.warnings)
    words = outcome.error or (f"{notes} {'note' if notes == 1 else 'notes'}" if notes else "")
    return outcome.post_url or "", escape(words)


def _styled(status: str) -> str:
    style = {**STYLES, "Completed": "green"}.get(status)
    return f"[{style}]{status}[/{style}]" if style else status

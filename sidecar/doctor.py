"""The command `sidecar doctor`: shows what the examination found, one line each, and says it with its exit status."""

from __future__ import annotations

import dataclasses
import logging
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from sidecar import environment, logs
from sidecar.checks import Verdict
from sidecar.checks.machine import misspelt, settings
from sidecar.entry import ALL_WELL, NOT_ALL, SITE, WRONG_USE
from sidecar.errors import ConfigError
from sidecar.examination import Area, Finding, examine
from sidecar.screen import console, say_json, show
from sidecar.terminal import verdict_lines

TITLES: Mapping[Area, str] = {
    "machine": "This machine",
    "notion": "Notion",
    "wordpress": "WordPress",
    "service": "Summaries and schedule",
}


@click.command()
@SITE
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of words.")
def doctor(site: str | None, as_json: bool) -> None:
    """Say what is wrong, and what to do about it.

    Looks at everything that a sync needs: disk, ledger, Redis; token, data source, status options and rights in Notion;
    address, login, role and a trial post in WordPress; Telegram, the web service, the schedule. Changes nothing in
    Notion and leaves nothing behind in WordPress.

    Exit status: 0 no failure; 1 a failure; 2 settings are missing or wrong.
    """
    # The doctor asks for what is not there, and says itself what came of every question.
    logging.getLogger("sidecar.notion").disabled = True
    shown, found, title = console(), list[Finding](), ""
    for finding in _findings(site):
        found.append(finding)
        if not as_json:
            title = _show(shown, title, finding)
    verdicts = [finding.verdict for finding in found]
    if as_json:
        say_json({"status": _worst(verdicts), "checks": [_object(it) for it in found]})
    else:
        shown.print(f"\n{_summary(verdicts)}")
    sys.exit(_status(verdicts))


def _findings(site: str | None) -> Iterator[Finding]:
    """All that is found; a setting that only shows itself to be wrong when it is used ends it."""
    try:
        known = environment.whole(site=site)
        yield from (Finding("machine", misspelt(*names)) for names in environment.misspelt(Path.cwd()).items())
        logs.begin(known.shared, *known.sites)
        yield from examine(known.shared, known.sites, threading.Event())
    except ConfigError as error:
        yield from (Finding("machine", settings(problem)) for problem in error.problems)


def _show(shown: Console, before: str, finding: Finding) -> str:
    """Shows a finding, under a title unless that stands there already. The title."""
    title = f"{finding.site}: {TITLES[finding.area]}" if finding.site else TITLES[finding.area]
    if title != before:
        shown.print(f"[bold]{escape(title)}[/bold]")
    show(shown, verdict_lines(finding.verdict))
    return title


def _object(finding: Finding) -> dict[str, object]:
    of = {"site": finding.site} if finding.site else {}
    return {**of, "area": finding.area, **dataclasses.asdict(finding.verdict)}


def _worst(verdicts: Sequence[Verdict]) -> str:
    states = {verdict.state for verdict in verdicts}
    return next((state for state in ("failure", "warning") if state in states), "ok")


def _summary(verdicts: Sequence[Verdict]) -> str:
    states = [verdict.state for verdict in verdicts]
    failures, warnings = states.count("failure"), states.count("warning")
    if failures:
        words = "1 failure" if failures == 1 else f"{failures} failures"
        return f"[bold red]{words}.[/bold red] Mend the first one, and look again: others may come of it."
    if warnings:
        words = "1 warning" if warnings == 1 else f"{warnings} warnings"
        return f"[yellow]{words}[/yellow]; a sync will work."
    return "[green]All is well.[/green]"


def _status(verdicts: Sequence[Verdict]) -> int:
    failures = [verdict.check for verdict in verdicts if verdict.is_failure]
    if "settings" in failures:
        return WRONG_USE
    return NOT_ALL if failures else ALL_WELL

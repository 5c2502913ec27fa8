"""The command `sidecar doctor`: shows what the examination found, one line each, and says it with its exit status."""

from __future__ import annotations

import dataclasses
import json
import logging
import sys
import threading
from collections.abc import Iterable, Sequence

import click
from rich.console import Console

from sidecar import environment, logs
from sidecar.checks import Verdict
from sidecar.checks.machine import settings
from sidecar.entry import ALL_WELL, NOT_ALL, WRONG_USE
from sidecar.errors import ConfigError
from sidecar.examination import Examined, examine
from sidecar.terminal import console, verdict_lines

TITLES = {"machine": "This machine", "notion": "Notion", "wordpress": "WordPress", "service": "The service"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of words.")
def doctor(as_json: bool) -> None:
    """Look at everything that a sync needs, and say what is wrong and what to do about it.

    Disk, ledger, Redis; token, data source, status options and rights in Notion; address, login, role and a trial
    post in WordPress; Telegram, the web service, the schedule. Changes nothing in Notion and leaves nothing behind
    in WordPress.

    Exit status: 0 no failure; 1 a failure; 2 settings are missing or wrong.
    """
    # The doctor asks for what is not there, and says itself what came of every question.
    logging.getLogger("sidecar.notion").disabled = True
    shown, found, area = console(), [], ""
    for of, verdict in _verdicts():
        found.append((of, verdict))
        if not as_json:
            _show(shown, TITLES[of] if of != area else "", verdict)
        area = of
    verdicts = [verdict for _, verdict in found]
    if as_json:
        click.echo(json.dumps(_object(found), ensure_ascii=False))
    else:
        shown.print(f"\n{_summary(verdicts)}")
    sys.exit(_status(verdicts))


def _verdicts() -> Iterable[tuple[str, Verdict]]:
    try:
        config = environment.load()
    except ConfigError as error:
        return [("machine", settings(problem)) for problem in error.problems]
    logs.begin(config)
    return examine(Examined(config, threading.Event()))


def _show(shown: Console, title: str, verdict: Verdict) -> None:
    if title:
        shown.print(f"[bold]{title}[/bold]")
    for line in verdict_lines(verdict):
        shown.print(line)


def _object(found: Sequence[tuple[str, Verdict]]) -> dict[str, object]:
    checks = [{"area": area, **dataclasses.asdict(verdict)} for area, verdict in found]
    return {"status": _worst([verdict for _, verdict in found]), "checks": checks}


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

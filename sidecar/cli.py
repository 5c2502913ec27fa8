"""The `sidecar` command. Reads the environment once, hands a Config down, shows what came back; decides nothing."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from sidecar import entry, moving, orchestrator, orphans, previewing, removing
from sidecar.config import Config
from sidecar.doctor import doctor
from sidecar.entry import ALL_WELL, NOT_ALL, SITE
from sidecar.errors import SidecarError
from sidecar.finding import adopt_all
from sidecar.init.command import init
from sidecar.ledger import Job, JobId, Noted
from sidecar.model import Report
from sidecar.objects import event_object, job_object, orphans_object, report_object
from sidecar.orchestrator import Request
from sidecar.planning import Intended, intended, rewritten
from sidecar.ports import World
from sidecar.services import COMMANDS
from sidecar.terminal import (
    Progress,
    console,
    diff_lines,
    events_table,
    history_table,
    note_lines,
    orphans_line,
    orphans_table,
    plan_table,
    report_lines,
)
from webhook import handshake

NEEDS_A_LOOK = {"Failed", "Conflict", "Deferred"}

PAGES = click.option(
    "--page", "pages", multiple=True, metavar="ID|URL", help="Only this page, whatever its status. Repeatable."
)
RERENDER = click.option("--rerender", is_flag=True, help="Only give published posts the markup of this version.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of words.")
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=CONTEXT)
@click.version_option(package_name="notion-wordpress-sidecar", prog_name="sidecar")
@click.option("--debug", is_flag=True, help="Show where in the code an error came from.")
def main(debug: bool) -> None:
    """Publish from Notion to WordPress.

    Set a page's Status to Adding in Notion and run `sidecar sync`: the page becomes a WordPress post made of
    native blocks, with its images in the media library, and its Status becomes Done. Settings come from the
    environment or from a file .env in this folder.

    \b
    Begin with:
      sidecar init      set everything up, by question and answer
      sidecar doctor    whether everything that a sync needs is there
      sidecar plan      what a sync would do; writes nothing
      sidecar preview   a page as the post it would become
      sidecar sync      do it
      sidecar history   what was done
      sidecar up        the service: webhooks, a schedule, a status page
    """


for command in (*COMMANDS, doctor, init, moving.command):
    main.add_command(command)


@main.command()
@PAGES
@click.option("--force", is_flag=True, help="Take the Notion side where a post was edited in WordPress meanwhile.")
@click.option("--confirm-withdrawals", is_flag=True, help="Take back as many posts as Notion asks for, this once.")
@RERENDER
@SITE
@AS_JSON
def sync(
    pages: tuple[str, ...], force: bool, confirm_withdrawals: bool, rerender: bool, site: str | None, as_json: bool
) -> None:
    """Publish every page whose status asks for it.

    With --rerender nothing is published: the posts of all pages that are Done, or of those named by --page, get the
    markup that a new version of this program makes of their blocks, where it differs. What was edited since, in Notion
    or in WordPress, stays as it is. `sidecar plan --rerender` shows it beforehand.

    Exit status: 0 all well; 1 some page failed, is in conflict or has to be tried again; 2 wrong use or settings.
    """
    if rerender and (force or confirm_withdrawals):
        raise click.UsageError("--rerender writes over no edit and takes nothing back: leave the other option out.")
    asked = entry.asked_of(site, entry.page_ids(pages))

    def run(world: World) -> Report:
        request = Request("cli", asked[world.config.site].pages, force, confirm_withdrawals, rerender)
        return _sync(world, request, as_json, world.config.site if len(asked) > 1 else "")

    answers = entry.with_worlds([one.site for one in asked.values()], run)
    entry.show(answers, as_json, report_object, _say_report)
    entry.end(answers, lambda it: it.status != "Failed" and not any(one.status in NEEDS_A_LOOK for one in it.outcomes))


def _sync(world: World, request: Request, quiet: bool, site: str) -> Report:
    world = dataclasses.replace(world, patience=(2.0, 6.0))
    if quiet:
        return orchestrator.sync(world, request)
    with Progress(Console(stderr=True), site) as progress:
        return orchestrator.sync(world, request, progress)


def _say_report(report: Report) -> None:
    for line in report_lines(report):
        console().print(line)


@main.command()
@PAGES
@RERENDER
@SITE
@AS_JSON
def plan(pages: tuple[str, ...], rerender: bool, site: str | None, as_json: bool) -> None:
    """Show what a sync would do, and what it would change. Writes nothing, neither in Notion nor in WordPress."""
    asked = entry.asked_of(site, entry.page_ids(pages))
    sites = [one.site for one in asked.values()]
    look = rewritten if rerender else intended
    found = entry.with_worlds(sites, lambda world: look(world, asked[world.config.site].pages))
    entry.show(found, as_json, lambda some: {"pages": [dataclasses.asdict(one) for one in some]}, _show_plan)
    entry.end(found, lambda _: True)


def _show_plan(found: list[Intended]) -> None:
    if not found:
        click.echo("Nothing asks for publication.")
        return
    shown = console()
    shown.print(plan_table(found))
    for line in diff_lines(found):
        shown.print(line)


@main.command()
@click.argument("page", metavar="ID|URL")
@click.option(
    "--output", metavar="FILE", help="Where to write it; - is standard output.  [default: preview-<slug>.html]"
)
@SITE
def preview(page: str, output: str | None, site: str | None) -> None:
    """Write a page as the post that it would become into one HTML file, with its notes on top.

    Writes nothing in Notion or WordPress, whatever the page's status. Exit status: 1 when the page could not be
    published as it is.
    """
    (page_id,) = entry.page_ids((page,))
    home = next(iter(entry.asked_of(site, (page_id,)).values())).site
    made = entry.with_world(home, lambda world: previewing.preview(world, page_id))
    if output == "-":
        click.echo(made.html, nl=False)
    else:
        _write(Path(output or made.name), made.html)
        click.echo(f"{output or made.name}: {made.notes} {'note' if made.notes == 1 else 'notes'}.")
    for problem in made.problems:
        click.echo(f"The page could not be published. {problem}", err=True)
    sys.exit(NOT_ALL if made.problems else ALL_WELL)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        entry.fail(SidecarError(f"{path} cannot be written: {error.strerror}.", "Name another file with --output."))


@main.command()
@click.argument("job", type=click.IntRange(1, 2**31 - 1), required=False)
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 1000), help="How many runs to show.")
@SITE
@AS_JSON
def history(job: int | None, limit: int, site: str | None, as_json: bool) -> None:
    """Show the last runs and what became of each page, or one run with all its notes."""
    jobs = _jobs(entry.settings(site).sites, job, limit)
    if job is not None and not jobs:
        raise click.UsageError(f"There is no run {job}. `sidecar history` lists the last ones.")
    if as_json:
        click.echo(json.dumps({"jobs": [job_object(one) for one in jobs]}, ensure_ascii=False))
        return
    shown = console()
    shown.print(history_table(jobs))
    for line in [line for one in jobs for line in note_lines(one)] if job is not None else []:
        shown.print(line)


def _jobs(sites: Sequence[Config], job: int | None, limit: int) -> list[Job]:
    """The run of this number, or the newest ones of all these sites."""
    if job is not None:
        found = entry.remember(lambda ledger: ledger.jobs.job(JobId(job)), sites[0])
        return [found] if found is not None and found.site in {site.site for site in sites} else []
    recent = [one for site in sites for one in entry.remember(lambda ledger: ledger.jobs.recent(limit), site)]
    return sorted(recent, key=lambda one: one.id, reverse=True)[:limit]


@main.command()
@SITE
@AS_JSON
def adopt(site: str | None, as_json: bool) -> None:
    """Rebuild a lost ledger from the markers in WordPress. Creates no post and changes none.

    Every post that this program made carries the id of its Notion page. This reads all of them and remembers which
    page became which post, so that the next sync updates those posts instead of making new ones.
    """
    answers = entry.with_worlds(entry.settings(site).sites, adopt_all)
    entry.show(answers, as_json, lambda found: {"adopted": found}, _say_adopted)
    entry.end(answers, lambda _: True)


def _say_adopted(found: int) -> None:
    click.echo(f"{found} {'post' if found == 1 else 'posts'} of pages that were not known before.")


@main.command()
@click.option("--orphans", "wants_orphans", is_flag=True, help="Items that we uploaded and no post of ours uses.")
@click.option("--delete", "deletes", is_flag=True, help="Remove exactly those from WordPress, for good.")
@SITE
@AS_JSON
def media(wants_orphans: bool, deletes: bool, site: str | None, as_json: bool) -> None:
    """Show, and remove, what the sidecar has left over in the media library.

    An item counts as used when a post of ours shows it, in its text or as featured image, trashed and withdrawn posts
    too, or when its page waits to be published. What somebody else uploaded is never touched; posts that somebody else
    wrote are not looked at. Exit status: 1 when an item could not be removed, or nobody can tell what is used.
    """
    if not wants_orphans:
        raise click.UsageError("Say what to look for: sidecar media --orphans")
    answers = entry.with_worlds(entry.settings(site).sites, lambda world: _orphans(world, deletes))
    entry.show(answers, as_json, lambda found: orphans_object(*found), lambda found: _say_orphans(*found))
    entry.end(answers, lambda found: not found[0].unsettled and not any(one.end == "left" for one in found[1] or ()))


def _orphans(world: World, deletes: bool) -> tuple[orphans.Found, list[removing.Removal] | None]:
    orphans.settle_uploads(world)
    found = orphans.find(world)
    return found, removing.remove(world, found.orphans) if deletes else None


def _say_orphans(found: orphans.Found, removals: list[removing.Removal] | None) -> None:
    if found.orphans:
        console().print(orphans_table(found.orphans, removals or ()))
    click.echo(orphans_line(found, removals))


@main.group(invoke_without_command=True)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many events to show.")
@SITE
@AS_JSON
@click.pass_context
def events(context: click.Context, limit: int, site: str | None, as_json: bool) -> None:
    """Show what Notion, the plugin and others asked for last, and why something was left alone."""
    if context.invoked_subcommand is not None:
        return
    sites = entry.settings(site).sites
    answers = [
        entry.Answer(one.site, entry.remember(lambda ledger: ledger.figures.events(limit), one)) for one in sites
    ]
    entry.show(answers, as_json, lambda found: {"events": [event_object(one) for one in found]}, _say_events)


def _say_events(found: Sequence[Noted]) -> None:
    console().print(events_table(found))


@events.command()
@click.option("--forget", is_flag=True, help="Take the next token that Notion sends: for a new subscription.")
@SITE
def token(forget: bool, site: str | None) -> None:
    """Show the verification token that Notion sent, to paste it into the integration's Webhooks tab."""
    config = entry.config(site)
    if forget:
        entry.remember(lambda ledger: handshake.forget(ledger.memory), config)
        click.echo("Forgotten. Press Resend token in Notion's Webhooks tab.")
        return
    known = entry.remember(lambda ledger: handshake.known(config, ledger.memory), config)
    if known is None:
        click.echo("Notion has sent no token yet. Add a webhook in your integration's Webhooks tab, or press", err=True)
        click.echo(f"Resend token there; its address is {handshake.address(config)}", err=True)
        sys.exit(NOT_ALL)
    click.echo(known.value)
    click.echo("It is in use." if known.is_settled else "Paste it into your integration's Webhooks tab.", err=True)

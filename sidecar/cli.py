"""The `sidecar` command. Reads the environment once, hands a Config down, shows what came back; decides nothing."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click
from rich.console import Console

from sidecar import entry, moving, orchestrator, orphans, previewing, removing
from sidecar.blocks import PageId
from sidecar.config import Config
from sidecar.doctor import doctor
from sidecar.entry import ALL_WELL, NOT_ALL, SITE
from sidecar.errors import SidecarError
from sidecar.finding import adopt_all
from sidecar.init.command import init
from sidecar.ledger import Job, JobId, Ledger, Noted
from sidecar.model import Outcome, Report
from sidecar.objects import event_object, job_object, orphans_object, report_object
from sidecar.orchestrator import Request
from sidecar.planning import Intended, intended, rewritten
from sidecar.ports import World
from sidecar.screen import console, forgive, say_json, show
from sidecar.services import COMMANDS
from sidecar.terminal import (
    Progress,
    diff_lines,
    event_lines,
    history_lines,
    note_lines,
    orphans_line,
    orphans_table,
    plan_lines,
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
def main(debug: bool) -> None:  # noqa: ARG001 (entry.fail asks for it)
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
    forgive()


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
    """Publish every page that asks for it.

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
    show(console(), report_lines(report))


@main.command()
@PAGES
@RERENDER
@SITE
@AS_JSON
def plan(pages: tuple[str, ...], rerender: bool, site: str | None, as_json: bool) -> None:
    """Show what a sync would do; write nothing.

    Each page with what would become of it and why, and of each update what it would change. Neither Notion nor
    WordPress is written to.
    """
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
    show(shown, plan_lines(found))
    for line in diff_lines(found):
        shown.print(line)


@main.command()
@click.argument("page", metavar="ID|URL")
@click.option(
    "--output", metavar="FILE", help="Where to write it; - is standard output.  [default: preview-<slug>.html]"
)
@SITE
def preview(page: str, output: str | None, site: str | None) -> None:
    """Show a page as the post it would become.

    It is written into one HTML file, with its notes on top. Nothing is written in Notion or WordPress, whatever the
    page's status. Exit status: 1 when the page could not be published as it is.
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


RUN = click.IntRange(1, 2**31 - 1)


@main.command()
@click.argument("job", metavar="[RUN]", type=RUN, required=False)
@click.option("--page", metavar="ID|URL", help="Only what became of this page.")
@click.option("--trouble", is_flag=True, help="Only runs in which something failed, or is in conflict.")
@click.option("--all", "wants_all", is_flag=True, help="Also runs that found nothing to do.")
@click.option("--before", metavar="RUN", type=RUN, help="Only runs before this one: to look further back.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 1000), help="How many runs to show.")
@SITE
@AS_JSON
def history(
    job: int | None,
    page: str | None,
    trouble: bool,
    wants_all: bool,
    before: int | None,
    limit: int,
    site: str | None,
    as_json: bool,
) -> None:
    """Show what was done, page by page.

    The last runs that did something and what became of each page; or one run, by its number, with all its notes.
    """
    if wants_all and (page or trouble or before):
        raise click.UsageError("--all shows the last runs, whatever became of them: leave the other option out.")
    (page_id,) = entry.page_ids((page,)) if page else (None,)
    sites = entry.settings(site).sites
    if job is not None:
        jobs = _run(sites, JobId(job))
    elif wants_all:
        jobs = _newest(sites, limit, lambda ledger: ledger.jobs.recent(limit))
    else:
        last = JobId(before) if before else None
        jobs = _newest(sites, limit, lambda ledger: ledger.insight.runs(limit, last, page_id, trouble))
    if page_id:
        jobs = [dataclasses.replace(one, outcomes=_of_page(one, page_id)) for one in jobs]
    if as_json:
        say_json({"jobs": [job_object(one) for one in jobs]})
        return
    if not jobs:
        click.echo("There is no such run." if page or trouble or before else "No run has done anything yet.")
        return
    show(console(), history_lines(jobs))
    show(console(), [line for one in jobs for line in note_lines(one)] if job is not None else [])


def _run(sites: Sequence[Config], job: JobId) -> list[Job]:
    found = entry.remember(lambda ledger: ledger.jobs.job(job), sites[0])
    if found is None or found.site not in {site.site for site in sites}:
        raise click.UsageError(f"There is no run {job}. `sidecar history` lists the last ones.")
    return [found]


def _newest(sites: Sequence[Config], limit: int, ask: Callable[[Ledger], Sequence[Job]]) -> list[Job]:
    """The newest runs of all these sites."""
    found = [one for site in sites for one in entry.remember(ask, site)]
    return sorted(found, key=lambda one: one.id, reverse=True)[:limit]


def _of_page(job: Job, page: PageId) -> tuple[Outcome, ...]:
    return tuple(outcome for outcome in job.outcomes if outcome.page_id == page)


@main.command()
@SITE
@AS_JSON
def adopt(site: str | None, as_json: bool) -> None:
    """Rebuild a lost ledger from WordPress.

    Creates no post and changes none. Every post that this program made carries the id of its Notion page. This reads
    all of them and remembers which page became which post, so that the next sync updates those posts instead of making
    new ones.
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
    """Find and remove unused media of ours.

    Shows, and with --delete removes, what the sidecar has left over in the media library. An item counts as used when a
    post of ours shows it, in its text or as featured image, trashed and withdrawn posts too, or when its page waits to
    be published. What somebody else uploaded is never touched; posts that somebody else wrote are not looked at. Exit
    status: 1 when an item could not be removed, or nobody can tell what is used.
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
    """Show what came in from Notion and others.

    What Notion, the plugin and others asked for last, newest first, and why something was left alone.
    """
    if context.invoked_subcommand is not None:
        return
    sites = entry.settings(site).sites
    answers = [
        entry.Answer(one.site, entry.remember(lambda ledger: ledger.figures.events(limit), one)) for one in sites
    ]
    entry.show(answers, as_json, lambda found: {"events": [event_object(one) for one in found]}, _say_events)


def _say_events(found: Sequence[Noted]) -> None:
    if not found:
        click.echo("Nothing has come in yet.")
    show(console(), event_lines(found))


@events.command()
@click.option("--forget", is_flag=True, help="Take the next token that Notion sends: for a new subscription.")
@SITE
def token(forget: bool, site: str | None) -> None:
    """Show the verification token of Notion's events.

    It is to be pasted into the integration's Webhooks tab.
    """
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

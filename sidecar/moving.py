"""The command `sidecar import-original`: shows what was taken over, and what a person should know before they sync."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from sidecar import entry
from sidecar.adapters import original
from sidecar.entry import SITE
from sidecar.errors import ConfigError
from sidecar.importing import Imported, Taken, import_original
from sidecar.screen import Line, console, show

ENDS = {
    "adopted": "adopted",
    "known": "known before",
    "gone": "its post was deleted in WordPress",
    "taken": "left alone",
}


@click.command("import-original")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@SITE
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of words.")
def command(file: Path, site: str | None, as_json: bool) -> None:
    """Take over what the system before made.

    Its posts and files, from its SQLite file. Each page that it published becomes one of ours, with the post that it
    has: the next sync of the page updates that post, and its files are not uploaded again. Every post gets a marker,
    and nothing else of it changes. FILE is only read. May be run again: what is known stays as it is.

    Of several sites, name the one whose WordPress the file is about with --site.

    Exit status: 0 done; 1 WordPress did not answer, or it is for something else; 2 FILE or the settings are wrong.
    """
    sites = entry.settings(site).sites
    if len(sites) > 1:
        raise click.UsageError("The file is about one WordPress: name its site with --site.")
    try:
        found = original.read(file)
    except ConfigError as error:
        raise click.BadParameter(error.problems[0], param_hint="FILE") from error
    answers = entry.with_worlds(sites, lambda world: import_original(world, found))
    entry.show(answers, as_json, as_object, _say)
    entry.end(answers, lambda _: True)


def as_object(found: Imported) -> dict[str, Any]:
    """What is printed with --json."""
    return {
        "pages": [
            {
                "page_id": one.published.page_id,
                "post_id": one.published.post_id,
                "title": one.title,
                "post_url": one.link,
                "end": one.end,
                "edited_since": one.edited_since.isoformat() if one.edited_since else None,
                "note": one.note,
            }
            for one in found.pages
        ],
        "files": {"adopted": found.files_adopted, "known": found.files_known, "gone": found.files_gone},
        "last_sync": found.last_sync.isoformat() if found.last_sync else None,
        "running": found.running,
        "strange": list(found.strange),
    }


def _say(found: Imported) -> None:
    show(console(), [line for one in found.pages for line in _page(one)])
    show(console(), [Line("", escape(line)) for line in lines(found)])


def _page(one: Taken) -> Iterator[Line]:
    yield Line("", f"{escape(one.title or one.published.page_id)}: {escape(_end(one))}")
    yield Line("  ", escape(one.link or f"post {one.published.post_id}"))


def _end(one: Taken) -> str:
    since = f"changed in WordPress on {one.edited_since:%Y-%m-%d %H:%M} UTC" if one.edited_since else ""
    return "; ".join(filter(None, (ENDS[one.end], since, one.note)))


def lines(found: Imported) -> Iterator[str]:
    """How many of what, and what to do before the first sync."""
    ends = [one.end for one in found.pages]
    yield (
        f"{ends.count('adopted')} posts adopted, {ends.count('known')} known before, {ends.count('gone')} gone, "
        f"{ends.count('taken')} left alone. "
        f"Files: {found.files_adopted} adopted, {found.files_known} known before, {found.files_gone} gone."
    )
    for row in found.strange:
        yield f"A row that makes no sense was passed over: {row}"
    if found.last_sync:
        yield f"The system before synced last on {found.last_sync:%Y-%m-%d %H:%M} UTC."
    if found.running:
        yield f"{found.running} of its runs have no end noted: make sure that it is switched off, or both will write."
    if any(one.edited_since for one in found.pages):
        yield (
            "Posts that were changed in WordPress since (to publish one counts, too) are written anew by the first "
            "sync of their pages; WordPress keeps what was there as a revision. See it before: sidecar plan."
        )

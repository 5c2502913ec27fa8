"""Between click and the house: settings, a world, and the words and the exit status when something is wrong."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, NoReturn, TypeVar

import click

from sidecar import environment, logs
from sidecar.adapters.connect import connected, remembered
from sidecar.blocks import PageId
from sidecar.config import Config
from sidecar.environment import Settings
from sidecar.errors import ConfigError, SidecarError
from sidecar.ledger import Ledger
from sidecar.parse.ids import page_id
from sidecar.ports import World
from sidecar.screen import console, say_json
from sidecar.sites import listed

T = TypeVar("T")

SITE = click.option("--site", metavar="NAME", help="Only this site; see [[site]] in sidecar.toml.")

ALL_WELL, NOT_ALL, WRONG_USE = 0, 1, 2


def page_ids(texts: tuple[str, ...]) -> tuple[PageId, ...]:
    """The ids of pages that were named by id or link."""
    try:
        return tuple(page_id(text) for text in texts)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def settings(site: str | None = None) -> Settings:
    """The settings of all sites, or of the one that is named. Ends this process with words when they are wrong."""
    try:
        found = environment.whole(site=site)
    except ConfigError as error:
        fail(error)
    logs.begin(found.shared, *found.sites)
    if not _is_debugging():
        logging.getLogger("sidecar.notion").disabled = True  # what came of each call is said in our own words
    return found


def config(site: str | None = None) -> Config:
    """The settings of one site: the one that is named, or else the first."""
    return settings(site).sites[0]


@dataclass(frozen=True)
class Asked:
    """Pages that are asked of one site; none at all means all that want to be published."""

    site: Config
    pages: tuple[PageId, ...]


def asked_of(site: str | None, pages: tuple[PageId, ...]) -> Mapping[str, Asked]:
    """What to ask of which site, by name. Of several sites, pages are asked of those that know them."""
    found = settings(site).sites
    if len(found) == 1 or not pages:
        return {one.site: Asked(one, pages) for one in found}
    homes = {page: _homes(found, page) for page in pages}
    strange = [page for page, sites in homes.items() if not sites]
    if strange:
        names = listed([one.site for one in found])
        raise click.UsageError(f"No site knows the page {strange[0]} yet: name its site with --site ({names}).")
    asked = {one.site: Asked(one, tuple(page for page in pages if one.site in homes[page])) for one in found}
    return {name: one for name, one in asked.items() if one.pages}


def _homes(sites: Sequence[Config], page: PageId) -> Collection[str]:
    """The sites that wrote a page's post; else those that have heard of it.

    Sites that share a WordPress find each other's posts there by their markers: that is not to have written them.
    """
    records = {one.site: remember(lambda ledger: ledger.records.get(page), one) for one in sites}
    wrote = [name for name, record in records.items() if record is not None and record.fingerprint]
    return wrote or [one.site for one in sites if remember(lambda ledger: ledger.insight.knows(page), one)]


@dataclass(frozen=True)
class Answer(Generic[T]):
    """What came of one site: a value, or what went wrong."""

    site: str
    value: T | None = None
    error: SidecarError | None = None


def with_worlds(sites: Sequence[Config], do: Callable[[World], T]) -> Sequence[Answer[T]]:
    """Runs something with the world of each site, side by side: one that hangs keeps no other.

    Ctrl-C and TERM let all finish the remote call they are in. What goes wrong with an only site ends this process.
    """
    stop = threading.Event()
    with stopped_by_signals(stop), ThreadPoolExecutor(len(sites), thread_name_prefix="site") as pool:
        answers = list(pool.map(lambda site: _answer(site, stop, do), sites))
    if len(answers) == 1 and answers[0].error is not None:
        fail(answers[0].error)
    return answers


@contextlib.contextmanager
def stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    """Meanwhile Ctrl-C and TERM set the event, and say so; who asks a second time has this process end at once."""

    def told(number: int, _frame: object) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)
        # Not by way of a stream: this may come in the middle of a line that is being written.
        os.write(2, b"\nStopping: the call that is under way ends first. Once more ends it at once; nothing is lost.\n")

    before = {number: signal.signal(number, told) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def with_world(site: Config, do: Callable[[World], T]) -> T:
    """The same for one site, and what came of it."""
    (answer,) = with_worlds([site], do)
    assert answer.value is not None
    return answer.value


def _answer(site: Config, stop: threading.Event, do: Callable[[World], T]) -> Answer[T]:
    try:
        with connected(site, stop) as world:
            return Answer(site.site, do(world))
    except SidecarError as error:
        return Answer(site.site, error=error)


def show(answers: Sequence[Answer[T]], as_json: bool, shown: Callable[[T], Any], say: Callable[[T], None]) -> None:
    """Answers in words, or as one JSON object: of several sites, each under its name."""
    if as_json:
        objects = [_object(answer, shown) for answer in answers]
        only = {name: value for name, value in objects[0].items() if name != "site"}
        say_json({"sites": objects} if len(objects) > 1 else only)
        return
    for answer in answers:
        if len(answers) > 1:
            console().print(f"\n[bold]{answer.site}[/bold]")
        if answer.error is not None:
            click.echo(words_of(answer.error), err=True)
        elif answer.value is not None:
            say(answer.value)


def _object(answer: Answer[T], shown: Callable[[T], Any]) -> dict[str, Any]:
    said = {"error": str(answer.error)} if answer.value is None else shown(answer.value)
    return {"site": answer.site, **said}


def end(answers: Sequence[Answer[T]], is_well: Callable[[T], bool]) -> NoReturn:
    """Ends this process with the exit status of the site that fared worst."""
    if any(isinstance(answer.error, ConfigError) for answer in answers):
        sys.exit(WRONG_USE)
    sys.exit(ALL_WELL if all(it.value is not None and is_well(it.value) for it in answers) else NOT_ALL)


def remember(ask: Callable[[Ledger], T], settings: Config) -> T:
    """What the ledger alone can tell."""
    try:
        with remembered(settings) as ledger:
            return ask(ledger)
    except SidecarError as error:
        fail(error)


def fail(error: SidecarError) -> NoReturn:
    """The last words of a command that cannot do what it was asked for. With --debug its way through the code, too."""
    if _is_debugging():
        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    if isinstance(error, ConfigError):
        click.echo("The settings are not complete, or wrong:", err=True)
        for problem in error.problems:
            click.echo(f"  - {problem}", err=True)
        for name, setting in _misspelt(Path.cwd()).items():
            click.echo(f"  - .env says {name}, which is no setting. Is {setting} meant?", err=True)
        if error.hint:
            click.echo(_where_to_look(Path.cwd()) or error.hint, err=True)
        sys.exit(WRONG_USE)
    click.echo(words_of(error), err=True)
    sys.exit(NOT_ALL)


def _is_debugging() -> bool:
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.find_root().params.get("debug"))


def _misspelt(folder: Path) -> Mapping[str, str]:
    try:
        return environment.misspelt(folder)
    except ConfigError:  # a .env that cannot be read is one of the problems already
        return {}


def _where_to_look(folder: Path) -> str:
    """What to do first where there are no settings at all: mostly it is another folder that was meant."""
    if (folder / ".env").exists():
        return ""
    return f"There is no .env in {folder}. Go to the folder that has it, or make one here: sidecar init"


def words_of(error: SidecarError) -> str:
    """An error in one line, with its name in docs/errors.md if it has one."""
    return f"Error: {error}" + (f" [{error.entry.id}]" if error.entry is not None else "")

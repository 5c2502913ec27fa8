"""The command `sidecar init`: options in, the conversation, two files out, and the first plan."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import click
from dotenv import dotenv_values

from sidecar import entry, envfile, environment, mapping
from sidecar.conversation import Conversation
from sidecar.errors import SidecarError
from sidecar.init import notion, service, site, telegram, wordpress
from sidecar.init.setup import Setup
from sidecar.planning import intended
from sidecar.screen import console, show
from sidecar.terminal import plan_lines

ENV = ".env"


@click.command()
@click.option("--notion-token", metavar="SECRET", help="The secret of the Notion integration.")
@click.option("--data-source", metavar="TITLE|ID|URL", help="The data source that holds the pages.")
@click.option("--status-property", metavar="NAME", help="The property that asks for publication.")
@click.option("--ready", metavar="OPTION", help="Its option that asks.")
@click.option("--done", metavar="OPTION", help="Its option that says that the post is there.")
@click.option("--error", metavar="OPTION", help="Its option that says that something is wrong.")
@click.option("--map", "maps", multiple=True, metavar="PROPERTY=FIELD", help="What feeds a field. Repeatable.")
@click.option("--wp-url", metavar="URL", help="The address of WordPress.")
@click.option("--wp-username", metavar="NAME", help="The WordPress user.")
@click.option("--wp-app-password", metavar="SECRET", help="An application password of that user.")
@click.option("--post-status", type=click.Choice(list(wordpress.STATUSES)), help="What a new post is.")
@click.option("--telegram-token", metavar="SECRET", help="The token of a Telegram bot.")
@click.option("--telegram-chat", metavar="ID", help="The Telegram chat that gets summaries.")
@click.option("--site", "name", metavar="NAME", help="Add one more site: a table [[site]] in sidecar.toml.")
@click.option("--no-input", is_flag=True, help="Ask nothing: options, the environment and .env answer.")
@click.option("--overwrite", is_flag=True, help="Change a .env that is there without asking.")
def init(maps: tuple[str, ...], name: str | None, no_input: bool, overwrite: bool, **given: str | None) -> None:
    """Set everything up, by question and answer.

    Asks for Notion, WordPress and, if you like, Telegram; looks at each answer on the spot; writes .env into this
    folder, readable by you alone, and sidecar.toml if properties were mapped; ends with the first plan. Every answer
    may come as an option. Secrets may come from the environment instead, where nobody sees them in a list of processes.

    With --site it adds a site to those that are there: its answers become a table [[site]] in sidecar.toml, its secrets
    variables of its own in .env.
    """
    logging.getLogger("sidecar.notion").disabled = True  # what came of each question is said here
    folder = Path.cwd()
    talk = Conversation(console(), is_alone=no_input or not sys.stdin.isatty())
    try:
        setup = _setup(talk, folder, given, name)
        notion.take_given_mapping(setup, maps)
        notion.ask(setup)
        wordpress.ask(setup)
        telegram.ask(setup)
        setup.talk.heading("Settings")
        if name is None:
            service.make_keys(setup)
        _write(setup, name, folder, overwrite)
    except SidecarError as error:
        entry.fail(error)
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nStopped. Nothing was written; say sidecar init to begin again.", err=True)
        sys.exit(entry.NOT_ALL)
    _plan(setup, name)


def _setup(talk: Conversation, folder: Path, given: dict[str, str | None], name: str | None) -> Setup:
    shared, tables = environment.variables(None, folder), environment.tables(folder)
    if name is not None:
        site.check_new(name, tables)
    known = shared if name is None else site.known(name, shared)
    setup = Setup(talk, known, given, environment.property_mapping(folder))
    if name is not None:
        setup.config()  # a name that is none is said before anything is asked
    return setup


def _write(setup: Setup, name: str | None, folder: Path, overwrite: bool) -> None:
    """Raises SidecarError when the folder takes no file."""
    try:
        if name is None:
            _write_env(setup, setup.answers, folder / ENV, overwrite)
            _write_mapping(setup, folder / mapping.FILE)
        else:
            _write_site(setup, name, folder, overwrite)
    except OSError as error:
        words = f"Settings cannot be written into {folder}: {error.strerror}."
        raise SidecarError(words, "Make room, or the folder writable, or run this in another one.") from error


def _write_site(setup: Setup, name: str, folder: Path, overwrite: bool) -> None:
    """The secrets first: a table that names a variable which nobody has set would stop every command."""
    path = folder / mapping.FILE
    table, secrets = site.split(name, setup.answers, environment.variables(None, folder))
    before = path.read_text(encoding=environment.TEXT) if path.exists() else ""
    text = site.added(before, table, (*setup.mapping, *setup.mapped) if setup.mapped else ())
    is_new = not secrets.keys() & environment.written(folder).keys()
    _write_env(setup, secrets, folder / ENV, overwrite or is_new)
    path.write_text(text, encoding="utf-8")
    setup.talk.say(f"{path.name} has the site {name!r}: every command takes --site {name}.")


def _write_env(setup: Setup, values: Mapping[str, str], path: Path, overwrite: bool) -> None:
    before = path.read_text(encoding=environment.TEXT) if path.exists() else ""
    text = envfile.merged(before, values)
    if text == before:
        setup.talk.say(f"{path.name} says all of that already.")
        return
    if (
        before
        and not overwrite
        and not setup.talk.agrees(f"{path.name} is there. Change {_changed(values, path)} in it?")
    ):
        raise SidecarError(f"{path.name} was left as it is.", "Say --overwrite, or run this in another folder.")
    envfile.write(path, text)
    setup.talk.say(f"{path.name} is written; nobody but you can read it.")
    for name in [name for name, value in values.items() if os.environ.get(name, value) != value]:
        setup.talk.say(f"{name} is set in the environment as well, and to something else: that one wins. Unset it.")


def _changed(values: Mapping[str, str], path: Path) -> str:
    there = dotenv_values(path, encoding=environment.TEXT)
    return ", ".join(name for name, value in values.items() if there.get(name) != value)


def _write_mapping(setup: Setup, path: Path) -> None:
    if not setup.mapped:
        return
    table = envfile.properties_table(setup.mapped)
    if path.exists():
        setup.talk.say(f"{path.name} is there: add these lines to its table [properties] yourself.")
        for line in table.splitlines()[1:]:
            setup.talk.say(f"  {line}")
        return
    path.write_text(table, encoding="utf-8")
    setup.talk.say(f"{path.name} is written: it says which property feeds which field.")


def _plan(setup: Setup, name: str | None) -> None:
    """What `sidecar plan` would show now."""
    setup.talk.heading("The first plan")
    config, only = entry.config(name), f" --site {name}" if name else ""
    found = entry.with_world(config, lambda world: intended(world, ()))
    if found:
        show(console(), plan_lines(found))
        setup.talk.say(f"To do it: sidecar sync{only}")
        return
    ready = f"{config.notion_status_property} to {config.notion_status_ready}"
    setup.talk.say(f"Nothing asks for publication yet. Set a page's {ready} in Notion, then: sidecar sync{only}")

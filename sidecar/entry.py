"""Between click and the house: settings, a world, and the words and the exit status when something is wrong."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from typing import NoReturn, TypeVar

import click

from sidecar import environment, logs
from sidecar.adapters.connect import connected, remembered
from sidecar.blocks import PageId
from sidecar.config import Config
from sidecar.errors import ConfigError, SidecarError
from sidecar.ledger import Ledger
from sidecar.parse.ids import page_id
from sidecar.ports import World

T = TypeVar("T")

ALL_WELL, NOT_ALL, WRONG_USE = 0, 1, 2


def page_ids(texts: tuple[str, ...]) -> tuple[PageId, ...]:
    """The ids of pages that were named by id or link."""
    try:
        return tuple(page_id(text) for text in texts)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--page") from error


def config() -> Config:
    """The settings. Ends this process with words when they are wrong."""
    try:
        settings = environment.load()
    except ConfigError as error:
        fail(error)
    logs.begin(settings)
    return settings


def with_world(settings: Config, do: Callable[[World], T]) -> T:
    """Runs something with the world of a site. Ctrl-C and TERM let it finish the remote call it is in."""
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    try:
        with connected(settings, stop) as world:
            return do(world)
    except SidecarError as error:
        fail(error)


def asked(ask: Callable[[Ledger], T], settings: Config | None = None) -> T:
    """What the ledger alone can tell."""
    try:
        with remembered(settings or config()) as ledger:
            return ask(ledger)
    except SidecarError as error:
        fail(error)


def fail(error: SidecarError) -> NoReturn:
    """The last words of a command that cannot do what it was asked for."""
    if isinstance(error, ConfigError):
        click.echo("The settings are not complete, or wrong:", err=True)
        for problem in error.problems:
            click.echo(f"  - {problem}", err=True)
        sys.exit(WRONG_USE)
    click.echo(f"Error: {error}", err=True)
    sys.exit(NOT_ALL)

"""`sidecar serve`, `worker`, `scheduler`, `up`: settings are checked here, then this process becomes another one.

What is only needed to check and to explain is gone then: what stays beside the service weighs as little as it can.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from jobs import up as parts
from jobs.beats import all_beats
from jobs.broker import Broker, broker
from sidecar import environment
from sidecar.adapters.connect import folder, remembered
from sidecar.config import FOR_SYNC, Config
from sidecar.entry import SITE, fail
from sidecar.environment import Settings
from sidecar.errors import SidecarError

NOT_WELL = 1

COUNT = click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="How many pages are worked on at once."
)


@click.command()
@SITE
def serve(site: str | None) -> None:
    """Run the web service alone.

    Webhooks, POST /sync, the status page.
    It listens on HOST and PORT. Put a web server with TLS in front of it before Notion can reach it.
    """
    free_port(settings(site=site).shared)
    become(parts.serve(site or ""))


@click.command()
@COUNT
@SITE
def worker(workers: int, site: str | None) -> None:
    """Run one or more workers alone.

    They work on pages that webhooks, the schedule or people ask for. With REDIS_URL, any number of workers on any
    number of machines share the work; each of several sites has workers of its own. Without it, this process looks at
    the ledger itself, and keeps the schedule as well.
    """
    found = settings(*FOR_SYNC, site=site)
    children = parts.all_workers(workers, [site] if site else apart(found))
    if len(children) == 1:
        become(children[0][1])
    become(parts.supervisor(parts.Service(children), None))


@click.command()
@SITE
def scheduler(site: str | None) -> None:
    """Run the schedule alone.

    It looks for pages regularly, puts right what was missed, and compares both sides daily. Needs REDIS_URL; without it
    the worker does this. Several schedulers are as good as one.
    """
    settings("redis_url", site=site)
    become(parts.scheduler(site or ""))


@click.command()
@COUNT
@SITE
def up(workers: int, site: str | None) -> None:
    """Run the service: web, workers, schedule.

    All of it on this machine; Ctrl-C ends it. Uses REDIS_URL; without it a private redis-server is started (Debian: apt
    install redis-server, or the extra notion-wordpress-sidecar[embedded]); without that, too, one worker does
    everything by itself.
    """
    found = settings(*FOR_SYNC, site=site)
    config = found.shared
    free_port(config)
    home = folder(config).resolve()
    private = None if config.redis_url else private_broker(home)
    tell(found, home, private)
    if private is not None:
        os.environ["REDIS_URL"] = private.url
    made = parts.service(config, private, workers, apart(found, private), site or "")
    become(parts.supervisor(made, home / f".sidecar-up{f'-{site}' if site and private is None else ''}.lock"))


COMMANDS = (serve, worker, scheduler, up)


def apart(settings: Settings, private: Broker | None = None) -> Sequence[str]:
    """For which sites there are to be workers of their own. Without Redis one worker has threads for each of them."""
    has_redis = settings.shared.redis_url or private is not None
    return [site.site for site in settings.sites] if has_redis and len(settings.sites) > 1 else parts.ALL


def settings(*needed: str, site: str | None = None) -> Settings:
    """The settings, with a ledger that can be opened and is up to date. Ends this process with words otherwise."""
    try:
        found = environment.whole(site=site).require(*needed)
        all_beats(found.sites)
        with remembered(found.sites[0]):
            return found
    except SidecarError as error:
        fail(error)


def free_port(config: Config) -> None:
    """Ends this process when somebody else listens where we are to: gunicorn would try for a long time."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as test:
        test.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            test.bind((config.host, config.port))
        except OSError as error:
            leave(f"{config.host} port {config.port} cannot be listened on: {error.strerror}. Set HOST or PORT.")


def private_broker(home: Path) -> Broker | None:
    try:
        return broker(home)
    except OSError as error:
        leave(f"A private Redis has no place to be: {error}. Set REDIS_URL to one that runs.")


ENDPOINTS = (
    ("button", "webhook_secret", "/webhooks/notion/automation"),
    ("events", "", "/webhooks/notion/events"),
    ("sync now", "sync_token", "/sync"),
)
"""What people copy into Notion and WordPress, and the setting without which it answers 503."""


def tell(settings: Settings, home: Path, private: Broker | None) -> None:
    """Where everything is, and what is missing to use it."""
    config = settings.shared
    base = config.public_url or f"http://{config.host}:{config.port}"
    several = len(settings.sites) > 1
    looks = "; ".join(f"{one.site} {_every(one)}" if several else _every(one) for one in settings.sites)
    lines = [("status page", f"{base}/{missing(config, 'sync_token') or '   (asks for SYNC_TOKEN)'}")]
    lines += [(name, f"POST {base}{path}{missing(config, setting)}") for name, setting, path in ENDPOINTS]
    lines += [("ledger", where(config.database_url)), ("Redis", redis_words(config, home, private)), ("looks", looks)]
    for name, words in lines:
        click.echo(f"  {name:<12} {words}")


def _every(config: Config) -> str:
    return f"every {config.sync_schedule} s" if config.sync_schedule.isdigit() else config.sync_schedule


def missing(config: Config, setting: str) -> str:
    is_set = not setting or getattr(config, setting).get_secret_value()
    return "" if is_set else f"   ({setting.upper()} is not set: answers 503)"


def redis_words(config: Config, home: Path, private: Broker | None) -> str:
    if config.redis_url:
        return where(config.redis_url)
    return f"private, in {home / '.sidecar-redis'}" if private else "none: the worker looks for itself"


def where(url: str) -> str:
    """A database's or a Redis' address without who enters it, and how."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


def become(command: Sequence[str]) -> NoReturn:
    """This process goes on as another program: same number, same signals, same terminal."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(command[0], list(command))  # noqa: S606


def leave(words: str) -> NoReturn:
    click.echo(f"Error: {words}", err=True)
    sys.exit(NOT_WELL)

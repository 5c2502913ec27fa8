"""The entry point for WSGI servers: `gunicorn -c python:webhook.gunicorn_conf`. Importing this does nothing yet."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from typing import NoReturn

from flask import Flask

from jobs.queue import waker
from sidecar import environment, logs
from sidecar.adapters.connect import ask_wordpress, folder
from sidecar.adapters.ledger import Store, ledger, open_store
from sidecar.adapters.limiter import limiter
from sidecar.config import Config
from sidecar.environment import Settings
from sidecar.errors import ConfigError, SidecarError
from webhook.app import create_app, create_sites_app
from webhook.service import Service

APP_LOAD_ERROR = 4
"""gunicorn gives up on this status instead of starting a worker again and again."""


def app(site: str | None = None) -> Flask:
    """The service of this environment, of one of its sites or of all; its ledger open and up to date."""
    found = settings(site)
    logs.begin(found.shared, *found.sites)
    try:
        sites = services(found)
        # A site of a table has its address below /sites, alone or not.
        is_first = found.sites == (found.shared,)
        return create_app(sites[0]) if is_first else create_sites_app(found.shared, sites)
    except SidecarError as error:
        leave(str(error))


def services(settings: Settings) -> Sequence[Service]:
    """What is opened here stays open for the life of the process: one ledger for all sites."""
    store = open_store(settings.shared.database_url)
    return [service(config, store) for config in settings.sites]


def service(config: Config, store: Store) -> Service:
    pace = limiter(config, folder(config))
    memory = ledger(store, config.site, config.lease_seconds)
    return Service(config, memory, waker(config), pace=pace.state, ask_wordpress=partial(ask_wordpress, config))


def settings(site: str | None = None) -> Settings:
    try:
        return environment.whole(site=site)
    except ConfigError as error:
        refuse(error)


def shared() -> Config:
    """What the service goes by, whatever its sites are."""
    try:
        return environment.load()
    except ConfigError as error:
        refuse(error)


def refuse(error: ConfigError) -> NoReturn:
    leave("\n".join(["The settings are not complete, or wrong:", *(f"  - {line}" for line in error.problems)]))


def leave(words: str) -> NoReturn:
    print(words, file=sys.stderr)
    sys.exit(APP_LOAD_ERROR)

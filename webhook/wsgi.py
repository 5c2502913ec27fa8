"""The entry point for WSGI servers: `gunicorn -c python:webhook.gunicorn_conf`. Importing this does nothing yet."""

from __future__ import annotations

import sys
from functools import partial
from typing import NoReturn

from flask import Flask

from jobs.queue import waker
from sidecar import environment, logs
from sidecar.adapters.connect import ask_wordpress, folder
from sidecar.adapters.ledger import ledger, open_store
from sidecar.adapters.limiter import limiter
from sidecar.config import Config
from sidecar.errors import ConfigError, SidecarError
from webhook.app import create_app
from webhook.service import Service

APP_LOAD_ERROR = 4
"""gunicorn gives up on this status instead of starting a worker again and again."""


def app() -> Flask:
    """The service of this environment, its ledger open and up to date."""
    config = settings()
    logs.begin(config)
    try:
        return create_app(service(config))
    except SidecarError as error:
        leave(str(error))


def service(config: Config) -> Service:
    """What is opened here stays open for the life of the process."""
    store = open_store(config.database_url)
    pace = limiter(config, folder(config))
    memory = ledger(store, config.site, config.lease_seconds)
    return Service(config, memory, waker(config), pace=pace.state, ask_wordpress=partial(ask_wordpress, config))


def settings() -> Config:
    try:
        return environment.load()
    except ConfigError as error:
        leave("\n".join(["The settings are not complete, or wrong:", *(f"  - {line}" for line in error.problems)]))


def leave(words: str) -> NoReturn:
    print(words, file=sys.stderr)
    sys.exit(APP_LOAD_ERROR)

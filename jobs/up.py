"""`sidecar up`, `sidecar serve`: which processes the service is made of, as commands. Starts none of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jobs.broker import Broker
from sidecar.config import Config

PYTHON = (sys.executable, "-P", "-m")
"""-P: a folder named jobs in the working folder is not taken for ours."""

ALL = ("",)
"""Workers that are there for all sites: enough where there is only one."""


@dataclass(frozen=True)
class Service:
    """Processes by name, in the order of their start; `broker` is the private Redis they stand on, if there is one."""

    children: Sequence[tuple[str, Sequence[str]]]
    broker: Broker | None = None


def service(config: Config, broker: Broker | None, workers: int, sites: Sequence[str] = ALL, only: str = "") -> Service:
    """Web, workers and schedule; without any Redis one worker looks for itself, and keeps the schedule.

    `sites` are those that have workers of their own; with `only` all of it is for that site.
    """
    web = [("web", serve(only))]
    if not config.redis_url and broker is None:
        return Service([*web, ("worker", worker(only))])
    private = [("redis", broker.command)] if broker is not None else []
    working = all_workers(workers, [only] if only else sites)
    return Service([*private, *web, *working, ("scheduler", scheduler(only))], broker)


def all_workers(number: int, sites: Sequence[str] = ALL) -> Sequence[tuple[str, Sequence[str]]]:
    """So many workers for each of these sites: one whose WordPress hangs holds up its own alone."""
    places = [str(place) if number > 1 else "" for place in range(1, number + 1)]
    return [(" ".join(["worker", *site.split(), *place.split()]), worker(site)) for site in sites for place in places]


def worker(site: str = "") -> Sequence[str]:
    return (*PYTHON, "jobs.worker", *site.split())


def scheduler(site: str = "") -> Sequence[str]:
    return (*PYTHON, "jobs.schedule", *site.split())


def serve(site: str = "") -> Sequence[str]:
    """gunicorn; how it serves us is in `webhook.gunicorn_conf`."""
    app = [f"webhook.wsgi:app({site!r})"] if site else []
    return (*PYTHON, "gunicorn", "--config", "python:webhook.gunicorn_conf", *app)


def supervisor(service: Service, lock: Path | None) -> Sequence[str]:
    """The command that runs all of them until it is told to stop; with a lock file, only once at a time."""
    children = [{"name": name, "command": list(command)} for name, command in service.children]
    last = 0 if service.broker is None else 1
    given = {"children": children, "last": last, "lock": str(lock) if lock else ""}
    return (*PYTHON, "jobs.supervisor", json.dumps(given))

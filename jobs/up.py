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


@dataclass(frozen=True)
class Service:
    """Processes by name, in the order of their start; `broker` is the private Redis they stand on, if there is one."""

    children: Sequence[tuple[str, Sequence[str]]]
    broker: Broker | None = None


def service(config: Config, broker: Broker | None, workers: int) -> Service:
    """Web, workers and schedule; without any Redis one worker looks for itself, and keeps the schedule."""
    web = [("web", serve())]
    if not config.redis_url and broker is None:
        return Service([*web, ("worker", worker())])
    private = [("redis", broker.command)] if broker is not None else []
    return Service([*private, *web, *all_workers(workers), ("scheduler", scheduler())], broker)


def all_workers(number: int) -> Sequence[tuple[str, Sequence[str]]]:
    return [(f"worker {place}" if number > 1 else "worker", worker()) for place in range(1, number + 1)]


def worker() -> Sequence[str]:
    return (*PYTHON, "jobs.worker")


def scheduler() -> Sequence[str]:
    return (*PYTHON, "jobs.schedule")


def serve() -> Sequence[str]:
    """gunicorn; how it serves us is in `webhook.gunicorn_conf`."""
    return (*PYTHON, "gunicorn", "--config", "python:webhook.gunicorn_conf")


def supervisor(service: Service, lock: Path | None) -> Sequence[str]:
    """The command that runs all of them until it is told to stop; with a lock file, only once at a time."""
    children = [{"name": name, "command": list(command)} for name, command in service.children]
    last = 0 if service.broker is None else 1
    given = {"children": children, "last": last, "lock": str(lock) if lock else ""}
    return (*PYTHON, "jobs.supervisor", json.dumps(given))

"""Whether a container of the sidecar does what it is there for: `python healthcheck.py web|worker|scheduler`.

Web answers by itself. Worker and scheduler leave a heartbeat in Redis, which ends by itself when they do.
Prints what is wrong and exits with status 1. Needs what the image has, and nothing of the sidecar's own code, so that
it starts in a fraction of a second.
"""

from __future__ import annotations

import os
import socket
import sys
import urllib.request
from collections.abc import Callable

import redis

SECONDS = 3.0
HEARTBEATS = ("notion-sidecar:scheduler:instance:*", "rq:cron_scheduler:*")
"""Where the two engines leave theirs."""


def web() -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{os.environ['PORT']}/healthz", timeout=SECONDS):
            return ""
    except OSError as error:
        return f"the web service does not answer: {error}"


def worker() -> str:
    """Of this container: with `--scale worker=2` each looks after its own."""
    here = socket.gethostname()
    with broker() as connection:
        names = connection.smembers("rq:workers")
        hosts = {connection.hget(name, "hostname") for name in names}
    return "" if here in hosts else f"no worker of {here} has shown a sign of life in Redis"


def scheduler() -> str:
    with broker() as connection:
        alive = any(next(connection.scan_iter(pattern), None) for pattern in HEARTBEATS)
    return "" if alive else "no scheduler has shown a sign of life in Redis"


def broker() -> redis.Redis:
    return redis.Redis.from_url(
        os.environ["REDIS_URL"], decode_responses=True, socket_timeout=SECONDS, socket_connect_timeout=SECONDS
    )


CHECKS: dict[str, Callable[[], str]] = {"web": web, "worker": worker, "scheduler": scheduler}


def main(words: list[str]) -> int:
    try:
        problem = CHECKS[words[0] if words else "web"]()
    except redis.RedisError as error:
        problem = f"Redis does not answer: {error}"
    if problem:
        print(problem)
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

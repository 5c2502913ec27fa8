"""`sidecar worker`: works on what RQ's queues hold, or, without Redis, on what the ledger holds. An entry point.

Everything that a task needs is imported here, before the first fork: a work-horse begins at once, and shares it.
"""

from __future__ import annotations

import gc
import importlib
import signal
import sys
import time
from typing import Any

import structlog
from PIL import Image
from redis import Redis, RedisError
from rq import Worker
from rq.serializers import JSONSerializer

from jobs import tasks, ticker
from jobs.process import begun, leave_with_parent, set_soon, told_to_stop
from jobs.queue import queues_of
from sidecar.adapters.notion_calls import certificates
from sidecar.config import FOR_SYNC
from sidecar.environment import Settings

log = structlog.get_logger("sidecar")

LONGEST_WAIT = 5.0
"""Seconds between looks for a Redis that went away."""

# An idle RQ worker looks after its registries only when it wakes up, and by default it sleeps for minutes.
LIMITS: dict[str, Any] = {"worker_ttl": 30, "maintenance_interval": 30}


class RqWorker(Worker):
    """RQ's worker, whose work-horse leaves in good order when it is told to."""

    max_connection_wait_time = LONGEST_WAIT

    def handle_warm_shutdown_request(self) -> None:
        """RQ would wait for the work-horse; ours ends the call that it is in, gives its page back and leaves."""
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]
        if self.horse_pid:
            self.kill_horse(signal.SIGTERM)

    def setup_work_horse_signals(self) -> None:
        stop = tasks.HORSE.get().stop
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: set_soon(stop))
        # An orphan would go on beside the worker that takes its place, until its page is taken from it.
        leave_with_parent()

    @property
    def was_told_to_stop(self) -> bool:
        return self._shutdown_requested_date is not None


def main() -> int:
    """Works for all sites, or for the one that is named."""
    return begun(run, *FOR_SYNC, site=sys.argv[1] if len(sys.argv) > 1 else None)


def run(settings: Settings) -> int:
    if not settings.shared.redis_url:
        ticker.run(settings.sites, told_to_stop())
        return 0
    tasks.HORSE.set(tasks.Horse(settings.sites))
    preload()
    while not work_until_lost(settings):
        time.sleep(1.0)
    return 0


def preload() -> None:
    """What our libraries put off until their first use: every work-horse would import and read it anew."""
    importlib.import_module("httpcore")
    certificates()
    Image.init()
    gc.collect()
    gc.freeze()  # what is imported never becomes garbage: its pages stay shared with the work-horses


def work_until_lost(settings: Settings) -> bool:
    """True when we were told to stop. False when RQ's worker gave up, as it does when Redis goes away in mid-job."""
    leave_when_told()
    queues, connection = queues_of([site.site for site in settings.sites]), Redis.from_url(settings.shared.redis_url)
    try:
        worker = RqWorker(queues, connection=connection, serializer=JSONSerializer, **LIMITS)
    except RedisError as error:
        log.warning("Redis does not answer; the worker waits for it", error=str(error))
        return False
    log.info("the worker waits for work", worker=worker.name, queues=", ".join(queues))
    try:
        worker.work(logging_level="WARNING")
    except RedisError as error:
        log.warning("the worker lost Redis", error=str(error))
    leave_when_told()
    return worker.was_told_to_stop


def leave_when_told() -> None:
    """How TERM and Ctrl-C are taken while RQ's worker, which has its own way with them, does not run."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: sys.exit(0))


if __name__ == "__main__":
    sys.exit(main())

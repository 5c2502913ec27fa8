"""`sidecar scheduler`: keeps the schedule going, whatever Redis does. An entry point: reads the environment once."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Sequence

import structlog
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from jobs.beats import all_beats
from jobs.engines import POLL_SECONDS, Engine, engine
from jobs.process import begun, told_to_stop
from sidecar.environment import Settings

log = structlog.get_logger("sidecar")

BACK_OFF = (1.0, 2.0, 5.0, 10.0)
"""Seconds to wait for Redis, longer each time."""


def main() -> int:
    return begun(run, "redis_url", site=sys.argv[1] if len(sys.argv) > 1 else None)


def run(settings: Settings) -> int:
    config, every = settings.shared, all_beats(settings.sites)
    connection = Redis.from_url(
        config.redis_url, socket_connect_timeout=2, socket_timeout=5, retry=Retry(NoBackoff(), 0)
    )
    log.info(
        "the schedule is kept",
        engine=config.scheduler,
        listing={site.site: site.sync_schedule for site in settings.sites},
    )
    keep_going(lambda: engine(config, connection, every), told_to_stop())
    return 0


def keep_going(make: Callable[[], Engine], stop: threading.Event, back_off: Sequence[float] = BACK_OFF) -> None:
    """Ticks until we are to stop. Both engines die of a Redis that goes away, so each is made anew when it is back."""
    running: Engine | None = None
    failures = 0
    while not stop.is_set():
        try:
            running = running or make()
            running.tick()
        except RedisError as error:
            log.warning("Redis does not answer; the schedule waits for it", error=str(error))
            running = None
            stop.wait(back_off[min(failures, len(back_off) - 1)])
            failures += 1
            continue
        failures = 0
        stop.wait(POLL_SECONDS - time.time() % POLL_SECONDS)
    with contextlib.suppress(RedisError):
        if running is not None:
            running.close()


if __name__ == "__main__":
    sys.exit(main())

"""Waking workers: one RQ job a page or a listing. SQL is the truth; a wake-up that is lost costs time, not pages."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

from sidecar.config import FIRST_SITE, Config
from sidecar.ledger import JobId, Waiting

HIGH, DEFAULT = "high", "default"
QUEUES = (HIGH, DEFAULT)
"""In the order in which workers look at them."""

SYNC_PAGE, LIST_PAGES = "jobs.tasks.sync_page", "jobs.tasks.list_pages"

CONNECT_SECONDS, ANSWER_SECONDS = 0.3, 0.5
"""A webhook is answered in milliseconds, whatever has become of Redis."""
LONGEST_WORK = 3600
"""Seconds after which RQ ends a job that hangs. What a page may take is watched over by its lease, not by this."""
SPAN = 5.0
"""Seconds of one time bucket: no leftover of a dead worker keeps an id taken for longer."""

# A worker that is killed between RQ's "started" and its claim of the page leaves the job's hash behind, and with it
# the id is taken for good. So `unique` only saves work; an id that has to get through carries a time or a turn.
OPTIONS = {"unique": True, "result_ttl": 0, "failure_ttl": 300, "job_timeout": LONGEST_WORK}


class Waker(Protocol):
    """Tells workers that there is something to do. Best effort: nothing here ever raises or takes long."""

    def pages(self, waiting: Sequence[Waiting], urgent: bool = False, turn: str = "") -> None:
        """Wakes a worker for each page, at its time. `urgent`: somebody pressed a button and looks.

        Wake-ups for the same state of a page are one, unless they differ in their `turn`.
        """
        ...

    def listing(self, job_id: JobId, urgent: bool = False, turn: str = "") -> None:
        """Wakes a worker for the listing of a run."""
        ...

    def depths(self) -> Mapping[str, int] | None:
        """Jobs waiting by queue; None when there is no Redis, or it does not answer."""
        ...


class Nobody:
    """Without Redis there is nobody to wake: the ticker looks for itself."""

    def pages(self, waiting: Sequence[Waiting], urgent: bool = False, turn: str = "") -> None: ...

    def listing(self, job_id: JobId, urgent: bool = False, turn: str = "") -> None: ...

    def depths(self) -> Mapping[str, int] | None:
        return None


class RqWaker:
    """Wakes the RQ workers of a site. One for all threads of a process."""

    def __init__(self, connection: Redis, now: Callable[[], float] = time.time, site: str = FIRST_SITE) -> None:
        self._now, self._site = now, site
        self._prefix = "" if site == FIRST_SITE else site
        self._queues = {name: json_queue(queue_of(site, name), connection) for name in QUEUES}

    def pages(self, waiting: Sequence[Waiting], urgent: bool = False, turn: str = "") -> None:
        for page in waiting:
            if not self._wake_page(page, urgent, turn):
                return

    def listing(self, job_id: JobId, urgent: bool = False, turn: str = "") -> None:
        queue = self._queues[HIGH if urgent else DEFAULT]
        was_told(
            lambda: queue.enqueue(
                LIST_PAGES, job_id, self._site, job_id=_id(self._prefix, "list", job_id, turn), **OPTIONS
            )
        )

    def depths(self) -> Mapping[str, int] | None:
        try:
            return {name: queue.count for name, queue in self._queues.items()}
        except RedisError:
            return None

    def _wake_page(self, page: Waiting, urgent: bool, turn: str) -> bool:
        queue = self._queues[HIGH if urgent else DEFAULT]
        # One that was put off, or lies in the slow queue, must not stand in the way of a button that was pressed now.
        name = _id(self._prefix, "sync", page.page_id, page.token, HIGH if urgent else "", turn)
        if page.not_before <= self._now():
            return was_told(lambda: queue.enqueue(SYNC_PAGE, page.page_id, self._site, job_id=name, **OPTIONS))
        # RQ cuts the time to whole seconds, and a page that is looked at too early has to wait for the next sweep.
        at = datetime.fromtimestamp(math.ceil(page.not_before + 0.2), UTC)
        name = f"{name}-at{int(page.not_before // SPAN)}"
        return was_told(lambda: queue.enqueue_at(at, SYNC_PAGE, page.page_id, self._site, job_id=name, **OPTIONS))


def waker(config: Config) -> Waker:
    """Who wakes workers here: RQ with REDIS_URL, else nobody. Does not connect yet."""
    if not config.redis_url:
        return Nobody()
    limits: dict[str, Any] = {"socket_connect_timeout": CONNECT_SECONDS, "socket_timeout": ANSWER_SECONDS}
    return RqWaker(Redis.from_url(config.redis_url, retry=Retry(NoBackoff(), 0), **limits), site=config.site)


def queue_of(site: str, name: str) -> str:
    """What one of a site's queues is called in Redis. Each site has its own: none stands behind another's pages."""
    return name if site == FIRST_SITE else f"{site}-{name}"


def queues_of(sites: Iterable[str]) -> Sequence[str]:
    """The queues of several sites, those that are urgent before all others."""
    names = list(dict.fromkeys(sites))
    return [queue_of(site, name) for name in QUEUES for site in names]


def json_queue(name: str, connection: Redis) -> Queue:
    """A queue in which nothing is ever pickled: whoever can write to Redis must not be able to run code of theirs."""
    return Queue(name, connection=connection, serializer=JSONSerializer)


def bucket(now: float) -> str:
    """The turn of those who wake again and again, such as the sweep: a new one every few seconds."""
    return f"r{int(now // SPAN)}"


def was_told(wake: Callable[[], object]) -> bool:
    """Does it. True as well when this wake-up waits already; False when Redis does not answer: the sweep makes up."""
    try:
        wake()
    except DuplicateJobError:
        return True
    except RedisError:
        return False
    return True


def _id(*parts: object) -> str:
    """An id that RQ takes: letters, digits, - and _ only."""
    return "-".join(str(part) for part in parts if part != "")

"""The two engines behind the schedule: rq-scheduler, and RQ's own cron. Both put one job a slot into a queue.

Neither does so by itself: rq-scheduler pickles and forgets its schedule with Redis, and of several RQ crons each
enqueues. So each slot of a beat is a job of its own name, whoever puts it there, and this is all that they share.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from redis import Redis
from rq.cron import CronJob, CronScheduler
from rq.exceptions import DuplicateJobError
from rq.job import Job
from rq.scheduler import RQScheduler
from rq.serializers import JSONSerializer
from rq_scheduler import Scheduler

from jobs.beats import Beat, moment
from jobs.queue import DEFAULT, HIGH, LONGEST_WORK, json_queue, queue_of, queues_of
from sidecar.config import FIRST_SITE, Config

POLL_SECONDS = 2.0
REGISTER_SECONDS = 60.0


class Engine(Protocol):
    """A schedule that runs as long as somebody calls `tick`. Whatever Redis does not do raises its RedisError."""

    def tick(self) -> None:
        """Puts what is due into the queues."""
        ...

    def close(self) -> None:
        """Says that we leave, so that another scheduler need not wait."""
        ...


def engine(config: Config, connection: Redis, beats: Sequence[Beat], now: Callable[[], float] = time.time) -> Engine:
    if config.scheduler == "rq-cron":
        return CronEngine(connection, beats, now)
    return SchedulerEngine(connection, beats, now)


def enqueue(connection: Redis, beat: Beat, slot: str) -> None:
    """The job of one slot, unless it was put there before, by us or by another scheduler."""
    queue = json_queue(queue_name(beat), connection)
    options: dict[str, Any] = {"unique": True, "job_timeout": LONGEST_WORK}
    options |= {"ttl": beat.keep, "result_ttl": beat.keep, "failure_ttl": beat.keep}
    with contextlib.suppress(DuplicateJobError):
        queue.enqueue(beat.task, slot, beat.site, job_id=f"beat-{beat.id}-{slot}", **options)


def queue_name(beat: Beat) -> str:
    return queue_of(beat.site, HIGH if beat.is_quick else DEFAULT)


def queues(beats: Sequence[Beat]) -> Sequence[str]:
    """The queues of all sites that something is periodic on; without any, those of the first."""
    return queues_of([beat.site for beat in beats] or [FIRST_SITE])


# --- rq-scheduler ----------------------------------------------------------------------------------------


class JsonJob(Job):
    """A job that is never pickled, whatever the scheduler says."""

    def __init__(self, id: str | None = None, connection: Redis | None = None, serializer: Any = None) -> None:
        super().__init__(id, connection, serializer or JSONSerializer)


class SlotScheduler(Scheduler):  # type: ignore[misc]
    """rq-scheduler with keys of its own, so that it never meets another program's schedule in the same Redis."""

    redis_scheduler_namespace_prefix = "notion-sidecar:scheduler:instance:"
    scheduler_key = "notion-sidecar:scheduler"
    scheduler_lock_key = "notion-sidecar:scheduler:lock"
    scheduled_jobs_key = "notion-sidecar:scheduler:jobs"

    def __init__(self, connection: Redis, beats: Sequence[Beat], now: Callable[[], float]) -> None:
        super().__init__(connection=connection, interval=POLL_SECONDS, job_class=JsonJob)
        self._beats = {_template(beat): beat for beat in beats}
        self._now = now

    def enqueue_job(self, job: Job) -> None:
        """A beat whose time has come: the job that is scheduled is only its template."""
        beat = self._beats.get(job.id)
        if beat is None or not is_same(job, beat):
            self.cancel(job)
            return
        at = self.connection.zscore(self.scheduled_jobs_key, job.id)
        enqueue(self.connection, beat, beat.slot(float(at or self._now()) if beat.cron else self._now()))
        self.connection.zadd(self.scheduled_jobs_key, {job.id: beat.next(self._now())})

    def get_jobs_to_queue(self, with_times: bool = False) -> Any:
        return self.get_jobs(moment(self._now()), with_times=with_times)

    def is_whole(self) -> bool:
        """False when Redis has forgotten some of the schedule, as it does when it restarts without a file."""
        return bool(self.connection.zcard(self.scheduled_jobs_key) >= len(self._beats))

    def register(self) -> None:
        """Puts every beat into the schedule that is not there, or there with other times."""
        for name, beat in self._beats.items():
            if name not in self or not self._is_known(name, beat):
                meta = {"every": beat.every, "cron": beat.cron}
                self.schedule(moment(beat.first(self._now())), beat.task, id=name, result_ttl=-1, meta=meta)

    def _is_known(self, name: str, beat: Beat) -> bool:
        return bool(Job.exists(name, self.connection)) and is_same(JsonJob.fetch(name, self.connection), beat)


class SchedulerEngine:
    """rq-scheduler. Its schedule is in Redis, where it is put again whenever it is missing."""

    def __init__(self, connection: Redis, beats: Sequence[Beat], now: Callable[[], float]) -> None:
        self._scheduler = SlotScheduler(connection, beats, now)
        self._now = now
        self._registered = 0.0
        self._scheduler.register_birth()
        self._late = LateWakes(connection, queues(beats))

    def tick(self) -> None:
        is_recent = self._registered <= self._now() < self._registered + REGISTER_SECONDS
        if not is_recent or not self._scheduler.is_whole():
            self._scheduler.register()
            self._registered = self._now()
        self._scheduler.heartbeat()
        if self._scheduler.acquire_lock():
            self._scheduler.enqueue_jobs()
            self._scheduler.remove_lock()
        self._late.tick()

    def close(self) -> None:
        self._late.close()
        self._scheduler.remove_lock()
        self._scheduler.register_death()


def _template(beat: Beat) -> str:
    return f"notion-sidecar-{beat.id}"


def is_same(job: Job, beat: Beat) -> bool:
    """True when the scheduled template means this beat as it is configured now."""
    return (job.meta.get("every"), job.meta.get("cron")) == (beat.every, beat.cron) and job.func_name == beat.task


# --- RQ's own cron ---------------------------------------------------------------------------------------


class SlotJob(CronJob):
    """A beat in RQ's cron, by the times of the beat."""

    def __init__(self, beat: Beat, now: Callable[[], float]) -> None:
        self._beat, self._now, self._due = beat, now, beat.first(now())
        super().__init__(queue_name(beat), func_name=beat.task, interval=beat.every or None, cron=beat.cron or None)

    def should_run(self) -> bool:
        return self._now() >= self._due

    def enqueue(self, connection: Redis) -> Job:
        enqueue(connection, self._beat, self._beat.slot(self._due if self.cron else self._now()))
        # Nobody reads what comes back; the stock scheduler has made the job, we may have found it made.
        return JsonJob(connection=connection)

    def set_enqueue_time(self, time: datetime) -> None:
        self._due = self._beat.next(self._now())
        super().set_enqueue_time(time)

    def get_next_enqueue_time(self) -> datetime:
        return moment(self._due)


class CronEngine:
    """RQ's cron. Its schedule is in this process; that several of them run is settled by the names of the slots."""

    def __init__(self, connection: Redis, beats: Sequence[Beat], now: Callable[[], float]) -> None:
        self._cron = CronScheduler(connection, logging_level=logging.WARNING)
        self._cron._cron_jobs.extend(SlotJob(beat, now) for beat in beats)
        self._cron.register_birth()
        self._late = LateWakes(connection, queues(beats))

    def tick(self) -> None:
        self._cron.enqueue_jobs()
        self._cron.heartbeat()
        self._late.tick()

    def close(self) -> None:
        self._late.close()
        self._cron.register_death()


# --- wake-ups that were put off --------------------------------------------------------------------------


class LateWakes:
    """RQ's scheduled jobs: pages that are to be quiet for a while. One scheduler at a time does it, by RQ's locks."""

    def __init__(self, connection: Redis, queues: Sequence[str]) -> None:
        how: dict[str, Any] = {"interval": int(POLL_SECONDS), "serializer": JSONSerializer}
        self._scheduler: Any = RQScheduler(queues, connection, logging_level=logging.WARNING, **how)

    def tick(self) -> None:
        self._scheduler.acquire_locks()
        self._scheduler.enqueue_scheduled_jobs()

    def close(self) -> None:
        self._scheduler.release_locks()

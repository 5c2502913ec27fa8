"""The schedule, with each of its two engines: one job a slot, whoever dies, restarts or forgets."""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import UTC, datetime

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from rq_scheduler import Scheduler

from jobs.beats import Beat, beats
from jobs.engines import REGISTER_SECONDS, engine
from jobs.queue import RqWaker, json_queue
from jobs.schedule import keep_going
from sidecar.blocks import PageId
from sidecar.config import Config
from sidecar.ledger import Waiting
from tests.stage.redis import RedisServer

SWEEP = Beat("sweep", "jobs.tasks.sweep", is_quick=True, every=30)
LISTING = Beat("listing", "jobs.tasks.open_listing", is_quick=True, every=300)


class Clock:
    """Runs with the real one, which RQ's cron asks as well, and can be put forward. It begins with a full hour, so that
    no slot begins in the middle of a test.
    """

    def __init__(self) -> None:
        self.ahead = -time.time() % 3600

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture(params=["rq-scheduler", "rq-cron"])
def config(request: pytest.FixtureRequest) -> Config:
    return Config(scheduler=request.param)


def enqueued(redis: Redis) -> Counter[str]:
    """The jobs that wait, by the name of their beat."""
    return Counter(job_id.split("-")[1] for name in ("high", "default") for job_id in json_queue(name, redis).job_ids)


def test_everything_is_due_when_the_service_is_new(config, redis):
    engine(config, redis, beats(Config())).tick()
    assert enqueued(redis) == {"sweep": 1, "listing": 1}


def test_two_schedulers_enqueue_each_slot_once(config, redis):
    short = Beat("sweep", "jobs.tasks.sweep", is_quick=True, every=1)
    both = [engine(config, redis, [short]) for _ in range(2)]
    started = time.time()
    while time.time() - started < 4.2:
        for one in both:
            one.tick()
        time.sleep(0.05)
    slots = [job_id.rpartition("-")[2] for job_id in json_queue("high", redis).job_ids]
    assert len(slots) == len(set(slots))
    assert 2 <= len(slots) <= 6


def test_a_cron_line_is_one_job_at_its_time_with_two_schedulers(config, redis):
    now = time.time()
    due = int(now) + 3

    class EverySecond(Beat):
        def next(self, after: float) -> float:
            return float(max(due, int(after) + 1))

    at_once = EverySecond("listing", "jobs.tasks.open_listing", is_quick=True, cron="* * * * * *")
    both = [engine(config, redis, [at_once]) for _ in range(2)]
    for one in both:
        one.tick()
    slots = []
    while time.time() < due + 2.5:
        for one in both:
            one.tick()
        time.sleep(0.05)
    slots = [int(job_id.rpartition("-")[2]) for job_id in json_queue("high", redis).job_ids]
    assert len(slots) == len(set(slots))
    assert due in slots


def test_what_it_enqueues_is_json_for_a_worker_that_takes_nothing_else(config, redis):
    engine(config, redis, [SWEEP]).tick()
    (job,) = json_queue("high", redis).jobs
    assert job.func_name == "jobs.tasks.sweep"
    assert [type(argument) for argument in job.args] == [str, str]


def test_one_scheduler_more_changes_nothing(config, redis):
    clock = Clock()
    engine(config, redis, [SWEEP, LISTING], clock).tick()
    engine(config, redis, [SWEEP, LISTING], clock).tick()
    assert enqueued(redis) == {"sweep": 1, "listing": 1}


def test_a_redis_that_forgot_everything_is_told_again(config, redis):
    clock = Clock()
    running = engine(config, redis, [SWEEP], clock)
    running.tick()
    redis.flushall()
    clock.ahead += SWEEP.every
    running.tick()
    assert enqueued(redis) == {"sweep": 1}


def test_a_job_that_was_lost_alone_is_missed_within_a_minute(config, redis):
    clock = Clock()
    running = engine(config, redis, [SWEEP, LISTING], clock)
    running.tick()
    json_queue("high", redis).empty()
    for key in redis.scan_iter("rq:job:*"):
        redis.delete(key)
    for _ in range(4):
        clock.ahead += REGISTER_SECONDS / 2
        running.tick()
    assert enqueued(redis)["sweep"] >= 1


def test_a_redis_that_restarts_is_waited_for(config):
    short = Beat("sweep", "jobs.tasks.sweep", is_quick=True, every=1)
    stop = threading.Event()
    with RedisServer() as server, Redis.from_url(server.url) as redis:
        make = lambda: engine(config, redis, [short])  # noqa: E731
        thread = threading.Thread(target=keep_going, args=(make, stop, (0.1,)))
        thread.start()
        try:
            until_enqueued(server)
            server.stop()
            time.sleep(0.5)
            server.start()
            until_enqueued(server)
        finally:
            stop.set()
            thread.join(10)
        assert not thread.is_alive()


def until_enqueued(server: RedisServer) -> None:
    until = time.monotonic() + 10
    with Redis.from_url(server.url) as redis:
        while Queue("high", connection=redis, serializer=JSONSerializer).count == 0:
            assert time.monotonic() < until, "nothing was enqueued"
            time.sleep(0.05)


def test_a_page_that_was_put_off_is_woken_at_its_time(config, redis):
    running = engine(config, redis, [])
    due = time.time() + 1.5
    RqWaker(redis).pages([Waiting(PageId("page"), 1, due)])
    while json_queue("default", redis).count == 0:
        assert time.time() < due + 20, "nothing was enqueued"
        running.tick()
        time.sleep(0.05)
    assert time.time() >= due
    assert json_queue("default", redis).count == 1


def test_a_schedule_that_was_changed_counts_from_now_on(config, redis):
    clock = Clock()
    engine(config, redis, [LISTING], clock).tick()
    json_queue("high", redis).empty()
    changed = Beat("listing", "jobs.tasks.open_listing", is_quick=True, every=1)
    running = engine(config, redis, [changed], clock)
    running.tick()
    clock.ahead += 1.1
    running.tick()
    assert enqueued(redis)["listing"] >= 1


# --- rq-scheduler alone ----------------------------------------------------------------------------------


def test_rq_scheduler_keeps_its_time_over_a_restart(redis):
    config, clock = Config(scheduler="rq-scheduler"), Clock()
    engine(config, redis, [LISTING], clock).tick()
    json_queue("high", redis).empty()
    engine(config, redis, [LISTING], clock).tick()
    assert enqueued(redis) == {}


def test_rq_scheduler_leaves_another_programs_schedule_alone(redis):
    theirs = Scheduler(connection=redis)
    theirs.enqueue_at(datetime(2020, 1, 1, tzinfo=UTC), print, "theirs", job_id="theirs")
    engine(Config(scheduler="rq-scheduler"), redis, [SWEEP]).tick()
    assert "theirs" in theirs
    assert enqueued(redis) == {"sweep": 1}


def test_rq_scheduler_drops_what_is_no_longer_periodic(redis):
    config, clock = Config(scheduler="rq-scheduler"), Clock()
    engine(config, redis, [SWEEP, Beat("old", "jobs.tasks.gone", every=1)], clock).tick()
    json_queue("high", redis).empty()
    json_queue("default", redis).empty()
    clock.ahead += 1.1
    engine(config, redis, [SWEEP], clock).tick()
    assert enqueued(redis) == {}
    assert redis.zrange("notion-sidecar:scheduler:jobs", 0, -1) == [b"notion-sidecar-sweep"]

"""Who is woken, how often, in which queue; and that a Redis that is away harms nobody."""

from __future__ import annotations

import os
import signal
import time

import pytest
from redis import Redis
from rq.registry import ScheduledJobRegistry
from rq.serializers import JSONSerializer

from jobs.queue import Nobody, RqWaker, bucket, json_queue, waker
from sidecar.blocks import PageId
from sidecar.config import Config
from sidecar.ledger import JobId, Waiting
from tests.stage.redis import RedisServer

PAGE = PageId("5cf00923-e38f-52e0-ba8b-cca163f657d3")
NOW = 1_800_000_000.0


def waiting(token: int = 1, not_before: float = 0.0) -> Waiting:
    return Waiting(PAGE, token, not_before)


@pytest.fixture
def rq(redis: Redis) -> RqWaker:
    return RqWaker(redis, lambda: NOW)


def put_off(redis: Redis) -> int:
    return ScheduledJobRegistry("default", redis, serializer=JSONSerializer).count


def test_twenty_edits_wake_one_worker(rq):
    for _ in range(20):
        rq.pages([waiting()])
    assert rq.depths() == {"high": 0, "default": 1}


def test_a_page_that_was_claimed_since_is_a_new_reason(rq):
    rq.pages([waiting(token=1)])
    rq.pages([waiting(token=2)])
    assert rq.depths() == {"high": 0, "default": 2}


def test_a_button_is_not_held_up_by_a_wake_up_in_the_slow_queue(rq):
    rq.pages([waiting()])
    rq.pages([waiting()], urgent=True)
    assert rq.depths() == {"high": 1, "default": 1}


def test_a_page_that_is_to_be_quiet_wakes_nobody_before_its_time(rq, redis):
    rq.pages([waiting(not_before=NOW + 10)])
    assert rq.depths() == {"high": 0, "default": 0}
    assert put_off(redis) == 1
    (at,) = [score for _, score in redis.zrange("rq:scheduled:default", 0, -1, withscores=True)]
    assert NOW + 10 <= at <= NOW + 12


def test_a_button_is_not_held_up_by_a_wake_up_that_was_put_off(rq):
    rq.pages([waiting(not_before=NOW + 10)])
    rq.pages([waiting()], urgent=True)
    assert rq.depths() == {"high": 1, "default": 0}


def test_an_edit_that_puts_its_page_off_further_is_woken_for_then_as_well(rq, redis):
    for seconds in (10, 11, 12, 30):
        rq.pages([waiting(not_before=NOW + seconds)])
    assert put_off(redis) == 2


def test_what_a_dead_worker_left_behind_does_not_keep_the_sweep_out(rq, redis):
    rq.pages([waiting()])
    queue = json_queue("default", redis)
    assert queue.pop_job_id() is not None, "taken by a worker that died then: RQ's hash keeps the id"
    rq.pages([waiting()])
    assert rq.depths() == {"high": 0, "default": 0}
    rq.pages([waiting()], turn=bucket(NOW))
    assert rq.depths() == {"high": 0, "default": 1}


def test_sweeps_in_the_same_moment_wake_once(rq):
    for _ in range(3):
        rq.pages([waiting()], turn=bucket(NOW))
        rq.listing(JobId(7), turn=bucket(NOW))
    assert rq.depths() == {"high": 0, "default": 2}


def test_nothing_is_pickled(rq, redis):
    rq.listing(JobId(7), urgent=True)
    (job,) = json_queue("high", redis).jobs
    assert (job.func_name, job.args) == ("jobs.tasks.list_pages", [7, "main"])
    assert job.data.startswith(b"[")


def test_a_redis_that_went_away_costs_nothing_but_time():
    with RedisServer() as server:
        gone = waker(Config(redis_url=server.url))
        gone.pages([waiting()])
        server.stop()
        started = time.monotonic()
        gone.pages([waiting()] * 500, urgent=True)
        gone.listing(JobId(1))
        assert gone.depths() is None
        assert time.monotonic() - started < 10
        server.start()
        gone.pages([waiting()])
        assert gone.depths() == {"high": 0, "default": 1}


def test_a_redis_that_hangs_holds_nobody_up():
    with RedisServer() as server:
        hanging = waker(Config(redis_url=server.url))
        hanging.pages([waiting()])
        with Redis.from_url(server.url) as connection:
            pid = connection.info()["process_id"]
        os.kill(pid, signal.SIGSTOP)
        try:
            started = time.monotonic()
            hanging.pages([waiting(2)] * 500)
            assert time.monotonic() - started < 10
        finally:
            os.kill(pid, signal.SIGCONT)


def test_without_redis_nobody_is_woken():
    nobody = waker(Config())
    assert isinstance(nobody, Nobody)
    nobody.pages([waiting()])
    nobody.listing(JobId(1))
    assert nobody.depths() is None

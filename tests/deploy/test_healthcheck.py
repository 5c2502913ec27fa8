"""deploy/healthcheck.py, as the containers run it: healthy with the real thing, and not without."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis
from rq import Worker

from jobs.beats import beats
from jobs.engines import engine
from sidecar.config import Config
from tests.deploy.upstream import upstream
from tests.stage.ports import free_port
from tests.stage.redis import RedisServer

SCRIPT = Path(__file__).parents[2] / "deploy/healthcheck.py"


def check(role, **settings):
    done = subprocess.run(
        [sys.executable, str(SCRIPT), role], env={**os.environ, **settings}, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.strip()


@pytest.fixture(scope="module")
def server():
    with RedisServer() as server:
        yield server


@pytest.fixture
def connection(server):
    with redis.Redis.from_url(server.url) as connection:
        connection.flushall()
        yield connection


def test_a_web_service_that_answers_is_healthy():
    with upstream() as web:
        assert check("web", PORT=web.url.rsplit(":", 1)[1]) == (0, "")
        assert web.reached == ["GET /healthz"]


def test_a_web_service_that_does_not_is_not():
    code, words = check("web", PORT=str(free_port()))
    assert (code, "does not answer" in words) == (1, True)


def test_a_worker_is_healthy_while_it_is_registered(connection, server):
    assert check("worker", REDIS_URL=server.url)[0] == 1
    worker = Worker(["default"], connection=connection)
    worker.register_birth()
    assert check("worker", REDIS_URL=server.url) == (0, "")
    worker.register_death()
    connection.delete(worker.key)
    code, words = check("worker", REDIS_URL=server.url)
    assert (code, "no worker" in words) == (1, True)


def test_another_containers_worker_does_not_count(connection, server):
    worker = Worker(["default"], connection=connection)
    worker.hostname = "another"
    worker.register_birth()
    assert check("worker", REDIS_URL=server.url)[0] == 1


@pytest.mark.parametrize("kind", ["rq-scheduler", "rq-cron"])
def test_a_scheduler_is_healthy_while_its_heart_beats(connection, server, kind):
    assert check("scheduler", REDIS_URL=server.url)[0] == 1
    config = Config.parse({"SCHEDULER": kind, "REDIS_URL": server.url})
    running = engine(config, connection, beats(config), time.time)
    running.tick()
    assert check("scheduler", REDIS_URL=server.url) == (0, "")
    lives = [connection.ttl(key) for key in connection.scan_iter("*scheduler*:*") if b":lock" not in key]
    assert any(0 < life < 600 for life in lives), "the heartbeat has to end by itself"
    running.close()


def test_without_redis_nobody_is_healthy():
    code, words = check("scheduler", REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    assert (code, words.startswith("Redis does not answer")) == (1, True)

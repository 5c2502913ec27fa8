"""A Redis, and a desk to try steps at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from tests.jobs.desk import Desk, desk
from tests.stage.notion import NotionStandIn
from tests.stage.redis import RedisServer


@pytest.fixture(scope="session")
def running_redis() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture
def redis(running_redis: RedisServer) -> Iterator[Redis]:
    """An empty Redis."""
    with Redis.from_url(running_redis.url) as connection:
        connection.flushall()
        yield connection


@pytest.fixture
def at_desk(notion: NotionStandIn, tmp_path: Path) -> Iterator[Desk]:
    with desk(notion, tmp_path) as it:
        yield it

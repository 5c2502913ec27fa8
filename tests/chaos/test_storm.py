"""A short storm on real processes and a real WordPress. `make chaos N=200` is the long one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.storm import Storm, weather
from tests.stage.notion import NotionStandIn
from tests.stage.proxy import FaultProxy
from tests.stage.redis import RedisServer
from tests.stage.wordpress import WordPress

KILLS = 10
SEED = 11
LIVES = {"lifetime": (2, 80), "longest_life": 15.0}
"""Calls, and seconds: shorter lives than those of the long storm. Four pages are done sooner than its twelve."""


@pytest.fixture
def storm(notion: NotionStandIn, wordpress: WordPress, url: str, tmp_path: Path) -> Iterator[Storm]:
    with FaultProxy(wordpress.url) as proxy, RedisServer() as redis:
        settings = weather(notion, proxy, wordpress, url, redis.url)
        yield Storm(notion, wordpress, proxy, settings, folder=tmp_path, seed=SEED, pages=4, **LIVES)


@pytest.mark.parametrize("url", ["SQLite", "PostgreSQL"], indirect=True)
def test_a_short_storm_does_no_damage(storm: Storm) -> None:
    damage = storm.rage(KILLS)
    figures = f"{storm.figures()}\n{damage.words()}\nLogs: {storm.folder}"
    where = f" DATABASE={storm.settings['DATABASE_URL'].partition(':')[0]}"
    again = f"Repeat it with: make chaos N={KILLS} SEED={storm.seed}{where}"
    print(figures, again, sep="\n")
    assert not damage, f"{figures}\n{again}"
    assert storm.counted["pressed"], figures

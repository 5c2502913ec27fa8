"""When things are due: seconds, cron lines in local time, and names of slots that everybody agrees on."""

from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from jobs import tasks, ticker
from jobs.beats import Beat, beats
from sidecar.config import Config
from sidecar.errors import ConfigError

LISBON = ZoneInfo("Europe/Lisbon")


@pytest.fixture
def in_lisbon(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Lisbon")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def at(text: str, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=LISBON, fold=fold).timestamp()


@pytest.mark.parametrize(
    ("text", "every", "cron"),
    [
        pytest.param("300", 300, "", id="seconds"),
        pytest.param("7.5", 8, "", id="a part of a second counts as a whole one"),
        pytest.param("*/10 8-18 * * 1-5", 0, "*/10 8-18 * * 1-5", id="a cron line"),
    ],
)
def test_the_schedule_is_seconds_or_a_cron_line(text, every, cron):
    listing = beats(Config(sync_schedule=text))[0]
    assert (listing.every, listing.cron) == (every, cron)


@pytest.mark.parametrize("text", ["0", "4", "-300", "nan", "soon", "61 * * * *", "* * * *", "* * * * * *"])
def test_a_schedule_that_is_neither_is_named(text):
    with pytest.raises(ConfigError, match="SYNC_SCHEDULE"):
        beats(Config(sync_schedule=text))


def test_seconds_are_due_at_once_and_then_when_each_slot_begins():
    beat = Beat("listing", "", every=300)
    assert beat.first(1000.0) == 1000.0
    assert [beat.next(moment) for moment in (1000.0, 1200.0, 1499.9)] == [1200.0, 1500.0, 1500.0]


def test_a_cron_line_means_the_time_on_the_wall(in_lisbon):
    beat = Beat("listing", "", cron="30 8 * * *")
    assert beat.first(at("2026-01-10 08:30:00")) == at("2026-01-11 08:30:00")
    assert beat.next(at("2026-07-10 08:29:59")) == at("2026-07-10 08:30:00")


def test_an_hour_that_the_clock_repeats_is_due_once(in_lisbon):
    beat = Beat("listing", "", cron="30 1 * * *")
    first = beat.next(at("2026-10-24 12:00:00"))
    assert first == at("2026-10-25 01:30:00", fold=0)
    assert beat.next(first) == at("2026-10-26 01:30:00")
    assert beat.next(at("2026-10-25 01:10:00", fold=1)) == at("2026-10-26 01:30:00")


def test_everybody_has_the_same_names_for_the_slots():
    beat = Beat("sweep", "", every=30)
    assert {beat.slot(moment) for moment in (60.0, 75.3, 89.9)} == {"2"}
    assert beat.slot(90.0) == "3"


def test_every_beat_has_its_task_and_its_work_without_redis():
    every = beats(Config())
    assert all(hasattr(tasks, beat.task.removeprefix("jobs.tasks.")) for beat in every)
    assert {beat.name for beat in every} == set(ticker.WORK)

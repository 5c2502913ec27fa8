"""What RQ runs: strings and numbers in, the ledger as the truth, and no more wake-ups than there is room for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from redis import Redis
from structlog.testing import capture_logs

from jobs import tasks
from jobs.queue import json_queue, waker
from sidecar.adapters.connect import remembered
from sidecar.blocks import PageId
from sidecar.config import Config
from sidecar.ledger import Ledger, Trigger
from sidecar.model import Intent
from tests.stage.redis import RedisServer

FAR_ENDS = {
    "NOTION_TOKEN": "ntn_nobody",
    "NOTION_DATA_SOURCE_ID": "5cf00923e38f52e0ba8bcca163f657d3",
    "NOTION_BASE_URL": "http://127.0.0.1:9",
    "WP_URL": "http://127.0.0.1:9",
    "WP_USERNAME": "editor",
    "WP_APP_PASSWORD": "nobody",
}


@pytest.fixture
def config(running_redis: RedisServer, redis: Redis, tmp_path: Path) -> Iterator[Config]:
    """A service whose far ends are all away."""
    there = {"REDIS_URL": running_redis.url, "DATABASE_URL": f"sqlite:///{tmp_path}/ledger.db"}
    config = Config.parse({**FAR_ENDS, **there})
    token = tasks.HORSE.set(tasks.Horse((config,)))
    yield config
    tasks.HORSE.reset(token)


@pytest.fixture
def ledger(config: Config) -> Iterator[Ledger]:
    with remembered(config) as it:
        yield it


def want(ledger: Ledger, pages: int) -> None:
    for _ in range(pages):
        ledger.pages.accept(Trigger(PageId(str(uuid4())), Intent.ASKED, "test", uuid4().hex), run="manual")


def test_the_sweep_adds_no_more_than_there_is_room_for(config, ledger):
    want(ledger, tasks.ROOM + 50)
    for _ in range(3):
        tasks.sweep("1")
        assert waker(config).depths() == {"high": 0, "default": tasks.ROOM}


def test_the_sweep_of_an_idle_service_wakes_nobody(config, ledger):
    tasks.sweep("1")
    assert waker(config).depths() == {"high": 0, "default": 0}


def test_the_sweep_wakes_for_a_listing_that_nobody_does(config, ledger, redis):
    job_id = ledger.pages.accept_listing("manual", "1", "manual").job_id
    tasks.sweep("1")
    assert [job.args for job in json_queue("default", redis).jobs] == [[job_id, "main"]]


def test_a_slot_of_the_schedule_becomes_a_run_and_wakes_for_it_once(config, ledger, redis):
    for _ in range(3):
        tasks.open_listing("slot 1")
    (job_id,) = ledger.jobs.listings()
    assert [job.args for job in json_queue("default", redis).jobs] == [[job_id, "main"]]


def test_a_far_end_that_is_away_is_said_in_words_and_fails_no_rq_job(config, ledger):
    with capture_logs() as lines:
        tasks.compare("1")
    assert [line["log_level"] for line in lines] == ["error"]
    assert "cannot be reached" in lines[0]["error"]


def test_a_page_that_cannot_be_reached_is_deferred_in_the_ledger(config, ledger):
    page = PageId(str(uuid4()))
    job_id = ledger.pages.accept(Trigger(page, Intent.ASKED, "test", "1"), run="manual").job_id
    tasks.sync_page(page)
    (outcome,) = ledger.jobs.job(job_id).outcomes
    assert outcome.status == "Deferred"
    assert ledger.jobs.job(job_id).status == "Running"


def test_a_plain_rq_worker_reads_the_settings_of_its_environment(config, ledger, monkeypatch):
    for name, value in {**FAR_ENDS, "REDIS_URL": config.redis_url, "DATABASE_URL": config.database_url}.items():
        monkeypatch.setenv(name, value)
    token = tasks.HORSE.set(None)  # type: ignore[arg-type]
    try:
        tasks.open_listing("slot 1")
    finally:
        tasks.HORSE.reset(token)
    assert len(ledger.jobs.listings()) == 1


@pytest.mark.parametrize(
    "task",
    [
        lambda: tasks.sync_page(str(uuid4())),
        lambda: tasks.list_pages(1),
        lambda: tasks.open_listing("1"),
        lambda: tasks.sweep("1"),
        lambda: tasks.compare("1"),
    ],
    ids=["a page", "a listing", "a slot", "the sweep", "the comparison"],
)
def test_a_ledger_that_cannot_be_opened_is_said_in_words_and_fails_no_rq_job(config, tmp_path, task):
    (tmp_path / "folder.db").mkdir()
    broken = config.model_copy(update={"database_url": f"sqlite:///{tmp_path}/folder.db"})
    token = tasks.HORSE.set(tasks.Horse((broken,)))
    try:
        with capture_logs() as lines:
            task()
    finally:
        tasks.HORSE.reset(token)
    assert "cannot be opened" in lines[-1]["error"]

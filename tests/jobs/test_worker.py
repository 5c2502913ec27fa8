"""Workers as processes: told to leave, killed, side by side, and with a Redis that comes and goes."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from redis import Redis

from jobs.queue import waker
from sidecar.adapters.connect import remembered
from sidecar.blocks import PageId
from sidecar.config import Config
from sidecar.ledger import JobId, Ledger, Trigger
from sidecar.model import Intent
from tests.stage.notion import build as b
from tests.stage.redis import RedisServer
from tests.stage.service import Processes, family, until
from tests.stories.magazine import Magazine

TIMES = 60.0
"""Seconds in which a page is done on a busy machine, the start of a worker included."""


class Office:
    """A magazine with workers, and somebody who presses buttons."""

    def __init__(self, magazine: Magazine, processes: Processes, config: Config, ledger: Ledger) -> None:
        self.magazine, self.processes, self.config, self.ledger = magazine, processes, config, ledger

    def page(self, title: str) -> PageId:
        return PageId(self.magazine.notion.add_page(title, [b.paragraph("Text")], status="Draft"))

    def press(self, page: PageId) -> JobId:
        accepted = self.ledger.pages.accept(Trigger(page, Intent.ASKED, "test", uuid4().hex), run="button")
        assert accepted.waiting is not None
        assert accepted.job_id is not None
        waker(self.config).pages([accepted.waiting], urgent=True)
        return accepted.job_id

    def is_done(self, *pages: PageId) -> bool:
        return all(self.magazine.notion.status(page) == "Done" for page in pages)

    def is_held(self, page: PageId) -> bool:
        return any(one.page_id == page for one in self.ledger.insight.working())

    def slow(self) -> None:
        """The next read of a page's blocks takes so long that things can happen meanwhile."""
        self.magazine.notion.faults.add("children", "slow", seconds=5.0)


@pytest.fixture
def office(magazine: Magazine, running_redis: RedisServer, redis: Redis, tmp_path: Path) -> Iterator[Office]:
    settings = {**magazine.settings, "REDIS_URL": running_redis.url, "LEASE_SECONDS": "6"}
    config = Config.parse(settings)
    with Processes(tmp_path, settings) as processes, remembered(config) as ledger:
        yield Office(magazine, processes, config, ledger)


def test_workers_share_the_pages_and_each_becomes_one_post(office):
    pages = [office.page(f"Page {number}") for number in range(6)]
    for name in ("one", "two"):
        office.processes.start(name, "worker")
    for name in ("one", "two"):
        until(lambda name=name: "waits for work" in office.processes.log(name), TIMES, f"worker {name} is there")
    jobs = {office.press(page) for page in pages}
    until(lambda: office.is_done(*pages), TIMES, "all pages are done")
    assert len(office.magazine.posts()) == len(pages)
    until(lambda: {office.ledger.jobs.job(job).status for job in jobs} == {"Completed"}, TIMES, "the run ends")
    assert all("create: Success" in office.processes.log(name) for name in ("one", "two"))


def test_a_worker_that_is_told_to_leave_ends_its_call_and_gives_its_page_to_the_next(office):
    page = office.page("Low water")
    office.slow()
    job = office.press(page)
    office.processes.start("one", "worker")
    until(lambda: office.is_held(page), TIMES, "the worker has the page")
    assert office.processes.end("one") < 20
    assert not office.is_held(page)
    assert [one.page_id for one in office.ledger.pages.due()] == [page]
    office.processes.start("two", "worker")
    until(lambda: office.is_done(page), TIMES, "the next worker does it, without waiting for a sweep")
    assert len(office.magazine.posts()) == 1
    until(lambda: office.ledger.jobs.job(job).status == "Completed", TIMES, "the run ends")


def test_the_work_horse_of_a_worker_that_is_killed_leaves_as_well(office):
    page = office.page("Low water")
    office.slow()
    office.press(page)
    worker = office.processes.start("one", "worker")
    until(lambda: office.is_held(page), TIMES, "the worker has the page")
    (_, horse) = family(worker.pid)
    office.processes.end("one", signal.SIGKILL)
    until(lambda: not Path(f"/proc/{horse}").exists(), TIMES, "the work-horse leaves")
    assert not office.is_done(page)
    assert [one.page_id for one in office.ledger.pages.due()] == [page]


def test_a_work_horse_that_is_killed_leaves_its_page_to_the_next_sweep(office):
    page = office.page("Low water")
    office.slow()
    job = office.press(page)
    worker = office.processes.start("one", "worker")
    until(lambda: office.is_held(page), TIMES, "the worker has the page")
    os.kill(family(worker.pid)[1], signal.SIGKILL)
    until(lambda: office.ledger.pages.due(), TIMES, "its lease runs out")
    office.processes.start("schedule", "scheduler", SYNC_SCHEDULE="3600")
    until(lambda: office.is_done(page), TIMES, "the sweep finds it")
    assert len(office.magazine.posts()) == 1
    until(lambda: office.ledger.jobs.job(job).status == "Completed", TIMES, "the run ends")


def test_a_redis_that_restarts_under_a_worker_is_found_again(magazine, tmp_path):
    with RedisServer() as server:
        settings = {**magazine.settings, "REDIS_URL": server.url}
        config = Config.parse(settings)
        with Processes(tmp_path, settings) as processes, remembered(config) as ledger:
            office = Office(magazine, processes, config, ledger)
            worker = processes.start("one", "worker")
            first, second = office.page("First"), office.page("Second")
            office.slow()
            office.press(first)
            until(lambda: office.is_held(first), TIMES, "the worker has the page")
            server.restart(signal.SIGKILL)
            until(lambda: office.is_done(first), TIMES, "the page is done all the same")
            office.press(second)
            until(lambda: office.is_done(second), TIMES, "the worker is woken again")
            assert worker.poll() is None


@pytest.mark.parametrize("when", ["from the start", "later"])
def test_a_worker_that_waits_for_redis_leaves_when_it_is_told_to(office, when):
    with RedisServer() as server:
        if when == "from the start":
            server.stop()
        office.processes.start("one", "worker", REDIS_URL=server.url)
        if when == "later":
            until(lambda: "waits for work" in office.processes.log("one"), TIMES, "it begins")
            server.stop()
        until(lambda: "Redis" in office.processes.log("one"), TIMES, "it notices")
        assert office.processes.end("one") < 20


def test_missing_settings_end_a_worker_at_once_and_are_named(tmp_path):
    with Processes(tmp_path, {"NOTION_TOKEN": "x"}) as processes:
        assert processes.start("one", "worker").wait(TIMES) == 2
        assert "WP_URL is not set" in processes.log("one")

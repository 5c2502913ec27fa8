"""The service, told as stories: gunicorn, workers, a schedule and Redis as processes, a real WordPress, a Notion.

Nothing here looks inside: what counts is what a writer sees in Notion, and a reader in WordPress.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.stage.notion import NotionStandIn
from tests.stage.notion import build as b
from tests.stage.proxy import FaultProxy
from tests.stage.redis import RedisServer
from tests.stage.service import Processes, family, until
from tests.stage.wordpress import WordPress
from tests.stories.magazine import Magazine

SECRET, SYNC_TOKEN, EVENTS_TOKEN = "button-secret", "sync-token-of-the-story", "secret_of_the_subscription"
SOON = 30.0
"""Seconds in which a page that nothing holds up is done, on a busy machine."""
LEASE = "10"
SWEPT = 90.0
"""The same for one that has to wait for a lease of 10 s and the sweep, every 30 s. What it takes when nothing is set is
proven by the clock of `tests/jobs/test_stepping.py`."""


class Newsroom(Magazine):
    """A magazine whose sync is a service beside it."""

    service: Processes

    def page(self, title: str, text: str = "Text", status: str = "Draft") -> str:
        return self.notion.add_page(title, [b.paragraph(text)], status=status)

    def listen(self) -> None:
        """From now on Notion tells the service of every change."""
        self.notion.subscribe(f"{self.service.url}/webhooks/notion/events", EVENTS_TOKEN)

    def press(self, page: str) -> int:
        url = f"{self.service.url}/webhooks/notion/automation"
        return self.notion.press_button(page, url, SECRET).status

    def post_of(self, page: str) -> dict[str, Any] | None:
        posts = self.posts(marker=page)
        assert len(posts) <= 1, "a page is one post"
        return posts[0] if posts else None

    def has(self, page: str, text: str, status: str = "publish") -> bool:
        post = self.post_of(page)
        return post is not None and text in post["content"] and post["status"] == status

    def is_done(self, page: str) -> bool:
        return self.notion.status(page) == "Done"

    def published(self, title: str) -> str:
        """A page that somebody published by the button."""
        page = self.page(title)
        assert self.press(page) == 202
        until(lambda: self.is_done(page), SOON, f"{title} is published")
        return page


@pytest.fixture(scope="module")
def broker() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture(scope="module")
def newsroom(
    running_wordpress: WordPress, broker: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Newsroom]:
    """A service of one web process, two workers and a schedule, to which Notion tells every change."""
    running_wordpress.reset()
    folder = tmp_path_factory.mktemp("service")
    with NotionStandIn() as notion, FaultProxy(running_wordpress.url) as proxy:
        settings = settings_of(notion, proxy, running_wordpress, folder)
        settings |= {"REDIS_URL": broker.url, "ON_EDIT": "update", "LEASE_SECONDS": LEASE}
        newsroom = Newsroom(notion, running_wordpress, proxy, settings)
        with Processes(folder, settings) as newsroom.service:
            newsroom.service.start("web", "serve")
            for name in ("worker 1", "worker 2"):
                newsroom.service.start(name, "worker")
            newsroom.service.start("scheduler", "scheduler")
            until(newsroom.service.is_up, SOON, "the service is up")
            newsroom.listen()
            yield newsroom


def settings_of(notion: NotionStandIn, proxy: FaultProxy, wordpress: WordPress, folder: Path) -> dict[str, str]:
    editor = wordpress.users["editor"]
    return {
        "NOTION_TOKEN": notion.token,
        "NOTION_DATA_SOURCE_ID": notion.data_source_id,
        "NOTION_BASE_URL": notion.url,
        "NOTION_VERIFICATION_TOKEN": EVENTS_TOKEN,
        "WP_URL": proxy.url,
        "WP_USERNAME": editor.login,
        "WP_APP_PASSWORD": editor.application_password,
        "WP_POST_STATUS": "publish",
        "WEBHOOK_SECRET": SECRET,
        "SYNC_TOKEN": SYNC_TOKEN,
        "DATABASE_URL": f"sqlite:///{folder}/ledger.db",
        "MEDIA_ALLOWED_PRIVATE_HOSTS": notion.url.removeprefix("http://"),
        "DEBOUNCE_SECONDS": "1",
        "SYNC_SCHEDULE": "3600",
    }


def test_a_button_becomes_a_post(newsroom):
    page = newsroom.published("Pressed")
    assert newsroom.has(page, "Text")
    link = newsroom.notion.said(page, "WordPress URL")
    assert requests.get(link, timeout=20).status_code == 200


def test_an_edit_is_written_to_the_same_post(newsroom):
    page = newsroom.published("Edited")
    before = newsroom.post_of(page)
    newsroom.notion.replace_blocks(page, [b.paragraph("Another text")])
    until(lambda: newsroom.has(page, "Another text"), SOON, "the edit arrives")
    assert newsroom.post_of(page)["id"] == before["id"]


def test_a_page_that_goes_to_the_trash_takes_its_post_back_and_brings_it_back_when_it_is_restored(newsroom):
    page = newsroom.published("Trashed")
    newsroom.notion.trash(page)
    until(lambda: newsroom.has(page, "Text", "draft"), SOON, "the post is taken back")
    newsroom.notion.restore(page)
    until(lambda: newsroom.has(page, "Text", "publish"), SOON, "the post is back")


def test_sync_now_publishes_all_that_ask_for_it(newsroom):
    pages = [newsroom.page(f"Asking {number}", status="Adding") for number in range(4)]
    answer = requests.post(
        f"{newsroom.service.url}/sync", headers={"Authorization": f"Bearer {SYNC_TOKEN}"}, json={}, timeout=10
    )
    assert answer.status_code == 202
    until(lambda: all(newsroom.is_done(page) for page in pages), 2 * SOON, "all pages are published")
    status = lambda: requests.get(  # noqa: E731
        answer.json()["status_url"],
        headers={"Authorization": f"Bearer {SYNC_TOKEN}", "Accept": "application/json"},
        timeout=10,
    ).json()
    until(lambda: status()["status"] == "Completed", SOON, "the run ends")
    ends = {page["title"]: page["status"] for page in status()["pages"]}
    # The listing finds others, too, that were edited last by our own Done: there is nothing to do with these.
    assert [ends.pop(f"Asking {number}") for number in range(4)] == ["Success"] * 4
    assert "Failed" not in ends.values()
    assert all(newsroom.has(page, "Text") for page in pages)


def test_our_own_writes_to_a_page_are_no_edit_of_it(newsroom):
    newsroom.notion.unsubscribe()
    page = newsroom.page("Nobody edits it")
    newsroom.listen()
    assert newsroom.press(page) == 202
    until(lambda: newsroom.is_done(page), SOON, "it is published")
    until(lambda: told_of(newsroom, page), SOON, "Notion tells of what we wrote to it")
    newsroom.notion.settle()
    # Asked by a listing or read a second time it may be looked at all the same; that is no event's doing.
    assert 202 not in told_of(newsroom, page), "202 says that a page is wanted"
    newsroom.notion.replace_blocks(page, [b.paragraph("Somebody does")])
    newsroom.notion.settle()
    assert 202 in told_of(newsroom, page)


def told_of(newsroom: Newsroom, page: str) -> list[int]:
    """What the events about a page were answered with."""
    events = [sent for sent in newsroom.notion.deliveries if sent.kind.startswith("page.")]
    return [sent.status for sent in events if sent.body["entity"]["id"] == page]


def test_nothing_is_lost_when_redis_and_a_worker_die_in_mid_work(newsroom, broker):
    """A worker is killed with its page in hand, Redis is killed with all it knew, and a button is pressed meanwhile."""
    in_hand, meanwhile = newsroom.page("In hand"), newsroom.page("Meanwhile")
    slow = newsroom.notion.faults.add("children", "slow", seconds=15.0)
    assert newsroom.press(in_hand) == 202
    until(lambda: not slow.times, SOON, "a worker reads the page")
    name, horse = in_hand_of(newsroom)
    newsroom.service.end(name, signal.SIGKILL)
    os.kill(horse, signal.SIGKILL)
    broker.stop(signal.SIGKILL)
    assert newsroom.press(meanwhile) == 202, "Notion pauses a button whose webhook fails"
    broker.start()
    until(lambda: newsroom.is_done(in_hand) and newsroom.is_done(meanwhile), SWEPT, "both pages are published")
    assert newsroom.has(in_hand, "Text")
    assert newsroom.has(meanwhile, "Text")
    newsroom.service.start(name, "worker")


def in_hand_of(newsroom: Newsroom) -> tuple[str, int]:
    """The name of the worker that has a work-horse, and the work-horse."""
    for name, process in newsroom.service.running.items():
        horses = family(process.pid)[1:]
        if name.startswith("worker") and horses:
            return name, horses[0]
    raise AssertionError("no worker is at work")


# --- one command -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("redis", ["a private Redis", "no Redis at all"])
def test_one_command_runs_all_of_it_and_leaves_nothing_behind(redis, magazine, tmp_path):
    settings = settings_of(magazine.notion, magazine.proxy, magazine.wordpress, tmp_path)
    newsroom = Newsroom(magazine.notion, magazine.wordpress, magazine.proxy, settings)
    path = {} if redis == "a private Redis" else {"PATH": str(tmp_path)}
    with Processes(tmp_path, settings) as newsroom.service:
        up = newsroom.service.start("up", "up", **path)
        until(newsroom.service.is_up, SOON, "the service is up")
        newsroom.listen()
        page = newsroom.published("Pressed")
        # With the default setting an edit of a page that is Done is left until somebody asks for it.
        newsroom.notion.replace_blocks(page, [b.paragraph("Another text")])
        newsroom.notion.settle()
        another = newsroom.published("Another one, so that some time goes by")
        assert newsroom.has(page, "Text")
        assert newsroom.has(another, "Text")
        processes = family(up.pid)
        assert newsroom.service.end("up") < 20
        until(lambda: not [pid for pid in processes if Path(f"/proc/{pid}").exists()], 10, "none of them is left")
        assert ("private" if redis == "a private Redis" else "none") in newsroom.service.log("up")

"""Writers who type: many signed events for a few pages within a minute, and how many syncs that makes."""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from sidecar.adapters.ledger import ledger, open_store
from tests.stage.notion import NotionStandIn
from tests.stage.notion import build as b
from tests.stage.proxy import FaultProxy
from tests.stage.service import Processes, until
from tests.stage.wordpress import WordPress
from tests.stories.magazine import Magazine

EVENTS, PAGES = 500, 25
WITHIN = 50.0
"""Seconds over which the edits are spread."""
TOKEN, SECRET = "secret_of_the_subscription", "the-secret-of-the-button"


def main() -> None:
    with (
        WordPress("newest") as wordpress,
        NotionStandIn() as notion,
        FaultProxy(wordpress.url) as proxy,
        tempfile.TemporaryDirectory() as folder,
    ):
        wordpress.reset()
        magazine = Magazine(notion, wordpress, proxy, _settings(notion, proxy, wordpress, folder))
        with Processes(Path(folder), magazine.settings) as service:
            service.start("up", "up", "--workers", "2")
            until(service.is_up, 60, "the service is up")
            _measure(magazine, service)


def _measure(magazine: Magazine, service: Processes) -> None:
    notion, pages = magazine.notion, _published(magazine, service)
    notion.forget()
    edits = magazine.proxy.count("wp.editPost")
    notion.subscribe(f"{service.url}/webhooks/notion/events", TOKEN)
    started, last = time.monotonic(), _edited(notion, pages)
    notion.settle()
    told = [delivery for delivery in notion.deliveries if delivery.kind == "page.content_updated"]
    took = time.monotonic() - started
    until(lambda: _arrived(magazine, last), 180, "every post says what its page says")
    later = time.monotonic() - started - took
    settings = magazine.settings
    until(lambda: _is_idle(settings), 180, "nothing is left to do, second readings included")
    written = magazine.proxy.count("wp.editPost") - edits
    read = sum(call.method == "GET" and call.path.endswith("/children") for call in notion.calls)
    accepted = Counter(delivery.status for delivery in told)
    print(f"{len(told)} signed events for {PAGES} pages within {took:.0f} s, answered {dict(accepted)}:")
    print(
        f"  {written} updates of posts, {written / PAGES:.1f} for each page; {len(told) / written:.0f} events for one"
    )
    print(f"  {read} readings of pages, with the second ones that make sure of the minute's last edit")
    print(f"  the last post was up to date {later:.1f} s after the last event (DEBOUNCE_SECONDS is 10)")


def _published(magazine: Magazine, service: Processes) -> list[str]:
    notion = magazine.notion
    pages = [notion.add_page(f"Page {number}", [b.paragraph("Text")], status="Draft") for number in range(PAGES)]
    for page in pages:
        notion.press_button(page, f"{service.url}/webhooks/notion/automation", SECRET)
    until(lambda: {notion.status(page) for page in pages} == {"Done"}, 180, "all pages are published")
    return pages


def _edited(notion: NotionStandIn, pages: list[str]) -> dict[str, str]:
    """Edits all pages as often, in no order. What each says in the end."""
    turns = random.Random(1).sample(pages * (EVENTS // PAGES), EVENTS)
    started, last = time.monotonic(), {}
    for number, page in enumerate(turns):
        last[page] = f"Edit number {number}."
        notion.replace_blocks(page, [b.paragraph(last[page])])
        time.sleep(max(0.0, started + WITHIN * (number + 1) / EVENTS - time.monotonic()))
    return last


def _arrived(magazine: Magazine, last: dict[str, str]) -> bool:
    said = {post["marker"]: post["content"] for post in magazine.posts()}
    return all(text in said.get(page, "") for page, text in last.items())


def _is_idle(settings: dict[str, str]) -> bool:
    store = open_store(settings["DATABASE_URL"])
    try:
        backlog = ledger(store, "main").insight.backlog()
        return backlog.waiting + backlog.working == 0
    finally:
        store.close()


def _settings(notion: NotionStandIn, proxy: FaultProxy, wordpress: WordPress, folder: str) -> dict[str, str]:
    editor = wordpress.users["editor"]
    return {
        "NOTION_TOKEN": notion.token,
        "NOTION_DATA_SOURCE_ID": notion.data_source_id,
        "NOTION_BASE_URL": notion.url,
        "NOTION_VERIFICATION_TOKEN": TOKEN,
        "WP_URL": proxy.url,
        "WP_USERNAME": editor.login,
        "WP_APP_PASSWORD": editor.application_password,
        "WP_POST_STATUS": "publish",
        "WEBHOOK_SECRET": SECRET,
        "DATABASE_URL": f"sqlite:///{folder}/ledger.db",
        "SYNC_SCHEDULE": "3600",
        "ON_EDIT": "update",
    }

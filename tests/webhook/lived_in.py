"""A ledger that has seen two weeks of an editorial office, written through the ledger's own roles.

Every kind of thing that the status page shows is in it once at least; times count back from `now`.
"""

from __future__ import annotations

import dataclasses
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

from sidecar.adapters.ledger import Store, ledger, open_store
from sidecar.blocks import PageId
from sidecar.config import Config
from sidecar.ledger import Claim, JobId, Ledger, Trigger, Waiting
from sidecar.model import BlockWarning, Intent, Media, MediaId, Metrics, PostId
from tests.make import outcome, record
from webhook.service import Service

TOKEN = "a-long-random-text-of-the-operator"
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0

TITLES = (
    "Spring at the market hall",
    "How we print the winter issue",
    "Letters to the editor: November",
    "Ein Gespräch über Brot",
    "Night trains, a love story",
    "What the river remembers",
    "Тихие письма",
    "The small museum of keys",
)


def page_id(name: str) -> PageId:
    return PageId(str(uuid5(UUID(int=7), name)))


@dataclass
class Clock:
    now: float

    def __call__(self) -> float:
        return self.now


@dataclass
class Woken:
    """A waker that remembers whom it was asked to wake."""

    listings: list[tuple[JobId, bool]] = field(default_factory=list)
    waiting: list[tuple[Waiting, bool]] = field(default_factory=list)
    queues: Mapping[str, int] | None = None

    def pages(self, waiting: Sequence[Waiting], urgent: bool = False) -> None:
        self.waiting += [(one, urgent) for one in waiting]

    def listing(self, job_id: JobId, urgent: bool = False) -> None:
        self.listings.append((job_id, urgent))

    def depths(self) -> Mapping[str, int] | None:
        return self.queues


@dataclass(frozen=True)
class Pace:
    used: int = 41
    limit: int = 180
    held: float = 0.0


class Office:
    """One site's ledger with a clock that can be set, and the web service over it."""

    def __init__(self, store: Store, now: float, site: str = "main", **settings: Any) -> None:
        self.clock = Clock(now)
        self.ledger: Ledger = ledger(store, site, lease_seconds=120, now=self.clock)
        self.woken = Woken()
        values = {"wp_url": "https://blog.example", "sync_token": TOKEN, "site": site, **settings}
        config = Config.model_validate(values)
        self.service = Service(config, self.ledger, self.woken, self.clock, lambda: Pace())

    def with_pace(self, pace: Pace) -> Service:
        return dataclasses.replace(self.service, pace=lambda: pace)

    # --- what happens to pages ---------------------------------------------------------------------------

    def want(self, title: str, kind: str = "button", intent: Intent = Intent.ASKED, **more: Any) -> JobId:
        accepted = self.ledger.pages.accept(Trigger(page_id(title), intent, kind, uuid4().hex, **more), run=kind)
        assert accepted.job_id is not None
        return accepted.job_id

    def claim(self, title: str) -> Claim:
        claim = self.ledger.pages.claim(page_id(title), "worker 1")
        assert claim is not None
        return claim

    def begin(self, title: str, job_id: JobId, files: int = 0, stored: int = 0) -> None:
        """A worker has looked at the page and stored some of its files."""
        item = self.ledger.jobs.begin_item(job_id, page_id(title), title, notion_url(title))
        rows = [self.ledger.assets.begin(page_id(title), f"b{number}", f"{title}/{number}") for number in range(files)]
        for number, row in enumerate(rows[:stored]):
            self.ledger.assets.uploaded(row, f"{number:064}", Media(MediaId(f"{number}"), "u"), 10, item)

    def end(self, title: str, job_id: JobId, status: str = "Success", action: str = "create", **more: Any) -> None:
        values = {"title": title, "page_url": notion_url(title), "page_id": page_id(title)}
        if status == "Success":
            values |= {"post_id": PostId("7"), "post_url": post_url(title)}
        item = self.ledger.jobs.begin_item(job_id, page_id(title), title, notion_url(title))
        self.ledger.jobs.finish_item(item, outcome(status, action, **{**values, **more}), 1)

    def publish(self, title: str, kind: str = "button", seconds: float = 4.0, **more: Any) -> JobId:
        job_id = self.want(title, kind)
        claim = self.claim(title)
        self.clock.now += seconds
        self.ledger.records.put(claim, record(page_id=page_id(title), link=post_url(title)), title)
        self.ledger.pages.complete(claim)
        self.end(title, job_id, **more)
        self.ledger.jobs.add(job_id, Metrics(seconds, 9, 0, 7, 3, 2_400_000))
        self.ledger.jobs.settle(job_id)
        return job_id

    def give_up(self, title: str, error: str, **more: Any) -> JobId:
        job_id = self.want(title)
        claim = self.claim(title)
        self.clock.now += 2
        self.end(title, job_id, "Failed", error=error, **more)
        self.ledger.pages.fail(claim, error, None)
        self.ledger.jobs.settle(job_id)
        return job_id

    def conflict(self, title: str, error: str) -> JobId:
        job_id = self.want(title)
        claim = self.claim(title)
        self.clock.now += 1.2
        self.ledger.records.put(claim, record(page_id=page_id(title), link=post_url(title), conflicted=True), title)
        self.ledger.pages.complete(claim)
        self.end(title, job_id, "Conflict", "conflict", error=error, post_url=post_url(title))
        self.ledger.jobs.settle(job_id)
        return job_id

    def defer(self, title: str, error: str, delay: float) -> JobId:
        job_id = self.want(title)
        claim = self.claim(title)
        self.end(title, job_id, "Deferred", error=error)
        self.ledger.pages.fail(claim, error, delay)
        return job_id

    def look(self, kind: str = "schedule", error: str | None = None) -> JobId:
        """A run that finds nothing, or that could not begin."""
        job_id = self.ledger.jobs.open(kind, listing=True)
        self.clock.now += 1
        self.ledger.jobs.listed(job_id, error)
        self.ledger.jobs.settle(job_id)
        return job_id


def notion_url(title: str) -> str:
    return f"https://app.notion.com/p/{page_id(title).replace('-', '')}"


def post_url(title: str) -> str:
    return f"https://blog.example/{page_id(title)[:8]}/"


def two_weeks(office: Office) -> None:
    """Some pages each day, a few that did not work, and a busy minute at the end."""
    end = office.clock.now
    for day in range(13, 0, -1):
        office.clock.now = end - day * DAY
        for number in range((day * 5) % 7):
            office.publish(
                TITLES[(day + number) % len(TITLES)], "event" if number % 3 else "button", 2 + (day * 7) % 11
            )
        if day in (4, 9):
            office.give_up(f"A page that failed {day} days ago", "The picture is too large.")
            office.publish(f"A page that failed {day} days ago")
    office.clock.now = end - 3 * HOUR
    office.conflict(
        "The small museum of keys",
        "The post was edited in WordPress since it was last synced (the title, the text); it was not overwritten. "
        "Copy that change into this page, then set the status to Adding again: the Notion side is taken then, and "
        "WordPress keeps its version as a revision.",
    )
    office.clock.now = end - 50 * MINUTE
    notes = (
        BlockWarning("b1", "embed", "The embed from miro.com is shown as a link."),
        BlockWarning("b2", "unsupported", "A block of a kind that Notion does not hand out was left out."),
        BlockWarning("b3", "unsupported", "A block of a kind that Notion does not hand out was left out."),
    )
    office.publish("What the river remembers", "manual", 12, warnings=notes)
    office.clock.now = end - 20 * MINUTE
    office.give_up(
        "A picture of everything, in forty megapixels",
        "A picture is 61.2 MB, more than the 50 MB that are taken over. Make it smaller, or raise MEDIA_MAX_BYTES.",
    )
    office.clock.now = end - 4 * MINUTE
    office.publish("Тихие письма", "event", 3, action="update")
    office.look()
    office.clock.now = end - 20
    now = office.want("Spring at the market hall", "event", Intent.EDITED)
    office.want("How we print the winter issue", "event", Intent.EDITED)
    office.claim("Spring at the market hall")
    office.begin("Spring at the market hall", now, files=7, stored=3)
    office.claim("How we print the winter issue")
    office.begin("How we print the winter issue", now)
    office.clock.now = end - 15
    office.defer("Night trains, a love story", "https://blog.example is busy: it answered 503 while making a post.", 90)
    office.want("Letters to the editor: December", "event", Intent.EDITED, quiet=20)
    office.clock.now = end


@dataclass(frozen=True)
class Fortnight:
    """A ledger that `two_weeks` filled, and the time at which it ends; it is filled once and copied for each test."""

    path: Path
    now: float

    def moved_into(self, folder: Path) -> Store:
        shutil.copy(self.path, folder / "ledger.db")
        return open_store(f"sqlite:///{folder}/ledger.db")


def fortnight(folder: Path) -> Fortnight:
    path, now = folder / "fortnight.db", time.time()
    store = open_store(f"sqlite:///{path}")
    two_weeks(Office(store, now))
    store.close()
    return Fortnight(path, now)

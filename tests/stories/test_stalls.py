"""A process stalls before one of its calls, longer than its lease; the page is edited, another process takes over and
finishes; then the first one wakes up. Every call of a page's way is such a moment, one after the other.

Nothing waits here: the stalled call itself puts the clock forward and lets the other process run.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sidecar import comparing, orchestrator
from sidecar.blocks import PageId
from sidecar.ledger import Claim
from sidecar.model import Record, Report
from sidecar.orchestrator import Request
from sidecar.ports import World
from tests.jobs.desk import Desk, desk
from tests.stage.notion import NotionStandIn, art
from tests.stage.notion import build as b
from tests.stories.spoiling import one_certificate

__all__ = ["one_certificate"]

AT_ONCE = 4
LONG = 1000.0
"""Seconds that are longer than a lease, and than every pause."""
OLD, NEW = "as it was", "as it is now"
WITHOUT_END = {"pages.due", "pages.left", "pages.renew", "source.calls", "source.throttled", "blog.calls"}
"""Calls that are made as often as time goes by, or that ask nobody."""


# --- stalling --------------------------------------------------------------------------------------------


@dataclass
class Moment:
    """The calls of one process, in order, and the one before which it stalls."""

    at: str = ""
    meanwhile: Callable[[], object] = lambda: None
    calls: list[str] = field(default_factory=list)
    is_over: bool = False
    _seen: Counter[str] = field(default_factory=Counter)

    def before(self, name: str) -> None:
        if name in WITHOUT_END or self.is_over:
            return
        self._seen[name] += 1
        call = f"{name} #{self._seen[name]}"
        self.calls.append(call)
        if call == self.at:
            self.is_over = True
            self.meanwhile()


class Watched:
    """A role of which every call passes a moment first."""

    def __init__(self, name: str, role: Any, moment: Moment) -> None:
        self._name, self._role, self._moment = name, role, moment

    def __getattr__(self, method: str) -> Any:
        real = getattr(self._role, method)

        def call(*args: Any, **more: Any) -> Any:
            self._moment.before(f"{self._name}.{method}")
            return real(*args, **more)

        return call


def watched(world: World, moment: Moment) -> World:
    """The same world, for the process that is going to stall."""
    roles = {name: Watched(name, getattr(world, name), moment) for name in ("source", "blog", "web")}
    kept = {
        name: Watched(name, getattr(world.ledger, name), moment) for name in ("pages", "records", "assets", "leases")
    }
    ledger: Any = dataclasses.replace(world.ledger, **kept)  # type: ignore[arg-type]
    return dataclasses.replace(world, ledger=ledger, **roles)  # type: ignore[arg-type]


class Unfenced:
    """The roles `Pages` and `Records` without their fence: whoever took a page once may go on with it."""

    def __init__(self, world: World) -> None:
        self._pages, self._records = world.ledger.pages, world.ledger.records
        self._newest: dict[PageId, Claim] = {}

    def world(self, world: World) -> World:
        ledger: Any = dataclasses.replace(world.ledger, pages=self, records=self)  # type: ignore[arg-type]
        return dataclasses.replace(world, ledger=ledger)

    def claim(self, page_id: PageId, owner: str) -> Claim | None:
        claim = self._pages.claim(page_id, owner)
        self._newest |= {page_id: claim} if claim else {}
        return claim

    def guard(self, claim: Claim, phase: Any = None, create_floor: int | None = None) -> None:
        """Always passes."""

    def put(self, claim: Claim, record: Record, *more: Any) -> None:
        self._records.put(self._newest[claim.page_id], record, *more)

    def complete(self, claim: Claim, reread_after: float | None = None) -> bool:
        return self._pages.complete(self._newest[claim.page_id], reread_after)

    def __getattr__(self, method: str) -> Any:
        return getattr(self._pages, method, None) or getattr(self._records, method)


# --- the story -------------------------------------------------------------------------------------------


@dataclass
class Scene:
    """One page with a picture, and two processes that could publish it."""

    desk: Desk
    page: str
    reports: list[Report] = field(default_factory=list)

    def sync(self, world: World) -> None:
        self.reports.append(orchestrator.sync(world, Request()))

    def edit(self, words: str) -> None:
        """A writer changes the text and asks for the page again.

        The text alone: a change of the title is seen in the answer to *Done*.
        """
        views = [b.paragraph(words), b.image("view.jpg")]
        self.desk.notion.edit(self.page, blocks=views)
        self.desk.notion.set_status(self.page, "Adding")

    def stalled(self, at: str, fence: bool = True) -> Moment:
        """A process that stalls, and all that happens until everything is at rest again."""
        world, other = self.desk.world, self.desk.another()
        if not fence:
            unfenced = Unfenced(world)
            world, other = unfenced.world(world), unfenced.world(other)

        def meanwhile() -> None:
            self.desk.clock.advance(LONG)
            self.edit(NEW)
            self.sync(other)

        moment = Moment(at, meanwhile)
        self.sync(watched(world, moment))
        for _ in range(2):
            self.desk.clock.advance(LONG)
            self.sync(other)
        return moment

    # --- what became of it -------------------------------------------------------------------------------

    def statuses(self) -> list[str]:
        return sorted(row.status for row in self.desk.blog.posts.values())

    def problems(self) -> Iterator[str]:
        """What is not as it has to be after a page was published, edited and published again."""
        record = self.desk.world.ledger.records.get(PageId(self.page))
        public = [row for row in self.desk.blog.posts.values() if row.status == "publish"]
        if len(public) != 1:
            yield f"{len(public)} public posts"
            return
        if NEW not in public[0].texts["post_content"]:
            yield "the post is stale"
        if record is None or record.post_id != str(public[0].id):
            yield "another post is remembered"
        if len(self.desk.blog.media) != 1:
            yield f"{len(self.desk.blog.media)} pictures in the library"
        if self.desk.notion.status(self.page) != "Done":
            yield f"the page says {self.desk.notion.status(self.page)}"
        yield from {
            f"{outcome.action} ended {outcome.status}: {outcome.error}"
            for report in self.reports
            for outcome in report.outcomes
            if outcome.status in ("Conflict", "Failed")
        }


@contextmanager
def scene(is_published: bool) -> Iterator[Scene]:
    """A page that asks for publication: for the first time, or again after an edit."""
    with (
        NotionStandIn() as notion,
        tempfile.TemporaryDirectory() as folder,
        desk(notion, Path(folder), WP_POST_STATUS="publish", NOTION_RATE_PER_MINUTE="6000") as at_desk,
    ):
        world = dataclasses.replace(at_desk.world, sleep=at_desk.clock.advance, patience=(2.0, 6.0))
        at_desk.world = world
        notion.add_file("view.jpg", art.jpeg(art.landscape(1, (60, 40))))
        page = notion.add_page("The page", [b.paragraph("before")], status="Adding" if is_published else "Draft")
        made = Scene(at_desk, page)
        if is_published:
            made.sync(world)
            at_desk.clock.advance(LONG)
        made.edit(OLD)
        yield made


def moments(is_published: bool) -> Sequence[str]:
    """Every call of a run that nobody disturbs."""
    with scene(is_published) as quiet:
        return quiet.stalled("none").calls


def last_guarded(calls: Sequence[str], write: str) -> Sequence[str]:
    """A write, and the guard that stands right before it."""
    place = calls.index(write)
    assert calls[place - 1].startswith("pages.guard ")
    return calls[place - 1], write


@dataclass(frozen=True)
class End:
    """What was left in the end."""

    posts: Sequence[str]
    problems: Sequence[str]


def tried(is_published: bool, names: Sequence[str], fence: bool = True) -> Mapping[str, End]:
    """How it ends for each moment to stall at."""

    def at(moment: str) -> End:
        with scene(is_published) as made:
            assert made.stalled(moment, fence).is_over, f"there was no {moment}"
            return End(made.statuses(), list(made.problems()))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(names, pool.map(at, names), strict=True))


# --- with the fence --------------------------------------------------------------------------------------


def test_a_process_that_stalls_while_it_publishes_does_no_harm() -> None:
    found = tried(is_published=False, names=moments(is_published=False))
    assert {moment: end.problems for moment, end in found.items() if end.problems} == {}
    # Between its guard and its arrival a create cannot be fenced: then one draft is left, and only then.
    assert {moment for moment, end in found.items() if end.posts != ["publish"]} == {"blog.create #1"}
    assert found["blog.create #1"].posts == ["draft", "publish"]


def test_a_process_that_stalls_while_it_updates_does_no_harm() -> None:
    found = tried(is_published=True, names=moments(is_published=True))
    assert {moment: end for moment, end in found.items() if end.problems or end.posts != ["publish"]} == {}


def test_the_draft_that_a_late_create_leaves_is_put_away_by_the_next_comparison() -> None:
    with scene(is_published=False) as made:
        made.stalled("blog.create #1")
        made.desk.clock.advance(comparing.SETTLED.total_seconds() + 60)
        comparing.compare(made.desk.world, "the next day")
        assert made.statuses() == ["publish", "trash"]
        assert list(made.problems()) == []


# --- without it ------------------------------------------------------------------------------------------


def test_without_the_fence_a_create_that_stalls_makes_two_public_posts() -> None:
    found = tried(False, last_guarded(moments(is_published=False), "blog.create #1"), fence=False)
    assert {moment: end.posts for moment, end in found.items()} == {moment: ["publish", "publish"] for moment in found}


def test_without_the_fence_an_update_that_stalls_leaves_an_old_text_in_place() -> None:
    found = tried(True, last_guarded(moments(is_published=True), "blog.update #1"), fence=False)
    assert {moment: end.problems for moment, end in found.items()} == {
        moment: ["the post is stale"] for moment in found
    }

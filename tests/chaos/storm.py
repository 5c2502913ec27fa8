"""A storm over a magazine: runs and workers that are killed at random, editors who go on, a network that lies."""

from __future__ import annotations

import contextlib
import dataclasses
import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sidecar import comparing, orchestrator, stepping
from sidecar.adapters.connect import connected
from sidecar.config import Config
from sidecar.orchestrator import Request
from sidecar.ports import World
from tests.chaos.crowd import LIFETIME, LONGEST_LIFE, Crowd
from tests.stage.notion import NotionStandIn
from tests.stage.notion import build as b
from tests.stage.notion.art import encoded, tiles
from tests.stage.proxy import FaultProxy
from tests.stage.service import Processes
from tests.stage.wordpress import WordPress
from tests.stories.magazine import Magazine

SPOILED = ("lost reply", "reset", "truncated", "answer")
EDIT_EACH_CALL, EDIT_ANYHOW, FAULT_EACH_CALL = 0.05, 0.005, 0.06
WRITES = ("wp.newPost", "wp.editPost", "wp.uploadFile")
CALLS = (*WRITES, "wp.getPosts")
LEASE = "5"
SECRET = "a secret of the storm"
CALM_RUNS = 12
LATER = 60.0
"""Seconds that pass between two runs after the storm, by their clock: leases run out, what is to be tried or read again
comes due."""
MEDIA = re.compile(r"wp-image-(\d+)")


@dataclass(frozen=True)
class Damage:
    """What must not be: page ids, post ids and media ids, each with a reason to be there."""

    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any((self.lost, self.doubled, self.stale, self.orphans, self.unsettled))

    def words(self) -> str:
        kinds = {
            "lost": self.lost,
            "doubled": self.doubled,
            "stale": self.stale,
            "orphans": self.orphans,
            "without an end": self.unsettled,
        }
        return "\n".join(f"  {len(found)} {kind} {' '.join(found)}".rstrip() for kind, found in kinds.items())


@dataclass
class Storm(Magazine):
    """`rage` is the whole of it. The seed decides who is edited, when a process dies and which call goes wrong."""

    folder: Path = Path()
    seed: int = 0
    pages: int = 12
    lifetime: tuple[int, int] = LIFETIME
    longest_life: float = LONGEST_LIFE
    counted: Counter[str] = field(default_factory=Counter)
    says: dict[str, str] = field(default_factory=dict)
    shows: dict[str, str] = field(default_factory=dict)

    def rage(self, kills: int) -> Damage:
        dice, began = random.Random(self.seed), time.monotonic()
        with Processes(self.folder, self.settings) as processes:
            self.button = f"{processes.url}/webhooks/notion/automation"
            crowd = Crowd(processes, dice, self._calls, self.lifetime, self.longest_life, self.counted)
            crowd.begin()
            for number in range(self.pages):
                self._edit(self.notion.add_page(f"Page {number}", [b.paragraph("Nothing yet")], status="Draft"), dice)
            while crowd.killed() < kills or self._writes() < 3 * self.pages:
                before = crowd.calls()
                crowd.look()
                time.sleep(0.05)
                self._disturb(dice, crowd.calls() - before)
            crowd.leave()
        self.proxy.heal()
        self.counted["writes"] = self._writes()
        self.counted["seconds"] = round(time.monotonic() - began)
        return self._damage()

    def _disturb(self, dice: random.Random, calls: int) -> None:
        """What editors and the network do meanwhile, by how much is going on: a slow machine has no worse weather."""
        chances = [dice.random() for _ in range(calls)]
        for _ in range(sum(chance < EDIT_EACH_CALL for chance in chances) + (dice.random() < EDIT_ANYHOW)):
            self._edit(dice.choice(list(self.says)), dice)
        for _ in range(sum(chance > 1 - FAULT_EACH_CALL for chance in chances)):
            self._spoil(dice)

    def _writes(self) -> int:
        return sum(self.proxy.count(name) for name in WRITES)

    def figures(self) -> str:
        n = self.counted
        horses = n["horses killed"]
        return (
            f"  {self.pages} pages, {n['edits']} edits ({n['pressed']} by button), {n['seconds']} s\n"
            f"  killed: {n['syncs killed']} runs, {n['workers killed']} workers, {horses} work-horses alone\n"
            f"  {n['ended']} runs ended by themselves, {n['writes']} writes meanwhile\n"
            f"  {n['spoiled']} calls told to go wrong, {n['calm runs']} runs after the storm"
        )

    def _calls(self) -> int:
        """To both far ends so far."""
        return len(self.notion.calls) + len(self.proxy.passed)

    def _edit(self, page: str, dice: random.Random) -> None:
        """Another text and now and then another picture; then the writer asks for it, in one way or the other."""
        self.counted["edits"] += 1
        text = f"Edit number {self.counted['edits']}."
        if page not in self.shows or dice.random() < 0.3:
            self.shows[page] = f"picture-{self.counted['edits']}.png"
            self.notion.add_file(self.shows[page], encoded(tiles(self.counted["edits"], (300, 200)), "PNG"))
        self.notion.replace_blocks(page, [b.paragraph(text), b.image(self.shows[page])])
        if dice.random() < 0.5:
            self.notion.set_status(page, "Adding")
        else:
            self._press(page)
        self.says[page] = text

    def _press(self, page: str) -> None:
        answer = self.notion.press_button(page, self.button, SECRET)
        assert answer.status in (200, 202), f"the press of a button was answered with {answer.status}"
        self.counted["pressed"] += 1

    def _spoil(self, dice: random.Random) -> None:
        self.counted["spoiled"] += 1
        self.proxy.spoil(
            f"^{re.escape(dice.choice(CALLS))}$", dice.choice(SPOILED), status=502, body=b"<html>Bad gateway"
        )

    # --- what came of it ---------------------------------------------------------------------------------

    def _damage(self) -> Damage:
        ahead = self._calm()
        with self._later(ahead) as world:
            known = {str(upload.media.id) for upload in world.ledger.assets.uploads()}
            unsettled = world.ledger.jobs.unsettled()
        posts: dict[str, list[dict[str, Any]]] = {}
        for post in self.posts():
            posts.setdefault(post["marker"], []).append(post)
        of = {page: [post for post in posts.get(page, []) if post["status"] != "trash"] for page in self.says}
        used = {number for of_page in of.values() for post in of_page for number in MEDIA.findall(post["content"])}
        return Damage(
            lost=tuple(page for page, found in of.items() if not found),
            doubled=tuple(page for page, found in of.items() if len(found) > 1),
            stale=tuple(
                page for page, text in self.says.items() if not any(text in post["content"] for post in of[page])
            ),
            orphans=tuple(f"post {post['id']}" for marker in posts.keys() - self.says.keys() for post in posts[marker])
            + tuple(f"media {item['id']}" for item in self.library() if str(item["id"]) not in used | known),
            unsettled=tuple(f"run {job_id}" for job_id in unsettled),
        )

    def _calm(self) -> float:
        """Runs until no page waits for anything, a second reading neither; then a comparison, and a sweep that ends the
        runs of processes that died.

        How many seconds the clock of the last run was ahead.
        """
        for number in range(1, CALM_RUNS + 1):
            self.counted["calm runs"] += 1
            with self._later(number * LATER) as world:
                orchestrator.sync(world, Request())
                backlog = world.ledger.insight.backlog()
            statuses = {page: self.notion.status(page) for page in self.says}
            if backlog.waiting + backlog.working == 0 and set(statuses.values()) == {"Done"}:
                break
            for page in (page for page, status in statuses.items() if status == "Error"):
                self.notion.set_status(page, "Adding")
        ahead = number * LATER + stepping.SURELY_OVER
        with self._later(ahead) as world:
            comparing.compare(world, "the day after the storm")
            for job_id in stepping.sweep(world).listings:
                stepping.list_pages(world, job_id)
        return ahead

    @contextlib.contextmanager
    def _later(self, seconds: float) -> Iterator[World]:
        """The world as it is to a process that comes so much later."""
        # Beside a ledger that is no file, the pace of the calls is kept in the working folder.
        with (
            contextlib.chdir(self.folder),
            connected(Config.parse(self.settings), now=lambda: time.time() + seconds) as world,
        ):
            yield dataclasses.replace(world, patience=(0.05, 0.1), look_again=(0.05, 0.1, 0.3))


def weather(
    notion: NotionStandIn, proxy: FaultProxy, wordpress: WordPress, database: str, redis: str
) -> dict[str, str]:
    """The settings of a storm: a short lease, so that a page whose run was killed is soon free again."""
    editor = wordpress.users["editor"]
    return {
        "NOTION_TOKEN": notion.token,
        "NOTION_DATA_SOURCE_ID": notion.data_source_id,
        "NOTION_BASE_URL": notion.url,
        "NOTION_RATE_PER_MINUTE": "6000",
        "WP_URL": proxy.url,
        "WP_USERNAME": editor.login,
        "WP_APP_PASSWORD": editor.application_password,
        "WEBHOOK_SECRET": SECRET,
        "REDIS_URL": redis,
        "DATABASE_URL": database,
        "LEASE_SECONDS": LEASE,
        "MEDIA_ALLOWED_PRIVATE_HOSTS": notion.url.removeprefix("http://"),
    }

"""A storm over a magazine: two runs at once that are killed at random, editors who go on, a network that lies."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.stage.notion import NotionStandIn
from tests.stage.notion import build as b
from tests.stage.notion.art import encoded, tiles
from tests.stage.proxy import FaultProxy
from tests.stage.service import OURS
from tests.stage.wordpress import WordPress
from tests.stories.magazine import Magazine

PAGES, RUNS_AT_ONCE = 12, 2
LIFETIME = (1.0, 10.0)
"""Seconds after which a run is killed: from before its first call to the middle of a page."""
SPOILED = ("lost reply", "reset", "truncated", "answer")
WRITES = ("wp.newPost", "wp.editPost", "wp.uploadFile")
CALLS = (*WRITES, "wp.getPosts")
CALM_SECONDS = 240.0
"""Two leases, the runs, and the second reading of each page, a minute after its last edit."""
LEASE = "5"
MEDIA = re.compile(r"wp-image-(\d+)")


@dataclass(frozen=True)
class Damage:
    """What must not be: page ids, post ids and media ids, each with a reason to be there."""

    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any((self.lost, self.doubled, self.stale, self.orphans))

    def words(self) -> str:
        kinds = {"lost": self.lost, "doubled": self.doubled, "stale": self.stale, "orphans": self.orphans}
        return "\n".join(f"  {len(found)} {kind} {' '.join(found)}".rstrip() for kind, found in kinds.items())


@dataclass
class Storm(Magazine):
    """`rage` is the whole of it. The seed decides who is edited, when a run dies and which call goes wrong."""

    folder: Path = Path()
    seed: int = 0
    counted: Counter[str] = field(default_factory=Counter)
    says: dict[str, str] = field(default_factory=dict)
    shows: dict[str, str] = field(default_factory=dict)

    def rage(self, kills: int) -> Damage:
        dice = random.Random(self.seed)
        for number in range(PAGES):
            self._edit(self.notion.add_page(f"Page {number}", [b.paragraph("Nothing yet")]), dice)
        running: dict[subprocess.Popen[bytes], float] = {}
        try:
            while self.counted["killed"] < kills:
                while len(running) < RUNS_AT_ONCE:
                    running[self._run()] = time.monotonic() + dice.uniform(*LIFETIME)
                self._reap(running)
                if dice.random() < 0.04:
                    self._edit(dice.choice(list(self.says)), dice)
                if dice.random() < 0.02:
                    self._spoil(dice)
                time.sleep(0.05)
        finally:
            for process in running:
                _kill(process)
        self.proxy.heal()
        self.counted["writes"] = sum(self.proxy.count(name) for name in WRITES)
        return self._damage()

    def figures(self) -> str:
        return (
            f"  {PAGES} pages, {self.counted['edits']} edits, {self.counted['killed']} runs killed,"
            f" {self.counted['ended']} ended by themselves, {self.counted['writes']} writes meanwhile,"
            f" {self.counted['spoiled']} calls told to go wrong,"
            f" {self.counted['calm runs']} runs after the storm"
        )

    def _run(self) -> subprocess.Popen[bytes]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        with (self.folder / "sync.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "sidecar", "sync", "--json"],
                cwd=self.folder,
                env={**clean, **self.settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _reap(self, running: dict[subprocess.Popen[bytes], float]) -> None:
        for process, end in list(running.items()):
            if process.poll() is not None:
                self.counted["ended"] += 1
                del running[process]
            elif time.monotonic() > end:
                _kill(process)
                self.counted["killed"] += 1
                del running[process]

    def _edit(self, page: str, dice: random.Random) -> None:
        """Another text and now and then another picture; then the writer asks for it."""
        self.counted["edits"] += 1
        text = f"Edit number {self.counted['edits']}."
        if page not in self.shows or dice.random() < 0.3:
            self.shows[page] = f"picture-{self.counted['edits']}.png"
            self.notion.add_file(self.shows[page], encoded(tiles(self.counted["edits"], (300, 200)), "PNG"))
        self.notion.replace_blocks(page, [b.paragraph(text), b.image(self.shows[page])])
        self.notion.set_status(page, "Adding")
        self.says[page] = text

    def _spoil(self, dice: random.Random) -> None:
        self.counted["spoiled"] += 1
        self.proxy.spoil(
            f"^{re.escape(dice.choice(CALLS))}$", dice.choice(SPOILED), status=502, body=b"<html>Bad gateway"
        )

    # --- what came of it ---------------------------------------------------------------------------------

    def _damage(self) -> Damage:
        time.sleep(float(LEASE))
        self._calm()
        with self.world() as world:
            known = {str(upload.media.id) for upload in world.ledger.assets.uploads()}
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
        )

    def _calm(self) -> None:
        """Runs until no page waits for anything, a second reading neither, as the schedule would."""
        end = time.monotonic() + CALM_SECONDS
        while time.monotonic() < end:
            self.counted["calm runs"] += 1
            self.sync()
            for page in self.says:
                if self.notion.status(page) == "Error":
                    self.notion.set_status(page, "Adding")
            with self.world() as world:
                backlog = world.ledger.insight.backlog()
            if backlog.waiting + backlog.working == 0 and {self.notion.status(page) for page in self.says} == {"Done"}:
                return
            time.sleep(2)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def weather(notion: NotionStandIn, proxy: FaultProxy, wordpress: WordPress, database: str) -> dict[str, str]:
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
        "DATABASE_URL": database,
        "LEASE_SECONDS": LEASE,
        "MEDIA_ALLOWED_PRIVATE_HOSTS": notion.url.removeprefix("http://"),
    }

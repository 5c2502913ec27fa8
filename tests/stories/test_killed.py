"""A run is killed between a deed in WordPress and the moment when it would have remembered it; or time after time."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from sidecar import comparing, orphans, removing, stepping
from sidecar.adapters.connect import connected
from sidecar.blocks import PageId
from sidecar.config import Config
from sidecar.failing import MOST_DEATHS
from sidecar.orphans import OVER_SECONDS
from tests.stage.notion import art
from tests.stage.notion import build as b
from tests.stage.service import Processes, until
from tests.stories.magazine import Magazine

LEASE = {"LEASE_SECONDS": "5"}
SECONDS = 90.0
"""A run has come to its first write by then, on a machine that has much else to do."""


@pytest.fixture
def page(magazine: Magazine) -> PageId:
    magazine.notion.add_file("view.jpg", art.jpeg(art.landscape(1, (120, 80))))
    return PageId(magazine.notion.add_page("A page", [b.paragraph("Text"), b.image("view.jpg")]))


def killed_after(magazine: Magazine, folder: Path, write: str) -> None:
    """A run that WordPress does not answer after it has carried out this write, and that dies as it waits."""
    magazine.proxy.spoil(f"^{write}$", "late", seconds=2 * SECONDS)
    with Processes(folder, {**magazine.settings, **LEASE}) as processes:
        processes.start("run", "sync")
        done = magazine.posts if write == "wp.newPost" else magazine.library
        until(done, SECONDS, f"{write} is carried out")
        processes.end("run", signal.SIGKILL)
    magazine.proxy.heal()


def compare_later(magazine: Magazine) -> None:
    later = OVER_SECONDS + stepping.SURELY_OVER
    with connected(Config.parse(magazine.settings), now=lambda: time.time() + later) as world:
        comparing.compare(world, "the next day")


def test_a_picture_that_its_page_does_not_show_any_more_is_known_for_ours(
    magazine: Magazine, page: PageId, tmp_path: Path
) -> None:
    killed_after(magazine, tmp_path, "wp.uploadFile")
    magazine.notion.edit(page, blocks=[b.paragraph("No picture any more")])
    magazine.sync(**LEASE)
    assert magazine.notion.status(page) == "Done"
    with magazine.world() as world:
        assert orphans.find(world).orphans == ()
    compare_later(magazine)
    (left,) = magazine.library()
    with magazine.world() as world:
        found = orphans.find(world)
        assert [one.media.id for one in found.orphans] == [str(left["id"])]
        assert [one.end for one in removing.remove(world, found.orphans)] == ["deleted"]
    assert magazine.library() == []


def test_a_picture_that_its_page_still_shows_is_found_again_and_is_ours(
    magazine: Magazine, page: PageId, tmp_path: Path
) -> None:
    killed_after(magazine, tmp_path, "wp.uploadFile")
    magazine.sync(**LEASE)
    (used,) = magazine.library()
    with magazine.world() as world:
        assert [one.media.id for one in world.ledger.assets.uploads()] == [str(used["id"])]
        assert world.ledger.assets.cut_short() == []


def test_a_draft_that_nobody_asks_for_any_more_is_adopted_and_becomes_the_post_when_somebody_does(
    magazine: Magazine, page: PageId, tmp_path: Path
) -> None:
    killed_after(magazine, tmp_path, "wp.newPost")
    magazine.notion.set_status(page, "Draft")
    magazine.sync(**LEASE)
    compare_later(magazine)
    (draft,) = magazine.posts()
    with magazine.world() as world:
        record = world.ledger.records.get(page)
    assert record is not None
    assert record.post_id == str(draft["id"])
    magazine.notion.set_status(page, "Adding")
    magazine.sync(WP_POST_STATUS="publish")
    assert [(post["id"], post["status"]) for post in magazine.posts()] == [(draft["id"], "publish")]
    assert magazine.notion.status(page) == "Done"


# --- again and again ---------------------------------------------------------------------------------------


def reads(magazine: Magazine, page: PageId) -> int:
    return sum(call.path.endswith(f"{page}/children") for call in magazine.notion.calls)


def test_a_page_that_ends_every_process_is_given_up_and_the_others_are_done(
    magazine: Magazine, page: PageId, tmp_path: Path
) -> None:
    notion = magazine.notion
    others = [notion.add_page(f"Other {number}", [b.paragraph("Text")]) for number in range(3)]
    kills = 0
    with Processes(tmp_path, {**magazine.settings, **LEASE}) as processes:
        for _ in range(MOST_DEATHS + 1):
            notion.faults.add(f"{page}/children", "slow", seconds=20.0)
            run, read = processes.start("run", "sync"), reads(magazine, page)
            until(
                lambda run=run, read=read: run.poll() is not None or reads(magazine, page) > read,
                SECONDS,
                "the run is in the midst of the page, or over",
            )
            kills += run.poll() is None
            processes.end("run", signal.SIGKILL)
    assert (kills, notion.status(page)) == (MOST_DEATHS, "Error")
    assert f"{MOST_DEATHS} times in a row" in notion.said(page, "WordPress Message")
    assert {notion.status(other) for other in others} == {"Done"}
    assert sorted(post["title"] for post in magazine.posts()) == ["Other 0", "Other 1", "Other 2"]
    notion.faults.clear()
    notion.set_status(page, "Adding")
    magazine.sync()
    assert notion.status(page) == "Done"
    assert len(magazine.posts()) == 4

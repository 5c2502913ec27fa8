"""What is left over in the media library is found and removed, and nothing else: by the command, on a real WordPress.

What happens at the wrong moment is told with a WordPress in memory.
"""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sidecar import compose, orchestrator, orphans, removing
from sidecar.blocks import PageId
from sidecar.cli import main
from sidecar.errors import Unavailable
from sidecar.ledger import Trigger, Upload
from sidecar.model import Intent, MediaId
from sidecar.orchestrator import Request
from sidecar.uploading import turn_name
from tests.jobs.desk import Desk, desk
from tests.stage.notion import NotionStandIn, art
from tests.stage.notion import build as b
from tests.stories.magazine import Magazine


def picture(notion: NotionStandIn, name: str, seed: int) -> str:
    return notion.add_file(name, art.jpeg(art.landscape(seed, (120, 80))))


def command(magazine: Magazine, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, "-m", "sidecar", "media", "--orphans", *words]
    return subprocess.run(run, env=magazine.settings, cwd=folder, capture_output=True, text=True, check=False)


def test_the_command_removes_what_we_uploaded_and_no_post_shows(magazine: Magazine, tmp_path: Path) -> None:
    notion = magazine.notion
    old, gone, kept = (picture(notion, f"{name}.jpg", seed) for seed, name in enumerate(("old", "gone", "kept"), 1))
    page = notion.add_page("A page", [b.image(old), b.image(gone), b.image(kept)])
    magazine.sync()
    urls = {name: item["url"] for item in magazine.library() for name in ("old", "gone", "kept") if name in item["url"]}
    ids = {item["url"]: str(item["id"]) for item in magazine.library()}
    with magazine.world() as world:
        strange = world.blog.upload("stranger.jpg", art.jpeg(art.landscape(9, (60, 40))), "image/jpeg")
    nothing = command(magazine, tmp_path)
    assert (nothing.returncode, nothing.stdout) == (0, "Every item that we uploaded is used.\n")
    notion.edit(page, blocks=[b.image(kept)])
    notion.set_status(page, "Adding")
    magazine.sync()
    magazine.wordpress.php(f"wp_delete_attachment({ids[urls['gone']]}, true); return 1;")
    listed = command(magazine, tmp_path)
    assert listed.returncode == 0, listed.stderr
    assert urls["old"] in listed.stdout
    assert urls["kept"] not in listed.stdout
    done = command(magazine, tmp_path, "--delete", "--json")
    assert done.returncode == 0, done.stderr
    ends = {one["media_id"]: one["end"] for one in json.loads(done.stdout)["removals"]}
    assert ends == {ids[urls["old"]]: "deleted", ids[urls["gone"]]: "gone"}
    assert {str(item["id"]) for item in magazine.library()} == {ids[urls["kept"]], strange.id}
    assert json.loads(command(magazine, tmp_path, "--json").stdout) == {"orphans": [], "unsettled": []}


def test_what_to_look_for_has_to_be_said() -> None:
    result = CliRunner().invoke(main, ["media", "--delete"])
    assert result.exit_code == 2
    assert "--orphans" in result.output


# --- what goes wrong at the wrong moment -------------------------------------------------------------------


@dataclasses.dataclass
class Left:
    """A page that showed a picture and shows another by now."""

    desk: Desk
    page: PageId

    def found(self) -> list[MediaId]:
        return [one.media.id for one in orphans.find(self.desk.world).orphans]

    def removed(self, *uploads: Upload) -> list[tuple[str, str]]:
        given = uploads or orphans.find(self.desk.world).orphans
        return [(one.end, one.reason) for one in removing.remove(self.desk.world, given)]

    def by_hand(self, **fields: Any) -> None:
        (record,) = self.desk.world.ledger.records.all()
        self.desk.blog.somebody_edits(record.post_id, fields)


@pytest.fixture
def left(tmp_path: Path) -> Iterator[Left]:
    with NotionStandIn() as notion, desk(notion, tmp_path) as at_desk:
        page = notion.add_page("A page", [b.image(picture(notion, "old.jpg", 1))])
        orchestrator.sync(at_desk.world, Request())
        notion.edit(page, blocks=[b.image(picture(notion, "new.jpg", 2))])
        notion.set_status(page, "Adding")
        orchestrator.sync(at_desk.world, Request())
        at_desk.clock.advance(600)
        orchestrator.sync(at_desk.world, Request())  # reads it once more: it was edited while it was published
        yield Left(at_desk, PageId(page))


def test_the_picture_that_was_swapped_is_removed_and_the_other_stays(left: Left) -> None:
    old, new = sorted(left.desk.blog.media)
    assert left.found() == [str(old)]
    assert left.removed() == [("deleted", "")]
    assert (sorted(left.desk.blog.media), left.found()) == ([new], [])


def test_an_old_picture_that_the_post_features_or_shows_is_used(left: Left) -> None:
    (old,) = orphans.find(left.desk.world).orphans
    left.by_hand(post_thumbnail=old.media.id)
    assert left.found() == []
    left.by_hand(post_thumbnail="", post_content=f'<img src="{old.media.url}">')
    assert left.found() == []


def test_nothing_is_an_orphan_while_a_write_may_still_arrive(left: Left) -> None:
    ledger = left.desk.world.ledger
    (record,) = ledger.records.all()
    expecting = compose.expecting(record.fields_hash, {"post_content": "What may come"})
    ledger.records.forget(record.page_id)
    assert ledger.records.adopt(dataclasses.replace(record, fields_hash=expecting))
    assert orphans.find(left.desk.world) == orphans.Found((), (record.link,))


def test_a_picture_whose_post_was_deleted_is_left_over_unless_its_page_is_wanted(left: Left) -> None:
    left.desk.blog.posts.clear()
    assert len(left.found()) == 2
    left.desk.world.ledger.pages.accept(Trigger(left.page, Intent.ASKED, "button", "1"))
    assert len(left.found()) == 1


def test_what_a_page_has_come_to_show_since_is_left(left: Left) -> None:
    (old,) = orphans.find(left.desk.world).orphans
    assets = left.desk.world.ledger.assets
    assets.reuse(assets.begin(PageId("22222222-2222-4222-8222-222222222222"), "b", "x.jpg"), sha256=old.sha256)
    assert left.removed(old) == [("left", "A page has come to use it.")]
    assert int(old.media.id) in left.desk.blog.media


def test_what_is_being_uploaded_again_is_left(left: Left) -> None:
    (old,) = orphans.find(left.desk.world).orphans
    assert left.desk.world.ledger.leases.take(turn_name(old.sha256), "another", 60)
    assert left.removed() == [("left", "The same file is being uploaded at this moment.")]


def test_a_deletion_that_fails_is_said_and_found_again_and_no_page_is_given_the_item(left: Left) -> None:
    (old,) = orphans.find(left.desk.world).orphans
    left.desk.blog.trouble("delete_media", Unavailable("The blog did not answer.", maybe_done=True), after=True)
    ((end, reason),) = left.removed()
    assert (end, "did not answer" in reason) == ("left", True)
    assets = left.desk.world.ledger.assets
    assert assets.reuse(assets.begin(left.page, "b", "x.jpg"), sha256=old.sha256) is None
    assert left.removed() == [("gone", "")]
    assert left.found() == []

"""What a later run does to posts that are there: updates, conflicts, withdrawals, and runs that were cut short.

The first part is told with a real WordPress. What happens when a call fails at the wrong moment is told with one in
memory, whose calls can fail one by one.
"""

from __future__ import annotations

import dataclasses
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sidecar import orchestrator
from sidecar.blocks import PageId
from sidecar.errors import Refused, Unavailable
from sidecar.ledger import Trigger
from sidecar.model import Fields, Intent, Outcome, PostId, PostState, Report
from sidecar.orchestrator import Request
from sidecar.ports import World
from tests.fakes.blog import Stored
from tests.jobs.desk import Desk, desk
from tests.stage.notion import NotionStandIn, art
from tests.stage.notion import build as b
from tests.stage.service import until
from tests.stories.magazine import Magazine

WRITES = {"wp.newPost", "wp.editPost", "wp.uploadFile", "wp.deletePost", "wp.newTerm"}


def picture(notion: NotionStandIn, name: str = "view.jpg") -> str:
    return notion.add_file(name, art.jpeg(art.landscape(1, (120, 80))))


@pytest.fixture
def page(magazine: Magazine) -> str:
    """A page with a picture that was published, and is forgotten by all logs."""
    blocks = [b.paragraph("The tide is low."), b.image(picture(magazine.notion))]
    page = magazine.notion.add_page("Tides", blocks, Slug="tides-by-the-page")
    assert magazine.sync(WP_POST_STATUS="publish").status == "Completed"
    magazine.notion.forget()
    magazine.proxy.passed.clear()
    return page


def edit(magazine: Magazine, page: str, words: str) -> None:
    """A writer changes the text and asks for the page again."""
    magazine.notion.edit(page, blocks=[b.paragraph(words), b.image("view.jpg")])
    magazine.notion.set_status(page, "Adding")


def written(magazine: Magazine) -> list[str]:
    """The calls that changed something in WordPress."""
    return [passed.name for passed in magazine.proxy.passed if passed.name in WRITES]


def post(magazine: Magazine) -> dict[str, Any]:
    (found,) = magazine.posts()
    return found


def in_wordpress(magazine: Magazine, php: str) -> Any:
    """What somebody does in WordPress; `$id` is the post."""
    return magazine.wordpress.php(f"$id = {post(magazine)['id']}; {php}")


# --- updates ---------------------------------------------------------------------------------------------


def test_an_unchanged_page_that_is_asked_for_again_is_written_nowhere(magazine: Magazine, page: str) -> None:
    before = magazine.posts(), magazine.library()
    report = magazine.sync(page)
    assert [(outcome.action, outcome.status) for outcome in report.outcomes] == [("update", "Success")]
    assert written(magazine) == []
    assert magazine.notion.writes() == []
    assert magazine.notion.downloads == []
    assert (magazine.posts(), magazine.library()) == before


def test_our_own_done_is_no_news_where_edits_count(magazine: Magazine, page: str) -> None:
    """A listing of what was edited since the last one gives the page once more: it was edited last by us."""
    (found,) = magazine.sync(ON_EDIT="update").outcomes
    assert (found.status, found.error) == ("Skipped", "nothing had changed since it was published")
    assert (written(magazine), magazine.notion.writes()) == ([], [])
    magazine.notion.edit(page, blocks=[b.paragraph("Another text")])
    assert [outcome.status for outcome in magazine.sync(ON_EDIT="update").outcomes] == ["Success"]


def test_an_edit_of_one_word_is_one_edit_of_the_post_and_no_upload(magazine: Magazine, page: str) -> None:
    edit(magazine, page, "The tide is high.")
    assert magazine.sync().status == "Completed"
    assert "The tide is high." in post(magazine)["content"]
    assert written(magazine) == ["wp.editPost"]
    assert magazine.notion.downloads == []


def test_what_a_person_sets_in_wordpress_stays(magazine: Magazine, page: str) -> None:
    in_wordpress(
        magazine,
        "wp_update_post(['ID' => $id, 'post_status' => 'private', 'post_name' => 'by-hand', 'post_author' => 1,"
        " 'post_date' => '2020-02-03 04:05:06', 'post_date_gmt' => '2020-02-03 04:05:06', 'edit_date' => true]);",
    )
    edit(magazine, page, "The tide is high.")
    assert magazine.sync().status == "Completed"
    fields = in_wordpress(
        magazine,
        "$p = get_post($id); return [$p->post_status, $p->post_name, (int) $p->post_author, $p->post_date_gmt];",
    )
    assert fields == ["private", "by-hand", 1, "2020-02-03 04:05:06"]
    assert "The tide is high." in post(magazine)["content"]


# --- conflicts -------------------------------------------------------------------------------------------

EDITED = "wp_update_post(['ID' => $id, 'post_content' => '<p>By hand.</p>', 'post_title' => 'By hand']);"


def test_a_post_edited_in_wordpress_is_left_and_the_second_adding_takes_the_page(magazine: Magazine, page: str) -> None:
    in_wordpress(magazine, EDITED)
    edit(magazine, page, "The tide is high.")
    report = magazine.sync()
    assert [outcome.status for outcome in report.outcomes] == ["Conflict"]
    assert post(magazine)["content"] == "<p>By hand.</p>"
    assert written(magazine) == []
    said = magazine.notion.said(page, "WordPress Message")
    assert "the text, the title" in said
    assert "Adding" in said
    assert magazine.notion.status(page) == "Error"

    magazine.notion.set_status(page, "Adding")
    assert [outcome.action for outcome in magazine.sync().outcomes] == ["update"]
    assert "The tide is high." in post(magazine)["content"]
    assert (magazine.notion.status(page), magazine.notion.said(page, "WordPress Message")) == ("Done", "")
    revisions = in_wordpress(magazine, "return array_column(array_values(wp_get_post_revisions($id)), 'post_content');")
    assert "<p>By hand.</p>" in revisions


@pytest.mark.parametrize("consent", [{"ON_CONFLICT": "overwrite"}, {"force": True}], ids=["overwrite", "force"])
def test_consent_beforehand_takes_the_page(magazine: Magazine, page: str, consent: dict[str, Any]) -> None:
    in_wordpress(magazine, EDITED)
    magazine.notion.set_status(page, "Adding")
    assert [outcome.action for outcome in magazine.sync(**consent).outcomes] == ["update"]
    assert "The tide is low." in post(magazine)["content"]


def test_an_editor_that_writes_the_markup_its_own_way_makes_no_conflict(magazine: Magazine, page: str) -> None:
    in_wordpress(
        magazine,
        "$new = str_replace(['<p>', '<figure class=\"'], ['<p class=\"wp-block-paragraph\">', '<figure class=\"x '],"
        " get_post($id)->post_content); wp_update_post(wp_slash(['ID' => $id, 'post_content' => $new]));",
    )
    assert "wp-block-paragraph" in post(magazine)["content"]
    magazine.notion.set_status(page, "Adding")
    assert [outcome.status for outcome in magazine.sync().outcomes] == ["Success"]
    assert written(magazine) == []
    edit(magazine, page, "The tide is high.")
    assert [outcome.status for outcome in magazine.sync().outcomes] == ["Success"]
    assert "The tide is high." in post(magazine)["content"]


def test_a_draft_that_somebody_publishes_is_no_conflict_and_stays_public(magazine: Magazine) -> None:
    page = magazine.notion.add_page("Draft", [b.paragraph("One"), b.image(picture(magazine.notion))])
    magazine.sync()
    in_wordpress(magazine, "wp_publish_post($id);")
    edit(magazine, page, "Two")
    assert [outcome.status for outcome in magazine.sync().outcomes] == ["Success"]
    assert post(magazine)["status"] == "publish"
    assert "Two" in post(magazine)["content"]


# --- posts that somebody took away -----------------------------------------------------------------------


@pytest.mark.parametrize("how", ["wp_trash_post($id);", "wp_delete_post($id, true);"], ids=["trashed", "deleted"])
def test_a_post_that_was_taken_away_comes_back_when_the_page_asks_and_not_before(
    magazine: Magazine, page: str, how: str
) -> None:
    in_wordpress(magazine, how)
    magazine.notion.edit(page, blocks=[b.paragraph("The tide is high."), b.image("view.jpg")])
    report = magazine.sync(ON_EDIT="update")
    assert [(outcome.status, "WordPress" in (outcome.error or "")) for outcome in report.outcomes] == [
        ("Skipped", True)
    ]
    assert [found["status"] for found in magazine.posts()] in (["trash"], [])
    assert written(magazine) == []

    magazine.notion.set_status(page, "Adding")
    assert magazine.sync(WP_POST_STATUS="publish").status == "Completed"
    again = post(magazine)
    assert (again["status"], again["marker"]) == ("publish", page)
    assert "The tide is high." in again["content"]
    assert len(magazine.library()) == 1


# --- withdrawals -----------------------------------------------------------------------------------------


def test_a_withdrawn_page_takes_its_post_to_draft_and_adding_brings_it_back(magazine: Magazine, page: str) -> None:
    before = post(magazine)
    magazine.notion.set_status(page, "Withdraw")
    report = magazine.sync(NOTION_STATUS_WITHDRAW="Withdraw")
    assert [(outcome.action, outcome.status) for outcome in report.outcomes] == [("withdraw", "Success")]
    assert post(magazine)["status"] == "draft"
    assert magazine.sync(NOTION_STATUS_WITHDRAW="Withdraw").outcomes[0].status == "Skipped"
    magazine.notion.set_status(page, "Adding")
    magazine.sync(NOTION_STATUS_WITHDRAW="Withdraw")
    after = post(magazine)
    assert (after["id"], after["status"], after["content"]) == (before["id"], "publish", before["content"])


def test_a_page_in_the_trash_takes_its_post_back_when_somebody_names_it(magazine: Magazine, page: str) -> None:
    magazine.notion.trash(page)
    report = magazine.sync(page)
    assert [(outcome.action, outcome.status) for outcome in report.outcomes] == [("withdraw", "Success")]
    assert post(magazine)["status"] == "draft"


def test_a_page_that_is_not_shown_is_left_and_reported(magazine: Magazine, page: str) -> None:
    magazine.notion.unshare(page)
    assert magazine.sync().outcomes == ()
    (outcome,) = magazine.sync(page).outcomes
    assert "not shared with the integration" in (outcome.error or "")
    assert written(magazine) == []
    assert post(magazine)["status"] == "publish"


# --- runs that are ended -----------------------------------------------------------------------------------


def started(magazine: Magazine, folder: Path, **settings: str) -> subprocess.Popen[str]:
    """A real `sidecar sync` beside us."""
    return subprocess.Popen(
        [sys.executable, "-m", "sidecar", "sync", "--json"],
        env={**magazine.settings, "WP_POST_STATUS": "publish", **settings},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_told_to_leave_ends_its_call_and_the_next_one_goes_on(
    magazine: Magazine, tmp_path: Path, how: signal.Signals
) -> None:
    pages = [magazine.notion.add_page(f"Page {number}", [b.paragraph("x")]) for number in range(12)]
    magazine.notion.faults.add("pages", "slow", method="PATCH", seconds=2.0)
    with started(magazine, tmp_path) as run:
        until(magazine.notion.writes, 60, "a page is told that it is done")
        run.send_signal(how)
        said = run.communicate(timeout=60)[0]
    assert run.returncode == 1
    told = magazine.notion.writes()[0].path.rpartition("/")[2]
    statuses = {outcome["page_id"]: outcome["status"] for outcome in json.loads(said)["pages"]}
    assert statuses.keys() == set(pages)
    assert statuses[told] == "Success"
    assert "Deferred" in statuses.values()

    assert magazine.sync(WP_POST_STATUS="publish").status == "Completed"
    assert sorted(found["marker"] for found in magazine.posts(status="publish")) == sorted(pages)
    assert len(magazine.posts()) == len(pages)
    assert {magazine.notion.status(page) for page in pages} == {"Done"}


@pytest.mark.parametrize("at", ["wp.uploadFile", "wp.newPost", "wp.editPost"])
def test_a_run_that_is_killed_is_gone_on_with(magazine: Magazine, tmp_path: Path, at: str) -> None:
    page = magazine.notion.add_page("Killed", [b.paragraph("x"), b.image(picture(magazine.notion))])
    with started(magazine, tmp_path, LEASE_SECONDS="5") as run:
        until(lambda: magazine.proxy.count(at), 60, f"{at} is on its way")
        run.kill()
    assert run.returncode == -signal.SIGKILL
    assert magazine.sync(WP_POST_STATUS="publish", LEASE_SECONDS="5").status == "Completed"
    assert [(found["marker"], found["status"]) for found in magazine.posts()] == [(page, "publish")]
    assert len(magazine.library()) == 1
    assert magazine.notion.status(page) == "Done"


def test_an_update_that_is_killed_in_the_middle_is_no_conflict(magazine: Magazine, tmp_path: Path, page: str) -> None:
    edit(magazine, page, "The tide is high.")
    with started(magazine, tmp_path, LEASE_SECONDS="5") as run:
        until(lambda: magazine.proxy.count("wp.editPost"), 60, "the edit is on its way")
        run.kill()
    report = magazine.sync(LEASE_SECONDS="5")
    assert [(outcome.action, outcome.status) for outcome in report.outcomes] == [("update", "Success")]
    assert "The tide is high." in post(magazine)["content"]
    assert magazine.notion.status(page) == "Done"


# --- what goes wrong at the wrong moment -------------------------------------------------------------------

DOWN = Unavailable("The blog did not answer.", maybe_done=True)


@dataclass
class Quick:
    """A page that was published, a blog in memory whose calls can fail, and a clock that sleeping puts forward."""

    desk: Desk
    page: str = ""

    @property
    def world(self) -> World:
        return dataclasses.replace(self.desk.world, sleep=self.desk.clock.advance, patience=(2.0, 6.0))

    def sync(self, *pages: str, **more: Any) -> Report:
        return orchestrator.sync(self.world, Request("cli", tuple(map(PageId, pages)), **more))

    def asked(self, *pages: str) -> Outcome:
        """One attempt at a page, and no other after it."""
        run = dataclasses.replace(self.world, patience=(1000.0, 1000.0))
        (outcome,) = orchestrator.sync(run, Request("cli", tuple(map(PageId, pages)))).outcomes
        return outcome

    def add(self, words: str = "As it was", **more: Any) -> str:
        return self.desk.notion.add_page("A page", [b.paragraph(words)], **more)

    def edit(self, words: str = "As it is now") -> None:
        self.desk.notion.edit(self.page, blocks=[b.paragraph(words)])
        self.desk.notion.set_status(self.page, "Adding")

    def event(self, intent: Intent, *pages: str) -> None:
        job = self.desk.world.ledger.jobs.open("events")
        for page in pages:
            self.desk.world.ledger.pages.accept(Trigger(PageId(page), intent, "event", f"{intent} {page}"), job)

    @property
    def row(self) -> Stored:
        (found,) = self.desk.blog.posts.values()
        return found

    def by_hand(self, **fields: Any) -> None:
        """Somebody changes the post in WordPress."""
        self.desk.blog.somebody_edits(self.desk.blog._state(self.row).id, fields)


@contextmanager
def quick(folder: Path, **settings: str) -> Iterator[Quick]:
    with NotionStandIn() as notion, desk(notion, folder, **{"WP_POST_STATUS": "publish", **settings}) as at_desk:
        made = Quick(at_desk)
        made.page = made.add()
        assert made.sync().status == "Completed"
        at_desk.clock.advance(600)
        made.sync()
        at_desk.blog.writes.clear()
        notion.forget()
        yield made


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Quick]:
    with quick(tmp_path) as made:
        yield made


def test_an_update_whose_answers_are_lost_is_no_conflict(published: Quick) -> None:
    published.edit()
    published.desk.blog.trouble("update", DOWN, after=True)
    assert published.asked().status == "Deferred"
    published.desk.clock.advance(2000)
    assert [outcome.status for outcome in published.sync().outcomes] == ["Success"]
    assert published.desk.blog.writes == ["update"]
    assert "As it is now" in published.row.texts["post_content"]


def test_an_edit_by_hand_after_an_update_that_was_cut_short_is_a_conflict(published: Quick) -> None:
    published.edit()
    published.desk.blog.trouble("update", DOWN, after=True)
    published.asked()
    published.by_hand(post_content="By hand")
    published.desk.clock.advance(2000)
    assert [outcome.status for outcome in published.sync().outcomes] == ["Conflict"]
    assert published.row.texts["post_content"] == "By hand"


def test_a_conflict_that_could_not_be_told_is_no_consent(published: Quick) -> None:
    published.by_hand(post_content="By hand")
    published.edit()
    published.desk.notion.faults.add("pages", method="PATCH", status=503)
    assert published.asked().status == "Deferred"
    published.desk.clock.advance(2000)
    assert [outcome.status for outcome in published.sync().outcomes] == ["Conflict"]
    assert published.row.texts["post_content"] == "By hand"
    published.desk.notion.set_status(published.page, "Adding")
    assert [outcome.status for outcome in published.sync().outcomes] == ["Success"]


def test_an_edit_by_hand_in_the_second_of_our_own_write_is_a_conflict(tmp_path: Path) -> None:
    with quick(tmp_path) as made:
        modified = made.row.modified
        made.by_hand(post_content="By hand")
        made.row.modified = modified
        made.edit()
        assert [outcome.status for outcome in made.sync().outcomes] == ["Conflict"]


def test_an_edit_by_hand_before_a_withdrawal_is_a_conflict_after_it(tmp_path: Path) -> None:
    with quick(tmp_path, NOTION_STATUS_WITHDRAW="Withdraw") as made:
        made.by_hand(post_content="By hand")
        made.desk.notion.set_status(made.page, "Withdraw")
        assert made.sync().outcomes[0].action == "withdraw"
        made.edit()
        assert [outcome.status for outcome in made.sync().outcomes] == ["Conflict"]
        assert made.row.texts["post_content"] == "By hand"


def test_a_withdrawal_that_is_cut_short_does_not_forget_what_the_post_was(tmp_path: Path) -> None:
    with quick(tmp_path) as made:
        made.desk.notion.trash(made.page)
        made.event(Intent.TRASHED, made.page)
        made.desk.blog.trouble("update", DOWN, after=True)
        made.asked()
        assert made.row.status == "draft"
        made.desk.clock.advance(2000)
        made.sync()
        made.desk.notion.restore(made.page)
        made.event(Intent.RESTORED, made.page)
        made.sync()
        assert made.row.status == "publish"


def test_a_withdrawn_post_that_somebody_publishes_again_stays_so(tmp_path: Path) -> None:
    with quick(tmp_path, NOTION_STATUS_WITHDRAW="Withdraw") as made:
        made.by_hand(post_status="draft")
        made.desk.notion.set_status(made.page, "Withdraw")
        made.sync()
        made.by_hand(post_status="publish")
        made.edit()
        made.sync()
        assert (made.row.status, "As it is now" in made.row.texts["post_content"]) == ("publish", True)


def test_a_lost_answer_to_a_create_in_the_place_of_a_deleted_post_makes_one_post(published: Quick) -> None:
    published.desk.blog.posts.clear()
    published.edit()
    published.desk.blog.trouble("create", DOWN, after=True)
    published.asked()
    published.desk.clock.advance(2000)
    assert published.sync().status == "Completed"
    assert (published.row.status, published.row.page_id) == ("publish", published.page)


def test_a_page_that_is_changed_while_it_waits_for_another_attempt_is_asked_for_anew(published: Quick) -> None:
    other = published.add("Another")
    published.desk.blog.trouble("scan", Unavailable("The blog did not answer."))
    published.asked()
    published.desk.notion.set_status(other, "Draft")
    published.desk.clock.advance(2000)
    published.sync()
    assert [row.page_id for row in published.desk.blog.posts.values()] == [published.page]


def test_a_draft_that_could_not_be_read_back_is_no_conflict_later(magazine: Magazine) -> None:
    page = magazine.notion.add_page(
        "Listed", [b.paragraph("One"), b.image(picture(magazine.notion))], Categories=["Sea"]
    )
    magazine.proxy.spoil("^wp.getPost$", "answer", status=200, body=b"<html>What?</html>")
    magazine.sync()
    assert magazine.notion.status(page) == "Done"
    edit(magazine, page, "Two")
    assert [outcome.status for outcome in magazine.sync().outcomes] == ["Success"]


# --- what stays when a page fails for good -----------------------------------------------------------------


@pytest.fixture
def without_done(tmp_path: Path) -> Iterator[Quick]:
    """A page with a picture, in a data source that does not know the status Done any more."""
    with NotionStandIn() as notion, desk(notion, tmp_path, WP_POST_STATUS="publish") as at_desk:
        page = notion.add_page("A page", [b.paragraph("x"), b.image(picture(notion))])
        notion.content.remove_option("Done")
        yield Quick(at_desk, page)


def test_a_public_post_keeps_its_pictures_when_its_page_cannot_be_told(without_done: Quick) -> None:
    assert [outcome.status for outcome in without_done.sync().outcomes] == ["Failed"]
    assert without_done.row.status == "publish"
    (kept,) = without_done.desk.blog.media.values()
    assert kept.url in without_done.row.texts["post_content"]


def test_a_draft_that_somebody_has_worked_on_is_not_taken_away(tmp_path: Path) -> None:
    with NotionStandIn() as notion, desk(notion, tmp_path) as at_desk:
        made = Quick(at_desk, notion.add_page("A page", [b.paragraph("x"), b.image(picture(notion))]))
        notion.faults.add("pages", method="PATCH", status=503)
        made.asked()
        made.by_hand(post_content="By hand")
        notion.content.remove_option("Done")
        at_desk.clock.advance(2000)
        assert made.sync().outcomes[0].status in ("Failed", "Conflict")
        assert made.row.texts["post_content"] == "By hand"


def test_a_post_that_was_not_made_whole_is_taken_away_with_its_picture(tmp_path: Path) -> None:
    with NotionStandIn() as notion, desk(notion, tmp_path, WP_POST_STATUS="publish") as at_desk:
        made = Quick(at_desk, notion.add_page("A page", [b.paragraph("x"), b.image(picture(notion))]))
        at_desk.blog.trouble("update", Refused("You may not publish posts."))
        assert [outcome.status for outcome in made.sync().outcomes] == ["Failed"]
        assert (at_desk.blog.posts, at_desk.blog.media) == ({}, {})


def test_a_run_that_is_stopped_while_a_page_fails_says_so_and_ends(without_done: Quick) -> None:
    world = without_done.world
    told = threading.Event()

    def ctrl_c(method: str, path: str, body: Any) -> bool:
        """While Notion refuses to take Done."""
        if method == "PATCH":
            told.set()
            world.stop.set()
        return False

    without_done.desk.notion.faults.add(ctrl_c)
    report = without_done.sync()
    assert told.is_set()
    assert [outcome.status for outcome in report.outcomes] == ["Deferred"]
    assert world.ledger.jobs.recent(1)[0].status != "Running"


# --- a writer changes their mind while the page is being published -----------------------------------------


def test_a_withdrawal_while_the_page_is_published_is_not_wiped_out_by_our_done(tmp_path: Path) -> None:
    with quick(tmp_path, NOTION_STATUS_WITHDRAW="Withdraw") as made:
        page = made.add("A second thought")

        def changes_their_mind() -> None:
            made.desk.notion.set_status(page, "Withdraw")
            made.event(Intent.EDITED, page)

        made.desk.blog.meanwhile = changes_their_mind
        made.sync()
        (row,) = [row for row in made.desk.blog.posts.values() if row.page_id == page]
        assert (row.status, made.desk.notion.status(page)) == ("draft", "Withdraw")


def test_a_page_that_is_trashed_while_it_is_published_is_taken_back(tmp_path: Path) -> None:
    with quick(tmp_path) as made:
        page = made.add("A second thought")

        def throws_it_away() -> None:
            made.desk.notion.trash(page)
            made.event(Intent.TRASHED, page)

        made.desk.blog.meanwhile = throws_it_away
        made.sync()
        assert [row.status for row in made.desk.blog.posts.values() if row.page_id == page] in ([], ["draft"])
        made.desk.notion.restore(page)
        made.event(Intent.RESTORED, page)
        made.sync()
        made.desk.notion.set_status(page, "Adding")
        made.sync()
        assert [row.status for row in made.desk.blog.posts.values() if row.page_id == page] == ["publish"]


def test_a_page_that_is_restored_while_its_post_is_in_conflict_is_left_to_its_writer(tmp_path: Path) -> None:
    with quick(tmp_path) as made:
        made.by_hand(post_content="By hand")
        made.desk.notion.trash(made.page)
        made.event(Intent.TRASHED, made.page)
        made.sync()
        made.desk.notion.restore(made.page)
        made.event(Intent.RESTORED, made.page)
        made.sync()
        assert (made.row.status, made.row.texts["post_content"]) == ("publish", "By hand")
        made.edit()
        assert [outcome.status for outcome in made.sync().outcomes] == ["Conflict"]
        assert made.row.texts["post_content"] == "By hand"


def test_a_slug_that_a_person_sets_while_the_post_is_updated_stays(tmp_path: Path) -> None:
    with quick(tmp_path) as made:
        made.edit()
        update = made.desk.blog.update

        def meanwhile(post_id: PostId, fields: Fields) -> PostState:
            made.row.name = "by-hand"
            return update(post_id, fields)

        made.desk.blog.update = meanwhile  # type: ignore[method-assign]  # somebody acts during this one call
        assert made.sync().outcomes[0].status == "Success"
        assert made.row.name == "by-hand"
        assert made.desk.notion.said(made.page, "WordPress URL").endswith("/by-hand/")


def test_a_clock_that_jumps_ahead_by_a_day_in_the_midst_of_a_page_doubles_nothing(tmp_path: Path) -> None:
    """The lease has run out by its clock: whoever comes next takes over, and the first one writes nothing more."""
    with quick(tmp_path) as made:
        page = made.add("Early")
        made.desk.blog.meanwhile = lambda: made.desk.clock.advance(86400)
        made.sync()
        made.sync()
        assert [row.status for row in made.desk.blog.posts.values() if row.page_id == page] == ["publish"]
        assert made.desk.notion.status(page) == "Done"
        made.desk.clock.advance(-86400)
        made.edit()
        assert [outcome.status for outcome in made.sync().outcomes] == ["Success"]


# --- a far end that is down for long -----------------------------------------------------------------------


def test_a_wordpress_that_is_down_for_many_runs_uses_up_no_attempt(tmp_path: Path) -> None:
    """As when cron starts a run every few minutes."""
    with quick(tmp_path) as made:
        pages = [made.add(f"Number {number}") for number in range(5)]
        for _ in range(5):
            for _ in range(20):
                made.desk.blog.trouble("scan", Unavailable("The blog did not answer."))
            assert {outcome.status for outcome in made.sync().outcomes} == {"Deferred"}
            made.desk.blog.troubles.clear()
            made.desk.clock.advance(300)
        assert {made.desk.notion.status(page) for page in pages} == {"Adding"}
        made.sync()
        assert {made.desk.notion.status(page) for page in pages} == {"Done"}


# --- many withdrawals --------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["by status", "in the trash"])
def test_more_withdrawals_than_the_limit_are_done_only_when_somebody_confirms(tmp_path: Path, way: str) -> None:
    with quick(tmp_path, NOTION_STATUS_WITHDRAW="Withdraw", WITHDRAW_LIMIT="2") as made:
        pages = [made.page, made.add("Two"), made.add("Three")]
        made.sync()
        for page in pages:
            made.desk.notion.set_status(page, "Withdraw") if way == "by status" else made.desk.notion.trash(page)
        if way == "in the trash":
            made.event(Intent.TRASHED, *pages)
        report = made.sync()
        assert {row.status for row in made.desk.blog.posts.values()} == {"publish"}
        assert ["--confirm-withdrawals" in (outcome.error or "") for outcome in report.outcomes] == [True] * 3
        made.sync(confirm_withdrawals=True)
        assert {row.status for row in made.desk.blog.posts.values()} == {"draft"}


# --- edited while it is read -------------------------------------------------------------------------------


def test_a_page_that_is_edited_while_it_is_read_comes_to_show_its_last_state(published: Quick) -> None:
    notion, seen = published.desk.notion, []

    def meanwhile(method: str, path: str, body: Any) -> bool:
        """While the inner blocks are fetched, a writer changes the outer ones, which were fetched before."""
        if "children" in path and page not in path and not seen:
            seen.append(path)
            at = published.desk.clock.now
            notion.content.clock = lambda: at
            first, second = notion.content.children_of(page)
            notion.content.blocks[second]["edited"] = at
            for block, words in ((first, "new beginning"), (notion.content.children_of(second)[0], "new end")):
                notion.content.blocks[block] |= {"paragraph": b.paragraph(words)["paragraph"], "edited": at}
        return False

    page = notion.add_page("Mixed", [b.paragraph("old beginning"), b.toggle("more", children=[b.paragraph("old end")])])
    notion.faults.add(meanwhile)
    published.sync()
    row = next(row for row in published.desk.blog.posts.values() if row.page_id == page)
    assert "old beginning" in row.texts["post_content"]
    assert "new end" in row.texts["post_content"]
    published.desk.clock.advance(61)
    published.sync()
    assert "new beginning" in row.texts["post_content"]
    assert published.desk.notion.status(page) == "Done"

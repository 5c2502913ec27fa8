"""A new version renders a block otherwise than the old one did: old posts change when somebody asks, and not before."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from sidecar import compose, orchestrator, stepping
from sidecar.adapters.ledger.tables import tables
from sidecar.blocks import PageId
from sidecar.cli import main
from sidecar.comparing import compare
from sidecar.model import Outcome
from sidecar.orchestrator import Request
from sidecar.planning import rewritten
from tests.fakes.blog import Stored
from tests.jobs.desk import Desk, desk
from tests.stage.notion import Clock, NotionStandIn
from tests.stage.notion import build as b
from tests.stories.magazine import Magazine

TODAY, THEN = "<p>The tide is low.</p>", '<p class="of-old">The tide is low.</p>'


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Desk]:
    with (
        NotionStandIn(clock=Clock()) as notion,
        desk(notion, tmp_path, WP_POST_STATUS="publish", NOTION_STATUS_WITHDRAW="Withdraw") as here,
    ):
        yield here


def publish(here: Desk, *titles: str) -> list[str]:
    """Pages that were published a while ago."""
    pages = [here.notion.add_page(title, [b.paragraph("The tide is low."), b.paragraph("Sand.")]) for title in titles]
    assert {it.status for it in sync(here, pages)} == {"Success"}
    an_hour_later(here)
    return pages


def an_hour_later(here: Desk) -> None:
    """New pages were read once more meanwhile."""
    for clock in (here.clock, here.notion.content.clock):
        assert isinstance(clock, Clock)
        clock.advance(3600)
    sync(here)


def sync(here: Desk, pages: Sequence[str] = (), rerender: bool = False) -> tuple[Outcome, ...]:
    request = Request(pages=tuple(PageId(page) for page in pages), rerender=rerender)
    return orchestrator.sync(here.world, request).outcomes


def post(here: Desk, page: str) -> Stored:
    record = here.world.ledger.records.get(PageId(page))
    assert record is not None
    return here.blog.posts[int(record.post_id)]


def content(here: Desk, page: str) -> str:
    return post(here, page).texts["post_content"]


def age(here: Desk, page: str, today: str = TODAY, then: str = THEN) -> None:
    """Makes post and record what a version of then has left, which rendered something otherwise."""
    record, texts = here.world.ledger.records.get(PageId(page)), post(here, page).texts
    assert record is not None
    assert today in texts["post_content"]
    texts["post_content"] = texts["post_content"].replace(today, then)
    hashes = compose.field_hashes(texts, compose.written(record.fields_hash))
    table = tables(here.store.database).record
    with here.store.transaction():
        table.update(fingerprint="f" * 64, fields_hash=hashes).where(table.page_id == page).execute()
    here.blog.writes.clear()


# --- unless asked ----------------------------------------------------------------------------------------


def test_nothing_that_happens_by_itself_rewrites_an_old_post(here: Desk) -> None:
    """Runs of a schedule, those that take edits, the sweep, the daily comparison."""
    (page,) = publish(here, "Tides")
    age(here, page, "<p>Sand.</p>", "<h4>Sand.</h4>")
    taking_edits = here.world.config.model_copy(update={"on_edit": "update"})
    for world in (here.world, dataclasses.replace(here.world, config=taking_edits)):
        for _ in range(2):
            assert orchestrator.sync(world, Request()).outcomes == ()
    stepping.sweep(here.world)
    compare(here.world, "today")
    assert sync(here) == ()
    assert here.blog.writes == []


def test_an_old_post_is_not_rendered_anew_for_the_sake_of_a_link_in_it(here: Desk) -> None:
    there = here.notion.add_page("There", [b.paragraph("x")], status="Draft")
    (page,) = publish(here, "Tides")
    here.notion.edit(page, blocks=[b.paragraph("The tide is low."), b.link_to_page(there)])
    sync(here, [page])
    an_hour_later(here)
    age(here, page, TODAY, "<h4>The tide is low.</h4>")
    ends = {it.title: it.status for it in sync(here, [there])}
    assert ends == {"There": "Success", "Tides": "Skipped"}
    assert "<h4>The tide is low.</h4>" in content(here, page)


def test_who_asks_for_the_page_gets_todays_markup(here: Desk) -> None:
    (page,) = publish(here, "Tides")
    age(here, page)
    sync(here, [page])
    assert TODAY in content(here, page)


# --- asked -----------------------------------------------------------------------------------------------


def test_only_posts_whose_markup_differs_are_written_and_only_their_text(here: Desk) -> None:
    one, two, same = publish(here, "One", "Two", "Same")
    age(here, one)
    age(here, two, "<p>Sand.</p>", "<h4>Sand.</h4>")
    here.notion.forget()
    ends = {it.title: (it.action, it.status) for it in sync(here, rerender=True)}
    assert ends == {"One": ("update", "Success"), "Two": ("update", "Success"), "Same": ("update", "Skipped")}
    assert here.blog.writes == ["update", "update"]
    assert content(here, one) == content(here, two) == content(here, same)
    assert here.notion.writes() == [], "the pages are Done, and stay it"
    assert {it.status for it in sync(here, rerender=True)} == {"Skipped"}
    assert here.blog.writes == ["update", "update"]


def test_only_the_named_page_is_rendered_anew(here: Desk) -> None:
    one, two = publish(here, "One", "Two")
    age(here, one)
    age(here, two)
    (outcome,) = sync(here, [two], rerender=True)
    assert (outcome.title, outcome.status) == ("Two", "Success")
    assert (THEN in content(here, one), TODAY in content(here, two)) == (True, True)


@pytest.mark.parametrize(
    "blocks",
    [
        pytest.param([b.paragraph("The tide is low."), b.paragraph("Half a sentence")], id="a block was written"),
        pytest.param([b.paragraph("The tide is low.")], id="a block was taken out"),
    ],
)
def test_what_its_writer_changed_since_is_not_published(here: Desk, blocks: list[dict[str, object]]) -> None:
    (page,) = publish(here, "Tides")
    age(here, page)
    before = content(here, page)
    here.notion.edit(page, blocks=blocks)
    (outcome,) = sync(here, rerender=True)
    assert (outcome.status, outcome.error) == (
        "Skipped",
        "its page was edited since; today's markup comes with its next publication",
    )
    assert content(here, page) == before
    sync(here, [page])
    assert TODAY in content(here, page)


def test_properties_that_were_changed_since_wait_for_whoever_asks_for_them(here: Desk) -> None:
    (page,) = publish(here, "Tides")
    age(here, page)
    here.notion.edit(page, title="A better title")
    (outcome,) = sync(here, rerender=True)
    assert outcome.status == "Success"
    assert (TODAY in content(here, page), post(here, page).texts["post_title"]) == (True, "Tides")
    here.notion.set_status(page, "Adding")
    sync(here)
    assert post(here, page).texts["post_title"] == "A better title"


def test_a_post_that_was_edited_in_wordpress_stays_and_its_page_is_told_nothing(here: Desk) -> None:
    (page,) = publish(here, "Tides")
    age(here, page)
    record = here.world.ledger.records.get(PageId(page))
    assert record is not None
    here.blog.somebody_edits(record.post_id, {"post_content": "My own words"})
    here.notion.forget()
    (outcome,) = sync(here, rerender=True)
    assert (outcome.action, outcome.status) == ("conflict", "Conflict")
    assert content(here, page) == "My own words"
    assert here.notion.writes() == []
    here.notion.set_status(page, "Adding")
    assert sync(here)[0].status == "Conflict", "asking once is no consent: the page was not told before"


def test_what_is_not_done_is_left_alone(here: Desk) -> None:
    draft, gone, unshared, withdrawn = publish(here, "Draft", "Trashed", "Unshared", "Withdrawn")
    here.notion.set_status(withdrawn, "Withdraw")
    sync(here)
    for page in (draft, gone, unshared):
        age(here, page)
    here.notion.set_status(draft, "Draft")
    here.notion.trash(gone)
    here.notion.unshare(unshared)
    outcomes = sync(here, rerender=True)
    assert [it.status for it in outcomes] == ["Skipped"] * 3
    assert here.blog.writes == []


def test_a_run_that_is_cut_short_is_gone_on_with_by_the_next(here: Desk) -> None:
    (page,) = publish(here, "Tides")
    age(here, page)
    here.world.stop.set()
    assert sync(here, rerender=True)[0].status == "Deferred"
    here.world.stop.clear()
    assert sync(here)[0].status == "Success"
    assert TODAY in content(here, page)


# --- looked at beforehand --------------------------------------------------------------------------------


def test_the_plan_shows_what_would_differ_and_writes_nothing(here: Desk) -> None:
    seen, unseen, _, edited = publish(here, "Seen", "Unseen", "Same", "Edited")
    age(here, seen, "<p>Sand.</p>", "<h4>Sand.</h4>")
    age(here, unseen)
    age(here, edited)
    here.notion.edit(edited, blocks=[b.paragraph("Other words")])
    found = {one.title: one for one in rewritten(here.world, ())}
    assert {title: one.action for title, one in found.items()} == {
        "Seen": "update", "Unseen": "update", "Same": "skip", "Edited": "skip",
    }  # fmt: skip
    assert "-#### Sand." in found["Seen"].diff
    assert f"+{TODAY}" in found["Unseen"].diff, "a reader sees no difference, so the markup is shown"
    assert found["Seen"].changes == ("text",)
    assert here.blog.writes == []


@pytest.mark.parametrize("other", ["--force", "--confirm-withdrawals"])
def test_it_goes_with_nothing_that_takes_a_side(other: str) -> None:
    ended = CliRunner().invoke(main, ["sync", "--rerender", other])
    assert ended.exit_code == 2
    assert "--rerender writes over no edit" in ended.output


def test_a_real_wordpress_keeps_all_but_the_text(magazine: Magazine) -> None:
    magazine.notion.add_page("Tides", [b.paragraph("The tide is low.")], Tags=["Sea"], edited=1_790_000_000.0)
    with magazine.world(WP_POST_STATUS="publish") as world:
        magazine.run(world)
        (made,) = magazine.posts()
        old = made["content"].replace(TODAY, THEN)
        magazine.wordpress.php(
            f"global $wpdb; $wpdb->update($wpdb->posts, ['post_content' => '{old}'], "
            f"['ID' => {made['id']}]); clean_post_cache({made['id']}); return 1;"
        )
        (record,) = world.ledger.records.all()
        world.ledger.records.forget(record.page_id)
        world.ledger.records.adopt(dataclasses.replace(record, fingerprint="f" * 64), "Tides")
        assert magazine.posts()[0]["content"] == old
        ends = [[it.status for it in magazine.run(world, Request(rerender=True)).outcomes] for _ in range(2)]
    assert ends == [["Success"], ["Skipped"]]
    (now,) = magazine.posts()
    assert {**now, "modified": ""} == {**made, "modified": ""}

"""The daily comparison: what it repairs on evidence, what it only writes down, and what it never touches."""

from __future__ import annotations

import dataclasses

import pytest

from sidecar import comparing, stepping, tidying
from sidecar.blocks import PageId
from sidecar.comparing import BORN_TOGETHER, SETTLED, compare
from sidecar.errors import Unavailable
from sidecar.ledger import JobId
from sidecar.model import PostId
from tests.fakes.blog import Stored
from tests.jobs.desk import Desk
from tests.stage.notion import build as b
from tests.stage.notion.rich_text import run
from tests.stage.notion.shapes import bare


@pytest.fixture
def published(at_desk: Desk) -> PageId:
    """A page with a post that everybody can read."""
    return publish(at_desk, "Low water")


def publish(desk: Desk, title: str) -> PageId:
    page = PageId(desk.notion.add_page(title, [b.paragraph("Text")]))
    desk.want(page)
    stepping.sync_page(desk.world, page)
    (post,) = [post for post in desk.blog.posts.values() if post.page_id == page]
    desk.blog.somebody_edits(PostId(str(post.id)), {"post_status": "publish"})
    return page


def work(desk: Desk) -> None:
    for waiting in desk.world.ledger.pages.due():
        stepping.sync_page(desk.world, waiting.page_id)


def statuses(desk: Desk) -> list[str]:
    return [post.status for post in desk.blog.posts.values()]


def last_run(desk: Desk) -> list[str]:
    """What the last comparison wrote down."""
    jobs = [job for job in desk.world.ledger.jobs.recent(50) if job.type == comparing.TYPE]
    return [outcome.error or "" for outcome in jobs[0].outcomes] if jobs else []


def test_when_both_sides_agree_nothing_is_written_and_no_run_is_made(at_desk, published):
    before = dict(at_desk.blog.posts)
    assert compare(at_desk.world, "day 1") == ()
    assert at_desk.blog.posts == before
    assert last_run(at_desk) == []


def test_it_is_made_once_a_day(at_desk, published):
    compare(at_desk.world, "day 1")
    before = len(at_desk.notion.calls)
    compare(at_desk.world, "day 1")
    assert len(at_desk.notion.calls) == before
    compare(at_desk.world, "day 2")
    assert len(at_desk.notion.calls) > before


def test_one_that_could_not_be_finished_is_made_again(at_desk, published):
    at_desk.blog.trouble("scan", Unavailable("WordPress does not answer."))
    with pytest.raises(Unavailable):
        compare(at_desk.world, "day 1")
    before = len(at_desk.notion.calls)
    compare(at_desk.world, "day 1")
    assert len(at_desk.notion.calls) > before


def test_two_workers_do_not_compare_at_the_same_time(at_desk, published):
    with stepping.turn(at_desk.another(), comparing.TYPE):
        before = len(at_desk.notion.calls)
        assert compare(at_desk.world, "day 1") == ()
        assert len(at_desk.notion.calls) == before


# --- pages -----------------------------------------------------------------------------------------------


def test_a_page_in_the_trash_whose_event_was_lost_takes_its_post_back(at_desk, published):
    at_desk.notion.trash(published)
    (waiting,) = compare(at_desk.world, "day 1")
    assert waiting.page_id == published
    at_desk.clock.advance(comparing.QUIET)
    work(at_desk)
    assert statuses(at_desk) == ["draft"]
    assert [job.status for job in at_desk.world.ledger.jobs.recent(1)] == ["Completed"]
    assert compare(at_desk.world, "day 2") == ()


def test_too_many_pages_in_the_trash_take_back_nothing(at_desk):
    pages = [publish(at_desk, f"Page {number}") for number in range(6)]
    for page in pages:
        at_desk.notion.trash(page)
    assert len(compare(at_desk.world, "day 1")) == 6
    at_desk.clock.advance(comparing.QUIET)
    work(at_desk)
    assert set(statuses(at_desk)) == {"publish"}


def test_a_page_that_is_not_shown_any_more_is_written_down_and_its_post_left(at_desk, published):
    at_desk.notion.unshare(published)
    assert compare(at_desk.world, "day 1") == []
    assert statuses(at_desk) == ["publish"]
    assert last_run(at_desk) == [comparing.UNSHOWN]
    assert at_desk.world.ledger.jobs.recent(1)[0].status == "Completed"


def test_a_page_with_another_status_keeps_its_post(at_desk, published):
    at_desk.notion.set_status(published, "Draft")
    assert compare(at_desk.world, "day 1") == ()
    assert statuses(at_desk) == ["publish"]


def test_a_withdrawn_page_is_not_asked_for_again(at_desk, published):
    at_desk.notion.trash(published)
    compare(at_desk.world, "day 1")
    at_desk.clock.advance(comparing.QUIET)
    work(at_desk)
    at_desk.notion.forget()
    compare(at_desk.world, "day 2")
    assert [call.path for call in at_desk.notion.calls if published in call.path] == []


def test_links_to_a_draft_that_somebody_published_lead_to_where_it_is_now(at_desk, published):
    (there,) = at_desk.blog.posts.values()
    blocks = [b.paragraph(run("there", f"/{bare(published)}"))]
    here = PageId(at_desk.notion.add_page("Here", blocks))
    at_desk.want(here)
    stepping.sync_page(at_desk.world, here)
    (waiting,) = compare(at_desk.world, "day 1")
    assert waiting.page_id == here
    work(at_desk)
    (content,) = [post.texts["post_content"] for post in at_desk.blog.posts.values() if post.page_id == here]
    assert f'href="{at_desk.blog.url}/{there.name}/"' in content
    assert compare(at_desk.world, "day 2") == ()


@pytest.fixture
def linked(at_desk: Desk) -> tuple[PageId, PageId]:
    """Two pages whose posts are drafts; the first links to the second."""
    there = made(at_desk, "There", b.paragraph("Text"))
    return made(at_desk, "Here", b.paragraph(run("there", f"/{bare(there)}"))), there


def made(desk: Desk, title: str, block: dict) -> PageId:
    page = PageId(desk.notion.add_page(title, [block]))
    desk.want(page)
    stepping.sync_page(desk.world, page)
    return page


def stored(desk: Desk, page: PageId) -> Stored:
    (post,) = [post for post in desk.blog.posts.values() if post.page_id == page]
    return post


def set_status(desk: Desk, page: PageId, status: str) -> None:
    """Somebody does so in WordPress."""
    desk.blog.somebody_edits(PostId(str(stored(desk, page).id)), {"post_status": status})


def text(desk: Desk, page: PageId) -> str:
    return stored(desk, page).texts["post_content"]


def notes(desk: Desk, page: PageId) -> list[str]:
    """What the last run that came to the page has said of it."""
    found = [it for job in desk.world.ledger.jobs.recent(50) for it in job.outcomes if it.page_id == page]
    return [warning.message for warning in found[0].warnings]


TEXT = ["The link “there” is shown as text: it leads to a page that is not published yet."]


def test_between_drafts_a_link_leads_to_where_wordpress_sends_readers_later(at_desk, linked):
    here, there = linked
    assert f'<a href="{at_desk.blog.url}/?p={stored(at_desk, there).id}">there</a>' in text(at_desk, here)
    assert notes(at_desk, here) == []
    assert compare(at_desk.world, "day 1") == ()


@pytest.mark.parametrize("hidden", ["draft", "private", "trash"])
def test_a_post_that_somebody_published_has_no_link_to_one_that_readers_do_not_find(at_desk, linked, hidden):
    here, there = linked
    set_status(at_desk, here, "publish")
    set_status(at_desk, there, hidden)
    assert [waiting.page_id for waiting in compare(at_desk.world, "day 1")] == [here]
    work(at_desk)
    assert "<p>there</p>" in text(at_desk, here)
    assert notes(at_desk, here) == TEXT
    assert compare(at_desk.world, "day 2") == ()
    set_status(at_desk, there, "publish")
    compare(at_desk.world, "day 3")
    work(at_desk)
    assert f'<a href="{at_desk.blog.url}/{stored(at_desk, there).name}/">there</a>' in text(at_desk, here)
    assert notes(at_desk, here) == []
    assert compare(at_desk.world, "day 4") == ()


def test_a_post_that_was_deleted_for_good_is_linked_to_until_the_next_comparison(at_desk, linked):
    here, there = linked
    at_desk.blog.delete(PostId(str(stored(at_desk, there).id)))
    assert [waiting.page_id for waiting in compare(at_desk.world, "day 1")] == [here]
    work(at_desk)
    assert "<p>there</p>" in text(at_desk, here)
    assert notes(at_desk, here) == TEXT
    assert compare(at_desk.world, "day 2") == []


def test_with_the_plugin_a_sync_sees_what_became_in_wordpress_of_the_posts_that_it_links_to(at_desk, linked):
    here, there = linked
    at_desk.blog.plugin = "1.0"
    set_status(at_desk, there, "publish")
    link = f'<a href="{at_desk.blog.url}/{stored(at_desk, there).name}/">there</a>'
    third = made(at_desk, "Third", b.paragraph(run("there", f"/{bare(there)}")))
    assert link in text(at_desk, third)
    work(at_desk)
    assert link in text(at_desk, here)
    at_desk.blog.delete(PostId(str(stored(at_desk, there).id)))
    fourth = made(at_desk, "Fourth", b.paragraph(run("there", f"/{bare(there)}")))
    assert "<p>there</p>" in text(at_desk, fourth)
    assert notes(at_desk, fourth) == TEXT


def test_a_new_post_for_readers_has_no_link_to_a_draft_until_a_sync_sees_it_published(at_desk, linked):
    _, there = linked
    public = at_desk.world.config.model_copy(update={"wp_post_status": "publish"})
    at_desk.world = dataclasses.replace(at_desk.world, config=public)
    here = made(at_desk, "For readers", b.paragraph(run("there", f"/{bare(there)}")))
    assert at_desk.blog.writes[-2:] == ["create", "update"], "it was right at once"
    assert "<p>there</p>" in text(at_desk, here)
    assert notes(at_desk, here) == TEXT
    set_status(at_desk, there, "publish")
    at_desk.want(there)
    assert here in {waiting.page_id for waiting in stepping.sync_page(at_desk.world, there)}
    work(at_desk)
    assert f'<a href="{at_desk.blog.url}/{stored(at_desk, there).name}/">there</a>' in text(at_desk, here)
    assert compare(at_desk.world, "day 1") == ()


# --- posts -----------------------------------------------------------------------------------------------


def second_draft(desk: Desk, page: PageId, **fields: str) -> int:
    """Another draft with the marker of this page, as a worker leaves it that died between create and memory."""
    made = desk.blog.create(page, {"post_title": "Low water", **fields})
    return int(made.id)


def age(desk: Desk) -> None:
    desk.clock.advance(SETTLED.total_seconds() + 60)


def test_a_draft_that_a_dead_worker_left_is_put_into_the_trash(at_desk, published):
    left = second_draft(at_desk, published)
    age(at_desk)
    compare(at_desk.world, "day 1")
    assert at_desk.blog.posts[left].status == "trash"
    assert statuses(at_desk).count("publish") == 1
    assert "moved to WordPress's trash" in last_run(at_desk)[0]


def test_a_draft_that_may_still_be_in_the_making_is_left_alone(at_desk, published):
    left = second_draft(at_desk, published)
    compare(at_desk.world, "day 1")
    assert at_desk.blog.posts[left].status == "draft"


def test_a_draft_that_somebody_works_on_is_left_alone(at_desk, published):
    copy = second_draft(at_desk, published)
    at_desk.clock.advance(BORN_TOGETHER.total_seconds() + 60)
    at_desk.blog.somebody_edits(PostId(str(copy)), {"post_content": "My own article"})
    age(at_desk)
    compare(at_desk.world, "day 1")
    assert at_desk.blog.posts[copy].status == "draft"
    assert "another post" in last_run(at_desk)[0]


def test_a_copy_that_somebody_made_later_is_left_alone(at_desk, published):
    at_desk.clock.advance(BORN_TOGETHER.total_seconds() + 60)
    copy = second_draft(at_desk, published)
    age(at_desk)
    compare(at_desk.world, "day 1")
    assert at_desk.blog.posts[copy].status == "draft"


def test_a_second_post_that_is_published_is_left_alone(at_desk, published):
    copy = second_draft(at_desk, published)
    at_desk.blog.somebody_edits(PostId(str(copy)), {"post_status": "publish"})
    age(at_desk)
    compare(at_desk.world, "day 1")
    assert at_desk.blog.posts[copy].status == "publish"


def test_the_last_draft_of_a_page_is_left_alone_when_its_post_is_gone(at_desk, published):
    record = at_desk.world.ledger.records.get(published)
    left = second_draft(at_desk, published)
    at_desk.blog.delete(record.post_id)
    age(at_desk)
    compare(at_desk.world, "day 1")
    assert at_desk.blog.posts[left].status == "draft"


def test_a_post_that_was_not_known_is_adopted(at_desk):
    page = PageId(at_desk.notion.add_page("Lost", [b.paragraph("Text")], status="Done"))
    left = second_draft(at_desk, page)
    compare(at_desk.world, "day 1")
    record = at_desk.world.ledger.records.get(page)
    assert record is not None
    assert record.post_id == str(left)


def test_a_post_that_was_deleted_in_wordpress_is_written_down(at_desk, published):
    record = at_desk.world.ledger.records.get(published)
    at_desk.blog.delete(record.post_id)
    compare(at_desk.world, "day 1")
    assert "deleted in WordPress" in last_run(at_desk)[0]
    assert at_desk.notion.status(published) == "Done"


def test_a_post_that_only_lost_its_marker_is_no_deleted_post(at_desk, published):
    for post in at_desk.blog.posts.values():
        post.page_id = None
    compare(at_desk.world, "day 1")
    assert last_run(at_desk) == []


def test_what_was_written_down_is_told_to_nobody_at_night(at_desk, published):
    at_desk.notion.unshare(published)
    told = len(at_desk.messenger.told)
    compare(at_desk.world, "day 1")
    assert len(at_desk.messenger.told) == told
    assert JobId(at_desk.world.ledger.jobs.recent(1)[0].id)


def test_old_events_and_old_runs_without_a_page_are_dropped_and_nothing_else(at_desk, published):
    ledger = at_desk.world.ledger
    empty = ledger.jobs.open("schedule", listing=True)
    ledger.jobs.listed(empty)
    ledger.jobs.settle(empty)
    runs, events = len(ledger.jobs.recent(100)), len(ledger.figures.events(100))
    assert events
    compare(at_desk.world, "day 1")
    assert (len(ledger.jobs.recent(100)), len(ledger.figures.events(100))) == (runs, events)
    at_desk.clock.now += tidying.KEPT_SECONDS + 60
    compare(at_desk.world, "day 2")
    assert len(ledger.jobs.recent(100)) == runs - 1
    assert ledger.jobs.job(empty) is None
    assert not ledger.figures.events(100)

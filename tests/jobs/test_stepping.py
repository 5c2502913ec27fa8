"""A run in steps: what each gives to wake, how runs end, and what a sweep finds after wake-ups were lost."""

from __future__ import annotations

from concurrent.futures import Future

from jobs.beats import beats
from sidecar import holding, orchestrator, stepping
from sidecar.blocks import PageId
from sidecar.config import Config
from sidecar.errors import Unavailable
from sidecar.failing import MOST_DEATHS
from sidecar.running import IN_A_ROW, running
from tests.jobs.desk import Desk
from tests.stage.notion import build as b
from tests.stage.notion.rich_text import run
from tests.stage.notion.shapes import bare

DOWN = Unavailable("WordPress does not answer.")


def page(desk: Desk, title: str = "Low water", status: str = "Adding") -> PageId:
    return PageId(desk.notion.add_page(title, [b.paragraph("Text")], status=status))


def sweep_and_work(desk: Desk) -> None:
    """What the sweep wakes is done."""
    found = stepping.sweep(desk.world)
    for job_id in found.listings:
        stepping.list_pages(desk.world, job_id)
    for waiting in stepping.sweep(desk.world).pages:
        stepping.sync_page(desk.world, waiting.page_id)


# --- runs ------------------------------------------------------------------------------------------------


def test_a_listing_gives_the_pages_to_wake_and_the_last_of_them_ends_the_run(at_desk):
    pages = {page(at_desk, "One"), page(at_desk, "Two")}
    job_id = at_desk.listing()
    waiting = stepping.list_pages(at_desk.world, job_id)
    assert {one.page_id for one in waiting} == pages
    for one in waiting:
        assert at_desk.status(job_id) == "Running"
        assert stepping.sync_page(at_desk.world, one.page_id) == []
    assert at_desk.status(job_id) == "Completed"
    assert [outcome.status for outcome in at_desk.outcomes(job_id)] == ["Success", "Success"]
    assert len(at_desk.messenger.told) == 1


def test_a_page_whose_links_are_out_of_date_is_given_to_wake_and_belongs_to_the_run(at_desk):
    there = page(at_desk, "There", status="Draft")
    here = PageId(at_desk.notion.add_page("Here", [b.paragraph(run("there", f"/{bare(there)}"))]))
    at_desk.want(here)
    assert stepping.sync_page(at_desk.world, here) == []
    job_id = at_desk.want(there)
    (waiting,) = stepping.sync_page(at_desk.world, there)
    assert (waiting.page_id, at_desk.status(job_id)) == (here, "Running")
    assert stepping.sync_page(at_desk.world, here) == []
    assert at_desk.status(job_id) == "Completed"
    assert [(it.title, it.status) for it in at_desk.outcomes(job_id)] == [("There", "Success"), ("Here", "Success")]
    (content,) = [post.texts["post_content"] for post in at_desk.blog.posts.values() if post.page_id == here]
    assert '<a href="' in content


def test_a_page_that_is_gone_from_notion_keeps_its_post_with_its_links(at_desk):
    there = page(at_desk, "There", status="Draft")
    here = PageId(at_desk.notion.add_page("Here", [b.paragraph(run("there", f"/{bare(there)}"))]))
    at_desk.want(here)
    stepping.sync_page(at_desk.world, here)
    at_desk.notion.unshare(here)
    job_id = at_desk.want(there)
    stepping.sync_page(at_desk.world, there)
    stepping.sync_page(at_desk.world, here)
    assert [outcome.status for outcome in at_desk.outcomes(job_id)] == ["Success", "Skipped"]
    assert at_desk.world.ledger.records.outdated() == []


def test_a_listing_that_finds_nothing_ends_its_run_without_a_word(at_desk):
    job_id = at_desk.listing()
    assert stepping.list_pages(at_desk.world, job_id) == []
    assert at_desk.status(job_id) == "Completed"
    assert at_desk.messenger.told == []


def test_two_workers_list_once(at_desk):
    page(at_desk)
    job_id = at_desk.listing()
    other = at_desk.another()
    with stepping.turn(other, f"listing {job_id}") as is_ours:
        assert is_ours
        assert stepping.list_pages(at_desk.world, job_id) == ()
    assert len(stepping.list_pages(at_desk.world, job_id)) == 1
    assert stepping.list_pages(other, job_id) == ()


def test_a_listing_whose_worker_died_is_done_by_another_when_its_lease_is_over(at_desk):
    page(at_desk)
    job_id = at_desk.listing()
    assert holding.take(at_desk.world, f"listing {job_id}", "the dead")
    assert stepping.sweep(at_desk.world).listings == [job_id]
    assert stepping.list_pages(at_desk.world, job_id) == ()
    at_desk.clock.advance(holding.HELD_SECONDS + 1)
    assert len(stepping.list_pages(at_desk.world, job_id)) == 1


def test_a_notion_that_is_down_for_a_moment_fails_no_run(at_desk):
    wanted = page(at_desk)
    job_id = at_desk.listing()
    at_desk.notion.faults.add("query", status=503, times=2)
    for _ in range(2):
        assert list(stepping.list_pages(at_desk.world, job_id)) == []
        assert at_desk.status(job_id) == "Running"
    assert [one.page_id for one in stepping.list_pages(at_desk.world, job_id)] == [wanted]


def test_a_notion_that_stays_down_fails_the_run_and_says_so(at_desk):
    job_id = at_desk.listing()
    at_desk.notion.faults.add("query", status=503, times=99)
    for _ in range(3):
        stepping.list_pages(at_desk.world, job_id)
    assert at_desk.status(job_id) == "Failed"
    assert stepping.sweep(at_desk.world).listings == []
    assert len(at_desk.messenger.told) == 1


def test_a_schedule_that_fails_all_night_says_so_once(at_desk):
    at_desk.notion.faults.add("query", status=401, times=3)
    for slot in "abc":
        job_id = stepping.open_listing(at_desk.world.ledger, slot)
        stepping.list_pages(at_desk.world, job_id)
        assert at_desk.status(job_id) == "Failed"
    assert len(at_desk.messenger.told) == 1
    stepping.list_pages(at_desk.world, stepping.open_listing(at_desk.world.ledger, "d"))
    at_desk.notion.faults.add("query", status=401, times=1)
    stepping.list_pages(at_desk.world, stepping.open_listing(at_desk.world.ledger, "e"))
    assert len(at_desk.messenger.told) == 2


def test_somebody_who_asks_for_everything_does_not_wait_for_the_next_attempt_and_the_schedule_does(at_desk):
    wanted = page(at_desk)
    at_desk.want(wanted)
    at_desk.blog.trouble("create", DOWN)
    stepping.sync_page(at_desk.world, wanted)
    stepping.list_pages(at_desk.world, stepping.open_listing(at_desk.world.ledger, "1"))
    assert at_desk.world.ledger.pages.due() == []
    stepping.list_pages(at_desk.world, at_desk.listing())
    assert [one.page_id for one in at_desk.world.ledger.pages.due()] == [wanted]


def test_a_slot_of_the_schedule_is_one_run(at_desk):
    first = stepping.open_listing(at_desk.world.ledger, "1")
    stepping.list_pages(at_desk.world, first)
    assert stepping.open_listing(at_desk.world.ledger, "1") is None
    assert stepping.open_listing(at_desk.world.ledger, "2") not in (None, first)


def test_slots_that_come_while_the_last_one_waits_do_not_pile_up(at_desk):
    first = stepping.open_listing(at_desk.world.ledger, "1")
    assert stepping.open_listing(at_desk.world.ledger, "2") == first
    assert at_desk.world.ledger.jobs.listings() == [first]


# --- pages -----------------------------------------------------------------------------------------------


def test_a_page_that_was_wanted_during_its_attempt_is_given_back_to_be_woken(at_desk):
    wanted = page(at_desk)
    at_desk.want(wanted)
    at_desk.blog.meanwhile = lambda: at_desk.want(wanted)
    waiting = stepping.sync_page(at_desk.world, wanted)
    assert [one.page_id for one in waiting] == [wanted]
    assert stepping.sync_page(at_desk.world, wanted) == []
    assert len(at_desk.blog.posts) == 1


def test_notion_is_asked_once_who_we_are(at_desk):
    for title in ("One", "Two"):
        wanted = page(at_desk, title)
        at_desk.want(wanted)
        stepping.sync_page(at_desk.world, wanted)
    assert [call.path for call in at_desk.notion.calls].count("/v1/users/me") == 1
    assert at_desk.world.ledger.memory.get("bot id")


def test_a_page_that_somebody_has_is_left_alone(at_desk):
    wanted = page(at_desk)
    at_desk.want(wanted)
    assert at_desk.world.ledger.pages.claim(wanted, "another") is not None
    assert stepping.sync_page(at_desk.world, wanted) == ()
    assert at_desk.blog.posts == {}


def test_a_worker_that_is_told_to_leave_gives_its_page_back_to_be_woken(at_desk):
    wanted = page(at_desk)
    job_id = at_desk.want(wanted)
    at_desk.world.stop.set()
    assert [one.page_id for one in stepping.sync_page(at_desk.world, wanted)] == [wanted]
    at_desk.world.stop.clear()
    stepping.sync_page(at_desk.world, wanted)
    assert at_desk.status(job_id) == "Completed"
    assert len(at_desk.blog.posts) == 1


# --- the sweep -------------------------------------------------------------------------------------------


def test_a_page_whose_wake_up_was_lost_is_found(at_desk):
    wanted = page(at_desk)
    job_id = at_desk.want(wanted)
    sweep_and_work(at_desk)
    assert at_desk.status(job_id) == "Completed"


def test_a_page_that_is_to_be_quiet_is_not_found_before_its_time(at_desk):
    at_desk.want(page(at_desk), quiet=10.0)
    assert stepping.sweep(at_desk.world).pages == []
    at_desk.clock.advance(10)
    assert len(stepping.sweep(at_desk.world).pages) == 1


def test_a_page_whose_worker_died_is_found_when_its_lease_is_over(at_desk):
    wanted = page(at_desk)
    at_desk.want(wanted)
    at_desk.world.ledger.pages.claim(wanted, "the dead")
    at_desk.clock.advance(119)
    assert stepping.sweep(at_desk.world).pages == []
    at_desk.clock.advance(1)
    assert [one.page_id for one in stepping.sweep(at_desk.world).pages] == [wanted]


def test_such_a_page_goes_on_two_and_a_half_minutes_after_its_worker_died_when_nothing_is_set():
    every = next(beat.every for beat in beats(Config()) if beat.name == "sweep")
    assert Config().lease_seconds + every == 150


def test_a_deferred_page_is_found_at_its_time_and_given_up_after_the_third_attempt(at_desk):
    wanted = page(at_desk)
    job_id = at_desk.want(wanted)
    for _ in range(3):
        at_desk.blog.trouble("create", DOWN)
    sweep_and_work(at_desk)
    assert stepping.sweep(at_desk.world).pages == []
    for seconds in at_desk.world.patience:
        assert at_desk.status(job_id) == "Running"
        at_desk.clock.advance(seconds)
        sweep_and_work(at_desk)
    assert at_desk.status(job_id) == "Failed"
    assert at_desk.notion.status(wanted) == "Error"
    assert stepping.sweep(at_desk.world).pages == []
    assert len(at_desk.messenger.told) == 1


def test_a_far_end_that_is_down_for_all_wakes_nobody_and_costs_no_page_an_attempt(at_desk):
    pages = [page(at_desk, f"Page {number}") for number in range(IN_A_ROW + 3)]
    job_id = at_desk.listing()
    for _ in pages:
        at_desk.blog.trouble("create", DOWN)
    sweep_and_work(at_desk)
    assert stepping.sweep(at_desk.world) == stepping.Found()
    assert at_desk.status(job_id) == "Running"
    at_desk.blog.troubles.clear()
    at_desk.clock.advance(200)
    sweep_and_work(at_desk)
    assert at_desk.status(job_id) == "Completed"
    assert len(at_desk.blog.posts) == len(pages)


def test_a_listing_waits_while_a_far_end_is_down_for_all(at_desk):
    shared = stepping.circuit(at_desk.world)
    for number in range(IN_A_ROW):
        shared.note(PageId(str(number)), DOWN)
    job_id = at_desk.listing()
    before = len(at_desk.notion.calls)
    assert stepping.list_pages(at_desk.world, job_id) == ()
    assert len(at_desk.notion.calls) == before
    assert at_desk.status(job_id) == "Running"


def test_a_run_whose_last_worker_died_before_its_end_is_ended(at_desk):
    wanted = page(at_desk)
    job_id = at_desk.want(wanted)
    claim = at_desk.world.ledger.pages.claim(wanted, "one that dies after its page is done")
    assert claim is not None
    at_desk.world.ledger.pages.complete(claim)
    assert at_desk.status(job_id) == "Running"
    stepping.sweep(at_desk.world)
    assert at_desk.status(job_id) == "Completed"


def test_a_run_of_the_command_line_is_left_to_end_by_itself(at_desk):
    job_id = at_desk.world.ledger.jobs.open("cli")
    stepping.sweep(at_desk.world)
    assert at_desk.status(job_id) == "Running"
    at_desk.clock.advance(stepping.SURELY_OVER + 1)
    stepping.sweep(at_desk.world)
    assert at_desk.status(job_id) == "Completed"


def test_an_idle_service_is_tidy(at_desk):
    assert stepping.is_tidy(at_desk.world.ledger)
    job_id = at_desk.want(page(at_desk))
    assert not stepping.is_tidy(at_desk.world.ledger)
    sweep_and_work(at_desk)
    assert at_desk.status(job_id) == "Completed"
    at_desk.clock.advance(1)
    assert stepping.is_tidy(at_desk.world.ledger)


# --- pages that workers died with --------------------------------------------------------------------------


def die_with(desk: Desk, page_id: PageId, times: int = 1) -> None:
    """Workers that take a page and are not heard of again."""
    for number in range(times):
        assert desk.world.ledger.pages.claim(page_id, f"dead {number}") is not None
        desk.clock.advance(1000)


def test_a_page_that_workers_died_with_comes_last_and_alone(at_desk):
    suspect, other, third = (page(at_desk, title) for title in ("One", "Two", "Three"))
    at_desk.want(suspect)
    die_with(at_desk, suspect)
    at_desk.want(other)
    with running(at_desk.world, None) as run:
        assert orchestrator.due(run, {}, 6) == [other]
        busy = {other: Future()}
        at_desk.world.ledger.pages.complete(at_desk.world.ledger.pages.claim(other, "one"))
        assert orchestrator.due(run, busy, 5) == []
        assert orchestrator.due(run, {}, 6) == [suspect]
        at_desk.want(third)
        assert orchestrator.due(run, {suspect: Future()}, 5) == ()
        assert orchestrator.due(run, {}, 6) == [third]


def test_a_page_that_was_deadly_too_often_is_given_up_in_words_until_somebody_asks(at_desk):
    deadly = page(at_desk)
    job_id = at_desk.want(deadly)
    die_with(at_desk, deadly, MOST_DEATHS)
    stepping.sync_page(at_desk.world, deadly)
    assert [outcome.status for outcome in at_desk.outcomes(job_id)] == ["Failed"]
    assert at_desk.notion.status(deadly) == "Error"
    assert "times in a row" in at_desk.notion.said(deadly, "WordPress Message")
    assert not any("children" in call.path for call in at_desk.notion.calls)
    assert at_desk.world.ledger.pages.due() == []
    at_desk.want(deadly)
    stepping.sync_page(at_desk.world, deadly)
    assert at_desk.notion.status(deadly) == "Done"


def test_where_even_saying_so_was_deadly_only_the_ledger_is_told(at_desk):
    deadly = page(at_desk)
    job_id = at_desk.want(deadly)
    die_with(at_desk, deadly, MOST_DEATHS + 1)
    before = len(at_desk.notion.calls)
    stepping.sync_page(at_desk.world, deadly)
    assert [outcome.status for outcome in at_desk.outcomes(job_id)] == ["Failed"]
    assert not any(deadly in call.path for call in at_desk.notion.calls[before:])

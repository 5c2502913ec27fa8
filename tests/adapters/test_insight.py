"""Looking back over runs and pages: what people and graphs are told is what the ledger holds."""

import pytest

from sidecar.adapters.ledger import ledger, open_store
from sidecar.ledger import Trigger
from sidecar.model import Intent, Media, Metrics
from tests.make import PAGE_ID, outcome, record

OTHER = "22222222-2222-4222-8222-222222222222"
START = 1_000_000.0
DAY = 86_400.0


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(url):
    store = open_store(url)
    yield store
    store.close()


@pytest.fixture
def book(store, clock):
    return ledger(store, "main", lease_seconds=120, now=clock)


def want(book, page_id=PAGE_ID, intent=Intent.ASKED, event="1", **more):
    return book.pages.accept(Trigger(page_id, intent, "button", event, **more), run="button").job_id


def end(book, job_id, page_id=PAGE_ID, status="Success", **more):
    item = book.jobs.begin_item(job_id, page_id, more.get("title", "A page"), "https://app.notion.com/p/x")
    book.jobs.finish_item(item, outcome(status, page_id=page_id, **more), 1)


def run(book, *ends, error=None):
    """A whole run of one page for each (page id, status)."""
    job_id = book.jobs.open("button")
    for page_id, status in ends:
        end(book, job_id, page_id, status)
    book.jobs.close(job_id, "Failed" if error else "Completed", Metrics(), error)
    return job_id


# --- runs ------------------------------------------------------------------------------------------------


def test_pages_are_counted_in_the_span_in_which_they_ended(book, clock):
    run(book, (PAGE_ID, "Success"), (OTHER, "Success"))
    clock.now += DAY
    run(book, (PAGE_ID, "Failed"))
    spans = book.insight.outcomes([START, START + DAY, START + 2 * DAY])
    assert spans == [{("create", "Success"): 2}, {("create", "Failed"): 1}]


def test_a_page_on_the_bound_belongs_to_the_later_span(book, clock):
    clock.now = START + DAY
    run(book, (PAGE_ID, "Success"))
    assert book.insight.outcomes([START, START + DAY, START + 2 * DAY]) == [{}, {("create", "Success"): 1}]
    assert book.insight.outcomes([START]) == []


def test_a_page_that_is_still_worked_on_has_not_ended(book):
    book.jobs.begin_item(book.jobs.open("cli"), PAGE_ID, "A page", "")
    assert book.insight.outcomes([0, START * 2]) == [{}]


def test_ended_runs_come_oldest_first_with_their_times_and_pages(book, clock):
    job_id = book.jobs.open("button")
    end(book, job_id)
    end(book, job_id, OTHER)
    clock.now += 4
    book.jobs.close(job_id, "Completed", Metrics(), None)
    later = run(book, (PAGE_ID, "Success"))
    run(book)
    first, second = book.insight.ended(START)
    assert (first.job_id, first.pages, first.finished_at - first.started_at) == (job_id, 2, 4.0)
    assert second.job_id == later
    assert [one.job_id for one in book.insight.ended(START, limit=1)] == [later]
    assert book.insight.ended(START + 5) == []


def test_runs_that_found_nothing_to_do_are_left_out(book):
    did = run(book, (PAGE_ID, "Success"))
    run(book)
    run(book, (PAGE_ID, "Skipped"))
    broken = run(book, error="Notion does not answer in time.")
    running = book.jobs.open("schedule", listing=True)
    assert [job.id for job in book.insight.runs(10)] == [running, broken, did]
    assert [job.id for job in book.insight.runs(1)] == [running]
    assert [job.id for job in book.insight.runs(10, before=broken)] == [did]


def test_runs_are_found_by_a_page_and_by_what_went_wrong_in_them(book):
    fine = run(book, (PAGE_ID, "Success"))
    waits = run(book, (PAGE_ID, "Deferred"), (OTHER, "Success"))
    other = run(book, (OTHER, "Conflict"))
    broken = run(book, error="Notion does not answer in time.")
    assert [job.id for job in book.insight.runs(10, page=PAGE_ID)] == [waits, fine]
    assert [job.id for job in book.insight.runs(10, in_trouble=True)] == [broken, other, waits]
    assert [job.id for job in book.insight.runs(10, page=OTHER, before=other, in_trouble=True)] == [waits]


def test_the_last_success_is_when_a_whole_post_was_remembered(book, clock):
    assert book.insight.last_success() is None
    want(book)
    claim = book.pages.claim(PAGE_ID, "me")
    book.records.put(claim, record(fingerprint=""))
    assert book.insight.last_success() is None
    clock.now += 5
    book.records.put(claim, record())
    assert book.insight.last_success() == START + 5


# --- pages -----------------------------------------------------------------------------------------------


def test_a_page_that_is_worked_on_shows_how_far_it_is(book, clock):
    job_id = want(book)
    assert book.insight.working() == []
    claim = book.pages.claim(PAGE_ID, "me")
    (looking,) = book.insight.working()
    assert (looking.begun_at, looking.title, looking.files) == (None, "", 0)
    clock.now += 1
    item = book.jobs.begin_item(job_id, PAGE_ID, "A page", "https://app.notion.com/p/x")
    first, _ = book.assets.begin(PAGE_ID, "b1", "a.jpg"), book.assets.begin(PAGE_ID, "b2", "b.jpg")
    book.assets.uploaded(first, "a" * 64, Media("5", "u"), 10, item)
    book.pages.guard(claim, "creating", 5)
    (one,) = book.insight.working()
    assert (one.title, one.phase, one.files_stored, one.files) == ("A page", "creating", 1, 2)
    assert (one.begun_at, one.job_id, one.written_at) == (START + 1, job_id, None)
    book.pages.complete(claim)
    assert book.insight.working() == []


def test_a_page_whose_worker_went_silent_waits_again(book, clock):
    want(book)
    book.pages.claim(PAGE_ID, "me")
    assert (book.insight.backlog().working, book.insight.backlog().waiting) == (1, 0)
    clock.now += 121
    assert (book.insight.backlog().working, book.insight.backlog().waiting) == (0, 1)


def test_what_waits_says_why_and_until_when(book, clock):
    job_id = want(book)
    end(book, job_id, status="Deferred", title="Slow page")
    book.pages.fail(book.pages.claim(PAGE_ID, "me"), "WordPress is busy.", 30)
    want(book, OTHER, event="2", quiet=10)
    clock.now += 1
    quiet, failed = book.insight.queue(10)
    assert (quiet.page_id, quiet.not_before, quiet.error) == (OTHER, START + 10, None)
    assert (failed.title, failed.error, failed.attempts) == ("Slow page", "WordPress is busy.", 1)
    assert (failed.not_before, failed.since) == (START + 30, START)
    assert len(book.insight.queue(1)) == 1


def test_a_page_given_up_is_a_trouble_until_it_is_asked_for_anew(book):
    job_id = want(book)
    end(book, job_id, status="Failed", error="It is too big.")
    book.pages.fail(book.pages.claim(PAGE_ID, "me"), "It is too big.", None)
    (trouble,) = book.insight.given_up(10)
    assert (trouble.outcome.error, trouble.job_id, trouble.at) == ("It is too big.", job_id, START)
    assert (book.insight.backlog().given_up, book.insight.queue(10)) == (1, [])
    want(book, event="2")
    assert book.insight.given_up(10) == []
    assert book.insight.backlog().given_up == 0


def test_a_conflict_is_a_trouble_until_it_is_asked_for_anew(book):
    job_id = want(book)
    claim = book.pages.claim(PAGE_ID, "me")
    book.records.put(claim, record(conflicted=True))
    book.pages.complete(claim)
    end(book, job_id, status="Conflict", error="The post was edited.")
    end(book, book.jobs.open("schedule"), status="Skipped")
    assert [one.outcome.status for one in book.insight.given_up(10)] == ["Conflict"]
    want(book, event="2")
    assert book.insight.given_up(10) == []


def test_a_page_is_known_once_it_was_wanted_or_published(book):
    assert not book.insight.knows(PAGE_ID)
    want(book)
    book.records.adopt(record(page_id=OTHER))
    assert book.insight.knows(PAGE_ID)
    assert book.insight.knows(OTHER)


def test_the_backlog_knows_the_page_that_waits_longest(book, clock):
    assert book.insight.backlog().oldest is None
    want(book)
    clock.now += 60
    want(book, OTHER, event="2")
    book.pages.accept_listing("manual", "1", "manual")
    backlog = book.insight.backlog()
    assert (backlog.waiting, backlog.oldest, backlog.listings) == (2, START, 1)


def test_events_are_counted_by_source(book, clock):
    want(book, event="old")
    clock.now += DAY
    want(book, event="1")
    book.pages.note_event(Trigger(OTHER, Intent.EDITED, "events", "2"))
    assert book.insight.inbox(START + 1) == {"button": 1, "events": 1}


def test_another_sites_runs_and_pages_are_not_seen(store, book, clock):
    end(book, want(book))
    other = ledger(store, "other", now=clock).insight
    assert other.runs(10) == other.queue(10) == other.working() == other.ended(0) == other.given_up(10) == []
    assert other.outcomes([0, START * 2]) == [{}]
    assert (other.inbox(0), other.backlog().waiting) == ({}, 0)

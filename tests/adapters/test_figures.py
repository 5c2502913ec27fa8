"""Runs in numbers and the events that came in: what a monitor counts is what the ledger holds."""

import pytest

from sidecar.adapters.ledger import ledger, open_store
from sidecar.ledger import Trigger
from sidecar.model import Intent, Metrics
from tests.make import PAGE_ID, outcome

OTHER = "22222222-2222-4222-8222-222222222222"
START = 1_000_000.0


@pytest.fixture
def store(url):
    store = open_store(url)
    yield store
    store.close()


@pytest.fixture
def book(store):
    return ledger(store, "main", now=lambda: START)


def run(book, *ends, metrics=None):
    job_id = book.jobs.open("button")
    for page_id, action, status in ends:
        item = book.jobs.begin_item(job_id, page_id, "A page", "")
        book.jobs.finish_item(item, outcome(status, action, page_id=page_id), 1)
    book.jobs.close(job_id, "Completed", metrics or Metrics(), None)
    return job_id


def test_a_run_is_told_in_numbers(book):
    run(book, (PAGE_ID, "create", "Success"), (OTHER, "create", "Success"), metrics=Metrics(notion_calls=7))
    (one,) = book.figures.tallies(0)
    assert one.pages == {("create", "Success"): 2}
    assert (one.type, one.status, one.finished_at, one.metrics.notion_calls) == ("button", "Completed", START, 7)


def test_runs_come_in_order_from_where_one_stopped(book):
    first, second, third = run(book), run(book, (PAGE_ID, "update", "Failed")), run(book)
    assert [one.job_id for one in book.figures.tallies(first)] == [second, third]
    assert [one.job_id for one in book.figures.tallies(0, limit=2)] == [first, second]


def test_runs_that_are_asked_for_by_name_come_once_and_besides(book):
    first, second, third = run(book), run(book), run(book)
    assert [one.job_id for one in book.figures.tallies(second, also={first})] == [first, third]
    assert [one.job_id for one in book.figures.tallies(0, also={second})] == [first, second, third]


def test_the_newest_events_come_first(book):
    book.pages.accept(Trigger(PAGE_ID, Intent.ASKED, "automation", "1", kind="button"))
    book.pages.note_event(Trigger("", Intent.LISTED, "event", "2", kind="comment.created", body="no such meaning"))
    newest, oldest = book.figures.events(10)
    assert (newest.kind, newest.page_id, newest.body) == ("comment.created", None, "no such meaning")
    assert (oldest.kind, oldest.page_id, oldest.body, oldest.received_at) == ("button", PAGE_ID, "", START)
    assert book.figures.events(1) == [newest]


def test_other_sites_are_not_counted(book, store):
    run(book, (PAGE_ID, "create", "Success"))
    book.pages.accept(Trigger(PAGE_ID, Intent.ASKED, "automation", "1"))
    other = ledger(store, "other")
    assert other.figures.tallies(0) == other.figures.events(10) == []


def test_a_database_that_a_backup_set_back_is_not_current(book, store):
    assert book.figures.is_current()
    with store.transaction():
        store.database.execute_sql("DELETE FROM schema_migration WHERE id = (SELECT max(id) FROM schema_migration)")
    assert not book.figures.is_current()

"""The ledger: revisions, leases, fences, memory. The same statements run on SQLite here and on servers elsewhere."""

import multiprocessing
import sqlite3

import pytest

from sidecar.adapters.ledger import Store, ledger, open_store
from sidecar.adapters.ledger.store import database
from sidecar.errors import ConfigError, LostLease, Unavailable
from sidecar.ledger import Shown, Trigger
from sidecar.model import BlockWarning, Intent, Media, MediaId, Metrics
from tests.make import PAGE_ID, outcome, record

OTHER = "22222222-2222-4222-8222-222222222222"


class Clock:
    """A wall clock that stands still until it is moved."""

    def __init__(self):
        self.now = 1_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def book(tmp_path, clock):
    store = open_store(f"sqlite:///{tmp_path}/ledger.db")
    yield ledger(store, "main", lease_seconds=120, now=clock)
    store.close()


def want(book, intent=Intent.EDITED, event="1", page_id=PAGE_ID, **more):
    return book.pages.accept(Trigger(page_id, intent, "test", event, **more)).is_new


# --- revisions -------------------------------------------------------------------------------------------


def test_an_event_counts_once(book):
    assert want(book, event="same")
    assert not want(book, event="same")


def test_twenty_edits_are_one_run(book):
    for number in range(20):
        want(book, event=str(number))
    claim = book.pages.claim(PAGE_ID, "me")
    assert not book.pages.complete(claim)
    assert book.pages.due() == []


def test_an_edit_during_a_run_is_exactly_one_more_run(book):
    want(book, event="1")
    claim = book.pages.claim(PAGE_ID, "me")
    want(book, event="2")
    want(book, event="3")
    assert book.pages.complete(claim)
    again = book.pages.claim(PAGE_ID, "me")
    assert not book.pages.complete(again)


def test_a_listing_adds_nothing_to_a_page_that_waits_or_is_worked_on(book):
    want(book, Intent.ASKED, "1")
    want(book, Intent.LISTED, "2")
    claim = book.pages.claim(PAGE_ID, "me")
    assert claim.intent is Intent.ASKED
    want(book, Intent.LISTED, "3")
    assert not book.pages.complete(claim)


def test_a_forced_run_does_not_force_the_next_one(book):
    want(book, Intent.FORCED, "1")
    claim = book.pages.claim(PAGE_ID, "me")
    want(book, Intent.EDITED, "2")
    assert book.pages.complete(claim)
    assert book.pages.claim(PAGE_ID, "me").intent is Intent.EDITED


def test_an_ask_survives_the_worker_that_died_with_it(book, clock):
    want(book, Intent.FORCED, "1")
    book.pages.claim(PAGE_ID, "dies")
    want(book, Intent.EDITED, "2")
    clock.now += 121
    assert book.pages.claim(PAGE_ID, "me").intent is Intent.FORCED


def test_of_trash_and_restore_the_later_one_counts(book):
    want(book, Intent.TRASHED, "1")
    want(book, Intent.RESTORED, "2")
    assert book.pages.claim(PAGE_ID, "me").intent is Intent.RESTORED


# --- quiet period ----------------------------------------------------------------------------------------


def test_a_page_is_left_until_it_has_been_quiet(book, clock):
    want(book, event="1", quiet=10)
    assert book.pages.claim(PAGE_ID, "me") is None
    clock.now += 8
    want(book, event="2", quiet=10)
    clock.now += 8
    assert book.pages.claim(PAGE_ID, "me") is None
    clock.now += 2
    assert book.pages.claim(PAGE_ID, "me")


def test_endless_typing_is_synced_after_a_minute(book, clock):
    for number in range(12):
        want(book, event=str(number), quiet=10)
        clock.now += 5
    assert book.pages.claim(PAGE_ID, "me")


def test_a_button_shortens_the_quiet_period(book):
    want(book, event="1", quiet=10)
    want(book, Intent.ASKED, "2", quiet=0)
    assert book.pages.claim(PAGE_ID, "me")


# --- leases and fences -----------------------------------------------------------------------------------


def test_a_page_is_worked_on_by_one(book):
    want(book)
    assert book.pages.claim(PAGE_ID, "me")
    assert book.pages.claim(PAGE_ID, "you") is None
    assert book.pages.due() == []


def test_a_silent_workers_page_is_taken_after_the_lease(book, clock):
    want(book)
    first = book.pages.claim(PAGE_ID, "me")
    clock.now += 121
    second = book.pages.claim(PAGE_ID, "you")
    assert second.token > first.token


def test_a_heartbeat_keeps_the_lease(book, clock):
    want(book)
    claim = book.pages.claim(PAGE_ID, "me")
    for _ in range(5):
        clock.now += 100
        book.pages.renew(claim)
    assert book.pages.claim(PAGE_ID, "you") is None


@pytest.mark.parametrize("write", ["guard", "complete", "fail", "release", "put"])
def test_who_lost_the_lease_writes_nothing_more(book, clock, write):
    want(book)
    mine = book.pages.claim(PAGE_ID, "me")
    clock.now += 121
    book.pages.claim(PAGE_ID, "you")
    calls = {
        "guard": lambda: book.pages.guard(mine, "creating", 5),
        "complete": lambda: book.pages.complete(mine),
        "fail": lambda: book.pages.fail(mine, "x", None),
        "release": lambda: book.pages.release(mine),
        "put": lambda: book.records.put(mine, record()),
    }
    with pytest.raises(LostLease):
        calls[write]()
    assert book.records.get(PAGE_ID) is None


def test_an_expired_lease_guards_nothing_even_if_nobody_took_over(book, clock):
    want(book)
    claim = book.pages.claim(PAGE_ID, "me")
    clock.now += 121
    with pytest.raises(LostLease):
        book.pages.guard(claim)


def test_the_intent_to_create_is_known_to_the_next_worker(book, clock):
    want(book)
    book.pages.guard(book.pages.claim(PAGE_ID, "me"), "creating", 41)
    clock.now += 121
    claim = book.pages.claim(PAGE_ID, "you")
    assert (claim.phase, claim.create_floor) == ("creating", 41)


def test_processes_that_reach_for_one_page_at_once_get_it_once(book, tmp_path):
    want(book)
    url = f"sqlite:///{tmp_path}/ledger.db"
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        got = pool.starmap(_claim_in_a_process, [(url, number) for number in range(4)])
    assert sum(got) == 1


def _claim_in_a_process(url, number):
    store = open_store(url)
    claim = ledger(store, "main").pages.claim(PAGE_ID, f"process {number}")
    store.close()
    return claim is not None


# --- failing ---------------------------------------------------------------------------------------------


def test_a_failed_attempt_is_counted_and_waits(book, clock):
    want(book)
    book.pages.fail(book.pages.claim(PAGE_ID, "me"), "WordPress is down", 30)
    assert book.pages.due() == []
    clock.now += 30
    assert book.pages.claim(PAGE_ID, "me").attempts == 1


def test_a_claim_that_dies_is_no_failed_attempt(book, clock):
    want(book)
    book.pages.claim(PAGE_ID, "me")
    clock.now += 121
    assert book.pages.claim(PAGE_ID, "me").attempts == 0


def test_a_dead_page_is_due_only_when_asked_anew_with_attempts_at_zero(book):
    want(book, Intent.LISTED, "1")
    book.pages.fail(book.pages.claim(PAGE_ID, "me"), "no", None)
    assert book.pages.due() == []
    assert want(book, Intent.LISTED, "2")
    assert book.pages.claim(PAGE_ID, "me").attempts == 0


def test_a_retry_waits_for_its_time_although_events_come_in(book):
    want(book, event="1")
    book.pages.fail(book.pages.claim(PAGE_ID, "me"), "down", 30)
    want(book, event="2", quiet=10)
    assert book.pages.due() == []


# --- records ---------------------------------------------------------------------------------------------


def test_a_record_comes_back_as_it_was_stored(book):
    want(book)
    claim = book.pages.claim(PAGE_ID, "me")
    whole = record(withdrawn_from="publish", conflicted=True, stated='{"post_name": "abc"}')
    book.records.put(claim, whole, "Title", {OTHER: Shown()})
    assert book.records.get(PAGE_ID) == whole
    assert book.records.permalinks("draft") == {}


def test_an_adopted_record_never_replaces_one(book):
    assert book.records.adopt(record())
    assert not book.records.adopt(record(post_id="99"))
    assert book.records.get(PAGE_ID).post_id == "7"


def test_sites_do_not_see_each_other(book, tmp_path):
    book.records.adopt(record())
    store = open_store(f"sqlite:///{tmp_path}/ledger.db")
    other = ledger(store, "other")
    assert other.records.get(PAGE_ID) is None
    assert other.jobs.recent(5) == []
    store.close()


# --- assets ----------------------------------------------------------------------------------------------


@pytest.fixture
def item(book):
    return book.jobs.begin_item(book.jobs.open("cli"), PAGE_ID, "A page", "")


def test_what_this_item_uploaded_and_nobody_else_uses_is_given_up(book, item):
    row = book.assets.begin(PAGE_ID, "b1", "w/1/a.jpg")
    book.assets.uploaded(row, "a" * 64, Media("5", "https://blog.example/a.jpg"), 10, item)
    assert book.assets.made_only_by(item) == ["5"]
    assert book.assets.known("w/1/a.jpg") is None


def test_what_another_page_shows_by_now_is_kept(book, item):
    row = book.assets.begin(PAGE_ID, "b1", "w/1/a.jpg")
    book.assets.uploaded(row, "a" * 64, Media("5", "u"), 10, item)
    other = book.assets.begin(OTHER, "b2", "elsewhere.jpg")
    assert book.assets.reuse(other, sha256="a" * 64).id == "5"
    assert book.assets.made_only_by(item) == []


def test_what_an_earlier_item_uploaded_is_not_this_ones_to_delete(book, item):
    row = book.assets.begin(PAGE_ID, "b1", "w/1/a.jpg")
    book.assets.uploaded(row, "a" * 64, Media("5", "u"), 10, None)
    assert book.assets.made_only_by(item) == []


def test_a_failed_file_says_why(book):
    row = book.assets.begin(PAGE_ID, "b1", "w/1/a.jpg")
    book.assets.failed(row, "too big")
    (asset,) = book.assets.of_page(PAGE_ID)
    assert (asset.status, asset.error) == ("Failed", "too big")


def test_a_picture_taken_out_of_a_page_stays_known_to_us(book, item):
    row = book.assets.begin(PAGE_ID, "b1", "w/1/a.jpg")
    book.assets.uploaded(row, "a" * 64, Media("5", "u"), 10, item)
    book.assets.keep(PAGE_ID, [])
    assert book.assets.of_page(PAGE_ID) == []
    assert book.assets.known("w/1/a.jpg").id == "5"


# --- jobs, memory, turns ---------------------------------------------------------------------------------


def test_a_run_comes_back_with_its_pages_and_their_notes(book):
    job_id = book.jobs.open("cli")
    item = book.jobs.begin_item(job_id, PAGE_ID, "A page", "u")
    assert book.jobs.begin_item(job_id, PAGE_ID, "A page", "u") == item
    told = outcome(warnings=(BlockWarning("b", "form", "left out"),), page_url="u")
    book.jobs.finish_item(item, told, 1)
    book.jobs.close(job_id, "Completed", Metrics(seconds=1.5), None)
    (job,) = book.jobs.recent(5)
    assert (job.status, job.metrics.seconds, job.outcomes) == ("Completed", 1.5, (told,))


def test_a_listing_that_failed_does_not_move_the_window(book, clock):
    first = book.jobs.open("cli")
    book.jobs.listed(first)
    clock.now += 100
    book.jobs.open("cli")
    assert book.jobs.last_listing().timestamp() == 1_000_000.0


def test_triggers_that_come_while_a_run_is_open_join_it(book):
    one = book.pages.accept(Trigger(PAGE_ID, Intent.ASKED, "button", "1"), run="button").job_id
    other = book.pages.accept(Trigger(OTHER, Intent.ASKED, "button", "2"), run="button").job_id
    event = book.pages.accept(Trigger(OTHER, Intent.EDITED, "event", "3"), run="event").job_id
    assert one == other != event


def test_a_run_ends_once_when_its_last_page_has_ended(book):
    job_id = book.pages.accept(Trigger(PAGE_ID, Intent.ASKED, "button", "1"), run="button").job_id
    assert book.jobs.settle(job_id) is None
    book.pages.complete(book.pages.claim(PAGE_ID, "me"))
    assert book.jobs.settle(job_id).status == "Completed"
    assert book.jobs.settle(job_id) is None
    assert book.jobs.join("button") != job_id


def test_a_run_with_a_failed_page_ends_failed(book):
    job_id = book.pages.accept(Trigger(PAGE_ID, Intent.ASKED, "button", "1"), run="button").job_id
    item = book.jobs.begin_item(job_id, PAGE_ID, "A page", "")
    book.jobs.finish_item(item, outcome("Failed", error="no"), 1)
    book.pages.fail(book.pages.claim(PAGE_ID, "me"), "no", None)
    assert (book.jobs.settle(job_id).status, book.jobs.job(job_id).error) == ("Failed", "1 of 1 pages failed.")


def test_a_run_goes_on_until_its_listing_is_done(book):
    job_id = book.pages.accept_listing("manual", "1", "manual").job_id
    assert book.jobs.listings() == [job_id]
    assert book.jobs.settle(job_id) is None
    book.jobs.listed(job_id)
    assert book.jobs.listings() == []
    assert book.jobs.settle(job_id).status == "Completed"


def test_what_pages_cost_adds_up_on_the_run(book):
    job_id = book.jobs.open("button")
    book.jobs.add(job_id, Metrics(seconds=1, notion_calls=2))
    book.jobs.add(job_id, Metrics(seconds=2, notion_calls=3))
    assert book.jobs.job(job_id).metrics == Metrics(seconds=3, notion_calls=5)


def test_memory_is_overwritten_and_forgotten(book):
    book.memory.put("a", "1")
    book.memory.put("a", "2")
    assert book.memory.get("a") == "2"
    book.memory.forget("a")
    assert book.memory.get("a") is None


def test_a_turn_is_one_owners_until_it_ends_or_runs_out(book, clock):
    assert book.leases.take("upload x", "me", 10)
    assert not book.leases.take("upload x", "you", 10)
    book.leases.give_back("upload x", "you")
    assert not book.leases.take("upload x", "you", 10)
    clock.now += 11
    assert book.leases.take("upload x", "you", 10)


# --- the database ----------------------------------------------------------------------------------------


def test_a_database_migrates_once_and_is_current(tmp_path):
    url = f"sqlite:///{tmp_path}/a/b/ledger.db"
    for _ in range(2):
        store = open_store(url)
        assert store.is_current()
        store.close()


def test_an_unknown_database_is_a_clear_error():
    with pytest.raises(ConfigError, match="DATABASE_URL"):
        Store("oracle://x")


@pytest.mark.parametrize("kind", ["mysql", "mariadb", "postgresql"])
def test_a_user_and_a_password_may_hold_every_sign(kind):
    said = database(f"{kind}://me%40home:p%2Fw%3A%25@db.example:99/books").connect_params
    assert (said["user"], said["password"], said["host"], said["port"]) == ("me@home", "p/w:%", "db.example", 99)


@pytest.mark.parametrize("kind", ["mysql", "postgresql"])
@pytest.mark.parametrize("rest", ["me:secret@db.example", "me:secret@db.example/", "me:secret@db.example:x/books"])
def test_a_server_without_a_database_is_a_clear_error(kind, rest):
    with pytest.raises(ConfigError, match=f"DATABASE_URL: there is no database.*{kind}://user") as raised:
        database(f"{kind}://{rest}")
    assert "secret" not in str(raised.value)


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path):
    (tmp_path / "ledger.db").mkdir()
    with pytest.raises(Unavailable, match="cannot be opened"):
        open_store(f"sqlite:///{tmp_path}/ledger.db")


def test_a_full_disk_is_named_and_loses_nothing(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/ledger.db")
    book = ledger(store, "main")
    book.memory.put("kept", "yes")
    pages = store.database.execute_sql("PRAGMA page_count").fetchone()[0]
    store.database.execute_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(Unavailable, match="no room left"):
        book.memory.put("big", "x" * 1_000_000)
    assert book.memory.get("kept") == "yes"
    store.close()


def test_a_locked_database_is_named(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/ledger.db")
    store.database.execute_sql("PRAGMA busy_timeout=50")
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked"):
        ledger(store, "main").memory.put("a", "1")
    other.execute("ROLLBACK")
    other.close()
    store.close()


def test_what_a_listing_saw_is_believed_once(book, clock):
    book.pages.accept(Trigger(PAGE_ID, Intent.LISTED, "listing", "1", snapshot={"id": PAGE_ID}))
    assert book.pages.claim(PAGE_ID, "one").snapshot == {"id": PAGE_ID}
    clock.now += 1000
    assert book.pages.claim(PAGE_ID, "who takes over").snapshot is None


def test_an_upload_that_was_cut_short_is_known_until_its_end_is(book, item):
    row = book.assets.begin(PAGE_ID, "block", "view.jpg")
    book.assets.sending(row, "a" * 64, "view-aaaaaaaaaaaa.jpg", 12, item)
    book.assets.keep(PAGE_ID, [])
    (one,) = book.assets.cut_short()
    assert (one.sha256, one.name, one.size, one.made_by) == ("a" * 64, "view-aaaaaaaaaaaa.jpg", 12, item)
    assert book.assets.sender("a" * 64) == item
    assert (book.assets.uploads(), book.assets.made_only_by(item)) == ([], [])
    book.assets.uploaded(one.id, one.sha256, Media(MediaId("9"), "http://blog/view.jpg"), one.size, one.made_by)
    assert (book.assets.cut_short(), book.assets.sender("a" * 64)) == ([], None)
    assert [upload.media.id for upload in book.assets.uploads()] == ["9"]
    book.assets.drop(one.id)
    assert len(book.assets.uploads()) == 1


def test_a_link_that_gives_other_bytes_hides_no_upload_that_was_cut_short(book, item):
    row = book.assets.begin(PAGE_ID, "block", "view.jpg")
    book.assets.sending(row, "a" * 64, "view-aaaaaaaaaaaa.jpg", 12, item)
    book.assets.sending(row, "b" * 64, "view-bbbbbbbbbbbb.jpg", 12, item)
    book.assets.sending(row, "b" * 64, "view-bbbbbbbbbbbb.jpg", 12, item)
    assert sorted(one.sha256[0] for one in book.assets.cut_short()) == ["a", "b"]
    for one in book.assets.cut_short():
        book.assets.drop(one.id)
    assert book.assets.cut_short() == []

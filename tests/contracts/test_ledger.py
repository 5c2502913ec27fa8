"""What every `Ledger` promises: on SQLite, and on a real PostgreSQL and MariaDB. Several workers are several
connections."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest

from sidecar.adapters.ledger import ledger, open_store
from sidecar.blocks import PageId
from sidecar.errors import LostLease
from sidecar.ledger import Claim, Ledger, Shown, Trigger, Upload
from sidecar.model import Intent, Media, MediaId, Metrics
from tests.make import PAGE_ID, outcome, record
from tests.stage.notion import Clock

T = TypeVar("T")
OTHER = PageId("22222222-2222-4222-8222-222222222222")
WORKERS = 6


@pytest.fixture
def clock() -> Clock:
    return Clock(1_000_000.0)


@contextlib.contextmanager
def opened(url: str, clock: Clock, site: str = "main") -> Iterator[Ledger]:
    store = open_store(url)
    try:
        yield ledger(store, site, lease_seconds=120, now=clock)
    finally:
        store.close()


@pytest.fixture
def book(url: str, clock: Clock) -> Iterator[Ledger]:
    with opened(url, clock) as book:
        yield book


def at_once(url: str, clock: Clock, deed: Callable[[Ledger, int], T]) -> list[T]:
    """What several workers get who do the same thing at the same time."""
    together = Barrier(WORKERS)

    def work(number: int) -> T:
        with opened(url, clock) as book:
            together.wait(60)
            return deed(book, number)

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(work, range(WORKERS)))


def want(
    book: Ledger, event: str, intent: Intent = Intent.EDITED, page_id: PageId = PAGE_ID, quiet: float = 0.0
) -> bool:
    return book.pages.accept(Trigger(page_id, intent, "test", event, quiet=quiet)).is_new


def claimed(book: Ledger) -> Claim:
    claim = book.pages.claim(PAGE_ID, "me")
    assert claim is not None
    return claim


# --- pages -----------------------------------------------------------------------------------------------


def test_an_event_counts_once(book: Ledger) -> None:
    assert want(book, "same")
    assert not want(book, "same")
    assert [it.page_id for it in book.pages.due()] == [PAGE_ID]


def test_an_event_that_comes_to_several_workers_at_once_counts_once(url: str, book: Ledger, clock: Clock) -> None:
    assert sum(at_once(url, clock, lambda it, _: want(it, "same"))) == 1
    claim = claimed(book)
    assert not book.pages.complete(claim)


def test_events_that_come_to_several_workers_at_once_are_one_run(url: str, book: Ledger, clock: Clock) -> None:
    assert at_once(url, clock, lambda it, number: want(it, str(number))) == [True] * WORKERS
    assert not book.pages.complete(claimed(book))
    assert book.pages.due() == []


def test_a_page_that_several_workers_reach_for_is_given_to_one(url: str, book: Ledger, clock: Clock) -> None:
    want(book, "1")
    claims = at_once(url, clock, lambda it, number: it.pages.claim(PAGE_ID, f"worker {number}"))
    assert len([it for it in claims if it is not None]) == 1


def test_who_lost_the_lease_writes_nothing_more(book: Ledger, clock: Clock) -> None:
    want(book, "1")
    old = claimed(book)
    clock.advance(121)
    new = claimed(book)
    for deed in (
        lambda: book.pages.guard(old),
        lambda: book.pages.renew(old),
        lambda: book.pages.complete(old),
        lambda: book.records.put(old, record()),
    ):
        with pytest.raises(LostLease):
            deed()
    assert book.records.get(PAGE_ID) is None
    book.records.put(new, record())
    assert not book.pages.complete(new)


def test_a_lease_that_is_renewed_does_not_run_out(book: Ledger, clock: Clock) -> None:
    want(book, "1")
    claim = claimed(book)
    for _ in range(3):
        clock.advance(100)
        book.pages.renew(claim)
    assert book.pages.claim(PAGE_ID, "you") is None


def test_a_lease_that_is_renewed_twice_in_the_same_instant_is_not_lost(book: Ledger) -> None:
    want(book, "1")
    claim = claimed(book)
    for _ in range(2):
        book.pages.guard(claim, "creating", 41)
        book.pages.renew(claim)
        assert book.leases.take("a turn", "me", 10)


def test_a_clock_that_is_set_back_keeps_nothing_waiting(book: Ledger, clock: Clock) -> None:
    want(book, "1", quiet=30)
    clock.advance(-3600)
    claim = claimed(book)
    assert book.pages.due() == []
    clock.advance(-3600)
    assert [page.page_id for page in book.pages.due()] == [PAGE_ID]
    book.pages.guard(claim)  # who lives has it still
    assert book.pages.due() == []
    assert book.leases.take("a turn", "one", 60)
    clock.advance(-3600)
    assert book.leases.take("a turn", "another", 60)
    assert not book.leases.take("a turn", "one", 60)


def test_what_was_about_to_be_done_is_known_to_the_next_worker(book: Ledger, clock: Clock) -> None:
    want(book, "1")
    book.pages.guard(claimed(book), "creating", 41)
    clock.advance(121)
    claim = claimed(book)
    assert (claim.phase, claim.create_floor, claim.attempts) == ("creating", 41, 0)


def test_an_edit_during_a_run_is_one_more_run(book: Ledger) -> None:
    want(book, "1")
    claim = claimed(book)
    want(book, "2")
    want(book, "3")
    assert book.pages.complete(claim)
    assert not book.pages.complete(claimed(book))


def test_a_page_waits_until_it_was_quiet(book: Ledger, clock: Clock) -> None:
    want(book, "1", quiet=10)
    assert (book.pages.due(), book.pages.claim(PAGE_ID, "me")) == ([], None)
    clock.advance(10)
    assert book.pages.claim(PAGE_ID, "me")


def test_a_failed_page_waits_and_a_dead_one_waits_to_be_asked(book: Ledger, clock: Clock) -> None:
    want(book, "1")
    book.pages.fail(claimed(book), "down", 30)
    assert book.pages.due() == []
    clock.advance(30)
    claim = claimed(book)
    assert claim.attempts == 1
    book.pages.fail(claim, "down", 0)
    for _ in range(3):
        book.pages.forgive([PAGE_ID, OTHER])
    claim = claimed(book)
    assert claim.attempts == 0
    book.pages.fail(claim, "no", None)
    clock.advance(1_000)
    assert book.pages.due() == []
    want(book, "2", Intent.ASKED)
    assert claimed(book).attempts == 0


def test_a_page_that_is_asked_for_while_it_fails_for_good_is_not_dead(book: Ledger) -> None:
    want(book, "1")
    claim = claimed(book)
    assert not book.pages.is_wanted_anew(claim)
    want(book, "2", Intent.FORCED)
    assert book.pages.is_wanted_anew(claim)
    book.pages.fail(claim, "It was refused.", None)
    again = claimed(book)
    assert (again.intent, again.attempts) == (Intent.FORCED, 0)
    book.pages.fail(again, "It was refused.", None)
    assert book.pages.due() == []


def test_a_worker_that_is_not_heard_of_again_is_counted_until_one_is(book: Ledger, clock: Clock) -> None:
    want(book, "1")
    for deaths in range(3):
        assert claimed(book).deaths == deaths
        clock.advance(121)
    want(book, "2", page_id=OTHER)
    assert [(page.page_id, page.deaths) for page in book.pages.due()] == [(OTHER, 0), (PAGE_ID, 3)]
    book.pages.fail(claimed(book), "It did not work.", 0)
    book.pages.release(claimed(book))
    claim = claimed(book)
    assert (claim.deaths, claim.attempts) == (0, 1)
    book.pages.complete(claim)
    want(book, "3")
    assert claimed(book).deaths == 0


@pytest.mark.parametrize("other", ["A key", "a kéy", "a key "], ids=["case", "accent", "blank"])
def test_names_that_look_alike_are_two(book: Ledger, other: str) -> None:
    assert want(book, "a key")
    assert want(book, other)
    book.memory.put("a key", "1")
    assert book.memory.get(other) is None
    assert book.leases.take("a key", "me", 10)
    assert book.leases.take(other, "you", 10)


def test_names_may_be_long(book: Ledger) -> None:
    """Such as those that hold the address of a site, or of a machine."""
    one, two = "long " * 60 + "one", "long " * 60 + "two"
    assert want(book, one)
    assert want(book, two)
    assert not want(book, one)
    book.memory.put(one, "1")
    assert (book.memory.get(one), book.memory.get(two)) == ("1", None)
    book.memory.forget(one)
    assert book.memory.get(one) is None
    assert book.leases.take(one, two, 10)
    assert not book.leases.take(one, one, 10)
    assert book.leases.take(two, one, 10)
    book.leases.give_back(one, two)
    assert book.leases.take(one, one, 10)
    assert book.pages.claim(PAGE_ID, one)


def test_texts_are_kept_in_full_length_and_in_all_signs(book: Ledger) -> None:
    text = "Größe 🌊 \\ ' \" %s" + "🌊" * 70_000
    book.memory.put("long", text)
    assert book.memory.get("long") == text
    book.pages.accept(Trigger(PAGE_ID, Intent.LISTED, "listing", "1", body=text, snapshot={"title": text}))
    assert claimed(book).snapshot == {"title": text}
    assert [one.body for one in book.figures.events(5)] == [text]


def test_the_longest_waiting_page_comes_first(book: Ledger, clock: Clock) -> None:
    want(book, "1", page_id=OTHER)
    clock.advance(1)
    want(book, "2")
    assert [it.page_id for it in book.pages.due()] == [OTHER, PAGE_ID]
    assert len(book.pages.due(limit=1)) == 1


# --- records and assets ----------------------------------------------------------------------------------


def test_a_record_comes_back_as_it_was_stored(book: Ledger) -> None:
    want(book, "1")
    whole = record(withdrawn_from="publish", conflicted=True, stated='{"post_name": "abc"}', status="draft")
    claim = claimed(book)
    book.records.put(claim, whole, "Größe 🌊", {OTHER: Shown("https://blog.example/other/", "Other")})
    assert book.records.get(PAGE_ID) == whole
    assert list(book.records.all()) == [whole]
    assert (book.records.permalinks("draft"), book.records.titles("draft")) == ({}, {}), "readers do not find it"
    book.records.put(claim, record(withdrawn_from=None))
    assert book.records.titles("draft") == {PAGE_ID: "Größe 🌊"}, "a title that is not said again is kept"
    assert set(book.records.permalinks("publish")) == {PAGE_ID}
    assert book.records.shown(PAGE_ID) == {OTHER: Shown("https://blog.example/other/", "Other")}
    book.records.put(claim, record(withdrawn_from=None), shown={})
    assert book.records.shown(PAGE_ID) == {}, "no link is something to be said, too"
    book.records.forget(PAGE_ID)
    assert book.records.get(PAGE_ID) is None


def test_posts_are_outdated_that_show_a_page_otherwise_than_it_is(book: Ledger) -> None:
    want(book, "1")
    want(book, "2", page_id=OTHER)
    claim, other = claimed(book), book.pages.claim(OTHER, "me")
    assert other is not None
    link = "https://blog.example/other/"
    book.records.put(claim, record(), "Here", {OTHER: Shown()})
    assert book.records.outdated() == []
    book.records.put(other, record(page_id=OTHER, link=link), "Other", {})
    assert book.records.outdated(OTHER) == book.records.outdated(PAGE_ID) == book.records.outdated() == [PAGE_ID]
    book.records.let_be(PAGE_ID)
    assert book.records.shown(PAGE_ID) == {OTHER: Shown(link, "Other")}
    assert book.records.outdated() == []
    assert not book.records.moved(record(page_id=OTHER, link="https://blog.example/long-ago/"), "x", ""), (
        "not as it was"
    )
    assert book.records.moved(record(page_id=OTHER, link=link), link, ""), "as it was, and stays so"
    assert book.records.moved(record(page_id=OTHER, link=link), "https://blog.example/elsewhere/", "")
    assert book.records.outdated(OTHER) == [PAGE_ID]
    book.records.put(claim, record(withdrawn_from="publish"))
    assert book.records.outdated() == [], "readers do not find it"


@pytest.mark.parametrize(
    ("here", "there", "is_shown"),
    [
        ("publish", "publish", True),
        ("publish", "draft", False),
        ("publish", "future", False),
        ("publish", "private", False),
        ("publish", "trash", False),
        ("publish", "", True),
        ("", "draft", False),
        ("future", "future", False),
        ("draft", "draft", True),
        ("private", "draft", True),
    ],
)
def test_a_post_for_readers_links_to_posts_that_readers_find(
    book: Ledger, here: str, there: str, is_shown: bool
) -> None:
    want(book, "1")
    want(book, "2", page_id=OTHER)
    claim, other = claimed(book), book.pages.claim(OTHER, "me")
    assert other is not None
    link = "https://blog.example/?p=8"
    book.records.put(other, record(page_id=OTHER, link=link, status=there), "Other", {})
    assert book.records.permalinks(here).get(OTHER) == (link if is_shown else None)
    assert book.records.titles(here).get(OTHER) == ("Other" if is_shown else None)
    right, wrong = Shown(link, "Other") if is_shown else Shown(), Shown() if is_shown else Shown(link, "Other")
    book.records.put(claim, record(status=here), "Here", {OTHER: right})
    assert book.records.outdated() == []
    book.records.put(claim, record(status=here), "Here", {OTHER: wrong})
    assert book.records.outdated() == [PAGE_ID]
    book.records.let_be(PAGE_ID)
    assert book.records.shown(PAGE_ID) == {OTHER: right}


def test_links_are_put_right_by_whoever_publishes_the_page_next_and_never_in_one_that_failed(book: Ledger) -> None:
    want(book, "1", Intent.LISTED)
    assert want(book, "2", Intent.RELINKED)
    claim = claimed(book)
    assert (claim.intent, claim.revision) == (Intent.LISTED, 1)
    assert want(book, "3", Intent.RELINKED)
    assert book.pages.complete(claim), "it was read before the other page changed"
    claim = claimed(book)
    assert claim.intent is Intent.RELINKED
    book.pages.fail(claim, "refused", None)
    assert want(book, "4", Intent.RELINKED)
    assert book.pages.due() == []


def test_a_second_reading_is_not_lost_to_links_that_are_put_right_before_it(book: Ledger) -> None:
    want(book, "1")
    book.pages.complete(claimed(book), reread_after=60.0)
    assert book.pages.due() == []
    want(book, "2", Intent.RELINKED)
    claim = claimed(book)
    assert claim.intent is Intent.REREAD, "and it comes at once"
    want(book, "3", Intent.RELINKED)
    book.pages.complete(claim, reread_after=60.0)
    assert claimed(book).intent is Intent.REREAD


def test_a_post_that_several_workers_find_is_adopted_once(url: str, book: Ledger, clock: Clock) -> None:
    found = at_once(url, clock, lambda it, number: it.records.adopt(record(post_id=str(number))))
    assert sum(found) == 1
    kept = book.records.get(PAGE_ID)
    assert kept is not None
    assert int(kept.post_id) == found.index(True)


def test_sites_do_not_see_each_other(url: str, book: Ledger, clock: Clock) -> None:
    book.records.adopt(record())
    book.memory.put("a", "1")
    with opened(url, clock, site="other") as other:
        assert (other.records.get(PAGE_ID), other.memory.get("a"), list(other.jobs.recent(5))) == (None, None, [])


def test_bytes_that_were_uploaded_are_known_by_their_identity_and_their_hash(book: Ledger) -> None:
    media = Media(MediaId("5"), "https://blog.example/a.jpg", 300, 200, "image/jpeg", "a.jpg")
    row = book.assets.begin(PAGE_ID, "b1", "w/1/a.jpg")
    assert book.assets.begin(PAGE_ID, "b1", "w/1/a.jpg") == row
    book.assets.uploaded(row, "a" * 64, media, 10, None)
    assert book.assets.known("w/1/a.jpg") == media
    other = book.assets.begin(OTHER, "b2", "elsewhere.jpg")
    assert book.assets.reuse(other, sha256="b" * 64) is None
    assert book.assets.reuse(other, sha256="a" * 64) == media
    (asset,) = book.assets.of_page(OTHER)
    assert (asset.status, asset.media) == ("Uploaded", media)


def test_only_what_nobody_else_shows_is_given_up(book: Ledger) -> None:
    item = book.jobs.begin_item(book.jobs.open("cli"), PAGE_ID, "A page", "")
    for number in (1, 2):
        row = book.assets.begin(PAGE_ID, f"b{number}", f"{number}.jpg")
        book.assets.uploaded(row, f"{number}" * 64, Media(MediaId(str(number)), "u"), 10, item)
    book.assets.reuse(book.assets.begin(OTHER, "b", "other.jpg"), sha256="2" * 64)
    assert book.assets.made_only_by(item) == ["1"]
    assert (book.assets.known("1.jpg"), book.assets.made_only_by(item)) == (None, [])


def test_what_we_uploaded_is_known_with_the_pages_that_show_it_until_it_is_forgotten(book: Ledger) -> None:
    item = book.jobs.begin_item(book.jobs.open("cli"), PAGE_ID, "A page", "")
    ours, strangers = Media(MediaId("5"), "u", name="a.jpg"), Media(MediaId("6"), "v")
    book.assets.uploaded(book.assets.begin(PAGE_ID, "b1", "a.jpg"), "a" * 64, ours, 10, item)
    book.assets.uploaded(book.assets.begin(PAGE_ID, "b2", "b.jpg"), "b" * 64, strangers, 10, None)
    book.assets.reuse(book.assets.begin(OTHER, "b3", "c.jpg"), sha256="a" * 64)
    assert book.assets.uploads() == [Upload(ours, "a" * 64, 10, frozenset({PAGE_ID, OTHER}))]
    book.assets.keep(PAGE_ID, ())
    assert book.assets.uploads() == [Upload(ours, "a" * 64, 10, frozenset({OTHER}))]
    assert book.assets.retire(MediaId("5"), ()) is False
    assert book.assets.known("a.jpg") == ours
    assert book.assets.retire(MediaId("5"), {OTHER}) is True
    assert (book.assets.known("a.jpg"), book.assets.known("c.jpg")) == (None, None)
    assert book.assets.uploads() == [Upload(ours, "a" * 64, 10, frozenset())]
    book.assets.forget(MediaId("5"))
    assert book.assets.uploads() == []


# --- jobs, memory, turns ---------------------------------------------------------------------------------


def test_a_run_ends_once_when_its_last_page_has_ended(book: Ledger) -> None:
    job_id = book.pages.accept(Trigger(PAGE_ID, Intent.ASKED, "button", "1"), run="button").job_id
    assert job_id is not None
    assert list(book.jobs.unsettled()) == [job_id]
    assert book.jobs.settle(job_id) is None
    item = book.jobs.begin_item(job_id, PAGE_ID, "A page", "u")
    book.jobs.finish_item(item, outcome(page_url="u"), 1)
    book.pages.complete(claimed(book))
    job = book.jobs.settle(job_id)
    assert job is not None
    assert (job.status, job.outcomes) == ("Completed", (outcome(page_url="u"),))
    assert (book.jobs.settle(job_id), list(book.jobs.unsettled())) == (None, [])


def test_a_run_that_several_workers_want_to_end_is_ended_by_one(url: str, book: Ledger, clock: Clock) -> None:
    job_id = book.pages.accept(Trigger(PAGE_ID, Intent.ASKED, "button", "1"), run="button").job_id
    assert job_id is not None
    book.pages.complete(claimed(book))
    ended = at_once(url, clock, lambda it, _: it.jobs.settle(job_id))
    assert len([it for it in ended if it is not None]) == 1


def test_triggers_that_come_to_several_workers_at_once_join_one_run(url: str, book: Ledger, clock: Clock) -> None:
    def press(it: Ledger, number: int) -> object:
        return it.pages.accept(Trigger(PAGE_ID, Intent.ASKED, "button", str(number)), run="button").job_id

    assert len(set(at_once(url, clock, press))) == 1


def test_what_pages_cost_adds_up_however_many_tell_it_at_once(url: str, book: Ledger, clock: Clock) -> None:
    job_id = book.jobs.open("button")
    at_once(url, clock, lambda it, _: it.jobs.add(job_id, Metrics(seconds=1, notion_calls=2)))
    job = book.jobs.job(job_id)
    assert job is not None
    assert job.metrics == Metrics(seconds=WORKERS, notion_calls=2 * WORKERS)


def test_what_several_begin_at_once_is_begun_once(url: str, book: Ledger, clock: Clock) -> None:
    job_id = book.jobs.open("button")
    assert len(set(at_once(url, clock, lambda it, _: it.jobs.begin_item(job_id, PAGE_ID, "A page", "")))) == 1
    assert len(set(at_once(url, clock, lambda it, _: it.assets.begin(PAGE_ID, "block", "view.jpg")))) == 1
    at_once(url, clock, lambda it, _: it.jobs.listed(job_id))


def test_a_turn_is_one_workers_until_it_ends_or_runs_out(url: str, book: Ledger, clock: Clock) -> None:
    assert sum(at_once(url, clock, lambda it, number: it.leases.take("upload x", f"worker {number}", 10))) == 1
    clock.advance(11)
    assert book.leases.take("upload x", "me", 10)
    book.leases.give_back("upload x", "you")
    assert not book.leases.take("upload x", "you", 10)
    book.leases.give_back("upload x", "me")
    assert book.leases.take("upload x", "you", 10)


def test_memory_is_overwritten_and_forgotten_by_several_at_once(url: str, book: Ledger, clock: Clock) -> None:
    at_once(url, clock, lambda it, number: it.memory.put("a", str(number)))
    assert book.memory.get("a") in {str(number) for number in range(WORKERS)}
    book.memory.forget("a")
    assert book.memory.get("a") is None


def test_a_ledger_is_made_once_by_several_who_come_first(url: str, clock: Clock) -> None:
    assert at_once(url, clock, lambda it, _: it.memory.get("anything")) == [None] * WORKERS

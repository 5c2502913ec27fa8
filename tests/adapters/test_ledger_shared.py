"""The ledger under several processes' worth of connections at once, on each kind of database."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from sidecar.adapters.ledger import Store, ledger, open_store
from sidecar.adapters.ledger.tables import tables
from sidecar.blocks import PageId
from sidecar.errors import ConfigError, Unavailable
from sidecar.ledger import Trigger
from sidecar.model import Intent

WRITERS, EVENTS = 4, 25


def test_no_edit_goes_under_when_many_arrive_at_once_and_the_first_ones_make_the_page(url: str) -> None:
    pages = [PageId(str(uuid4())) for _ in range(2)]
    open_store(url).close()

    def write(writer: int) -> None:
        store = open_store(url)
        try:
            book = ledger(store, "main")
            for number in range(EVENTS):
                for page in pages:
                    book.pages.accept(Trigger(page, Intent.EDITED, f"writer {writer}", f"{page} {number}"), run="event")
        finally:
            store.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    store = open_store(url)
    page = tables(store.database).page
    with store.transaction():
        counted = {row.page_id: row.wanted_rev for row in page.select()}
    store.close()
    assert counted == dict.fromkeys(pages, WRITERS * EVENTS)


def test_a_page_is_claimed_once_however_many_reach_for_it(url: str) -> None:
    page = PageId(str(uuid4()))
    stores = [open_store(url) for _ in range(WRITERS)]
    books = [ledger(store, "main") for store in stores]
    books[0].pages.accept(Trigger(page, Intent.ASKED, "button", "1"))
    with ThreadPoolExecutor(WRITERS) as pool:
        claims = list(pool.map(lambda book: book.pages.claim(page, "somebody"), books))
    for store in stores:
        store.close()
    assert sum(claim is not None for claim in claims) == 1


def together(store: Store, *deeds: Callable[[], object]) -> None:
    """Does all of it in one transaction."""
    with store.transaction():
        for deed in deeds:
            deed()


ENDED = {
    "mysql": ("SELECT CONNECTION_ID()", "KILL {}"),
    "postgresql": ("SELECT pg_backend_pid()", "SELECT pg_terminate_backend({}, 10000)"),
}
"""How one asks who one is, and how another connection is ended, as a server does with one that is idle."""


@pytest.mark.parametrize("url", ["PostgreSQL", "MariaDB"], indirect=True)
def test_a_connection_that_the_server_ends_while_nobody_speaks_is_opened_anew(url: str) -> None:
    ask, end = ENDED[url.partition(":")[0]]
    with contextlib.closing(open_store(url)) as store, contextlib.closing(open_store(url)) as other:
        book = ledger(store, "main")
        book.memory.put("a", "1")
        (me,) = store.database.execute_sql(ask).fetchone()
        other.database.execute_sql(end.format(me))
        assert book.memory.get("a") == "1"
        assert store.database.execute_sql(ask).fetchone() != (me,)


@pytest.mark.parametrize("url", ["PostgreSQL", "MariaDB"], indirect=True)
def test_a_transaction_of_which_the_connection_ends_is_undone_and_named_and_the_next_one_goes_on(url: str) -> None:
    ask, end = ENDED[url.partition(":")[0]]
    with contextlib.closing(open_store(url)) as store, contextlib.closing(open_store(url)) as other:
        book = ledger(store, "main")
        (me,) = store.database.execute_sql(ask).fetchone()
        deeds = (
            lambda: book.memory.put("a", "1"),
            lambda: other.database.execute_sql(end.format(me)),
            lambda: book.memory.put("b", "1"),
        )
        with pytest.raises(Unavailable, match=r"the ledger .* does not answer"):
            together(store, *deeds)
        assert (book.memory.get("a"), book.memory.get("b")) == (None, None)


@pytest.mark.parametrize("url", ["PostgreSQL", "MariaDB"], indirect=True)
def test_who_waits_too_long_for_the_others_says_so_and_goes_on_after_them(url: str) -> None:
    with contextlib.closing(open_store(url)) as store, contextlib.closing(open_store(url)) as other:
        waits = pytest.raises(Unavailable, match="locked by another program")
        with other.transaction(), waits, store.transaction(patience=0.2):
            pass
        ledger(store, "main").memory.put("a", "1")
        assert ledger(other, "main").memory.get("a") == "1"


SHORT = {
    "mysql": "SET SESSION idle_transaction_timeout = 1",
    "postgresql": "SET LOCAL idle_in_transaction_session_timeout = '1s'",
}


@pytest.mark.parametrize("url", ["PostgreSQL", "MariaDB"], indirect=True)
def test_a_machine_that_stands_still_in_its_turn_loses_it_and_what_it_began(url: str) -> None:
    """After one second here, and not after thirty."""
    with contextlib.closing(open_store(url)) as still, contextlib.closing(open_store(url)) as other:
        deeds = (
            lambda: still.database.execute_sql(SHORT[url.partition(":")[0]]),
            lambda: ledger(still, "main").memory.put("a", "1"),
            lambda: ledger(other, "main").memory.put("b", "1"),
            lambda: ledger(still, "main").memory.put("c", "1"),
        )
        with pytest.raises(Unavailable, match=r"the ledger .* does not answer"):
            together(still, *deeds)
        assert [ledger(other, "main").memory.get(key) for key in "abc"] == [None, "1", None]


@pytest.mark.parametrize("url", ["PostgreSQL", "MariaDB"], indirect=True)
def test_nobody_stands_still_in_a_turn_for_long(url: str) -> None:
    ask = {"mysql": "SELECT @@idle_transaction_timeout", "postgresql": "SHOW idle_in_transaction_session_timeout"}
    with contextlib.closing(open_store(url)) as store, store.transaction():
        (limit,) = store.database.execute_sql(ask[url.partition(":")[0]]).fetchone()
        assert limit in (30, "30s")


@pytest.mark.parametrize("url", ["MariaDB"], indirect=True)
@pytest.mark.parametrize("option", ["sslmode=require", "ssl=true"])
def test_an_option_that_the_driver_does_not_know_is_a_clear_error(url: str, option: str) -> None:
    with pytest.raises(ConfigError, match=r"DATABASE_URL: the driver PyMySQL says: .*after a question mark"):
        open_store(f"{url}?{option}")


@pytest.mark.parametrize("url", ["MariaDB"], indirect=True)
def test_a_table_that_another_program_locks_is_named(url: str) -> None:
    """As mysqldump does. Our wait is one second here, and not ten."""
    with contextlib.closing(open_store(url)) as store, contextlib.closing(open_store(url)) as other:
        other.database.execute_sql("LOCK TABLES memory READ")
        store.database.execute_sql("SET SESSION lock_wait_timeout = 1")
        with pytest.raises(Unavailable, match="locked by another program"):
            ledger(store, "main").memory.put("a", "1")
        other.database.execute_sql("UNLOCK TABLES")
        ledger(store, "main").memory.put("a", "1")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"words " * 1000)
    with pytest.raises(Unavailable, match="damaged, or no SQLite file"):
        open_store(f"sqlite:///{tmp_path}/ledger.db")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"DATABASE_URL.*cannot be made"):
        open_store(f"sqlite:///{tmp_path}/file/folder/ledger.db")

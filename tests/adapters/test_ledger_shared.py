"""The ledger under several processes' worth of connections at once, on SQLite and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from sidecar.adapters.ledger import ledger, open_store
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


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"words " * 1000)
    with pytest.raises(Unavailable, match="damaged, or no SQLite file"):
        open_store(f"sqlite:///{tmp_path}/ledger.db")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"DATABASE_URL.*cannot be made"):
        open_store(f"sqlite:///{tmp_path}/file/folder/ledger.db")

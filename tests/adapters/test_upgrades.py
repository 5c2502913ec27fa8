"""Ledgers of every schema there was, each written by the program of its time: today's opens them and goes on.

A new migration needs three files in `old_ledgers`: a dump of SQLite, of PostgreSQL and of MariaDB, made before it.
"""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sidecar import orchestrator
from sidecar.adapters.ledger import Store, ledger, open_store
from sidecar.adapters.ledger.store import MIGRATIONS, database
from sidecar.blocks import PageId
from sidecar.errors import Refused
from sidecar.model import Media, MediaId
from sidecar.orchestrator import Request
from tests.fakes.blog import FakeBlog, Stored
from tests.jobs.desk import desk
from tests.stage.notion import NotionStandIn, art
from tests.stage.notion import build as b

OLD = Path(__file__).with_name("old_ledgers")
SCHEMAS = sorted(path.stem for path in MIGRATIONS.glob("*.py"))
VIEW = "https://blog.example/wp-content/uploads/2026/11/view-8eaa566ba234.jpg"
CONTENT = (
    "<!-- wp:paragraph -->\n<p>The tide is low.</p>\n<!-- /wp:paragraph -->\n\n"
    '<!-- wp:image {"id":41,"sizeSlug":"full","linkDestination":"none"} -->\n'
    f'<figure class="wp-block-image size-full"><img src="{VIEW}" alt="" class="wp-image-41"/></figure>\n'
    "<!-- /wp:image -->"
)
SAND = "<!-- wp:paragraph -->\n<p>Sand.</p>\n<!-- /wp:paragraph -->"
"""The posts of the pages Tides and Shore, as all of those programs wrote them."""

Rows = dict[str, list[dict[str, Any]]]


def kind_of(url: str) -> str:
    return url.partition(":")[0]


def dump(schema: str, url: str) -> str:
    return (OLD / f"{schema}.{kind_of(url)}.sql").read_text(encoding="utf-8")


def names(text: str) -> Mapping[str, str]:
    """The ids of what the ledger speaks of, from the head of its dump."""
    heads = (line.removeprefix("-- ").partition(": ") for line in text.splitlines() if line.startswith("-- "))
    return {name: value for name, _, value in heads}


def restore(text: str, url: str) -> None:
    if kind_of(url) == "sqlite":
        with sqlite3.connect(url.removeprefix("sqlite:///")) as db:
            db.executescript(text)
        return
    if kind_of(url) == "mysql":
        say(url, *text.split(";\n"))
        return
    with psycopg.connect(url) as server:
        server.execute(text.encode())


def say(url: str, *statements: str) -> None:
    server: Any = database(url)
    for statement in filter(str.strip, statements):
        server.execute_sql(statement)
    server.close()


def rows(store: Store) -> Rows:
    """Everything in a ledger but its own history."""
    with store.transaction():
        tables = [name for name in sorted(store.database.get_tables()) if name != "schema_migration"]
        found = {}
        for name in tables:
            cursor = store.database.execute_sql(f"SELECT * FROM {name}")
            columns = [column[0] for column in cursor.description]
            found[name] = sorted((dict(zip(columns, row, strict=True)) for row in cursor.fetchall()), key=repr)
        return found


@pytest.fixture(params=SCHEMAS)
def old(request: pytest.FixtureRequest, url: str) -> str:
    """A ledger of that schema, not opened yet; its dump."""
    text = dump(request.param, url)
    restore(text, url)
    return text


def test_every_record_is_there_after_the_upgrade(old: str, url: str) -> None:
    before = Store(url)
    was = rows(before)
    before.close()
    store = open_store(url)
    now = rows(store)
    assert store.is_current()
    assert all(was.values())
    for table, then in was.items():
        kept = [{name: row[name] for name in then[0]} for row in now[table]]
        assert sorted(kept, key=repr) == then
    store.close()


def test_the_next_sync_goes_on_with_the_posts_and_with_what_waited(
    old: str, url: str, notion: NotionStandIn, tmp_path: Path
) -> None:
    """The pages, the picture and the posts are those that the old ledger speaks of; Shore was wanted once more."""
    picture = notion.add_file("view.jpg", art.jpeg(art.landscape(1, (120, 80))))
    tides = notion.add_page("Tides", [b.paragraph("The tide is low."), b.image(picture)])
    shore = notion.add_page("Shore", [b.paragraph("Sand.")])
    known = names(old)
    assert (tides, shore) == (known["Tides"], known["Shore"]), "the stand-in counts its ids"
    assert notion.content.file_id(picture) == known["view.jpg"]
    with desk(notion, tmp_path, DATABASE_URL=url, WP_POST_STATUS="publish") as here:
        put_post(here.blog, 42, tides, "Tides", CONTENT)
        put_post(here.blog, 43, shore, "Shore", SAND)
        assert {waiting.page_id for waiting in here.world.ledger.pages.due()} >= {shore}, "not the dead one"
        report = orchestrator.sync(here.world, Request(pages=(PageId(tides),)))
        assert {(it.status, it.post_id) for it in report.outcomes} == {("Success", "42"), ("Success", "43")}
        assert set(here.blog.writes) <= {"describe"}, "no post is written; the library is told what it was not before"
        here.blog.writes.clear()
        notion.edit(tides, blocks=[b.paragraph("The tide is high."), b.image(picture)])
        (after,) = orchestrator.sync(here.world, Request(pages=(PageId(tides),))).outcomes
        assert (after.action, after.status, after.post_id) == ("update", "Success", "42")
        assert here.blog.writes == ["update"], "and the picture was not uploaded again"
        assert here.blog.posts[42].texts["post_content"] == CONTENT.replace("low", "high")


def put_post(blog: FakeBlog, number: int, page: str, title: str, content: str) -> None:
    texts = {"post_title": title, "post_content": content, "post_excerpt": ""}
    blog.posts[number] = Stored(number, status="publish", name=title.lower(), page_id=PageId(page), texts=texts)
    blog.media[41] = Media(MediaId("41"), VIEW, name="view-8eaa566ba234.jpg", mime="image/jpeg")


def test_processes_that_start_at_once_upgrade_it_once(url: str) -> None:
    restore(dump(SCHEMAS[0], url), url)
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        pool.map(upgrade, [url] * 3)
    store = open_store(url)
    applied = store.database.execute_sql("SELECT name FROM schema_migration ORDER BY name").fetchall()
    assert [name for (name,) in applied] == SCHEMAS
    assert len(rows(store)["page_post_map"]) == 2
    store.close()


def upgrade(url: str) -> None:
    open_store(url).close()


@pytest.mark.parametrize("url", ["MariaDB"], indirect=True)
def test_an_upgrade_in_which_a_process_died_is_ended_by_the_next(url: str) -> None:
    """There each change of the schema is there at once. That one died early in one step, and half way in others."""
    restore(dump(SCHEMAS[0], url), url)
    say(
        url,
        "ALTER DATABASE CHARACTER SET latin1",
        "ALTER TABLE memory CONVERT TO CHARACTER SET latin1, ENGINE = MyISAM",
        "CREATE INDEX sync_job_site_finished_at ON sync_job (site, finished_at)",
        "ALTER TABLE image_asset ADD COLUMN described TEXT",
        "ALTER TABLE page ADD COLUMN deaths INTEGER",
    )
    store = open_store(url)
    assert store.is_current()
    assert {row["deaths"] for row in rows(store)["page"]} == {0}
    ledger(store, "main").memory.put("a sign", "🌊")
    assert ledger(store, "main").memory.get("a sign") == "🌊"
    with store.transaction(), store.database.atomic() as part:
        ledger(store, "main").memory.put("a sign", "another")
        part.rollback()
    assert ledger(store, "main").memory.get("a sign") == "🌊", "a table of an engine without transactions is moved"
    store.close()


@pytest.fixture
def newer(url: str) -> Iterator[Rows]:
    """A ledger that a later version has been at; what is in it."""
    store = open_store(url)
    with store.transaction():
        store.database.execute_sql(
            "INSERT INTO schema_migration(name, applied) VALUES ('9999_later', '2030-01-01 00:00:00')"
        )
    yield rows(store)
    store.close()


def test_a_ledger_of_a_newer_version_is_refused_in_words(newer: Rows, url: str) -> None:
    with pytest.raises(Refused, match=r"newer version.*9999_later.*Install that version again") as raised:
        open_store(url)
    assert raised.value.entry is not None and raised.value.entry.id == "ledger-newer"
    store = Store(url)
    assert rows(store) == newer, "nothing in it was touched"
    store.close()

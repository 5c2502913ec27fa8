"""deploy/backup.sh: one archive while the service writes, and the same ledger after a restore."""

import sqlite3
import subprocess
import tarfile
from pathlib import Path

import pytest

from sidecar.adapters.ledger import ledger, open_store
from sidecar.blocks import PageId
from sidecar.ledger import Trigger
from sidecar.model import Intent

SCRIPT = Path(__file__).parents[2] / "deploy/backup.sh"
ONE, TWO = PageId("11111111-1111-4111-8111-111111111111"), PageId("22222222-2222-4222-8222-222222222222")


def backed_up(home, to):
    done = subprocess.run(["sh", str(SCRIPT), str(home), str(to)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def accept(store, page):
    ledger(store, "main", 120).pages.accept(Trigger(page, Intent.ASKED, "manual", f"event of {page}"), run="manual")


def pages(home):
    with sqlite3.connect(home / "sidecar.db") as connection:
        found = [row[0] for row in connection.execute("SELECT page_id FROM page ORDER BY page_id")]
    connection.close()
    return found


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / ".env").write_text("NOTION_TOKEN=ntn_1\n")
    (home / "sidecar.toml").write_text("[properties]\n")
    return home


def test_a_ledger_in_use_is_copied_whole_with_the_settings_and_comes_back(home, tmp_path):
    store = open_store(f"sqlite:///{home}/sidecar.db")
    accept(store, ONE)
    with sqlite3.connect(home / "sidecar.db", isolation_level=None) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE page SET page_id = 'half'")  # somebody is in the middle of writing
        archive = backed_up(home, tmp_path)
        writer.execute("ROLLBACK")
    writer.close()
    accept(store, TWO)
    store.close()
    restored = tmp_path / "restored"
    with tarfile.open(archive) as tar:
        tar.extractall(restored, filter="data")
    assert sorted(path.name for path in restored.iterdir()) == [".env", "sidecar.db", "sidecar.toml"]
    assert pages(restored) == [ONE]
    assert pages(home) == [ONE, TWO]
    again = open_store(f"sqlite:///{restored}/sidecar.db")
    accept(again, TWO)
    again.close()
    assert pages(restored) == [ONE, TWO]


def test_nobody_else_may_read_the_archive(home, tmp_path):
    assert backed_up(home, tmp_path).stat().st_mode & 0o077 == 0


def test_a_ledger_elsewhere_leaves_the_settings_to_keep(home, tmp_path):
    with tarfile.open(backed_up(home, tmp_path)) as tar:
        assert sorted(tar.getnames()) == [".", "./.env", "./sidecar.toml"]


def test_a_place_that_is_not_there_is_a_failure(home, tmp_path):
    done = subprocess.run(["sh", str(SCRIPT), str(home), str(tmp_path / "no")], capture_output=True, check=False)
    assert done.returncode != 0

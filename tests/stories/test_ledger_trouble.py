"""What happens to a ledger in the midst of a run: another program locks it, somebody deletes it, two machines share it.

A disk that is full is told of in `test_bad_input`, a run that finds the ledger lost in `test_sync`.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sidecar import orchestrator
from sidecar.blocks import PageId
from sidecar.model import Report
from sidecar.orchestrator import Request
from sidecar.ports import World
from sidecar.running import Watch
from tests.stage.notion import build as b
from tests.stories.magazine import Magazine, database_of


class AtTheFirstPage(Watch):
    """Does something as soon as a run begins with a page."""

    def __init__(self, deed: Callable[[], object]) -> None:
        self._deed: Callable[[], object] | None = deed

    def began(self, page_id: PageId) -> None:
        deed, self._deed = self._deed, None
        if deed is not None:
            deed()


def pages(magazine: Magazine, number: int = 4) -> list[str]:
    return [magazine.notion.add_page(f"Page {count}", [b.paragraph("Text")]) for count in range(number)]


def spoiled(world: World, deed: Callable[[], object]) -> Report:
    """A run in the midst of which something happens to the ledger."""
    return orchestrator.sync(world, Request(), AtTheFirstPage(deed))


def goes_on(magazine: Magazine, wanted: list[str]) -> None:
    """The writers of pages that say Error ask again; one more run, and each page is one post."""
    for page in wanted:
        if magazine.notion.status(page) == "Error":
            magazine.notion.set_status(page, "Adding")
    assert magazine.sync(LEASE_SECONDS="5").status == "Completed"
    assert sorted(post["marker"] for post in magazine.posts()) == sorted(wanted)
    assert {magazine.notion.status(page) for page in wanted} == {"Done"}


@contextlib.contextmanager
def locked(path: Path) -> Iterator[Callable[[], object]]:
    """Something to call that locks the file, until the end."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        yield lambda: other.execute("BEGIN IMMEDIATE")


def test_a_ledger_that_another_program_locks_is_named_and_the_next_run_goes_on(
    magazine: Magazine, tmp_path: Path
) -> None:
    wanted = pages(magazine)
    magazine.sync(LEASE_SECONDS="5")
    for page in wanted:
        magazine.notion.edit(page, blocks=[b.paragraph("Other text")])
        magazine.notion.set_status(page, "Adding")
    with locked(tmp_path / "ledger.db") as lock, magazine.world() as world:
        # It waits for a lock 0.1 s each time, not 10; so do the connections that are opened anew.
        database_of(world).pragma("busy_timeout", 100, permanent=True)
        report = spoiled(world, lock)
    assert report.status == "Failed"
    assert "locked by another program" in (report.error or "")
    goes_on(magazine, wanted)
    assert all("Other text" in post["content"] for post in magazine.posts())


def test_a_ledger_that_is_deleted_in_the_midst_of_a_run_is_named_and_nothing_is_doubled(
    magazine: Magazine, tmp_path: Path
) -> None:
    wanted = pages(magazine)

    def delete() -> None:
        for file in tmp_path.glob("ledger.db*"):
            file.unlink()

    with magazine.world() as world:
        report = spoiled(world, delete)
    assert report.status == "Failed"
    assert "deleted or replaced while the sidecar was running" in (report.error or "")
    assert "sidecar adopt" in (report.error or "")
    goes_on(magazine, wanted)


@pytest.mark.parametrize("url", ["PostgreSQL", "MariaDB"], indirect=True)
def test_two_machines_on_one_database_make_one_post_a_page_and_both_end_well(
    magazine: Magazine, url: str, tmp_path: Path
) -> None:
    """Machines share no folder and no lock file; both come first, and make the tables."""
    wanted, runs = pages(magazine, 6), []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        settings = {**magazine.settings, "DATABASE_URL": url, "TMPDIR": str(folder), "PATH": os.environ["PATH"]}
        command = [sys.executable, "-m", "sidecar", "sync", "--json"]
        runs.append(subprocess.Popen(command, env=settings, cwd=folder, stdout=subprocess.PIPE, text=True))
    printed = [json.loads(run.communicate(timeout=240)[0]) for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert {report["status"] for report in printed} == {"Completed"}
    assert sorted(post["marker"] for post in magazine.posts()) == sorted(wanted)

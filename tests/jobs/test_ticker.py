"""The service without Redis: one process that looks for itself."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from jobs import ticker
from sidecar.adapters.connect import remembered
from sidecar.blocks import PageId
from sidecar.config import Config
from sidecar.errors import ConfigError
from sidecar.ledger import Trigger
from sidecar.model import Intent
from tests.stage.notion import build as b
from tests.stage.service import until


def test_it_lists_by_itself_takes_what_is_asked_for_and_leaves_when_told(magazine):
    config = Config.parse(magazine.settings)
    stop = threading.Event()
    listed = magazine.notion.add_page("Listed", [b.paragraph("Text")])
    asked = magazine.notion.add_page("Asked", [b.paragraph("Text")], status="Draft")
    thread = threading.Thread(target=ticker.run, args=([config], stop))
    thread.start()
    try:
        until(lambda: magazine.notion.status(listed) == "Done", 60, "the listed page is done")
        with remembered(config) as ledger:
            ledger.pages.accept(Trigger(PageId(asked), Intent.ASKED, "test", "1"), run="button")
            until(lambda: magazine.notion.status(asked) == "Done", 60, "the page that was asked for is done")
            until(lambda: not ledger.jobs.unsettled(), 60, "all runs end")
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()
    assert len(magazine.posts()) == 2


def test_a_mistake_of_ours_ends_the_process_instead_of_half_of_it(magazine):
    def mistake(_world: object) -> None:
        raise ZeroDivisionError

    config = Config.parse(magazine.settings)
    with pytest.raises(ZeroDivisionError):
        ticker.together(threading.Event(), [(config, mistake), (config, ticker.drain)])


def test_a_far_end_or_a_ledger_that_is_away_is_looked_for_again(tmp_path: Path, magazine):
    config = Config.parse(magazine.settings)
    stop, looks = threading.Event(), []

    def look(world: object) -> None:
        looks.append(world)
        if len(looks) == 1:
            raise ConfigError(["away"])
        stop.set()

    ticker.together(stop, [(config, look)])
    assert len(looks) == 2

"""What nobody looks back for is dropped, whoever runs the sidecar, and however often a day it finds nothing to do."""

import dataclasses

import pytest

from sidecar.adapters.ledger import ledger, open_store
from sidecar.ledger import Trigger
from sidecar.model import Intent, Metrics
from sidecar.tidying import DAY, KEPT_SECONDS, tidy_daily
from tests.make import PAGE_ID


@dataclasses.dataclass
class Desk:
    """As much of a world as is needed to tidy up."""

    ledger: object
    at: float = 1_700_000_000.0

    def now(self):
        return self.at


@pytest.fixture
def desk(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/sidecar.db")
    made = Desk(None)
    made.ledger = ledger(store, "main", now=made.now)
    yield made
    store.close()


def empty_runs(desk, number):
    for _ in range(number):
        desk.ledger.jobs.close(desk.ledger.jobs.open("cli"), "Completed", Metrics(), None)


def test_more_runs_than_one_call_drops_are_dropped_on_one_day(desk):
    empty_runs(desk, 501)
    desk.at += KEPT_SECONDS + 1
    empty_runs(desk, 1)
    tidy_daily(desk)
    assert len(desk.ledger.jobs.recent(1000)) == 1


def test_it_is_done_once_a_day_and_after_a_clock_that_was_wrong(desk):
    desk.ledger.pages.accept(Trigger(PAGE_ID, Intent.ASKED, "automation", "1", kind="button"))
    tidy_daily(desk)
    desk.at += KEPT_SECONDS + 1
    desk.ledger.memory.put("tidied", repr(desk.at - 60))
    tidy_daily(desk)
    assert desk.ledger.figures.events(10)
    desk.ledger.memory.put("tidied", repr(desk.at + 2 * DAY))
    tidy_daily(desk)
    assert not desk.ledger.figures.events(10)

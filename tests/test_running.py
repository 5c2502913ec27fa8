"""The circuits: when a far end counts as down, and for how long it is left alone."""

from __future__ import annotations

import pytest

from sidecar.blocks import PageId
from sidecar.errors import Unavailable
from sidecar.running import IN_A_ROW, LONGEST_PAUSE, PAUSE, Circuit, RunCircuit, SharedCircuit
from tests.fakes.memory import FakeMemory

DOWN = Unavailable("WordPress does not answer.")
PAGES = [PageId(f"page {number}") for number in range(IN_A_ROW)]


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(params=["of a run", "of a service"])
def circuit(request: pytest.FixtureRequest) -> Circuit:
    return RunCircuit() if request.param == "of a run" else SharedCircuit(FakeMemory(), Clock())


def test_it_opens_when_several_pages_in_a_row_find_a_far_end_down(circuit: Circuit) -> None:
    for page in PAGES[:-1]:
        assert circuit.note(page, DOWN) == ()
    assert not circuit.is_open
    assert set(circuit.note(PAGES[-1], DOWN)) == set(PAGES[:-1])
    assert circuit.is_open
    assert circuit.note(PageId("under way"), DOWN) == ()
    assert circuit.reason == str(DOWN)


def test_one_page_that_fails_again_and_again_opens_nothing(circuit: Circuit) -> None:
    for _ in range(IN_A_ROW + 2):
        circuit.note(PAGES[0], DOWN)
    assert not circuit.is_open


def test_a_page_that_went_well_between_them_begins_the_count_anew(circuit: Circuit) -> None:
    for number, error in enumerate((DOWN, DOWN, None, DOWN, DOWN)):
        circuit.note(PageId(f"page {number}"), error)
    assert not circuit.is_open


def test_that_of_a_service_lets_pages_through_after_a_pause_and_waits_longer_each_time() -> None:
    clock = Clock()
    circuit = SharedCircuit(FakeMemory(), clock)
    for page in PAGES:
        circuit.note(page, DOWN)
    pauses = []
    for _ in range(8):
        began = clock.now
        while circuit.is_open:
            clock.now += 1
        pauses.append(clock.now - began)
        circuit.note(PAGES[0], DOWN)
    assert pauses[:3] == [PAUSE, 2 * PAUSE, 4 * PAUSE]
    assert max(pauses) == LONGEST_PAUSE


def test_that_of_a_service_waits_as_long_as_it_was_asked_to() -> None:
    clock = Clock()
    circuit = SharedCircuit(FakeMemory(), clock)
    for page in PAGES:
        circuit.note(page, Unavailable("Wait.", retry_after=147.0))
    clock.now += 146
    assert circuit.is_open
    clock.now += 1
    assert not circuit.is_open


def test_that_of_a_service_is_shared_by_its_workers_and_closed_by_the_first_that_is_well() -> None:
    memory, clock = FakeMemory(), Clock()
    one, other = SharedCircuit(memory, clock), SharedCircuit(memory, clock)
    for page in PAGES:
        one.note(page, DOWN)
    assert other.is_open
    clock.now += PAUSE
    other.note(PAGES[0], None)
    one.note(PAGES[0], DOWN)
    assert not one.is_open


def test_pages_that_were_under_way_when_it_opened_do_not_make_it_wait_longer() -> None:
    clock = Clock()
    circuit = SharedCircuit(FakeMemory(), clock)
    for page in PAGES:
        circuit.note(page, DOWN)
    circuit.note(PageId("under way"), DOWN)
    clock.now += PAUSE
    assert not circuit.is_open


def test_that_of_a_service_does_not_stay_open_when_the_clock_is_set_back() -> None:
    clock = Clock()
    circuit = SharedCircuit(FakeMemory(), clock)
    for page in PAGES:
        circuit.note(page, DOWN)
    clock.now -= 10
    assert circuit.is_open
    clock.now -= 3600
    assert not circuit.is_open

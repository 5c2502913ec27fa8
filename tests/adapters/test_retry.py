"""Patience: what is tried again, how long it waits, and when it ends."""

import itertools
import threading
import time

import pytest

from sidecar.adapters.retry import LONGEST_ASKED, patiently
from sidecar.errors import Missing, Refused, Stopped, Unavailable


class Call:
    """A call that fails with these errors, one after the other, and then succeeds."""

    def __init__(self, *errors):
        self.errors = list(errors)
        self.moments = []

    def __call__(self):
        self.moments.append(time.monotonic())
        if self.errors:
            raise self.errors.pop(0)
        return "done"

    def gaps(self):
        return [later - earlier for earlier, later in itertools.pairwise(self.moments)]


def test_what_works_is_called_once():
    call = Call()
    assert patiently(call) == "done"
    assert len(call.moments) == 1


def test_what_is_unavailable_is_tried_again():
    call = Call(Unavailable("down"), Unavailable("still down"))
    assert patiently(call, first_wait=0.001) == "done"
    assert len(call.moments) == 3


def test_the_last_error_is_raised_when_patience_ends():
    call = Call(*(Unavailable(f"down {number}") for number in range(9)))
    with pytest.raises(Unavailable, match="down 2"):
        patiently(call, attempts=3, first_wait=0.001)
    assert len(call.moments) == 3


@pytest.mark.parametrize("error", [Refused("no"), Missing("gone"), Stopped("leave"), ValueError("bug")], ids=repr)
def test_nothing_else_is_tried_again(error):
    call = Call(error)
    with pytest.raises(type(error)):
        patiently(call, first_wait=0.001)
    assert len(call.moments) == 1


def test_waits_grow_and_differ():
    call = Call(*(Unavailable("down") for _ in range(3)))
    patiently(call, first_wait=0.05)
    first, second, third = call.gaps()
    assert first >= 0.05
    assert second >= 0.1
    assert 0.2 <= third < 5
    assert len({round(first, 5), round(second - 0.05, 5), round(third - 0.15, 5)}) == 3


def test_a_wait_that_was_asked_for_is_waited_in_full():
    call = Call(Unavailable("slow down", retry_after=0.4))
    patiently(call, first_wait=0.001)
    assert 0.4 <= call.gaps()[0] < 10


def test_a_wait_of_nothing_is_no_wait():
    call = Call(Unavailable("again", retry_after=0.0))
    patiently(call, first_wait=8)
    assert call.gaps()[0] < 6


def test_a_wait_that_is_too_long_to_sleep_through_is_given_to_the_caller_at_once():
    call = Call(Unavailable("come back later", retry_after=LONGEST_ASKED + 1))
    with pytest.raises(Unavailable) as raised:
        patiently(call)
    assert (len(call.moments), raised.value.retry_after) == (1, LONGEST_ASKED + 1)


def test_who_is_told_to_stop_does_not_wait_on():
    stop = threading.Event()
    call = Call(*(Unavailable("down", retry_after=60) for _ in range(9)))
    threading.Timer(0.1, stop.set).start()
    started = time.monotonic()
    with pytest.raises(Unavailable):
        patiently(call, stop=stop)
    assert time.monotonic() - started < 20


def test_who_was_told_to_stop_before_does_not_try_again():
    stop = threading.Event()
    stop.set()
    call = Call(Unavailable("down"))
    with pytest.raises(Unavailable):
        patiently(call, stop=stop)
    assert len(call.moments) == 1

"""Callers that keep failing: how often is too often, for how long, and who counts as one."""

import pytest

from tests.webhook.reception import Clock
from webhook.throttle import CALLERS, FAILURES, WINDOW, Throttle, caller


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def throttle(clock):
    return Throttle(clock)


def fail(throttle, times, who="a"):
    return [throttle.failed(who) for _ in range(times)]


def test_the_first_failures_are_only_failures(throttle):
    assert fail(throttle, FAILURES) == [None] * FAILURES


def test_the_next_one_has_to_wait_until_the_first_is_a_minute_old(throttle, clock):
    fail(throttle, FAILURES)
    clock.now += 20
    assert throttle.failed("a") == WINDOW - 20


def test_waiting_does_not_begin_anew_with_each_request(throttle, clock):
    fail(throttle, FAILURES + 50)
    clock.now += WINDOW
    assert throttle.failed("a") is None


def test_one_caller_does_not_stand_for_another(throttle):
    fail(throttle, FAILURES + 1)
    assert throttle.failed("b") is None


def test_of_very_many_callers_those_are_forgotten_who_failed_longest_ago(throttle):
    fail(throttle, FAILURES)
    fail(throttle, FAILURES, who="early")
    for number in range(CALLERS - 1):
        throttle.failed("a")
        throttle.failed(str(number))
    assert throttle.failed("a") is not None
    assert throttle.failed("early") is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("192.0.2.1", "192.0.2.1", True, id="an address is itself"),
        pytest.param("192.0.2.1", "192.0.2.2", False, id="two addresses are two callers"),
        pytest.param("2001:db8::1", "2001:db8::ffff", True, id="one network of IPv6 is one caller"),
        pytest.param("2001:db8::1", "2001:db8:0:1::1", False, id="two networks of IPv6 are two"),
        pytest.param("fe80::1%eth0", "fe80::1", True, id="the interface does not matter"),
        pytest.param(None, "", True, id="without an address all are one"),
        pytest.param("unix:", "192.0.2.1", False, id="what is no address is a name"),
    ],
)
def test_who_counts_as_one_caller(one, other, same):
    assert (caller(one) == caller(other)) is same

"""Patience has one address: how calls that are safe to repeat are repeated. Creates and uploads never come here."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import tenacity

from sidecar.errors import Unavailable

T = TypeVar("T")

ATTEMPTS = 4
FIRST_WAIT = 0.5
LONGEST_WAIT = 8.0
"""Seconds between attempts: doubled each time, with jitter, and never more than this unless the far end asks for it."""
LONGEST_ASKED = 120.0
"""Seconds: what a far end may ask us to sleep here. Longer waits belong to the schedule, not to a sleeping thread."""


def patiently(
    call: Callable[[], T],
    *,
    attempts: int = ATTEMPTS,
    stop: threading.Event | None = None,
    first_wait: float = FIRST_WAIT,
) -> T:
    """The result of a call that may be made several times. Raises its last Unavailable when patience ends.

    A far end's own `retry_after` is obeyed in full, or the error is raised at once when that is too long to sleep
    through. Setting `stop` ends the waiting.
    """
    stop = stop or threading.Event()
    backoff = tenacity.wait_exponential(multiplier=first_wait, max=LONGEST_WAIT) + tenacity.wait_random(0, first_wait)

    def wait(state: tenacity.RetryCallState) -> float:
        error = _error(state)
        asked = error.retry_after if error is not None else None
        return backoff(state) if asked is None else asked

    def again(error: BaseException) -> bool:
        if not isinstance(error, Unavailable) or stop.is_set():
            return False
        return error.retry_after is None or error.retry_after <= LONGEST_ASKED

    retrying = tenacity.Retrying(
        stop=tenacity.stop_after_attempt(attempts),
        wait=wait,
        retry=tenacity.retry_if_exception(again),
        sleep=tenacity.sleep_using_event(stop),
        reraise=True,
    )
    return retrying(call)


def _error(state: tenacity.RetryCallState) -> Unavailable | None:
    error = state.outcome.exception() if state.outcome is not None else None
    return error if isinstance(error, Unavailable) else None


def seconds_asked(value: Any, now: datetime | None = None) -> float | None:
    """The wait that a `Retry-After` asks for, in seconds: given as a number or as a date; None without one."""
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return _until(str(value), now or datetime.now(UTC))
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _until(date: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, TypeError):
        return None
    # A date that names no zone is in GMT, as every HTTP date is.
    return max(0.0, ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds())

"""What the doctor and `init` ask the far ends. Each question gives a fact, or the error that its adapter made of it.

Nothing is judged here (`sidecar.checks` does that), and nothing is taken from, or put into, the ledger's memory.
"""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import TypeVar

from sidecar.errors import SidecarError

T = TypeVar("T")


class OwnMemory:
    """A memory for one examination: what was true yesterday must not hide what is wrong now."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        return self._known.get(key)

    def put(self, key: str, value: str) -> None:
        self._known[key] = value

    def forget(self, key: str) -> None:
        self._known.pop(key, None)


def answered(ask: Callable[[], T]) -> T | SidecarError:
    """What came of a question; an error is an answer, too."""
    try:
        return ask()
    except SidecarError as error:
        return error


def ahead(date: str, now: float) -> float | None:
    """Seconds that our clock is ahead of the one behind a Date header, which has whole seconds."""
    try:
        return now - parsedate_to_datetime(date).timestamp()
    except (TypeError, ValueError):
        return None

"""One pace for all calls of a token: an exact moving window over threads and processes. Knows nothing of Notion.

Never more than `limit` calls in any `window` seconds, bursts allowed; fair between the sites of the token (`turns`).
pyrate-limiter's stores were measured to let through a call or two more over Redis, so the window is kept here: in small
tables of a file, or in sorted sets.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from sidecar import catalogue
from sidecar.adapters import turns
from sidecar.adapters.pace_file import FileWindow
from sidecar.adapters.pace_redis import RedisWindow
from sidecar.adapters.retry import LONGEST_ASKED
from sidecar.config import FIRST_SITE, Config
from sidecar.errors import Unavailable

WINDOW = 60.0
MARGIN = 0.25
"""Seconds by which our window is longer than Notion's: a call arrives later than it was allowed."""
LONGEST_NAP = 1.0
"""Seconds after which a waiting caller looks again: somebody may have asked everybody to hold back."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a limiter stands: calls in the current window, how many are allowed, seconds until it lets go."""

    used: int
    limit: int
    held: float


class Window(Protocol):
    """Where the times of calls are kept. Each has a clock of its own, and never tells it: only spans go in and out."""

    def enter(self, call: str, limit: int, span: float) -> float:
        """0.0 when a call may go out now (and is counted, under this name); else the seconds until one may.

        The name tells whose it is, see `turns.named`. It counts as waiting for a moment, or until `leave`.
        """
        ...

    def leave(self, call: str) -> None:
        """Takes back a call that was let in and does not go out, or that waits no longer."""
        ...

    def hold(self, seconds: float, span: float) -> None:
        """Nobody may call for so many seconds, and for a span after them only evenly."""
        ...

    def state(self, span: float) -> tuple[int, float]:
        """Calls in the window, and the seconds for which everybody holds back."""
        ...

    def close(self) -> None: ...


class Limiter:
    """Lets callers of one site through, one window for all of all sites."""

    def __init__(
        self, window: Window, limit: int, span: float = WINDOW, margin: float = MARGIN, site: str = FIRST_SITE
    ) -> None:
        self._window, self._limit, self._span, self._site = window, limit, span + margin, site

    def acquire(self, stop: threading.Event | None = None) -> bool:
        """Waits until a call may go out. False when `stop` was set meanwhile.

        Raises Unavailable when the far end has asked for a rest that is too long to sleep through.
        """
        stop = stop or threading.Event()
        call = turns.named(self._site, uuid4().hex)
        while not stop.is_set():
            wait = self._window.enter(call, self._limit, self._span)
            if wait <= 0:
                return True
            if wait > max(LONGEST_ASKED, self._span):
                self._window.leave(call)
                minutes = math.ceil(wait / 60)
                raise Unavailable.of(catalogue.NOTION_RESTS, {"minutes": minutes}, retry_after=wait)
            stop.wait(min(wait, LONGEST_NAP))
        self._window.leave(call)
        return False

    def hold(self, seconds: float) -> None:
        """Everybody waits so long, then goes evenly for a window: the far end has said that it is too much."""
        self._window.hold(seconds, self._span)

    def state(self) -> Pace:
        used, held = self._window.state(self._span)
        return Pace(used, self._limit, held)

    def close(self) -> None:
        self._window.close()


def limiter(config: Config, folder: Path) -> Limiter:
    """The limiter of a Notion token: in a file beside the ledger, and in Redis where there is one."""
    token = sha256(config.notion_token.get_secret_value().encode()).hexdigest()[:16]
    machine = FileWindow(folder / f".notion-pace-{token}.db")
    window = RedisWindow(config.redis_url, f"notion-pace:{token}", machine) if config.redis_url else machine
    return Limiter(window, config.notion_rate_per_minute, site=config.site)

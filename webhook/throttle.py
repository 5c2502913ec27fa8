"""Who has failed to authenticate how often. Knows callers by name alone; whoever authenticates is never asked here."""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict, deque
from collections.abc import Callable

FAILURES = 10
WINDOW = 60.0
CALLERS = 4096
"""Callers that are kept in mind: whoever failed longest ago is forgotten first."""


class Throttle:
    """A moving window of failures for each caller. Lives in memory: a restart forgives everybody."""

    def __init__(self, now: Callable[[], float], failures: int = FAILURES, window: float = WINDOW) -> None:
        self._now = now
        self._failures = failures
        self._window = window
        self._failed: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def failed(self, caller: str) -> float | None:
        """Notes a failure. Gives the seconds to wait when there were too many before it, None otherwise."""
        with self._lock:
            times = self._times(caller)
            if len(times) >= self._failures:
                return times[0] + self._window - self._now()
            times.append(self._now())
            return None

    def _times(self, caller: str) -> deque[float]:
        times = self._failed.setdefault(caller, deque())
        self._failed.move_to_end(caller)
        if len(self._failed) > CALLERS:
            self._failed.popitem(last=False)
        while times and times[0] <= self._now() - self._window:
            times.popleft()
        return times


def caller(address: str | None) -> str:
    """Whom an address belongs to. Whoever has one IPv6 address has the whole /64 around it."""
    try:
        ip = ipaddress.ip_address((address or "").split("%")[0])
    except ValueError:
        return address or "unknown"
    if ip.version == 4:
        return str(ip)
    return str(ipaddress.ip_network((ip, 64), strict=False))

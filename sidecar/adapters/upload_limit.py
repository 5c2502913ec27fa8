"""What a site was found to take at most, remembered for a while. No uploads in here, and no look at the site."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

from sidecar.adapters.room import room
from sidecar.ledger import Memory

KEPT_SECONDS = 600.0
"""For so long a limit is believed; then somebody may have raised it, and one upload finds out."""


class UploadLimit:
    """The limit of one way into one site. `key` is its name in memory; `file_in` says how large a file is in a body of
    so many bytes."""

    def __init__(self, memory: Memory, key: str, clock: Callable[[], float], file_in: Callable[[int], int]) -> None:
        self._memory, self._key, self._clock, self._file_in = memory, key, clock, file_in
        self._turn = threading.Lock()

    def stops(self, size: int) -> bool:
        """True for a file of which is known that it is too large."""
        refused, _ = self._known()
        return refused is not None and size >= refused

    def most(self) -> int:
        """The largest file that is known to get in; 0 when nothing is."""
        return self._known()[1]

    def learn(self, size: int, url: str, body: int) -> None:
        """A file of this size, in a body so large, was refused there. The first to know it looks for the limit."""
        with self._turn:
            if self.stops(size):
                return
            most = max(0, self._file_in(room(url, body)))
            told = {"refused": size, "most": most, "at": self._clock()}
            self._memory.put(self._key, json.dumps(told))

    def _known(self) -> tuple[int | None, int]:
        told = json.loads(self._memory.get(self._key) or "{}")
        if not told or not 0 <= self._clock() - told["at"] < KEPT_SECONDS:
            return None, 0
        # A file a little above what fits was not tried; that it would be refused is as good as known.
        return (told["most"] + 1 if told["most"] else told["refused"]), told["most"]

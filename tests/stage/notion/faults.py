"""The fault switch: which request goes wrong, and how. Faults are data; the server carries them out."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import Literal

Kind = Literal["status", "reset", "lost reply", "hang", "garbage", "truncated", "same cursor"]


@dataclass
class Fault:
    """`times` requests go wrong, after the first `after` that match."""

    method: str
    path: re.Pattern[str]
    kind: Kind
    times: int = 1
    after: int = 0
    status: int = 500
    retry_after: int | None = None
    seconds: float = 0.0
    html: bool = False


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, path: str, kind: Kind = "status", *, method: str = "", **more: object) -> None:
        """The next requests whose path matches go wrong."""
        with self._lock:
            self._faults.append(Fault(method, re.compile(path), kind, **more))  # type: ignore[arg-type]

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for this request, if there is one; it is used up."""
        with self._lock:
            for fault in self._faults:
                if fault.times and fault.method in ("", method) and fault.path.search(path):
                    if fault.after:
                        fault.after -= 1
                        continue
                    fault.times -= 1
                    return fault
        return None

"""Processes that live for a while and are killed without a word: runs by hand, and RQ workers with their work-horses.

A web service and a schedule stand beside them, so that what a button asks for wakes a worker.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.stage.service import Processes, family, until

ROLES = {"run one": "sync", "run two": "sync", "worker": "worker"}
STEADY = {"web": "serve", "schedule": "scheduler"}
LIFETIME = (2, 120)
"""Calls of all to the far ends during which one lives: from before its own first call to the middle of a page. Counted
in seconds, all would die before they began where the machine is slow."""
LONGEST_LIFE = 120.0
"""Seconds after which one dies anyhow: who waits makes no calls."""
START_SECONDS = 60.0
"""A web service is up by then, on a machine that has much else to do."""
HORSE_ALONE = 0.5
"""How often it is the work-horse that dies, and not its worker with it."""


@dataclass
class Crowd:
    processes: Processes
    dice: random.Random
    calls: Callable[[], int]
    """How many calls the far ends got until now."""
    lifetime: tuple[int, int] = LIFETIME
    longest_life: float = LONGEST_LIFE
    counted: Counter[str] = field(default_factory=Counter)
    _ends: dict[str, tuple[int, float]] = field(default_factory=dict)

    def begin(self) -> None:
        for name, command in STEADY.items():
            self.processes.start(name, command)
        until(self.processes.is_up, START_SECONDS, "the web service answers")

    def look(self) -> None:
        """Starts who is missing, kills whose time has come."""
        for name, command in ROLES.items():
            process = self.processes.running.get(name)
            if process is None:
                self.processes.start(name, command)
                self._ends[name] = self._end()
            elif process.poll() is not None:
                self.counted["ended"] += 1
                del self.processes.running[name]
            elif self._is_over(*self._ends[name]):
                self._strike(name, process.pid)

    def _end(self) -> tuple[int, float]:
        return self.calls() + self.dice.randint(*self.lifetime), time.monotonic() + self.longest_life

    def _is_over(self, calls: int, at: float) -> bool:
        return self.calls() >= calls or time.monotonic() > at

    def _strike(self, name: str, pid: int) -> None:
        """A worker's work-horse dies alone, or all of them at once, as when the machine loses its power."""
        parent, *horses = family(pid)
        if horses and self.dice.random() < HORSE_ALONE:
            _kill(horses)
            self.counted["horses killed"] += 1
            self._ends[name] = self._end()
            return
        _kill([parent, *horses])
        self.processes.running.pop(name).wait()
        self.counted[f"{ROLES[name]}s killed"] += 1

    def killed(self) -> int:
        return sum(number for what, number in self.counted.items() if what.endswith("killed"))

    def leave(self) -> None:
        """All die at once."""
        for process in self.processes.running.values():
            _kill(family(process.pid))
            process.wait()
        self.processes.running.clear()


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

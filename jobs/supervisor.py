"""Keeps processes running, and ends them together: what `sidecar up` becomes. Knows nothing of what they do.

Only the standard library is imported here: this process lives beside the service for years and is to weigh nothing.
It is called with one JSON object: a list of processes in the order of their start, each {"name", "command"}, how many
of them the others stand on and that therefore end last, and the path of a lock file.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

LOOK_SECONDS = 0.25
LONGEST_BACK_OFF = 30.0
WELL_AFTER = 60.0
"""Seconds after which a process that dies is taken to have died by accident, not of itself."""
GRACE_SECONDS = 20.0
"""What a process gets to leave by itself. A page that is cut off is gone on with when its lease has run out."""
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One process, and how often it has died lately."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    not_before: float = 0.0

    def start(self) -> None:
        # A session of its own: Ctrl-C reaches us alone, and we end all of them in good order.
        self.process = subprocess.Popen(self.command, start_new_session=True, preexec_fn=leave_with_us)  # noqa: S603
        self.started = time.monotonic()

    def look(self) -> str | None:
        """Starts the process when it is time to. Gives the words of its death, once."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.not_before:
                self.start()
            return None
        code = self.process.poll()
        if code is None:
            return None
        self.deaths = 1 if now - self.started > WELL_AFTER else self.deaths + 1
        back_off = min(2.0 ** (self.deaths - 1), LONGEST_BACK_OFF)
        self.process, self.not_before = None, now + back_off
        return f"{self.name} ended with {code}; it is started again in {back_off:.0f} s"

    def ask(self) -> None:
        """Asks the process to leave."""
        if self.process is not None:
            self.process.terminate()

    def end(self, until: float) -> None:
        """Waits until it has left; at `until` it has to. Its whole group goes with it."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            say(f"{self.name} does not leave; it is killed")
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def leave_with_us() -> None:
    """In the child: it is told to leave when we die, even by kill -9. Only Linux can do that."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def supervise(children: Sequence[Child], is_over: Callable[[], bool], last: int = 0) -> None:
    """Runs all of them until it is over. All are gone when this returns, the first `last` of them after the others."""
    try:
        while not is_over():
            for child in children:
                words = child.look()
                if words is not None:
                    say(words)
            time.sleep(LOOK_SECONDS)
    finally:
        end_all(children[last:])
        end_all(children[:last])


def end_all(children: Sequence[Child], seconds: float = GRACE_SECONDS) -> None:
    for child in children:
        child.ask()
    until = time.monotonic() + seconds
    for child in children:
        child.end(until)


class Told:
    """True once we were told to stop, by TERM, Ctrl-C or a terminal that went away."""

    def __init__(self) -> None:
        self.is_told = False
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, self._note)

    def __call__(self) -> bool:
        return self.is_told

    def _note(self, _signal: int, _frame: FrameType | None) -> None:
        self.is_told = True


@contextlib.contextmanager
def alone(path: Path | None) -> Iterator[bool]:
    """False when another supervisor has this lock. It goes with its process, however that ends. No path: no lock."""
    if path is None:
        yield True
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


def say(words: str) -> None:
    print(f"sidecar: {words}", file=sys.stderr, flush=True)


def main() -> int:
    given = json.loads(sys.argv[1])
    children = [Child(one["name"], one["command"]) for one in given["children"]]
    with alone(Path(given["lock"]) if given["lock"] else None) as is_alone:
        if not is_alone:
            say(f"it runs already in this folder ({given['lock']} is locked)")
            return 1
        supervise(children, Told(), given["last"])
    say("everything has ended")
    return 0


if __name__ == "__main__":
    sys.exit(main())

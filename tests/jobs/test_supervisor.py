"""Processes that are kept running and end together, whatever happens to them or to their keeper."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from jobs.supervisor import Child, end_all
from tests.stage.service import until

SECONDS = 30.0
"""Processes have started and ended by then, on a machine that has much else to do."""

NOTES = """
import os, signal, sys, time
path, name = sys.argv[1], sys.argv[2]
def note(what):
    with open(path, "a") as file:
        file.write(f"{name} {what} {os.getpid()}\\n")
def leave(*_):
    note("ends"); sys.exit(0)
signal.signal(signal.SIGTERM, leave)
note("starts")
while True:
    time.sleep(0.05)
"""
DIES = """
import sys, time
with open(sys.argv[1], "a") as file:
    file.write(f"broken {time.monotonic()} 0\\n")
sys.exit(3)
"""


class Kept:
    """A supervisor as a process, and what its children noted."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.notes = folder, folder / "notes"
        self.notes.touch()

    def start(self, *children: tuple[str, list[str]], last: int = 0) -> subprocess.Popen[str]:
        given = {
            "children": [{"name": name, "command": command} for name, command in children],
            "last": last,
            "lock": str(self.folder / "lock"),
        }
        command = [sys.executable, "-P", "-m", "jobs.supervisor", json.dumps(given)]
        return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)

    def noting(self, name: str) -> tuple[str, list[str]]:
        return name, [sys.executable, "-c", NOTES, str(self.notes), name]

    def noted(self, what: str) -> list[str]:
        lines = [line.split() for line in self.notes.read_text().splitlines()]
        return [name for name, noted, _ in lines if noted == what]

    def pids(self) -> list[int]:
        return [int(line.split()[2]) for line in self.notes.read_text().splitlines()]

    def times(self) -> list[float]:
        return [float(line.split()[1]) for line in self.notes.read_text().splitlines()]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    it = Kept(tmp_path)
    yield it
    for pid in filter(None, it.pids()):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def end(process: subprocess.Popen[str], how: signal.Signals = signal.SIGTERM) -> str:
    process.send_signal(how)
    return process.communicate(timeout=SECONDS)[1]


def is_alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    return False


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_all_end_with_it_within_seconds(kept, how):
    process = kept.start(kept.noting("one"), kept.noting("two"))
    until(lambda: len(kept.noted("starts")) == 2, SECONDS, "both start")
    started = time.monotonic()
    words = end(process, how)
    assert time.monotonic() - started < 10
    assert process.returncode == 0
    assert sorted(kept.noted("ends")) == ["one", "two"]
    assert not [pid for pid in kept.pids() if is_alive(pid)]
    assert "everything has ended" in words


def test_what_the_others_stand_on_ends_last(kept):
    process = kept.start(kept.noting("broker"), kept.noting("web"), kept.noting("worker"), last=1)
    until(lambda: len(kept.noted("starts")) == 3, SECONDS, "all start")
    end(process)
    assert kept.noted("ends")[-1] == "broker"


def test_one_that_dies_is_started_again(kept):
    process = kept.start(kept.noting("one"), kept.noting("two"))
    until(lambda: len(kept.noted("starts")) == 2, SECONDS, "both start")
    os.kill(kept.pids()[0], signal.SIGKILL)
    until(lambda: len(kept.noted("starts")) == 3, SECONDS, "it starts again")
    assert "is started again" in end(process)


def test_one_that_cannot_live_is_tried_less_and_less_often(kept):
    process = kept.start(("broken", [sys.executable, "-c", DIES, str(kept.notes)]))
    until(lambda: len(kept.times()) == 4, SECONDS, "it is started four times")
    words = end(process)
    gaps = [later - earlier for earlier, later in pairwise(kept.times())]
    assert [gap > least for gap, least in zip(gaps, (0.9, 1.9, 3.9), strict=True)] == [True] * 3
    assert "broken ended with 3; it is started again in 4 s" in words


def test_all_end_when_it_is_killed(kept):
    process = kept.start(kept.noting("one"), kept.noting("two"))
    until(lambda: len(kept.noted("starts")) == 2, SECONDS, "both start")
    process.kill()
    process.communicate()
    until(lambda: not [pid for pid in kept.pids() if is_alive(pid)], SECONDS, "the children leave")


def test_two_in_one_folder_are_one_too_many(kept):
    first = kept.start(kept.noting("one"))
    until(lambda: kept.noted("starts"), SECONDS, "it starts")
    second = kept.start(kept.noting("two"))
    assert "runs already in this folder" in second.communicate(timeout=SECONDS)[1]
    assert second.returncode == 1
    assert kept.noted("starts") == ["one"]
    end(first)


def test_one_that_does_not_leave_is_killed(tmp_path, capfd):
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(99)"
    child = Child("stubborn", [sys.executable, "-c", stubborn])
    child.start()
    until(lambda: "up" in capfd.readouterr().out, SECONDS, "it starts")
    end_all([child], 0.3)
    assert child.process is not None
    assert child.process.returncode == -signal.SIGKILL
    assert "stubborn does not leave" in capfd.readouterr().err

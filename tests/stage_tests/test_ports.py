"""Ports that are handed out before anybody listens there."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

from tests.stage.ports import LAST, STRETCH, free_port

ROOT = Path(__file__).parents[2]
ASK = "from tests.stage.ports import free_port; print(free_port())"


def test_two_processes_are_never_given_the_same() -> None:
    ours = free_port()
    theirs = int(subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, capture_output=True, check=True).stdout)
    assert ours // STRETCH != theirs // STRETCH


def test_the_kernel_gives_none_of_them_to_anybody_else() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        assert listener.getsockname()[1] > LAST


def test_one_that_is_in_use_is_passed_over() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", free_port()))
        assert listener.getsockname()[1] not in {free_port() for _ in range(STRETCH - 2)}

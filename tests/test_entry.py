"""Between the command and the house: what a process does that is told to stop."""

import os
import signal
import subprocess
import sys

import pytest

WAITS = """
import threading
from sidecar.entry import stopped_by_signals
stop = threading.Event()
stopped_by_signals(stop)
print("ready", flush=True)
stop.wait()
print("ends in good order" if len(__import__("sys").argv) == 1 else "waits", flush=True)
if len(__import__("sys").argv) > 1:
    threading.Event().wait()
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("times", [1, 2])
def test_the_first_request_to_stop_is_answered_and_the_second_is_the_end(how, times):
    words = ["hangs"] * (times - 1)
    command = [sys.executable, "-c", WAITS, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ) as process:
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(how)
        assert process.stdout.readline() == (b"waits\n" if words else b"ends in good order\n")
        if words:
            process.send_signal(how)
        said = process.stderr.read()
    assert b"Stopping" in said
    assert process.returncode == (-how if words else 0)

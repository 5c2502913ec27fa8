"""Between the command and the house: what a process does that is told to stop."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from sidecar.entry import stopped_by_signals

WAITS = """
import sys, threading
from sidecar.entry import stopped_by_signals
stop = threading.Event()
with stopped_by_signals(stop):
    print("ready", flush=True)
    stop.wait()
    print("told", flush=True)
    if sys.argv[1:]:
        threading.Event().wait()
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("hangs", [False, True])
def test_the_first_request_to_stop_is_answered_and_the_second_is_the_end(how, hangs):
    command = [sys.executable, "-c", WAITS, *["hangs"] * hangs]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ) as process:
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(how)
        assert process.stdout.readline() == b"told\n"
        if hangs:
            process.send_signal(how)
        said = process.stderr.read()
    assert b"Stopping" in said
    assert process.returncode == (-how if hangs else 0)


def test_whoever_called_hears_signals_as_before():
    before = signal.getsignal(signal.SIGTERM)
    with stopped_by_signals(threading.Event()):
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before

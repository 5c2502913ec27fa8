"""What our processes have in common: settings read once, being told to leave, not outliving who started them."""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
from collections.abc import Callable

from sidecar import environment, logs
from sidecar.environment import Settings
from sidecar.errors import ConfigError

WRONG_USE = 2
PR_SET_PDEATHSIG = 1


def begun(run: Callable[[Settings], int], *needed: str, site: str | None = None) -> int:
    """Runs a process with the settings of its environment. Wrong ones are told, and end it at once."""
    try:
        settings = environment.whole(site=site).require(*needed)
        logs.begin(settings.shared, *settings.sites)
        return run(settings)
    except ConfigError as error:
        print("The settings are not complete, or wrong:", *error.problems, sep="\n  - ", file=sys.stderr)
        return WRONG_USE


def told_to_stop() -> threading.Event:
    """Set by TERM and Ctrl-C."""
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: set_soon(stop))
    return stop


def set_soon(stop: threading.Event) -> None:
    """Sets an event from within a signal handler, which may have interrupted the very lock that this takes."""
    threading.Thread(target=stop.set).start()


def leave_with_parent(sign: signal.Signals = signal.SIGTERM) -> None:
    """Has this process told to leave when its parent dies. Only Linux can do that; elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, sign)

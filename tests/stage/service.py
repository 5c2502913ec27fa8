"""The service as processes of its own, as an operator starts them, each with a log file; all are gone at the end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import requests

from tests.stage.ports import free_port

OURS = (
    "NOTION_",
    "WP_",
    "TELEGRAM_",
    "REDIS_",
    "WEBHOOK_",
    "SYNC_",
    "DATABASE_",
    "MEDIA_",
    "ON_",
    "PORT",
    "HOST",
    "SENTRY_",
)
LONGEST_END = 25.0


def until(holds: Callable[[], object], seconds: float, what: str) -> float:
    """Waits until something holds. How long it took; fails with `what` when it does not come."""
    started = time.monotonic()
    while not holds():
        if time.monotonic() - started > seconds:
            raise AssertionError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.05)
    return time.monotonic() - started


class Processes:
    """`with Processes(folder, settings) as service: service.start("web", "serve")`."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.folder = folder
        clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {**clean, "PORT": str(self.port), **settings}
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self.running):
            self.end(name)

    def start(self, name: str, *words: str, **settings: str) -> subprocess.Popen[bytes]:
        """`sidecar` with these words."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "sidecar", *words],
                cwd=self.folder,
                env={**self.environment, **settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running[name] = process
        return process

    def end(self, name: str, how: signal.Signals = signal.SIGTERM) -> float:
        """Ends a process by its name. How long that took."""
        started, process = time.monotonic(), self.running.pop(name)
        process.send_signal(how)
        try:
            process.wait(LONGEST_END)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return time.monotonic() - started

    def is_up(self) -> bool:
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{self.url}/healthz", timeout=2).status_code == 200
        return False

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")


def family(pid: int) -> list[int]:
    """A process and all that came of it, grandchildren too, whatever sessions they are in."""
    parents = {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            stat = (entry / "stat").read_text()
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    found = [pid]
    for one in found:
        found.extend(child for child, parent in parents.items() if parent == one)
    return found

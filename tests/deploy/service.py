"""The service itself, as `sidecar serve` or `sidecar up` start it, in a folder of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.stage.ports import free_port

SIDECAR = (sys.executable, "-m", "sidecar")
ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
SECRETS = {"WEBHOOK_SECRET": "button-secret-1", "SYNC_TOKEN": "sync-token-1"}


@contextmanager
def running(
    command: str,
    folder: Path,
    settings: Mapping[str, str],
    inside: Sequence[str] = (),
    before: Callable[[], None] | None = None,
) -> Iterator[str]:
    """The address of a service that answers. `inside` is a command that runs the program somewhere else; `before` is
    called in the child."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "HOME")}
    environ = {**kept, "PYTHONPATH": str(ROOT), **SECRETS, **settings, "HOST": "127.0.0.1", "PORT": str(port)}
    with (folder / "service.log").open("wb") as log:
        process = subprocess.Popen(
            [*inside, *SIDECAR, command],
            cwd=folder,
            env=environ,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=before,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process, folder)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            if requests.get(f"{url}/healthz", timeout=2).ok:
                return
        except requests.RequestException:  # it listens before there is a worker
            time.sleep(0.05)
    raise RuntimeError((folder / "service.log").read_text(errors="replace"))

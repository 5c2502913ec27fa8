"""A PostgreSQL of our own: a private cluster in a folder that is gone at the end, on a free port of loopback."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.stage.parent import die_with_parent
from tests.stage.ports import free_port

START_SECONDS = 30.0
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=30", "shared_buffers=16MB")
"""Nothing in it has to outlive a loss of power."""


class Postgres:
    """`with Postgres() as postgres:`, then `with postgres.database() as url:` for an empty database."""

    def __enter__(self) -> Postgres:
        self._bin = _programs()
        self.folder = Path(tempfile.mkdtemp(prefix="sidecar-postgres-"))
        self._server: subprocess.Popen[bytes] | None = None
        self._number = 0
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)  # "fast": it does not wait for those who are connected
            self._server.wait(START_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """The DATABASE_URL of a new database, dropped afterwards."""
        self._number += 1
        name = f"sidecar{self._number}"
        self._run("createdb", name)
        try:
            yield f"postgresql://sidecar@127.0.0.1:{self.port}/{name}"
        finally:
            self._run("dropdb", "--force", name)

    def _start(self) -> None:
        """PostgreSQL refuses to run as root: there it runs as the user that its package made."""
        self._user = _other_user()
        if "user" in self._user:
            os.chown(self.folder, self._user["user"], self._user["group"])
        data = self.folder / "data"
        made = ["--auth=trust", "--username=sidecar", "--encoding=UTF8", "--locale=C", "--no-sync"]
        self._called([self._bin / "initdb", *made, "--pgdata", data])
        self.port = free_port()
        options = [word for option in FAST for word in ("-c", option)]
        with (self.folder / "postgres.log").open("ab") as log:
            self._server = subprocess.Popen(
                [self._bin / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(self.port), "-k", "", *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, start_new_session=True,
                preexec_fn=die_with_parent, **self._user,
            )  # fmt: skip
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        ready: list[str | Path] = [
            self._bin / "pg_isready",
            "-q",
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-U",
            "sidecar",
            "-d",
            "postgres",
        ]
        while subprocess.run(ready, check=False).returncode != 0:
            if time.monotonic() > until or (self._server is not None and self._server.poll() is not None):
                raise RuntimeError((self.folder / "postgres.log").read_text(errors="replace"))
            time.sleep(0.05)

    def _run(self, program: str, *arguments: str) -> None:
        self._called([self._bin / program, "-h", "127.0.0.1", "-p", str(self.port), "-U", "sidecar", *arguments])

    def _called(self, command: list[Any]) -> None:
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, check=False, **self._user)
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    if elsewhere is None:
        raise RuntimeError("There is no PostgreSQL here. `make test` installs what it needs.")
    return Path(elsewhere).parent


def _other_user() -> dict[str, Any]:
    if os.getuid() != 0:
        return {}
    postgres = pwd.getpwnam("postgres")
    return {"user": postgres.pw_uid, "group": postgres.pw_gid, "extra_groups": []}

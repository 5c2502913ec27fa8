"""A MariaDB of our own: private data in a folder that is gone at the end, on a free port of loopback."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.stage.parent import die_with_parent
from tests.stage.ports import free_port

START_SECONDS = 60.0
FAST = (
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-flush-method=nosync",
    "--skip-innodb-doublewrite",
    "--innodb-buffer-pool-size=32M",
    "--innodb-log-file-size=16M",
    "--skip-log-bin",
    "--max-allowed-packet=64M",
    "--performance-schema=OFF",
)
"""Nothing in it has to outlive a loss of power; posts may be large."""
ROOM = 1_000_000_000
"""Bytes that have to be free in the machine's memory before data is put there."""
USER, PASSWORD = "sidecar", "sidecar"


@dataclass(frozen=True)
class Database:
    """An empty database and how to get into it."""

    host: str
    port: int
    name: str
    user: str = USER
    password: str = PASSWORD

    @property
    def url(self) -> str:
        """Its DATABASE_URL."""
        return f"mysql://{self.user}:{self.password}@{self.host}:{self.port}/{self.name}"


class MariaDb:
    """`with MariaDb() as server:`, then `with server.database() as database:` for an empty database."""

    def __enter__(self) -> MariaDb:
        if shutil.which("mariadbd") is None or shutil.which("mariadb-install-db") is None:
            raise RuntimeError("There is no MariaDB here. `make test` installs what it needs.")
        self.folder = Path(tempfile.mkdtemp(prefix="sidecar-mariadb-", dir=_quick()))
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
            self._server.terminate()
            try:
                self._server.wait(20)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextlib.contextmanager
    def database(self) -> Iterator[Database]:
        """A new database, dropped afterwards."""
        self._number += 1
        name = f"sidecar{self._number}"
        self.run(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        try:
            yield Database("127.0.0.1", self.port, name)
        finally:
            self.run(f"DROP DATABASE {name}")

    def run(self, sql: str) -> str:
        """What the server prints for some SQL, said by its administrator."""
        command = ["mariadb", "--no-defaults", f"--socket={self.folder}/socket", "--user=root", "--batch"]
        done = subprocess.run([*command, "--execute", sql], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"MariaDB refused {sql}: {done.stderr}{self._log()[-2000:]}")
        return done.stdout

    def _start(self) -> None:
        data, me = self.folder / "data", getpass.getuser()  # as root it runs only when that is said
        made = ["--no-defaults", f"--user={me}", f"--datadir={data}", "--skip-test-db"]
        made += ["--auth-root-authentication-method=normal"]
        # A server that starts clears away what looks temporary in the folder for that: each has its own.
        own = {**os.environ, "TMPDIR": str(self.folder / "tmp")}
        (self.folder / "tmp").mkdir()
        done = subprocess.run(["mariadb-install-db", *made], capture_output=True, text=True, check=False, env=own)
        if done.returncode:
            raise RuntimeError(f"mariadb-install-db failed:\n{done.stdout}{done.stderr}")
        self.port = free_port()
        where = [f"--datadir={data}", f"--socket={self.folder}/socket", f"--pid-file={self.folder}/pid"]
        where += ["--bind-address=127.0.0.1", f"--port={self.port}"]
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                ["mariadbd", "--no-defaults", f"--user={me}", *where, *FAST],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, env=own,
                preexec_fn=die_with_parent,
            )  # fmt: skip
        self._wait()
        self.run(f"CREATE USER {USER}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'")
        self.run(f"GRANT ALL ON `sidecar%`.* TO {USER}@'127.0.0.1'")

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                self.run("SELECT 1")
                return
            except RuntimeError:
                if time.monotonic() > until or (self._server is not None and self._server.poll() is not None):
                    raise
                time.sleep(0.1)

    def _log(self) -> str:
        log = self.folder / "log"
        return log.read_text(errors="replace") if log.exists() else ""


def _quick() -> str | None:
    """The folder of the machine's memory, where it has one with room: MariaDB waits for the disk with each table."""
    memory = Path("/dev/shm")
    with contextlib.suppress(OSError):
        return str(memory) if shutil.disk_usage(memory).free > ROOM else None
    return None

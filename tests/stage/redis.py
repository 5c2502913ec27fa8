"""A Redis of our own: a private server on a unix socket, that can be stopped, killed and started again."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import redis

from tests.stage.parent import die_with_parent

START_SECONDS = 20.0


class RedisServer:
    """`with RedisServer() as server:`, then `server.url`. It remembers nothing over a restart unless `keeps` is set."""

    def __init__(self, *, keeps: bool = False) -> None:
        self._keeps = keeps
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> RedisServer:
        if shutil.which("redis-server") is None:
            raise RuntimeError("There is no redis-server here. `make test` installs what it needs.")
        self.folder = Path(tempfile.mkdtemp(prefix="sidecar-redis-"))
        self.url = f"unix://{self.folder}/redis.sock"
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        keeping = ["--appendonly", "yes", "--appendfsync", "always"] if self._keeps else ["--appendonly", "no"]
        with (self.folder / "redis.log").open("ab") as log:
            self._server = subprocess.Popen(
                ["redis-server", "--port", "0", "--unixsocket", f"{self.folder}/redis.sock", "--save", "", *keeping],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        self._wait()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ends the server; with SIGKILL, as a machine that loses its power does."""
        if self._server is not None:
            self._server.send_signal(how)
            self._server.wait(START_SECONDS)
        self._server = None

    def restart(self, how: signal.Signals = signal.SIGTERM) -> None:
        self.stop(how)
        self.start()

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        with redis.Redis.from_url(self.url) as client:
            while True:
                try:
                    client.ping()
                except redis.ConnectionError:
                    if time.monotonic() > until:
                        raise RuntimeError((self.folder / "redis.log").read_text(errors="replace")) from None
                    time.sleep(0.02)
                else:
                    return

"""One running WordPress: its files, its server, its users, and a look into its database."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.stage.mariadb import Database
from tests.stage.parent import die_with_parent
from tests.stage.ports import free_port
from tests.stage.wordpress.packages import HERE, add_drop_in, prepare

DATABASE = "wp-content/database/wp.sqlite"
START_SECONDS = 60.0
SAVE = """global $wpdb; foreach ($wpdb->get_col('SHOW TABLES') as $table) {
    $wpdb->query("CREATE TABLE saved_$table LIKE $table");
    $wpdb->query("INSERT INTO saved_$table SELECT * FROM $table");
} return true;"""
RESTORE = """global $wpdb; foreach ($wpdb->get_col("SHOW TABLES LIKE 'wp\\\\_%'") as $table) {
    $wpdb->query("TRUNCATE TABLE $table");
    $wpdb->query("INSERT INTO $table SELECT * FROM saved_$table");
} return true;"""
"""For a site on MariaDB: its tables, kept beside themselves."""
WITH_ITS_WORKERS = 'trap "trap - TERM; kill -KILL 0" TERM; "$@" & wait'
"""PHP's server leaves its workers behind when it dies: the shell around it takes the whole group along."""


@dataclass(frozen=True)
class Account:
    login: str
    password: str
    application_password: str


class WordPress:
    """A site of its own on a free port, on SQLite or in the database that is given, gone with its folder at the end.

    `plugins` are folders that are copied and activated; `mu_plugins` maps file names to PHP. `hostile` is a
    must-use plugin text that runs before XML-RPC answers; see `be_hostile`. `server` are the words to call the PHP
    that serves with; the site is made by the one of this machine.
    """

    def __init__(
        self,
        version: str = "newest",
        *,
        title: str = "The Tidal Review",
        zone: str = "Europe/Lisbon",
        plugins: Sequence[str | Path] = (),
        mu_plugins: Mapping[str, str] | None = None,
        environment: str = "local",
        ini: Mapping[str, str] | None = None,
        workers: int = 4,
        database: Database | None = None,
        server: Sequence[str] = ("php",),
    ) -> None:
        self.version = version
        self._title, self._zone = title, zone
        self._plugins, self._mu_plugins = plugins, mu_plugins or {}
        self._environment, self._ini, self._workers = environment, ini or {}, workers
        self._database, self._server_php = database, server
        self._server: subprocess.Popen[bytes] | None = None
        self.users: dict[str, Account] = {}
        self.release = ""

    def __enter__(self) -> WordPress:
        self.folder = Path(tempfile.mkdtemp(prefix="sidecar-wordpress-"))
        self.site = self.folder / "site"
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> None:
        if shutil.which("php") is None:
            raise RuntimeError("There is no php here. `make test` and `make demo` install what they need.")
        shutil.copytree(prepare(self.version), self.site, copy_function=_link)
        for name in ("wp-config.php", "router.php"):
            (self.site / name).unlink()
            shutil.copy(HERE / name, self.site / name)
        if self._database is None:
            add_drop_in(self.site)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._install()
        self.serve()
        self._save()

    def _install(self) -> None:
        done = self._php([str(HERE / "install.php"), str(self.site), self.url, self._title, self._zone])
        for login, secret in json.loads(done).items():
            self.users[login] = Account(login, f"{login}-pass-1", secret)
        for name, text in self._mu_plugins.items():
            (self.site / "wp-content/mu-plugins" / name).write_text(text)
        for plugin in map(Path, self._plugins):
            self.activate(plugin)
        self.release = self.php("return get_bloginfo('version');")

    # --- plugins -----------------------------------------------------------------------------------------

    def activate(self, plugin: Path) -> None:
        """Installs a plugin from its folder, and activates it. A reset switches it off again."""
        shutil.copytree(plugin, self.site / "wp-content/plugins" / plugin.name, dirs_exist_ok=True)
        self._switch(plugin, "activate_plugin($file)")

    def deactivate(self, plugin: Path) -> None:
        self._switch(plugin, "deactivate_plugins($file)")

    def _switch(self, plugin: Path, call: str) -> None:
        self.php(
            "require_once ABSPATH . 'wp-admin/includes/plugin.php';"
            f"$name = key(get_plugins('/{plugin.name}')); $file = $name ? '{plugin.name}/' . $name : '';"
            f"$done = {call}; if (is_wp_error($done)) {{ throw new Exception($done->get_error_message()); }} return 1;"
        )

    # --- the server --------------------------------------------------------------------------------------

    def serve(self) -> None:
        """Starts the web server, with as many workers as a small host has."""
        self._log = (self.folder / "php.log").open("ab")
        command = [*self._server_php, *self._options(), "-d", "opcache.enable_cli=1", "-S", f"127.0.0.1:{self.port}"]
        self._server = subprocess.Popen(
            ["sh", "-c", WITH_ITS_WORKERS, "sh", *command, "-t", str(self.site), str(self.site / "router.php")],
            env={**self.variables(), "PHP_CLI_SERVER_WORKERS": str(self._workers)},
            stdout=self._log,
            stderr=self._log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        self._wait()

    def serve_as(self, environment: str) -> None:
        """Starts the web server anew, in another environment: `production` is stricter than `local`."""
        self.stop()
        self._environment = environment
        self.serve()

    def stop(self) -> None:
        """Ends the server and its workers, which would go on without their master."""
        if self._server is not None:
            _end_group(self._server)
            self._server = None
            self._log.close()

    def _wait(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            try:
                with urlopen(f"{self.url}/readme.html", timeout=2):
                    return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"WordPress does not answer at {self.url}:\n{self.log()[-2000:]}")

    def log(self) -> str:
        """What PHP wrote."""
        return (self.folder / "php.log").read_text(errors="replace")

    # --- a look inside -----------------------------------------------------------------------------------

    def php(self, code: str) -> Any:
        """The value that PHP code returns inside this WordPress, by way of JSON."""
        host = self.url.removeprefix("http://")
        script = (
            f"$_SERVER += ['HTTP_HOST' => '{host}', 'REQUEST_URI' => '/', 'REQUEST_METHOD' => 'GET'];"
            f"require '{self.site}/wp-load.php'; $value = (function () {{ {code} }})();"
            'echo "\\n#result#", json_encode($value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);'
        )
        return json.loads(self._php(["-r", script]).rsplit("#result#", 1)[1])

    def reset(self) -> None:
        """The site as it was when it started: no posts, no media."""
        shutil.rmtree(self.site / "wp-content/uploads", ignore_errors=True)
        (self.site / "wp-content/uploads").mkdir()
        if self._database is not None:
            self.php(RESTORE)
            return
        for leftover in (self.site / "wp-content/database").glob("wp.sqlite-*"):
            leftover.unlink()
        (self.site / DATABASE).write_bytes(self._saved)

    def _save(self) -> None:
        if self._database is None:
            self._saved = (self.site / DATABASE).read_bytes()
        else:
            self.php(SAVE)

    def _php(self, words: Sequence[str]) -> str:
        done = subprocess.run(
            ["php", *self._options(), *words],
            check=False,
            capture_output=True,
            text=True,
            env=self.variables(),
            stdin=subprocess.DEVNULL,
            timeout=120,
        )
        if done.returncode != 0:
            raise RuntimeError(f"PHP ended with {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def variables(self) -> dict[str, str]:
        """What `wp-config.php` reads."""
        database = dataclasses.asdict(self._database) if self._database else {}
        return {**os.environ, "STAGE_ENVIRONMENT": self._environment, "STAGE_DATABASE": json.dumps(database)}

    def _options(self) -> list[str]:
        settings = {"memory_limit": "512M", "display_errors": "0", "log_errors": "1", "error_log": "", **self._ini}
        return [word for name, value in settings.items() for word in ("-d", f"{name}={value}")]


def _link(source: str, target: str) -> str:
    """Nothing writes to WordPress's own files, so a copy of a site shares them."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Ends a process that leads a group, and everybody in it."""
    for name in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, name)
        except ProcessLookupError:
            break
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            continue
        # The workers are not our children: they are gone when the group is.
        end = time.monotonic() + 2
        while time.monotonic() < end and _group_lives(process.pid):
            time.sleep(0.02)
    process.wait()


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True

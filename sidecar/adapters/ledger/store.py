"""One open database: how it is reached, migrated, locked and how its failures are named. No table is known here."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import peewee as pw
from filelock import FileLock
from playhouse import migrations
from playhouse.db_url import connect, parse

from sidecar import catalogue
from sidecar.adapters.ledger.mysql import PATIENCE, MySql
from sidecar.adapters.ledger.trouble import named, unavailable, waited
from sidecar.errors import ConfigError, Refused, Unavailable

TURN = "notion-wordpress-sidecar"
"""The name of the lock that a transaction on PostgreSQL begins with."""

TAKE_TURN = """
    SELECT set_config('lock_timeout', %s, true), set_config('idle_in_transaction_session_timeout', '30s', true),
           pg_advisory_xact_lock(hashtext(%s))"""
"""A machine that lost its power has its turn no longer than those 30 s."""

MIGRATING_SECONDS = 120.0
"""How long the others wait for the one that makes the tables."""

MOST_VALUES = 500
"""Values in one statement that every database takes."""

LONGEST_NAME = 128
"""Characters of a name that every database keeps: an event's, a memory's, a turn's or an owner's."""

MIGRATIONS = Path(__file__).with_name("migrations")

# What people write, and what playhouse.db_url knows (facts: it has no mariadb:// and no driver suffixes).
SCHEMES = {
    "postgres": "psycopg3",
    "postgresql": "psycopg3",
    "postgresql+psycopg": "psycopg3",
    "psycopg3": "psycopg3",
    "mysql": "mysql",
    "mariadb": "mysql",
    "mysql+pymysql": "mysql",
}
OURS = (pw.IntegrityError, pw.ProgrammingError, pw.DataError, pw.NotSupportedError)
"""What a database says of a mistake of ours; everything else is trouble of its own."""
SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",
    "foreign_keys": 1,
    "busy_timeout": 10_000,
    "cache_size": -16_000,
}


def bounded(name: str) -> str:
    """A name that every database keeps whole; the hash of a longer one stands for its end. SQLite has no limit."""
    if len(name) <= LONGEST_NAME:
        return name
    mark = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{name[: LONGEST_NAME - len(mark) - 1]} {mark}"


def database(url: str) -> pw.Database:
    """The database behind a DATABASE_URL, not connected yet. Raises ConfigError for a URL we cannot use."""
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        return _sqlite(url)
    if scheme not in SCHEMES:
        known = ", ".join(["sqlite", *SCHEMES])
        raise ConfigError([f"DATABASE_URL: {scheme!r} is not a kind of database we know. Known: {known}."])
    try:
        return _server(SCHEMES[scheme], rest)
    except (pw.ImproperlyConfigured, ImportError) as error:
        extra = "mysql" if SCHEMES[scheme] == "mysql" else "postgres"
        raise ConfigError(
            [f"DATABASE_URL: the driver is missing. Install notion-wordpress-sidecar[{extra}]."]
        ) from error
    except ValueError as error:  # its words would show the password
        raise ConfigError(
            [f"DATABASE_URL: there is no database in it, or an odd port. Write {scheme}://user:password@host/name."]
        ) from error


def _server(kind: str, rest: str) -> pw.Database:
    decoded = {"unquote_user": True, "unquote_password": True}
    if kind == "mysql":
        # As "mysql" it would name the password by a word that the driver no longer wants to hear.
        return MySql(**parse(f"mariadb://{rest}", **decoded))
    made: pw.Database = connect(f"{kind}://{rest}", thread_safe=False, **decoded)
    return made


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database; None when it has none."""
    scheme, _, rest = url.partition("://")
    path = rest.removeprefix("/").split("?")[0]
    return Path(path) if scheme == "sqlite" and path not in ("", ":memory:") else None


def _identity(path: Path | None) -> tuple[int, int] | None:
    """Which file this is, whatever its name; None when there is none."""
    with contextlib.suppress(OSError):
        found = path.stat() if path else None
        return (found.st_dev, found.st_ino) if found else None
    return None


def _sqlite(url: str) -> pw.Database:
    path = sqlite_file(url)
    if path is not None:
        _make_folder(path.parent)
    return pw.SqliteDatabase(
        str(path or ":memory:"),
        pragmas=SQLITE_PRAGMAS,
        lock_type="IMMEDIATE",
        timeout=10,
        thread_safe=False,
        check_same_thread=False,
    )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            [f"DATABASE_URL: the folder {folder} cannot be made ({error.strerror}). Name one that can be written."]
        ) from error


class Store:
    """A database with one connection and one lock for all threads of this process.

    The ledger's statements are short, and SQLite has a single writer anyway: taking turns in process avoids its
    unfair busy back-off. After a fork the child forgets the parent's connection and opens its own.

    On a server, too, one transaction of all processes and machines goes after the other. Side by side, two that look
    for a row and find none would both make it, and of two that add to a number one would be forgotten.

    A SQLite file that is deleted or replaced under us is noticed before the next statement: SQLite itself would go on
    in the file that nobody can see any more.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.database = database(url)
        self._lock = threading.RLock()
        self._owner = os.getpid()
        self._path = sqlite_file(url)
        self._file: tuple[int, int] | None = None

    @contextlib.contextmanager
    def transaction(self, patience: float = PATIENCE) -> Iterator[None]:
        """All statements inside happen together or not at all. Failures of the database raise Unavailable."""
        self._forget_parents_connection()
        with self._lock:
            self._check_file()
            try:
                with self._begun(patience):
                    yield
                self._file = self._file or _identity(self._path)
            except (pw.DatabaseError, pw.InterfaceError, sqlite3.Error) as error:
                if isinstance(error, OURS):
                    raise
                self._drop_connection()
                raise unavailable(error, self.url) from error

    @contextlib.contextmanager
    def _begun(self, patience: float) -> Iterator[None]:
        """A transaction. A connection that the server ended while nobody spoke is opened anew: nothing is lost so."""
        was_open = not self.database.connect(reuse_if_open=True)
        with contextlib.ExitStack() as stack:
            try:
                self._begin(stack, patience)
            except (pw.OperationalError, pw.InterfaceError) as error:
                if not was_open or self.database.in_transaction() or waited(error) or self._is_file():
                    raise
                self._drop_connection()
                self.database.connect()
                self._begin(stack, patience)
            yield

    def _begin(self, stack: contextlib.ExitStack, patience: float) -> None:
        is_first = not self.database.in_transaction()
        if is_first and isinstance(self.database, MySql):
            self.database.take_turn(patience)
            stack.callback(self.database.give_turn_back)
        stack.enter_context(self.database.atomic())
        if is_first and isinstance(self.database, pw.PostgresqlDatabase):
            cast(Any, self.database).execute_sql(TAKE_TURN, (str(int(patience * 1000)), TURN))

    def _is_file(self) -> bool:
        return isinstance(self.database, pw.SqliteDatabase)

    def migrate(self) -> None:
        """Brings the schema up to date. Safe to call from several processes and machines at once.

        Raises Refused for a schema that we do not know yet: what a later version keeps there we would not keep.
        """
        name = sha256(self.url.encode()).hexdigest()[:16]
        lock = FileLock(Path(tempfile.gettempdir()) / f"notion-sidecar-{os.getuid()}-{name}.lock")
        with lock, self.transaction(MIGRATING_SECONDS):
            runner = migrations.Runner(self.database, str(MIGRATIONS))
            strange = [migration.name for migration in runner.status() if migration.path is None]
            if strange:
                said = {"where": named(self.url), "steps": ", ".join(strange)}
                raise Refused.of(catalogue.LEDGER_NEWER, said)
            runner.up()

    def is_current(self) -> bool:
        """True when every migration has been applied."""
        with self.transaction():
            return all(migration.applied for migration in migrations.Runner(self.database, str(MIGRATIONS)).status())

    def close(self) -> None:
        """Whoever opens it again takes the file that is there by then."""
        with self._lock:
            self._drop_connection()
            self._file = None

    def _check_file(self) -> None:
        if self._file is not None and _identity(self._path) != self._file:
            self._drop_connection()
            raise Unavailable.of(catalogue.LEDGER_GONE, {"where": self.url})

    def _drop_connection(self) -> None:
        if not self.database.is_closed():
            with contextlib.suppress(pw.DatabaseError):
                self.database.close()

    def _forget_parents_connection(self) -> None:
        if self._owner != os.getpid():
            cast(Any, self.database)._state.reset()
            self._lock = threading.RLock()
            self._owner = os.getpid()

"""What a MySQL or MariaDB needs to keep a ledger as SQLite and PostgreSQL keep it. No table is known here."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, cast

import peewee as pw

from sidecar.errors import ConfigError

FOUND_ROWS = 2
"""The flag CLIENT_FOUND_ROWS of the protocol: an UPDATE counts the rows that it found, as everywhere else. Without it
rows that were so already are not counted, and who renews a lease twice in the same instant would think it lost."""

PATIENCE = 10
"""Seconds that a lock is waited for, as on SQLite."""

SESSION = (
    # A text that is too long is refused, and not cut.
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES',"
    f" lock_wait_timeout = {PATIENCE}, innodb_lock_wait_timeout = {PATIENCE},"
    # The turn of a machine that lost its power ends with its connection; MariaDB can tell when one hangs in a turn.
    " wait_timeout = 300 /*M!100300 , idle_transaction_timeout = 30 */"
)
GIVE_WAY = (1205, 1213)
"""Numbers of the errors that say that somebody else has locked the rows: waited too long, and a deadlock."""

ALREADY_THERE = (1060, 1061)
"""Numbers of the errors that say that there is such a column, or such an index."""

LONG = {"TEXT": "LONGTEXT"}
"""A TEXT ends at 64 kB here: a listing's look at a page, or the warnings of a long one, may be longer."""


class MySql(pw.MySQLDatabase):
    """One transaction at a time, in all processes and on all machines, as on SQLite.

    InnoDB locks gaps between rows besides rows: of two who put the first row of a kind at the same time one would be
    turned back as a deadlock, and what it had begun could not be begun anew from here. The turn is a lock of the
    server's with a name; it ends with the connection at the latest.
    """

    def __init__(self, database: str, **how: Any) -> None:
        if not database:
            raise ValueError("There is no name of a database.")
        fixed = {"charset": "utf8mb4", "client_flag": FOUND_ROWS, "init_command": SESSION, "field_types": LONG}
        super().__init__(database, thread_safe=False, **{**how, **fixed})
        self._turn = f"sidecar {sha256(database.lower().encode()).hexdigest()[:40]}"

    def _connect(self) -> Any:
        try:
            return cast(Any, super())._connect()
        except (AttributeError, RuntimeError, TypeError) as error:
            # A package that a way to log in needs; an option that it does not know, or of another kind.
            said = f"DATABASE_URL: the driver PyMySQL says: {error}. What comes after a question mark is told to it."
            raise ConfigError([said]) from error

    def take_turn(self, seconds: float) -> None:
        """Raises OperationalError, as for a row, when others do not end within so many seconds."""
        (taken,) = self.execute_sql("SELECT GET_LOCK(%s, %s)", (self._turn, seconds)).fetchone()
        if not taken:
            raise pw.OperationalError(GIVE_WAY[0], "Others did not end their transactions.")

    def give_turn_back(self) -> None:
        self.execute_sql("SELECT RELEASE_LOCK(%s)", (self._turn,))

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """A change of the schema is there at once, and no part of a transaction: a step of which a process died half
        way is gone through once more, and passes over what is there."""
        try:
            return cast(Any, super()).execute_sql(sql, params)
        except pw.OperationalError as error:
            if error.args[0] not in ALREADY_THERE:
                raise
            return cast(Any, self).cursor()

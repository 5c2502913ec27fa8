"""On MySQL names are compared byte by byte, as everywhere else, and texts may be long and hold every sign.

There a table is made with whatever the server was set up with: mostly "A" is "a" then, and "é" is "e".
"""

from typing import Any

import peewee as pw

TABLES = ("sync_job", "sync_job_item", "image_asset", "page_post_map", "inbox", "page", "memory", "lease")
BINARY = ("utf8mb4_nopad_bin", "utf8mb4_0900_bin", "utf8mb4_bin")
"""Of MariaDB, of MySQL 8 and of all: the last one takes a blank at the end for nothing."""


def up(_migrator: Any, db: pw.Database) -> None:
    if isinstance(db, pw.MySQLDatabase):
        _convert(db)


def _convert(db: Any) -> None:
    rows = db.execute_sql("SELECT collation_name FROM information_schema.collations").fetchall()
    known = {name for (name,) in rows}
    binary = next(name for name in BINARY if name in known)
    for table in TABLES:
        db.execute_sql(f"ALTER TABLE `{table}` ENGINE = InnoDB, CONVERT TO CHARACTER SET utf8mb4 COLLATE {binary}")
        changes = [f"MODIFY `{column}` LONGTEXT {null}" for column, null in _texts(db, table)]
        if changes:
            db.execute_sql(f"ALTER TABLE `{table}` {', '.join(changes)}")


def _texts(db: Any, table: str) -> list[tuple[str, str]]:
    """The columns of a table that end at 64 kB, or at 16 MB, and what they say of NULL."""
    found = db.execute_sql(
        "SELECT column_name, IF(is_nullable = 'YES', 'NULL', 'NOT NULL') FROM information_schema.columns"
        " WHERE table_schema = DATABASE() AND table_name = %s AND data_type IN ('text', 'mediumtext')",
        (table,),
    )
    return [(column, null) for column, null in found.fetchall()]

"""How many workers in a row took a page and were not heard of again."""

from typing import Any

import peewee as pw


def up(migrator: Any, _db: pw.Database) -> None:
    migrator.migrate(migrator.add_column("page", "deaths", pw.IntegerField(default=0)))

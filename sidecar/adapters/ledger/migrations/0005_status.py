"""The status of each post, as WordPress gave it last: whether readers find it."""

from typing import Any

import peewee as pw


def up(migrator: Any, _db: pw.Database) -> None:
    migrator.migrate(migrator.add_column("page_post_map", "status", pw.CharField(32, default="")))

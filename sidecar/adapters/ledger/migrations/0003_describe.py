"""What the media library was told of an item."""

from typing import Any

import peewee as pw


def up(migrator: Any, _db: pw.Database) -> None:
    migrator.migrate(migrator.add_column("image_asset", "described", pw.TextField(null=True)))

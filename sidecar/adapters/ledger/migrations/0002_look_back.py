"""Indexes for looking back: years of runs must not make a status page slow."""

from typing import Any

import peewee as pw


def up(migrator: Any, _db: pw.Database) -> None:
    migrator.migrate(
        migrator.add_index("sync_job", ("site", "finished_at")),
        migrator.add_index("sync_job_item", ("page_id",)),
        migrator.add_index("sync_job_item", ("updated_at",)),
    )

"""The ledger's tables, bound to one database. Columns only; what is done with them is in the modules beside.

All times are seconds since the epoch, UTC, as floats: leases compare them in SQL on every kind of database.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import peewee as pw


@dataclass(frozen=True)
class Tables:
    """The model classes of one database. They are made anew for each database, so that nothing is global."""

    job: Any
    item: Any
    asset: Any
    record: Any
    inbox: Any
    page: Any
    memory: Any
    lease: Any


def tables(database: pw.Database) -> Tables:
    """Model classes for the newest schema; `migrations/` holds how a database gets there."""

    class Table(pw.Model):
        class Meta:
            legacy_table_names = False

    class SyncJob(Table):
        site = pw.CharField(64)
        type = pw.CharField(32)
        status = pw.CharField(16)
        listing = pw.CharField(16, null=True)
        started_at = pw.DoubleField()
        finished_at = pw.DoubleField(null=True)
        metrics = pw.TextField(default="{}")
        error = pw.TextField(null=True)

        class Meta:
            indexes = ((("site", "finished_at"), False),)

    class SyncJobItem(Table):
        job = pw.ForeignKeyField(SyncJob, backref="items", on_delete="CASCADE")
        page_id = pw.CharField(36)
        title = pw.TextField(default="")
        page_url = pw.TextField(default="")
        action = pw.CharField(16, default="skip")
        status = pw.CharField(16)
        post_id = pw.CharField(32, null=True)
        post_url = pw.TextField(null=True)
        attempts = pw.IntegerField(default=0)
        error = pw.TextField(null=True)
        warnings = pw.TextField(default="[]")
        updated_at = pw.DoubleField()

        class Meta:
            indexes = ((("job", "page_id"), True), (("page_id",), False), (("updated_at",), False))

    class ImageAsset(Table):
        site = pw.CharField(64)
        page_id = pw.CharField(36)
        block_id = pw.CharField(40)
        identity = pw.TextField()
        identity_hash = pw.CharField(64)
        sha256 = pw.CharField(64, null=True)
        status = pw.CharField(16)
        media_id = pw.CharField(32, null=True)
        media_url = pw.TextField(null=True)
        name = pw.TextField(null=True)
        mime = pw.CharField(128, null=True)
        width = pw.IntegerField(null=True)
        height = pw.IntegerField(null=True)
        bytes = pw.BigIntegerField(null=True)
        made_by = pw.IntegerField(null=True)
        described = pw.TextField(null=True)
        error = pw.TextField(null=True)
        updated_at = pw.DoubleField()

        class Meta:
            indexes = (
                (("site", "page_id", "block_id", "identity_hash"), True),
                (("site", "identity_hash"), False),
                (("site", "sha256"), False),
                (("site", "media_id"), False),
            )

    class PagePostMap(Table):
        site = pw.CharField(64)
        page_id = pw.CharField(36)
        post_id = pw.CharField(32)
        link = pw.TextField(default="")
        title = pw.TextField(default="")
        fingerprint = pw.CharField(64, default="")
        fields_hash = pw.TextField(default="")
        stated = pw.TextField(default="")
        modified = pw.DoubleField(null=True)
        page_edited_at = pw.DoubleField(null=True)
        withdrawn_from = pw.CharField(32, null=True)
        conflicted = pw.BooleanField(default=False)
        links = pw.TextField(default="[]")
        status = pw.CharField(32, default="")
        created_at = pw.DoubleField()
        updated_at = pw.DoubleField()

        class Meta:
            primary_key = pw.CompositeKey("site", "page_id")
            indexes = ((("site", "post_id"), False),)

    class Inbox(Table):
        site = pw.CharField(64)
        source = pw.CharField(32)
        event_id = pw.CharField(128)
        page_id = pw.CharField(36, null=True)
        kind = pw.CharField(64)
        body = pw.TextField(default="")
        received_at = pw.DoubleField()

        class Meta:
            indexes = ((("site", "source", "event_id"), True), (("received_at",), False))

    class Page(Table):
        site = pw.CharField(64)
        page_id = pw.CharField(36)
        wanted_rev = pw.IntegerField(default=0)
        done_rev = pw.IntegerField(default=0)
        not_before = pw.DoubleField(default=0)
        dirty_since = pw.DoubleField(default=0)
        attempts = pw.IntegerField(default=0)
        deaths = pw.IntegerField(default=0)
        lease_token = pw.IntegerField(default=0)
        lease_owner = pw.CharField(128, null=True)
        lease_until = pw.DoubleField(default=0)
        phase = pw.CharField(16, default="idle")
        create_floor = pw.BigIntegerField(null=True)
        intent = pw.CharField(16, default="listed")
        next_intent = pw.CharField(16, null=True)
        job_id = pw.IntegerField(null=True)
        snapshot = pw.TextField(null=True)
        last_error = pw.TextField(null=True)
        reread_at = pw.DoubleField(null=True)

        class Meta:
            primary_key = pw.CompositeKey("site", "page_id")
            indexes = ((("site", "not_before"), False), (("job_id",), False))

    class Memory(Table):
        site = pw.CharField(64)
        key = pw.CharField(128)
        value = pw.TextField()

        class Meta:
            primary_key = pw.CompositeKey("site", "key")

    class Lease(Table):
        site = pw.CharField(64)
        name = pw.CharField(128)
        owner = pw.CharField(128)
        until = pw.DoubleField()

        class Meta:
            primary_key = pw.CompositeKey("site", "name")

    made = (SyncJob, SyncJobItem, ImageAsset, PagePostMap, Inbox, Page, Memory, Lease)
    database.bind(made)
    return Tables(*made)

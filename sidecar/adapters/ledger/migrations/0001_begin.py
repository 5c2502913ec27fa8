"""The first schema. A frozen copy on purpose: later changes of `tables.py` come as migrations of their own."""

import peewee as pw


def up(_migrator: object, db: pw.Database) -> None:
    class SyncJob(pw.Model):
        site = pw.CharField(64)
        type = pw.CharField(32)
        status = pw.CharField(16)
        listing = pw.CharField(16, null=True)
        started_at = pw.DoubleField()
        finished_at = pw.DoubleField(null=True)
        metrics = pw.TextField()
        error = pw.TextField(null=True)

        class Meta:
            legacy_table_names = False

    class SyncJobItem(pw.Model):
        job = pw.ForeignKeyField(SyncJob, on_delete="CASCADE")
        page_id = pw.CharField(36)
        title = pw.TextField()
        page_url = pw.TextField()
        action = pw.CharField(16)
        status = pw.CharField(16)
        post_id = pw.CharField(32, null=True)
        post_url = pw.TextField(null=True)
        attempts = pw.IntegerField()
        error = pw.TextField(null=True)
        warnings = pw.TextField()
        updated_at = pw.DoubleField()

        class Meta:
            legacy_table_names = False
            indexes = ((("job", "page_id"), True),)

    class ImageAsset(pw.Model):
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
        error = pw.TextField(null=True)
        updated_at = pw.DoubleField()

        class Meta:
            legacy_table_names = False
            indexes = (
                (("site", "page_id", "block_id", "identity_hash"), True),
                (("site", "identity_hash"), False),
                (("site", "sha256"), False),
                (("site", "media_id"), False),
            )

    class PagePostMap(pw.Model):
        site = pw.CharField(64)
        page_id = pw.CharField(36)
        post_id = pw.CharField(32)
        link = pw.TextField()
        title = pw.TextField()
        fingerprint = pw.CharField(64)
        fields_hash = pw.TextField()
        stated = pw.TextField()
        modified = pw.DoubleField(null=True)
        page_edited_at = pw.DoubleField(null=True)
        withdrawn_from = pw.CharField(32, null=True)
        conflicted = pw.BooleanField()
        links = pw.TextField()
        created_at = pw.DoubleField()
        updated_at = pw.DoubleField()

        class Meta:
            legacy_table_names = False
            primary_key = pw.CompositeKey("site", "page_id")
            indexes = ((("site", "post_id"), False),)

    class Inbox(pw.Model):
        site = pw.CharField(64)
        source = pw.CharField(32)
        event_id = pw.CharField(128)
        page_id = pw.CharField(36, null=True)
        kind = pw.CharField(64)
        body = pw.TextField()
        received_at = pw.DoubleField()

        class Meta:
            legacy_table_names = False
            indexes = ((("site", "source", "event_id"), True), (("received_at",), False))

    class Page(pw.Model):
        site = pw.CharField(64)
        page_id = pw.CharField(36)
        wanted_rev = pw.IntegerField()
        done_rev = pw.IntegerField()
        not_before = pw.DoubleField()
        dirty_since = pw.DoubleField()
        attempts = pw.IntegerField()
        lease_token = pw.IntegerField()
        lease_owner = pw.CharField(128, null=True)
        lease_until = pw.DoubleField()
        phase = pw.CharField(16)
        create_floor = pw.BigIntegerField(null=True)
        intent = pw.CharField(16)
        next_intent = pw.CharField(16, null=True)
        job_id = pw.IntegerField(null=True)
        snapshot = pw.TextField(null=True)
        last_error = pw.TextField(null=True)
        reread_at = pw.DoubleField(null=True)

        class Meta:
            legacy_table_names = False
            primary_key = pw.CompositeKey("site", "page_id")
            indexes = ((("site", "not_before"), False), (("job_id",), False))

    class Memory(pw.Model):
        site = pw.CharField(64)
        key = pw.CharField(128)
        value = pw.TextField()

        class Meta:
            legacy_table_names = False
            primary_key = pw.CompositeKey("site", "key")

    class Lease(pw.Model):
        site = pw.CharField(64)
        name = pw.CharField(128)
        owner = pw.CharField(128)
        until = pw.DoubleField()

        class Meta:
            legacy_table_names = False
            primary_key = pw.CompositeKey("site", "name")

    made = (SyncJob, SyncJobItem, ImageAsset, PagePostMap, Inbox, Page, Memory, Lease)
    db.bind(made)
    db.create_tables(made)

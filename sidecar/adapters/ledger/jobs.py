"""Runs and their items in SQL. What a run does is decided elsewhere; here it is written down and read back."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import peewee as pw

from sidecar.adapters.ledger.prepared import Prepared, gap
from sidecar.adapters.ledger.store import Store
from sidecar.adapters.ledger.tables import Tables
from sidecar.blocks import PageId
from sidecar.ledger import ItemId, Job, JobId
from sidecar.model import BlockWarning, JobStatus, Metrics, Outcome, PostId

MOST_AT_ONCE = 500
"""Rows that one call drops: nobody waits long meanwhile."""


class SqlJobs:
    def __init__(self, store: Store, tables: Tables, site: str, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._job = tables.job
        self._item = tables.item
        self._page = tables.page
        self._memory = tables.memory
        self._site = site
        self._now = now

    def open(self, type: str, listing: bool = False) -> JobId:
        with self._store.transaction():
            values = {"site": self._site, "type": type, "status": "Running", "started_at": self._now()}
            return JobId(self._job.create(listing="due" if listing else None, **values).id)

    def join(self, type: str) -> JobId:
        with self._store.transaction():
            return self.joined(type)

    def joined(self, type: str) -> JobId:
        """The same, as a part of the transaction that is under way."""
        row = self._joining.row({"type": type})
        return self.open(type) if row is None else JobId(row.id)

    @cached_property
    def _joining(self) -> Prepared:
        job = self._job
        same = (job.site == self._site, job.type == gap(job.type), job.status == "Running", job.listing.is_null())
        return Prepared(self._store.database, job.select(job.id).where(*same).order_by(job.id.desc()).limit(1))

    def listings(self) -> Sequence[JobId]:
        return self._ids(self._job.listing == "due")

    def unsettled(self) -> Sequence[JobId]:
        return self._ids()

    def _ids(self, *which: Any) -> Sequence[JobId]:
        job = self._job
        with self._store.transaction():
            rows = job.select().where(job.site == self._site, job.status == "Running", *which).order_by(job.id)
            return [JobId(row.id) for row in rows]

    def add(self, job_id: JobId, metrics: Metrics) -> None:
        with self._store.transaction():
            row = self._job.get_by_id(job_id)
            known = {**dataclasses.asdict(Metrics()), **json.loads(row.metrics)}
            total = {name: known[name] + value for name, value in dataclasses.asdict(metrics).items()}
            self._job.update(metrics=json.dumps(total)).where(self._job.id == job_id).execute()

    def forget(self, before: float) -> int:
        job, item = self._job, self._item
        with self._store.transaction():
            ended = (job.site == self._site, job.status != "Running", job.finished_at < before)
            with_pages = item.select(item.job).where(item.job == job.id)
            old = [row.id for row in job.select(job.id).where(*ended, ~pw.fn.EXISTS(with_pages)).limit(MOST_AT_ONCE)]
            return int(job.delete().where(job.id.in_(old)).execute()) if old else 0

    def settle(self, job_id: JobId) -> Job | None:
        job, page, item = self._job, self._page, self._item
        with self._store.transaction():
            open_pages = (page.site == self._site, page.job_id == job_id, page.wanted_rev > page.done_rev)
            if page.select().where(*open_pages, page.phase != "dead").exists():
                return None
            failed = item.select().where(item.job == job_id, item.status == "Failed").count()
            row = job.get_or_none(job.id == job_id, job.status == "Running")
            if row is None or row.listing == "due":
                return None
            all_pages = item.select().where(item.job == job_id).count()
            error = row.error or (f"{failed} of {all_pages} pages failed." if failed else None)
            ended = {"status": "Failed" if error else "Completed", "finished_at": self._now(), "error": error}
            if not job.update(ended).where(job.id == job_id, job.status == "Running").execute():
                return None
            return self.job(job_id)

    def close(self, job_id: JobId, status: JobStatus, metrics: Metrics, error: str | None) -> None:
        changes = {
            "status": status,
            "finished_at": self._now(),
            "metrics": json.dumps(dataclasses.asdict(metrics)),
            "error": error,
        }
        with self._store.transaction():
            self._job.update(changes).where(self._job.id == job_id).execute()

    def begin_item(self, job_id: JobId, page_id: PageId, title: str, page_url: str) -> ItemId:
        with self._store.transaction():
            row = self._item.get_or_none(self._item.job == job_id, self._item.page_id == page_id)
            values = {"title": title, "page_url": page_url, "status": "Pending", "updated_at": self._now()}
            if row is None:
                return ItemId(self._item.create(job=job_id, page_id=page_id, **values).id)
            if row.status == "Success":  # until something else is known of it
                del values["status"]
            self._item.update(values).where(self._item.id == row.id).execute()
            return ItemId(row.id)

    def note_post(self, item_id: ItemId, post_id: PostId, post_url: str) -> None:
        changes = {"post_id": post_id, "post_url": post_url, "updated_at": self._now()}
        with self._store.transaction():
            self._item.update(changes).where(self._item.id == item_id).execute()

    def finish_item(self, item_id: ItemId, outcome: Outcome, attempts: int) -> None:
        changes = {
            "title": outcome.title,
            "page_url": outcome.page_url,
            "action": outcome.action,
            "status": outcome.status,
            "post_id": outcome.post_id,
            "post_url": outcome.post_url,
            "error": outcome.error,
            "warnings": json.dumps([dataclasses.asdict(warning) for warning in outcome.warnings]),
            "attempts": attempts,
            "updated_at": self._now(),
        }
        with self._store.transaction():
            self._item.update(changes).where(self._item.id == item_id).execute()

    def outcome(self, item_id: ItemId) -> Outcome:
        with self._store.transaction():
            return read_outcome(self._item.get_by_id(item_id))

    def recent(self, limit: int) -> Sequence[Job]:
        with self._store.transaction():
            rows = self._job.select().where(self._job.site == self._site).order_by(self._job.id.desc()).limit(limit)
            return [self._read(row) for row in rows]

    def job(self, job_id: JobId) -> Job | None:
        with self._store.transaction():
            row = self._job.get_or_none(self._job.id == job_id)
            return None if row is None else self._read(row)

    def last_listing(self) -> datetime | None:
        memory = self._memory
        with self._store.transaction():
            row = memory.get_or_none(memory.site == self._site, memory.key == "last listing")
            return None if row is None else datetime.fromtimestamp(float(row.value), UTC)

    def listed(self, job_id: JobId, error: str | None = None) -> None:
        memory = self._memory
        with self._store.transaction():
            row = self._job.get_by_id(job_id)
            done = "done" if row.listing else None
            self._job.update(listing=done, error=error or row.error).where(self._job.id == job_id).execute()
            if error is None:
                memory.delete().where(memory.site == self._site, memory.key == "last listing").execute()
                memory.insert(site=self._site, key="last listing", value=repr(row.started_at)).execute()

    def _read(self, row: Any) -> Job:
        return read_job(row, self._item.select().where(self._item.job == row.id).order_by(self._item.id))


def read_job(row: Any, items: Iterable[Any]) -> Job:
    return Job(
        id=JobId(row.id),
        site=row.site,
        type=row.type,
        status=row.status,
        started_at=datetime.fromtimestamp(row.started_at, UTC),
        finished_at=None if row.finished_at is None else datetime.fromtimestamp(row.finished_at, UTC),
        metrics=Metrics(**json.loads(row.metrics)),
        error=row.error,
        outcomes=tuple(read_outcome(item) for item in items),
    )


def read_outcome(item: Any) -> Outcome:
    return Outcome(
        page_id=PageId(item.page_id),
        title=item.title,
        action=item.action,
        status=item.status,
        page_url=item.page_url,
        post_id=None if item.post_id is None else PostId(item.post_id),
        post_url=item.post_url,
        error=item.error,
        warnings=tuple(BlockWarning(**warning) for warning in json.loads(item.warnings)),
    )

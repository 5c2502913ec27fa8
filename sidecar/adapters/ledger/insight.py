"""Looking back over runs and pages, in SQL that only reads. Nothing is decided here, and nothing is written."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import peewee as pw

from sidecar.adapters.ledger.jobs import read_job, read_outcome
from sidecar.adapters.ledger.store import Store
from sidecar.adapters.ledger.tables import Tables
from sidecar.blocks import PageId
from sidecar.ledger import Backlog, Ended, Job, JobId, Queued, Trouble, Working
from sidecar.model import Intent

# Every few minutes a run finds nothing to do: this many runs are looked through for those that did something.
FAR_BACK = 5000

IN_TROUBLE = ("Failed", "Conflict", "Deferred")


class SqlInsight:
    def __init__(self, store: Store, tables: Tables, site: str, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._job = tables.job
        self._item = tables.item
        self._asset = tables.asset
        self._record = tables.record
        self._inbox = tables.inbox
        self._page = tables.page
        self._site = site
        self._now = now

    # --- runs --------------------------------------------------------------------------------------------

    def outcomes(self, bounds: Sequence[float]) -> Sequence[Mapping[tuple[str, str], int]]:
        item, job = self._item, self._job
        spans: list[dict[tuple[str, str], int]] = [{} for _ in bounds[1:]]
        if not spans:
            return spans
        which = pw.Case(None, [(item.updated_at < end, number) for number, end in enumerate(bounds[1:])], -1)
        number = pw.fn.COUNT(item.id)
        query = item.select(which.alias("span"), item.action, item.status, number.alias("pages")).join(job)
        within = (item.updated_at >= bounds[0], item.updated_at < bounds[-1], item.status != "Pending")
        query = query.where(self._ours(job), *within).group_by(pw.SQL("span"), item.action, item.status)
        with self._store.transaction():
            for row in query.dicts():
                spans[row["span"]][row["action"], row["status"]] = row["pages"]
        return spans

    def ended(self, since: float, limit: int = 100_000) -> Sequence[Ended]:
        job, item = self._job, self._item
        pages = pw.fn.COUNT(item.id)
        columns = (job.id, job.type, job.status, job.started_at, job.finished_at)
        query = job.select(*columns, pages.alias("pages")).join(item).group_by(*columns)
        query = query.where(job.site == self._site, job.finished_at >= since).order_by(job.id.desc()).limit(limit)
        with self._store.transaction():
            rows = list(query.dicts())
        return [Ended(JobId(row.pop("id")), **row) for row in reversed(rows)]

    def runs(
        self, limit: int, before: JobId | None = None, page: PageId | None = None, in_trouble: bool = False
    ) -> Sequence[Job]:
        job, item = self._job, self._item
        with self._store.transaction():
            end = before or (job.select(pw.fn.MAX(job.id)).scalar() or 0) + 1
            query = job.select().where(self._ours(job), job.id < end, self._is_worth_telling(in_trouble))
            if page is None:
                query = query.where(job.id >= end - FAR_BACK)
            else:
                query = query.where(job.id.in_(item.select(item.job).where(item.page_id == page)))
            rows = list(query.order_by(job.id.desc()).limit(limit))
            items: dict[int, list[Any]] = {row.id: [] for row in rows}
            for one in item.select().where(item.job.in_(list(items))).order_by(item.id):
                items[one.job_id].append(one)
            return [read_job(row, items[row.id]) for row in rows]

    def _is_worth_telling(self, in_trouble: bool) -> Any:
        """True for runs that did something, or only for those with something to look at."""
        job, item = self._job, self._item
        which = item.status.in_(IN_TROUBLE) if in_trouble else item.status != "Skipped"
        is_bad = job.status == "Failed" if in_trouble else job.status != "Completed"
        return is_bad | pw.fn.EXISTS(item.select(item.id).where(item.job == job.id, which))

    def last_success(self) -> float | None:
        record = self._record
        with self._store.transaction():
            newest: float | None = (
                record.select(pw.fn.MAX(record.updated_at)).where(record.site == self._site, record.fingerprint != "")
            ).scalar()
            return newest

    # --- pages -------------------------------------------------------------------------------------------

    def working(self) -> Sequence[Working]:
        page = self._page
        with self._store.transaction():
            held = page.select().where(*self._dirty(), page.lease_until > self._now()).order_by(page.dirty_since)
            rows = list(held)
            ids = [row.page_id for row in rows]
            items, records, files = self._newest(ids), self._known(ids), self._files(ids)
        return [_working(row, items.get(row.page_id), records.get(row.page_id), files[row.page_id]) for row in rows]

    def queue(self, limit: int) -> Sequence[Queued]:
        page = self._page
        with self._store.transaction():
            rows = list(page.select().where(*self._waiting()).order_by(page.not_before).limit(limit))
            ids = [row.page_id for row in rows]
            items, records = self._newest(ids), self._known(ids)
        return [_queued(row, items.get(row.page_id), records.get(row.page_id)) for row in rows]

    def given_up(self, limit: int) -> Sequence[Trouble]:
        item = self._item
        with self._store.transaction():
            bad = item.select(pw.fn.MAX(item.id)).join(self._job).group_by(item.page_id)
            bad = bad.where(self._ours(self._job), item.status.in_(("Failed", "Conflict")))
            bad = bad.where(item.page_id.in_(self._left_alone()))
            found = item.select().where(item.id.in_(bad)).order_by(item.updated_at.desc()).limit(limit)
            return [Trouble(read_outcome(row), JobId(row.job_id), row.updated_at) for row in found]

    def _left_alone(self) -> list[str]:
        """Pages that failed for good, and those with a conflict, that nobody has asked for since."""
        page, record = self._page, self._record
        dirty = page.select(page.page_id, page.phase).where(*self._dirty()).tuples()
        phases: dict[str, str] = dict(dirty)
        conflicted = record.select(record.page_id).where(record.site == self._site, record.conflicted).tuples()
        dead = {page_id for page_id, phase in phases.items() if phase == "dead"}
        return sorted(dead | {page_id for (page_id,) in conflicted if page_id not in phases})

    def knows(self, page_id: PageId) -> bool:
        page = self._page
        with self._store.transaction():
            wanted = page.select().where(page.site == self._site, page.page_id == page_id)
            return bool(wanted.exists() or self._known([page_id]))

    def backlog(self) -> Backlog:
        page, job = self._page, self._job
        with self._store.transaction():
            is_open = (job.site == self._site, job.finished_at.is_null(), job.status == "Running")
            listings = job.select().where(*is_open, job.listing == "due")
            waiting = page.select().where(*self._waiting())
            return Backlog(
                waiting=waiting.count(),
                working=page.select().where(*self._dirty(), page.lease_until > self._now()).count(),
                given_up=page.select().where(*self._dirty(), page.phase == "dead").count(),
                listings=listings.count(),
                oldest=page.select(pw.fn.MIN(page.dirty_since)).where(*self._waiting()).scalar(),
            )

    def inbox(self, since: float) -> Mapping[str, int]:
        inbox = self._inbox
        query = inbox.select(inbox.source, pw.fn.COUNT(inbox.id).alias("events")).group_by(inbox.source)
        with self._store.transaction():
            rows = query.where(self._ours(inbox), inbox.received_at >= since).dicts()
            return {row["source"]: row["events"] for row in rows}

    # --- rows --------------------------------------------------------------------------------------------

    def _ours(self, table: Any) -> Any:
        """True for rows of our site, in a form that no index serves.

        Most rows are of one site: a planner that takes an index over sites walks through all years for a few days.
        """
        return pw.fn.COALESCE(table.site, "") == self._site

    def _dirty(self) -> tuple[Any, ...]:
        return self._page.site == self._site, self._page.wanted_rev > self._page.done_rev

    def _waiting(self) -> tuple[Any, ...]:
        return (*self._dirty(), self._page.lease_until <= self._now(), self._page.phase != "dead")

    def _newest(self, page_ids: Sequence[str]) -> Mapping[str, Any]:
        """Of each page the item of the run that came to it last."""
        item, job = self._item, self._job
        newest = item.select(pw.fn.MAX(item.id)).join(job).group_by(item.page_id)
        newest = newest.where(self._ours(job), item.page_id.in_(page_ids))
        return {row.page_id: row for row in item.select().where(item.id.in_(newest))} if page_ids else {}

    def _known(self, page_ids: Sequence[str]) -> Mapping[str, Any]:
        record = self._record
        known = record.select().where(record.site == self._site, record.page_id.in_(page_ids))
        return {row.page_id: row for row in known} if page_ids else {}

    def _files(self, page_ids: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        """Of each page how many files it shows, and how many of them are stored."""
        asset = self._asset
        found = {page_id: (0, 0) for page_id in page_ids}
        number = pw.fn.COUNT(asset.id).alias("files")
        mine = asset.select(asset.page_id, asset.status, number).group_by(asset.page_id, asset.status)
        mine = mine.where(asset.site == self._site, asset.page_id.in_(page_ids)).dicts()
        for row in mine if page_ids else ():
            files, stored = found[row["page_id"]]
            stored += row["files"] if row["status"] == "Uploaded" else 0
            found[row["page_id"]] = (files + row["files"], stored)
        return found


def _working(row: Any, item: Any, record: Any, files: tuple[int, int]) -> Working:
    is_begun = item is not None and item.status == "Pending"
    return Working(
        page_id=PageId(row.page_id),
        job_id=JobId(item.job_id) if is_begun else None if row.job_id is None else JobId(row.job_id),
        phase=row.phase,
        attempts=row.attempts,
        begun_at=item.updated_at if is_begun else None,
        written_at=record.updated_at if record else None,
        files=files[0],
        files_stored=files[1],
        **_named(item, record),
    )


def _queued(row: Any, item: Any, record: Any) -> Queued:
    return Queued(
        page_id=PageId(row.page_id),
        intent=Intent(row.intent),
        since=row.dirty_since,
        not_before=row.not_before,
        attempts=row.attempts,
        error=row.last_error,
        **_named(item, record),
    )


def _named(item: Any, record: Any) -> dict[str, Any]:
    """How a person knows a page: its title and where it is on both sides."""
    post_url = (item.post_url if item else None) or (record.link if record else None)
    title = (item.title if item else "") or (record.title if record else "")
    return {"title": title, "page_url": item.page_url if item else "", "post_url": post_url}

"""Runs in numbers and the events that came in, in SQL that only reads. What is made of them is decided elsewhere."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import peewee as pw

from sidecar.adapters.ledger.store import Store
from sidecar.adapters.ledger.tables import Tables
from sidecar.blocks import PageId
from sidecar.ledger import JobId, Noted, Tally
from sidecar.model import Metrics


class SqlFigures:
    def __init__(self, store: Store, tables: Tables, site: str) -> None:
        self._store = store
        self._job = tables.job
        self._item = tables.item
        self._inbox = tables.inbox
        self._site = site

    def tallies(self, above: JobId, also: Collection[JobId] = (), limit: int = 500) -> Sequence[Tally]:
        job = self._job
        mine = job.select().where(job.site == self._site)
        with self._store.transaction():
            rows = list(mine.where(job.id.in_(list(also))).order_by(job.id)) if also else []
            rows += list(mine.where(job.id > above, job.id.not_in(list(also))).order_by(job.id).limit(limit))
            pages = self._pages([row.id for row in rows])
        return [_tally(row, pages.get(row.id, {})) for row in sorted(rows, key=lambda row: row.id)]

    def _pages(self, jobs: list[int]) -> Mapping[int, Mapping[tuple[str, str], int]]:
        item = self._item
        number = pw.fn.COUNT(item.id).alias("pages")
        query = item.select(item.job_id, item.action, item.status, number).where(item.job.in_(jobs))
        found: dict[int, dict[tuple[str, str], int]] = {}
        for row in query.group_by(item.job_id, item.action, item.status).dicts():
            found.setdefault(row["job"], {})[row["action"], row["status"]] = row["pages"]
        return found

    def events(self, limit: int) -> Sequence[Noted]:
        inbox = self._inbox
        query = inbox.select().where(inbox.site == self._site).order_by(inbox.id.desc()).limit(limit)
        with self._store.transaction():
            return [_noted(row) for row in query]

    def is_current(self) -> bool:
        return self._store.is_current()


def _tally(row: Any, pages: Mapping[tuple[str, str], int]) -> Tally:
    return Tally(
        job_id=JobId(row.id),
        type=row.type,
        status=row.status,
        started_at=row.started_at,
        finished_at=row.finished_at,
        metrics=Metrics(**json.loads(row.metrics)),
        pages=pages,
    )


def _noted(row: Any) -> Noted:
    return Noted(
        source=row.source,
        event_id=row.event_id,
        page_id=PageId(row.page_id) if row.page_id else None,
        kind=row.kind,
        body=row.body,
        received_at=row.received_at,
    )

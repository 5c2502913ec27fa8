"""Which page became which post, small memories and turns, in SQL. Nothing here decides what is written to a post."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sidecar.adapters.ledger.store import MOST_VALUES, Store, bounded
from sidecar.adapters.ledger.tables import Tables
from sidecar.blocks import PageId
from sidecar.errors import LostLease
from sidecar.ledger import FOR_READERS, PUBLIC, Claim, Shown
from sidecar.model import PostId, Record


class SqlRecords:
    def __init__(self, store: Store, tables: Tables, site: str, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._record = tables.record
        self._page = tables.page
        self._site = site
        self._now = now

    def get(self, page_id: PageId) -> Record | None:
        with self._store.transaction():
            row = self._row(page_id)
            return None if row is None else _read(row)

    def all(self) -> Sequence[Record]:
        with self._store.transaction():
            rows = self._record.select().where(self._record.site == self._site).order_by(self._record.created_at)
            return [_read(row) for row in rows]

    def put(self, claim: Claim, record: Record, title: str = "", shown: Mapping[PageId, Shown] | None = None) -> None:
        with self._store.transaction():
            self._check(claim)
            self._write(record, title, shown)

    def adopt(self, record: Record, title: str = "") -> bool:
        with self._store.transaction():
            if self._row(record.page_id) is not None:
                return False
            self._write(record, title, None)
            return True

    def forget(self, page_id: PageId) -> None:
        record = self._record
        with self._store.transaction():
            record.delete().where(record.site == self._site, record.page_id == page_id).execute()

    def title(self, page_id: PageId) -> str:
        with self._store.transaction():
            row = self._row(page_id)
            return "" if row is None else str(row.title)

    def made_at(self, page_id: PageId) -> datetime | None:
        with self._store.transaction():
            row = self._row(page_id)
            return None if row is None else _moment(row.created_at)

    def permalinks(self, status: str) -> Mapping[PageId, str]:
        return self._shown(self._record.link, status)

    def titles(self, status: str) -> Mapping[PageId, str]:
        return {page_id: title for page_id, title in self._shown(self._record.title, status).items() if title}

    def _shown(self, column: Any, status: str) -> dict[PageId, str]:
        """One column of all posts that a post of that status may link to."""
        with self._store.transaction():
            rows = self._record.select(self._record.page_id, column).where(*self._linkable(status)).tuples()
            return {PageId(page_id): value for page_id, value in rows}

    def _linkable(self, status: str) -> tuple[Any, ...]:
        record = self._record
        standing = (record.site == self._site, record.withdrawn_from.is_null(), record.link != "")
        return (*standing, record.status.in_(PUBLIC)) if status in FOR_READERS else standing

    # --- links ---------------------------------------------------------------------------------------------

    def shown(self, page_id: PageId) -> Mapping[PageId, Shown]:
        with self._store.transaction():
            row = self._row(page_id)
            return {} if row is None else _links(row)

    def outdated(self, page_id: PageId | None = None) -> Sequence[PageId]:
        record = self._record
        written = (record.site == self._site, record.withdrawn_from.is_null(), record.fingerprint != "")
        about = () if page_id is None else ((record.page_id == page_id) | record.links.contains(page_id),)
        with self._store.transaction():
            columns = (record.page_id, record.status, record.links)
            rows = list(record.select(*columns).where(*written, *about).order_by(record.page_id))
            links = {PageId(row.page_id): _links(row) for row in rows}
            targets = {target for shown in links.values() for target in shown}
            found = {status in FOR_READERS: self._now_shown(targets, status) for status in ("publish", "draft")}
        now = {PageId(row.page_id): found[row.status in FOR_READERS] for row in rows}
        return [page for page, shown in links.items() if any(shown[it] != now[page][it] for it in shown)]

    def moved(self, record: Record, link: str, status: str) -> bool:
        table = self._record
        same = (table.post_id == record.post_id, table.link == record.link, table.status == record.status)
        mine = (table.site == self._site, table.page_id == record.page_id)
        with self._store.transaction():
            return bool(table.update(link=link, status=status).where(*mine, *same).execute())

    def let_be(self, page_id: PageId) -> None:
        record = self._record
        with self._store.transaction():
            row = self._row(page_id)
            if row is not None:
                mine = (record.site == self._site, record.page_id == page_id)
                record.update(links=_dump(self._now_shown(_links(row), row.status))).where(*mine).execute()

    def _now_shown(self, page_ids: Collection[PageId], status: str) -> dict[PageId, Shown]:
        """These pages as a post of that status would show them that is written now."""
        record, ids = self._record, sorted(page_ids)
        found = dict.fromkeys(ids, Shown())
        for start in range(0, len(ids), MOST_VALUES):
            some = record.page_id.in_(ids[start : start + MOST_VALUES])
            rows = record.select(record.page_id, record.link, record.title).where(*self._linkable(status), some)
            found |= {PageId(row.page_id): Shown(row.link, row.title) for row in rows}
        return found

    def _check(self, claim: Claim) -> None:
        page = self._page
        held = page.get_or_none(page.site == self._site, page.page_id == claim.page_id, page.lease_token == claim.token)
        if held is None:
            raise LostLease("Another worker has taken this page over.")

    def _row(self, page_id: PageId) -> Any:
        return self._record.get_or_none(self._record.site == self._site, self._record.page_id == page_id)

    def _write(self, record: Record, title: str, shown: Mapping[PageId, Shown] | None) -> None:
        row = self._row(record.page_id)
        values = _values(record) | {"updated_at": self._now()}
        values |= {"title": title} if title else {}
        values |= {} if shown is None else {"links": _dump(shown)}
        if row is None:
            self._record.insert(site=self._site, page_id=record.page_id, created_at=self._now(), **values).execute()
            return
        mine = (self._record.site == self._site, self._record.page_id == record.page_id)
        self._record.update(values).where(*mine).execute()


def _links(row: Any) -> dict[PageId, Shown]:
    known = json.loads(row.links)
    if isinstance(known, list):  # before it was known how they are shown
        return dict.fromkeys(map(PageId, known), Shown())
    return {PageId(page_id): Shown(*shown) for page_id, shown in known.items()}


def _dump(shown: Mapping[PageId, Shown]) -> str:
    return json.dumps({page_id: [one.link, one.title] for page_id, one in shown.items()})


def _values(record: Record) -> dict[str, Any]:
    return {
        "post_id": record.post_id,
        "link": record.link,
        "fingerprint": record.fingerprint,
        "fields_hash": record.fields_hash,
        "stated": record.stated,
        "modified": _seconds(record.modified),
        "page_edited_at": _seconds(record.page_edited_at),
        "withdrawn_from": record.withdrawn_from,
        "conflicted": record.conflicted,
        "status": record.status,
    }


def _read(row: Any) -> Record:
    return Record(
        page_id=PageId(row.page_id),
        post_id=PostId(row.post_id),
        link=row.link,
        fingerprint=row.fingerprint,
        fields_hash=row.fields_hash,
        modified=_moment(row.modified),
        page_edited_at=_moment(row.page_edited_at),
        withdrawn_from=row.withdrawn_from,
        conflicted=bool(row.conflicted),
        stated=row.stated,
        status=row.status,
    )


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


class SqlMemory:
    def __init__(self, store: Store, tables: Tables, site: str) -> None:
        self._store = store
        self._memory = tables.memory
        self._site = site

    def get(self, key: str) -> str | None:
        with self._store.transaction():
            row = self._memory.get_or_none(*self._this(key))
            return None if row is None else str(row.value)

    def put(self, key: str, value: str) -> None:
        with self._store.transaction():
            self._memory.delete().where(*self._this(key)).execute()
            self._memory.insert(site=self._site, key=bounded(key), value=value).execute()

    def forget(self, key: str) -> None:
        with self._store.transaction():
            self._memory.delete().where(*self._this(key)).execute()

    def _this(self, key: str) -> tuple[Any, ...]:
        return self._memory.site == self._site, self._memory.key == bounded(key)


class SqlLeases:
    def __init__(self, store: Store, tables: Tables, site: str, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._lease = tables.lease
        self._site = site
        self._now = now

    def take(self, name: str, owner: str, seconds: float) -> bool:
        lease, now, name, owner = self._lease, self._now(), bounded(name), bounded(owner)
        mine = (lease.site == self._site, lease.name == name)
        with self._store.transaction():
            # No turn ends that late, unless the clock was set back since.
            free = (lease.until <= now) | (lease.until > now + 2 * seconds) | (lease.owner == owner)
            if lease.update(owner=owner, until=now + seconds).where(*mine, free).execute():
                return True
            row = {"site": self._site, "name": name, "owner": owner, "until": now + seconds}
            return bool(lease.insert(row).on_conflict_ignore().as_rowcount().execute())

    def give_back(self, name: str, owner: str) -> None:
        lease = self._lease
        mine = (lease.site == self._site, lease.name == bounded(name), lease.owner == bounded(owner))
        with self._store.transaction():
            lease.delete().where(*mine).execute()

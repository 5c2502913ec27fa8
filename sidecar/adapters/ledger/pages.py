"""Revisions, leases and fences of pages, in SQL that every supported database runs alike (rowcounts, no RETURNING).

The statements and the proof that they neither lose nor double are those of a lease with a fencing token: a worker
that fell asleep and wakes up after another took over finds its token outdated and stops.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import Any

import peewee as pw

from sidecar.adapters.ledger.jobs import SqlJobs
from sidecar.adapters.ledger.prepared import Prepared, gap
from sidecar.adapters.ledger.store import MOST_VALUES, Store, bounded
from sidecar.adapters.ledger.tables import Tables
from sidecar.blocks import PageId
from sidecar.errors import LostLease
from sidecar.ledger import Accepted, Claim, JobId, Left, Phase, Trigger, Waiting
from sidecar.model import Intent

# A page that is edited all the time is synced all the same, this long after its first edit.
LONGEST_QUIET = 60.0

CLOCKS_APART = 60.0
"""Seconds by which the clocks of two machines may differ. What was noted later than that from now was noted before the
clock was set back."""

# An ask of a person outranks what a listing or an event says of the same page. Events come in any order: whoever
# looks for a page to restore finds one in the trash as well, so of those two that is the one to keep.
# A second reading shows links as they are by then, and more: it comes before putting only these right.
RANK = {
    Intent.RELINKED: 0,
    Intent.RERENDERED: 1,
    Intent.REREAD: 2,
    Intent.LISTED: 3,
    Intent.EDITED: 4,
    Intent.TRASHED: 5,
    Intent.RESTORED: 6,
    Intent.ASKED: 7,
    Intent.FORCED: 8,
}


AS_CLEAN = (Intent.REREAD, Intent.RELINKED, Intent.RERENDERED)
BESIDE = (Intent.RELINKED, Intent.RERENDERED)
"""Whoever publishes the page does this as well."""


class SqlPages:
    def __init__(
        self,
        store: Store,
        tables: Tables,
        site: str,
        lease: float,
        jobs: SqlJobs,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._page = tables.page
        self._inbox = tables.inbox
        self._jobs = jobs
        self._site = site
        self._lease = lease
        self._now = now
        self._updates: dict[tuple[str, ...], Prepared] = {}

    # --- wanting -----------------------------------------------------------------------------------------

    def accept(self, trigger: Trigger, job_id: JobId | None = None, run: str | None = None) -> Accepted:
        with self._store.transaction():
            if not self._note(trigger):
                return Accepted(False, None, None)
            job_id = self._jobs.joined(run) if run else job_id
            row = self._row(trigger.page_id, alone=True)
            if row is None:
                new = self._new(trigger, job_id)
                if self._page.insert(new).on_conflict_ignore().as_rowcount().execute():
                    return Accepted(True, job_id, Waiting(trigger.page_id, 0, new["not_before"]))
                row = self._row(trigger.page_id, alone=True)  # somebody else was first with a new page
            changes = self._want_again(row, trigger, job_id)
            not_before = float(changes.get("not_before", row.not_before))
            return Accepted(True, job_id, Waiting(trigger.page_id, row.lease_token, not_before))

    def accept_listing(self, source: str, event_id: str, run: str) -> Accepted:
        nothing = Trigger(PageId(""), Intent.LISTED, source, event_id, kind="listing")
        with self._store.transaction():
            if not self._note(nothing):
                return Accepted(False, None)
            return Accepted(True, self._jobs.open(run, listing=True))

    def note_event(self, trigger: Trigger) -> bool:
        with self._store.transaction():
            return self._note(trigger)

    def forget_events(self, before: float) -> int:
        inbox = self._inbox
        with self._store.transaction():
            return int(inbox.delete().where(inbox.site == self._site, inbox.received_at < before).execute())

    def _note(self, trigger: Trigger) -> bool:
        row = {
            "site": self._site,
            "source": trigger.source,
            "event_id": bounded(trigger.event_id),
            "page_id": trigger.page_id,
            "kind": trigger.kind or trigger.intent,
            "body": trigger.body,
            "received_at": self._now(),
        }
        # The unique index decides, for one process as for many: only the first one is stored.
        return bool(self._noting.change(row))

    @cached_property
    def _noting(self) -> Prepared:
        fields = self._inbox._meta.fields
        row = {name: gap(field) for name, field in fields.items() if name != "id"}
        # No RETURNING: for a row that was there already it would count nothing, or one, by kind of database.
        return Prepared(self._store.database, self._inbox.insert(row).on_conflict_ignore().returning())

    def _new(self, trigger: Trigger, job_id: JobId | None) -> dict[str, Any]:
        now = self._now()
        return {
            "site": self._site,
            "page_id": trigger.page_id,
            "wanted_rev": 1,
            "not_before": now + trigger.quiet,
            "dirty_since": now,
            "intent": trigger.intent,
            "job_id": job_id,
            "snapshot": _dump(trigger.snapshot),
        }

    def _want_again(self, row: Any, trigger: Trigger, job_id: JobId | None) -> dict[str, Any]:
        """Makes the page wanted once more. Gives what changed."""
        now = self._now()
        is_leased = self._is_leased(row)
        # A page that only waits for a look of our own is as good as clean: whatever asks for it comes first.
        is_dirty = row.wanted_rev > row.done_rev and (is_leased or row.intent not in AS_CLEAN)
        is_dead = row.phase == "dead"
        if trigger.intent in BESIDE and (is_dead or (is_dirty and not is_leased)):
            return {}  # whoever publishes it next shows its links and its markup as they are then
        if trigger.intent is Intent.LISTED and is_dirty and not is_dead:
            # A listing adds nothing to a page that waits or is being worked on, but a newer look at it.
            changes: dict[str, Any] = {"snapshot": _dump(trigger.snapshot), "job_id": job_id or row.job_id}
            changes |= {"not_before": now} if trigger.at_once else {}
            if is_leased:
                return {}
        else:
            changes = {
                "wanted_rev": row.wanted_rev + 1,
                "not_before": self._not_before(row, trigger, is_dirty and not is_dead),
                "dirty_since": row.dirty_since if is_dirty and not is_dead else now,
                "job_id": job_id or row.job_id,
                "snapshot": _dump(trigger.snapshot),
            } | self._intent(row, trigger.intent, row.wanted_rev > row.done_rev)
        if is_dead:
            changes |= {"phase": "idle" if row.create_floor is None else "creating", "attempts": 0}
        self._update(row.page_id, **changes)
        return changes

    def _intent(self, row: Any, wanted: Intent, is_dirty: bool) -> dict[str, Any]:
        # While a worker serves one intent the next one waits beside it, or a forced run would force the next one too.
        if self._is_leased(row):
            return {"next_intent": _stronger(Intent(row.next_intent), wanted) if row.next_intent else wanted}
        return {"intent": _stronger(Intent(row.intent), wanted) if is_dirty else wanted, "next_intent": None}

    def _not_before(self, row: Any, trigger: Trigger, is_dirty: bool) -> float:
        now = self._now()
        if not is_dirty:
            return now + trigger.quiet
        if trigger.quiet == 0 and row.attempts == 0:
            return now
        if row.attempts:
            return float(row.not_before)
        return float(max(row.not_before, min(now + trigger.quiet, row.dirty_since + LONGEST_QUIET)))

    # --- working -----------------------------------------------------------------------------------------

    def due(self, job_id: JobId | None = None, limit: int = 500) -> Sequence[Waiting]:
        page, now = self._page, self._now()
        query = page.select().where(*self._open(now)).order_by(page.deaths, page.not_before).limit(limit)
        if job_id is not None:
            query = query.where(page.job_id == job_id)
        with self._store.transaction():
            return [_waiting(row) for row in query]

    def left(self, page_ids: Collection[PageId]) -> Sequence[Left]:
        page, ids = self._page, sorted(page_ids)
        with self._store.transaction():
            return [
                _left(row, self._is_leased(row))
                for start in range(0, len(ids), MOST_VALUES)
                for row in page.select().where(*self._wanted(), page.page_id.in_(ids[start : start + MOST_VALUES]))
            ]

    def _wanted(self) -> tuple[Any, ...]:
        page = self._page
        return page.site == self._site, page.wanted_rev > page.done_rev, page.phase != "dead"

    def _open(self, now: float) -> tuple[Any, ...]:
        page = self._page
        is_free = (page.lease_until <= now) | (page.lease_until > self._longest_lease(now))
        has_come = (page.not_before <= now) | (page.dirty_since > now + CLOCKS_APART)
        return *self._wanted(), has_come, is_free

    def _is_leased(self, row: Any) -> bool:
        now = self._now()
        return bool(now < row.lease_until <= self._longest_lease(now))

    def _longest_lease(self, now: float) -> float:
        """The end of a lease is never later than this, unless the clock was set back since."""
        return now + 2 * self._lease

    def claim(self, page_id: PageId, owner: str) -> Claim | None:
        page, now = self._page, self._now()
        with self._store.transaction():
            # Until we are heard of it counts as one more death; there is nobody else who could note it then.
            mine = {
                "lease_token": page.lease_token + 1,
                "lease_owner": bounded(owner),
                "lease_until": now + self._lease,
            }
            mine |= {"deaths": page.deaths + 1}
            if not page.update(mine).where(page.page_id == page_id, *self._open(now)).execute():
                return None
            row = self._row(page_id)
            if row.snapshot is not None:
                # It was true when it was listed. Who takes the page over from us, or tries it again, has to ask.
                self._update(page_id, snapshot=None)
            return _claim(row)

    def renew(self, claim: Claim) -> None:
        self.guard(claim)

    def guard(self, claim: Claim, phase: Phase | None = None, create_floor: int | None = None) -> None:
        changes: dict[str, Any] = {"lease_until": self._now() + self._lease}
        if phase is not None:
            changes["phase"] = phase
            changes["create_floor"] = create_floor
        with self._store.transaction():
            self._held(claim, self._page.lease_until > self._now(), **changes)

    def complete(self, claim: Claim, reread_after: float | None = None) -> bool:
        page = self._page
        with self._store.transaction():
            self._held(
                claim,
                done_rev=claim.revision,
                intent=pw.fn.COALESCE(page.next_intent, page.intent),
                next_intent=None,
                lease_until=0,
                lease_owner=None,
                attempts=0,
                deaths=0,
                phase="idle",
                create_floor=None,
                last_error=None,
                snapshot=None,
            )
            row = self._row(claim.page_id)
            if reread_after is not None and row.wanted_rev == row.done_rev:
                self._reread(row, reread_after)
            elif reread_after is not None and row.intent in BESIDE:
                self._update(row.page_id, intent=Intent.REREAD)
            return bool(row.wanted_rev > row.done_rev)

    def _reread(self, row: Any, after: float) -> None:
        again = {"wanted_rev": row.wanted_rev + 1, "not_before": self._now() + after, "dirty_since": self._now()}
        self._update(row.page_id, intent=Intent.REREAD, job_id=None, **again)

    def count(self, job_id: JobId, intent: Intent) -> int:
        page = self._page
        with self._store.transaction():
            number: int = (
                page.select().where(page.site == self._site, page.job_id == job_id, page.intent == intent).count()
            )
            return number

    def fail(self, claim: Claim, error: str, delay: float | None, counts: bool = True) -> None:
        changes: dict[str, Any] = {"lease_until": 0, "lease_owner": None, "deaths": 0, "last_error": error}
        if delay is None:
            changes |= {"phase": "dead", "attempts": 0, "snapshot": None}
        else:
            changes |= {"not_before": self._now() + delay}
            changes |= {"attempts": self._page.attempts + 1} if counts else {}
        with self._store.transaction():
            self._held(claim, **changes)
            if delay is None:
                self._revive(claim)

    def _revive(self, claim: Claim) -> None:
        """A page that failed for good in the very attempt during which it was asked for again is not dead."""
        row = self._row(claim.page_id)
        if row.wanted_rev > claim.revision:
            phase = "idle" if row.create_floor is None else "creating"
            intent = {"intent": row.next_intent or row.intent, "next_intent": None}
            self._update(row.page_id, phase=phase, done_rev=claim.revision, **intent)

    def forgive(self, page_ids: Collection[PageId]) -> None:
        page = self._page
        if page_ids:
            mine = (page.site == self._site, page.page_id.in_(sorted(page_ids)), page.attempts > 0)
            with self._store.transaction():
                page.update(attempts=page.attempts - 1).where(*mine).execute()

    def is_wanted_anew(self, claim: Claim) -> bool:
        with self._store.transaction():
            row = self._row(claim.page_id)
            return bool(row.wanted_rev > claim.revision)

    def release(self, claim: Claim) -> None:
        with self._store.transaction():
            self._held(claim, lease_until=0, lease_owner=None, deaths=0)

    # --- rows --------------------------------------------------------------------------------------------

    def _row(self, page_id: PageId | str, alone: bool = False) -> Any:
        """A page's row. `alone`: nobody else changes it until the transaction ends, or an edit could go under."""
        return (self._look_alone if alone else self._look).row({"page_id": page_id})

    @cached_property
    def _look(self) -> Prepared:
        return Prepared(self._store.database, self._page.select().where(*self._this()).limit(1))

    @cached_property
    def _look_alone(self) -> Prepared:
        query = self._page.select().where(*self._this()).limit(1)
        # SQLite has no such clause, and needs none: its transactions are immediate, one after the other.
        database = self._store.database
        return Prepared(database, query.for_update() if database.for_update else query)

    def _update(self, page_id: str, **changes: Any) -> None:
        names = tuple(sorted(changes))
        if names not in self._updates:
            values = {name: gap(getattr(self._page, name)) for name in names}
            self._updates[names] = Prepared(self._store.database, self._page.update(values).where(*self._this()))
        self._updates[names].change({**changes, "page_id": page_id})

    def _this(self) -> tuple[Any, ...]:
        page = self._page
        return page.site == self._site, page.page_id == gap(page.page_id)

    def _held(self, claim: Claim, *also: Any, **changes: Any) -> None:
        page = self._page
        mine = (page.site == self._site, page.page_id == claim.page_id, page.lease_token == claim.token)
        if not page.update(changes).where(*mine, *also).execute():
            raise LostLease("Another worker has taken this page over.")


def _left(row: Any, is_held: bool) -> Left:
    snapshot = None if row.snapshot is None else json.loads(row.snapshot)
    return Left(PageId(row.page_id), is_held, row.not_before, row.last_error, snapshot)


def _waiting(row: Any) -> Waiting:
    return Waiting(PageId(row.page_id), row.lease_token, row.not_before, row.deaths)


def _claim(row: Any) -> Claim:
    return Claim(
        page_id=PageId(row.page_id),
        token=row.lease_token,
        revision=row.wanted_rev,
        intent=_stronger(Intent(row.intent), Intent(row.next_intent or row.intent)),
        attempts=row.attempts,
        phase=row.phase,
        create_floor=row.create_floor,
        job_id=None if row.job_id is None else JobId(row.job_id),
        snapshot=None if row.snapshot is None else json.loads(row.snapshot),
        deaths=row.deaths - 1,
    )


def _dump(snapshot: Any) -> str | None:
    return None if snapshot is None else json.dumps(snapshot)


def _stronger(one: Intent, other: Intent) -> Intent:
    """The one that asks for more; of two that ask for as much, the later one."""
    return one if RANK[one] > RANK[other] else other

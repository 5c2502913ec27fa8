"""The ledger in SQL. `open_store` and `ledger` are the way in; everything else is a part of it."""

from __future__ import annotations

import time
from collections.abc import Callable

from sidecar.adapters.ledger.assets import SqlAssets
from sidecar.adapters.ledger.figures import SqlFigures
from sidecar.adapters.ledger.insight import SqlInsight
from sidecar.adapters.ledger.jobs import SqlJobs
from sidecar.adapters.ledger.pages import SqlPages
from sidecar.adapters.ledger.records import SqlLeases, SqlMemory, SqlRecords
from sidecar.adapters.ledger.store import Store
from sidecar.adapters.ledger.tables import tables
from sidecar.ledger import Ledger

__all__ = ["Store", "ledger", "open_store"]


def open_store(url: str) -> Store:
    """The database behind DATABASE_URL with the newest schema."""
    store = Store(url)
    try:
        store.migrate()
    except BaseException:
        store.close()
        raise
    return store


def ledger(store: Store, site: str, lease_seconds: float = 120, now: Callable[[], float] = time.time) -> Ledger:
    """The ledger of one site in an open database."""
    models = tables(store.database)
    jobs = SqlJobs(store, models, site, now)
    return Ledger(
        jobs=jobs,
        pages=SqlPages(store, models, site, lease_seconds, jobs, now),
        records=SqlRecords(store, models, site, now),
        assets=SqlAssets(store, models, site, now),
        memory=SqlMemory(store, models, site),
        leases=SqlLeases(store, models, site, now),
        insight=SqlInsight(store, models, site, now),
        figures=SqlFigures(store, models, site),
    )

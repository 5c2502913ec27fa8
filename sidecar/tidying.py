"""Drops what nobody looks back for: old events, and old runs that found nothing to do. Nothing else is ever dropped."""

from __future__ import annotations

from sidecar.ports import World

KEPT_SECONDS = 30 * 86400.0
"""How long events are known, so that a late repetition is one (Notion repeats for a day), and empty runs are kept."""
DAY = 86400.0
LAST = "tidied"


def tidy(world: World) -> None:
    """In small bites, so that nobody waits for the ledger meanwhile."""
    before = world.now() - KEPT_SECONDS
    world.ledger.pages.forget_events(before)
    while world.ledger.jobs.forget(before):
        pass


def tidy_daily(world: World) -> None:
    """The same once a day, for those who only ever run `sidecar sync` and have no service that does it."""
    memory, now = world.ledger.memory, world.now()
    if abs(now - float(memory.get(LAST) or 0)) >= DAY:
        memory.put(LAST, repr(now))
        tidy(world)

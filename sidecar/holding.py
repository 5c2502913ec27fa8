"""Turns between processes, held for as long as the work goes on: nobody waits for the dead beyond half a minute."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from sidecar.errors import Unavailable
from sidecar.ports import World

HELD_SECONDS = 30.0
BEATS = 4
"""So often a turn is renewed in the time that it has. Each beat is one write, and most turns end before the first."""


def take(world: World, name: str, owner: str) -> bool:
    """True when nobody else holds the turn. It is ours for HELD_SECONDS, and for longer within `held`."""
    return world.ledger.leases.take(name, owner, _seconds(world))


@contextlib.contextmanager
def held(world: World, name: str, owner: str) -> Iterator[None]:
    """A turn that was taken: renewed while the work goes on, however long that is, and given back at its end."""
    end = threading.Event()

    def renew() -> None:
        while not end.wait(_seconds(world) / BEATS):
            # A database that is busy or away: the next beat tries again.
            with contextlib.suppress(Unavailable):
                take(world, name, owner)

    beat = threading.Thread(target=renew, name=name, daemon=True)
    beat.start()
    try:
        yield
    finally:
        end.set()
        beat.join()
        world.ledger.leases.give_back(name, owner)


def _seconds(world: World) -> float:
    return min(HELD_SECONDS, world.config.lease_seconds)

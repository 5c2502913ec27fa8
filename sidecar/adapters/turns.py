"""Whose turn it is among the sites that share one token, seen from what each has called in the window. Pure.

A site that calls all the time, from many threads, must not keep another from its few calls, or from its part. So of
each window a little is kept for every other site that was there lately, an equal part for one that had to wait in it,
and of those that wait the one goes first that has had the least. A site that is alone has all of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

SHARE = 10
"""One in so many calls of a window is kept for each other site; about four short pages of the usual window."""
LATELY = 900.0
"""Seconds for which a site that called is expected to call again: schedules look every few minutes."""
PATIENCE = 2.5
"""Seconds after which a waiting call that was not heard of again waits no more: its process has died."""
TURN = 0.05
"""Seconds for which a call steps aside for another site's."""


def named(site: str, call: str) -> str:
    """The name of a call, which tells whose it is."""
    return f"{site} {call}"


def site_of(call: str) -> str:
    return call.rpartition(" ")[0]


def by_site(calls: Iterable[str]) -> Mapping[str, int]:
    """How many of these calls are of which site."""
    return Counter(map(site_of, calls))


def kept(site: str, used: Mapping[str, int], lately: Mapping[str, bool], limit: int) -> int:
    """Calls of the window that are not for this site: what the others have not used of their shares.

    `lately` are the sites that called lately; True: it was told to wait, so it has as much right to the window as we.
    However many others there are that only may come, half of our part is for us, who are there.
    """
    others = {other: wants for other, wants in lately.items() if other != site}
    part = limit // (1 + sum(others.values()))
    equals = sum(max(0, part - used.get(other, 0)) for other, wants in others.items() if wants)
    guests = sum(max(0, limit // SHARE - used.get(other, 0)) for other, wants in others.items() if not wants)
    return equals + min(guests, part // 2)


def steps_aside(site: str, used: Mapping[str, int], waiting: Iterable[str]) -> bool:
    """True when a call of a site waits that has had less than this one."""
    return any(used.get(other, 0) < used.get(site, 0) for other in waiting if other != site)

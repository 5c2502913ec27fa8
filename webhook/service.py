"""What every endpoint is handed: settings, ledger, waker, clock. Nothing is read from the environment here."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from jobs.queue import Waker
from sidecar.config import Config
from sidecar.ledger import Ledger
from sidecar.model import Site


class Pace(Protocol):
    """How the limiter of Notion calls stands: calls in the last minute, how many are allowed, seconds on hold."""

    @property
    def used(self) -> int: ...

    @property
    def limit(self) -> int: ...

    @property
    def held(self) -> float: ...


@dataclass(frozen=True)
class Service:
    """The web service's world. One for the life of a process; all of it may be used by several threads."""

    config: Config
    ledger: Ledger
    waker: Waker
    now: Callable[[], float] = time.time
    pace: Callable[[], Pace] | None = None
    """How the limiter stands, where this process shares one with the workers."""
    ask_wordpress: Callable[[], tuple[Site, str]] | None = None
    """Asks WordPress who it is, with little patience, and by which way: for whoever tests a connection."""
    sites: tuple[Service, ...] = ()
    """The sites that this one stands for, where it stands for several."""
    kin: tuple[Service, ...] = ()
    """The sites of the same Notion token: what one subscription tells is about any of them."""

    @property
    def all(self) -> tuple[Service, ...]:
        """The sites that may be meant."""
        return self.sites or (self,)

    @property
    def name(self) -> str:
        return self.config.site


def together(shared: Config, sites: Sequence[Service]) -> Service:
    """What answers at the addresses that name no site: for all of them, by the secrets of the whole service."""
    first = sites[0]
    common = {name: getattr(shared, name) for name in ("webhook_secret", "sync_token", "public_url")}
    return replace(first, config=first.config.model_copy(update=common), sites=tuple(sites), kin=kin(first, sites))


def kin(site: Service, sites: Sequence[Service]) -> tuple[Service, ...]:
    """The sites that have the same Notion token as this one, itself included."""
    return tuple(other for other in sites if other.config.notion_token == site.config.notion_token)

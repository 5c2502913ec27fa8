"""Small facts that spare a question, and turns between processes."""

from __future__ import annotations

from typing import Protocol


class Memory(Protocol):
    """Small facts that spare a question to a far end."""

    def get(self, key: str) -> str | None: ...

    def put(self, key: str, value: str) -> None: ...

    def forget(self, key: str) -> None: ...


class Leases(Protocol):
    """Turns between processes for anything that has a name."""

    def take(self, name: str, owner: str, seconds: float) -> bool:
        """True when nobody else holds the name, or their time is up."""
        ...

    def give_back(self, name: str, owner: str) -> None: ...

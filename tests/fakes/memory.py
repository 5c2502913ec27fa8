"""The role `Memory`, in a dict."""

from __future__ import annotations


class FakeMemory:
    def __init__(self, **known: str) -> None:
        self.known = dict(known)

    def get(self, key: str) -> str | None:
        return self.known.get(key)

    def put(self, key: str, value: str) -> None:
        self.known[key] = value

    def forget(self, key: str) -> None:
        self.known.pop(key, None)

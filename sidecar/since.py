"""What a writer has changed in a page's properties while it was being published. Pure: compares two looks at a page."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sidecar.blocks import FileRef
from sidecar.model import Page, Property

BY_THEMSELVES = frozenset({"formula", "rollup", "last_edited_time", "last_edited_by", "button", "last_visited_time"})
"""Types whose values change without a writer, by our own writing too."""

ENOUGH = 1000
"""Characters by which a text is known for ours: a long one was cut on its way to Notion."""


def has_moved_on(before: Page, after: Page, status_property: str, told: Collection[str]) -> bool:
    """True when the page says something else than it did before we wrote its status and the texts in `told` to it."""
    if before.title != after.title or _identity(before.cover) != _identity(after.cover):
        return True
    both = before.properties.keys() & after.properties.keys() - {status_property}
    return any(_differs(before.properties[name], after.properties[name], told) for name in both)


def _differs(old: Property, new: Property, told: Collection[str]) -> bool:
    if new.type in BY_THEMSELVES or new.type != old.type or _unsigned(old.value) == _unsigned(new.value):
        return False
    words = _words(new.value)[:ENOUGH]
    return not (new.type in ("url", "rich_text") and any(words == text[:ENOUGH] for text in told))


def _words(value: Any) -> str:
    if isinstance(value, list):
        return "".join(str(run.get("plain_text", "")) for run in value)
    return str(value or "")


def _identity(file: FileRef | None) -> str:
    return file.identity if file else ""


def _unsigned(value: Any) -> Any:
    """A value without what Notion makes anew with every answer: the signatures of its files."""
    if isinstance(value, list):
        return [_unsigned(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "expiry_time" in value:
        return str(value.get("url", "")).partition("?")[0]
    return {name: _unsigned(one) for name, one in value.items()}

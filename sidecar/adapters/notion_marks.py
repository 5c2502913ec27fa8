"""What a page is told, as the properties of one PATCH. Pure: decides which property takes what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sidecar import catalogue
from sidecar.errors import Refused
from sidecar.mapping import LINK_NAMES, MESSAGE_NAMES
from sidecar.model import Json, Page, Property
from sidecar.ports import Mark

MOST_TEXT = 2000
"""Characters in one run of rich text (developers.notion.com/reference/request-limits)."""


@dataclass(frozen=True, slots=True)
class Names:
    """The properties that take the status, the link and the message; empty: found by their usual names."""

    status: str
    url: str = ""
    message: str = ""


def properties_to_write(page: Page, mark: Mark, names: Names) -> Json:
    """The changes of a PATCH, without what the page says already. Empty: there is nothing to write."""
    changes: Json = {}
    if mark.status is not None and mark.status != page.status:
        changes |= _status(page, mark.status, names.status)
    link = _named(page, names.url, LINK_NAMES, "url", "NOTION_URL_PROPERTY") if mark.link is not None else None
    if link is not None and link.value != mark.link:
        changes[link.name] = {"url": mark.link or None}
    wanted = mark.message is not None
    message = _named(page, names.message, MESSAGE_NAMES, "rich_text", "NOTION_MESSAGE_PROPERTY") if wanted else None
    if message is not None and _text(message.value) != _cut(mark.message or ""):
        changes[message.name] = {"rich_text": _runs(mark.message or "")}
    return changes


def is_written(raw: Json, properties: Json) -> bool:
    """Whether a page, as Notion shows it, has these changes already."""
    shown = raw.get("properties") or {}
    return all(_same(shown.get(name) or {}, change) for name, change in properties.items())


def _same(shown: Json, change: Json) -> bool:
    ((kind, wanted),) = change.items()
    value = shown.get(kind)
    if kind == "rich_text":
        return _text(value) == "".join(run["text"]["content"] for run in wanted)
    if kind in ("status", "select"):
        return isinstance(value, dict) and value.get("name") == wanted["name"]
    return bool(value == wanted)


def _status(page: Page, option: str, name: str) -> Json:
    property = page.properties.get(name)
    if property is None or property.type not in ("status", "select"):
        names = ", ".join(sorted(page.properties))
        raise Refused.of(catalogue.NOTION_PAGE_NO_STATUS, {"name": name, "names": names})
    return {name: {property.type: {"name": option}}}


def _named(page: Page, configured: str, usual: Sequence[str], kind: str, setting: str) -> Property | None:
    if configured:
        property = page.properties.get(configured)
        if property is None or property.type != kind:
            names = ", ".join(it.name for it in page.properties.values() if it.type == kind) or "none"
            said = {"kind": kind, "name": configured, "names": names, "setting": setting}
            raise Refused.of(catalogue.NOTION_PAGE_NO_PROPERTY, said)
        return property
    found = (page.properties[name] for name in usual if name in page.properties)
    return next((property for property in found if property.type == kind), None)


def _cut(text: str) -> str:
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "…"


def _runs(text: str) -> list[Json]:
    return [{"type": "text", "text": {"content": _cut(text)}}] if text else []


def _text(value: object) -> str:
    runs = value if isinstance(value, list) else []
    return "".join(str(run.get("plain_text") or "") for run in runs)

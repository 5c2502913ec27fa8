"""What Notion's webhooks say -> what is wanted, as data. Pure; whatever is sent in whatever shape, nothing raises."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sidecar.blocks import PageId
from sidecar.model import Intent
from sidecar.parse.ids import page_id as canonical_id

MEANINGS: Mapping[str, Intent] = {
    "page.content_updated": Intent.EDITED,
    "page.created": Intent.EDITED,
    "page.deleted": Intent.TRASHED,
    "page.moved": Intent.EDITED,
    "page.properties_updated": Intent.EDITED,
    "page.undeleted": Intent.RESTORED,
}
"""Events that mean something. All others, those that Notion has yet to invent too, ask for nothing."""

OUTSIDE = ("agent", "block", "page", "space", "team")
"""Parents of pages that are in no data source at all."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where we publish from. `configured` is a data source or a database; which, and the other, a sync finds out."""

    configured: str | None
    source: str | None = None
    database: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page is to be looked at. `event_id` is empty when the sender gave none."""

    page_id: PageId
    intent: Intent
    event_id: str
    kind: str
    is_elsewhere: bool
    """The payload says that the page is not in our data source."""
    is_here: bool = False
    """The payload says that it is. What says neither is looked at all the same."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """It asks for nothing, for this reason."""

    reason: str
    event_id: str
    kind: str
    page_id: PageId | None = None


Heard = Wanted | Ignored


def automation(body: Any, home: Home) -> Heard:
    """What a button or an automation sends: `source`, and in `data` the page, in the shape of any API version."""
    source, data = _object(_object(body).get("source")), _object(_object(body).get("data"))
    kind = "button" if source.get("user_id") else "automation"
    page = _id(data.get("id"))
    # Not proven, but cheap to be prepared for: one event of an automation may concern several pages.
    event_id = _event_id(source.get("event_id"), page or "")
    if page is None or data.get("object", "page") != "page":
        return Ignored("there is no page in it", event_id, kind, page)
    parent = _object(data.get("parent"))
    database, data_source = _id(parent.get("database_id")), _id(parent.get("data_source_id"))
    away, here = _is_elsewhere(home, database, data_source), _is_here(home, database, data_source)
    return Wanted(page, Intent.ASKED, event_id, kind, away, here)


def event(body: Any, home: Home, bot: str | None) -> Heard:
    """What the integration's subscription sends. `bot` is the user under which our own writes appear, if known."""
    said, entity = _object(body), _object(_object(body).get("entity"))
    kind, event_id = _kind(said.get("type")), _event_id(said.get("id"))
    page = _id(entity.get("id")) if entity.get("type") == "page" else None
    intent = MEANINGS.get(kind)
    if intent is None:
        return Ignored("events of this type mean nothing to us", event_id, kind, page)
    if page is None:
        return Ignored("there is no page in it", event_id, kind)
    if _is_ours(said.get("authors"), bot):
        return Ignored("it is our own doing", event_id, kind, page)
    parent = _object(_object(said.get("data")).get("parent"))
    away = _is_out(parent, home)
    return Wanted(page, intent, event_id, kind, away, not away and _is_here(home, *_named(parent)))


def _is_ours(authors: Any, bot: str | None) -> bool:
    """True when nobody but our bot had a hand in it."""
    if bot is None or not isinstance(authors, list) or not authors:
        return False
    return all(_id(_object(author).get("id")) == _id(bot) for author in authors)


def _is_out(parent: Mapping[str, Any], home: Home) -> bool:
    if parent.get("type") in OUTSIDE:
        return True
    return _is_elsewhere(home, *_named(parent))


def _named(parent: Mapping[str, Any]) -> tuple[PageId | None, PageId | None]:
    """The database and the data source that the parent in an event names."""
    database = _id(parent.get("id")) if parent.get("type") == "database" else None
    return database, _id(parent.get("data_source_id"))


def _is_here(home: Home, database: PageId | None, source: PageId | None) -> bool:
    """True when it is certain."""
    ours = {home.configured, home.source, home.database} - {None}
    return not _is_elsewhere(home, database, source) and bool(ours & {database, source})


def _is_elsewhere(home: Home, database: PageId | None, source: PageId | None) -> bool:
    """True when it is certain: an id that is missing, or whose kind we do not know, decides nothing."""
    if home.configured is None:
        return False
    if home.source is not None:
        named, ours = (source, home.source) if source else (database, home.database or home.configured)
        return named is not None and named != ours
    both = database is not None and source is not None
    return both and home.configured not in (database, source)


# --- what strangers may have put there -------------------------------------------------------------------


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _id(value: Any) -> PageId | None:
    try:
        return canonical_id(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _kind(value: Any) -> str:
    return value if isinstance(value, str) and re.fullmatch(r"[a-z_.]{1,64}", value) else "unknown"


def _event_id(value: Any, page: str = "") -> str:
    """An id that every database can store, however long and odd the one is that was sent."""
    if not isinstance(value, str) or not value:
        return ""
    plain = f"{value} {page}".rstrip()
    return plain if re.fullmatch(r"[!-~ ]{1,100}", plain) else sha256(plain.encode("utf-8", "replace")).hexdigest()

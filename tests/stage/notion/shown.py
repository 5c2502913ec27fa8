"""What is held, as the API shows it: pages, blocks, data sources, databases, comments. Links to files signed anew."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.stage.notion.build import file, icon_of
from tests.stage.notion.content import Content
from tests.stage.notion.properties import EMPTY, column
from tests.stage.notion.rich_text import text
from tests.stage.notion.shapes import WORKSPACE, WRITER, Json, bare, exact, partial, stamp
from tests.stage.notion.signing import signed, walk
from tests.stage.notion.source import DataSource

NEWEST = "2026-03-11"
MOST_REFERENCES = 25
"""Values of a property inside a page; the rest only under /properties."""


@dataclass(frozen=True)
class Shown:
    """How one caller sees the content: API version, and whether it may read users."""

    content: Content
    version: str = NEWEST
    reads_users: bool = True
    only: Collection[str] = field(default_factory=tuple)
    """Ids of the properties wanted; empty: all."""

    # --- pages -------------------------------------------------------------------------------------------

    def page(self, page_id: str) -> Json:
        page = self.content.page(page_id)
        return {
            "object": "page",
            "id": page_id,
            "created_time": stamp(page["created"]),
            "last_edited_time": stamp(page["edited"]),
            "created_by": partial(WRITER),
            "last_edited_by": partial(page["edited_by"]),
            "cover": self.signed(file(page["cover"]) if page["cover"] else None),
            "icon": self.signed(icon_of(page["icon"] or None)),
            "parent": self._parent_of_page(page_id, page),
            "in_trash": page["in_trash"],
            "is_archived": False,
            "is_locked": page["is_locked"],
            "properties": self._properties(page),
            "url": f"https://app.notion.com/p/{bare(page_id)}",
            "public_url": page["public_url"],
            **self._old(page["in_trash"]),
        }

    def _old(self, in_trash: bool) -> Json:
        """Keys that the newest version has no more."""
        return {} if self.version >= NEWEST else {"archived": in_trash}

    def _parent_of_page(self, page_id: str, page: Json) -> Json:
        if page["source"]:
            source = self.content.sources[page["source"]]
            return {"type": "data_source_id", "data_source_id": source.id, "database_id": source.database_id}
        return {"type": "page_id", "page_id": self.content.page_of(self.content.blocks[page_id]["parent"])}

    def _properties(self, page: Json) -> Json:
        if not page["source"]:
            return {"title": {"id": "title", "type": "title", "title": page["values"]["title"]}}
        source = self.content.sources[page["source"]]
        names = [name for name in source.schema if not self.only or source.property_id(name) in self.only]
        return {name: self._property(source, page, name) for name in names}

    def _property(self, source: DataSource, page: Json, name: str) -> Json:
        kind = source.schema[name]
        value = self.value(source, page, name)
        made = {"id": source.property_id(name), "type": kind, kind: _truncated(kind, value)}
        return {**made, "has_more": len(value) > MOST_REFERENCES} if kind == "relation" else made

    def value(self, source: DataSource, page: Json, name: str) -> Any:
        """The whole value of a property."""
        kind = source.schema[name]
        made: dict[str, Callable[[], Any]] = {
            "created_time": lambda: stamp(page["created"]),
            "last_edited_time": lambda: stamp(page["edited"]),
            "created_by": lambda: self.user(WRITER),
            "last_edited_by": lambda: self.user(page["edited_by"]),
            "unique_id": lambda: page["values"].get(name) or {"prefix": None, "number": page["serial"]},
            "people": lambda: [self.user(it["id"]) for it in page["values"].get(name) or ()],
        }
        if kind in made:
            return made[kind]()
        return self.signed(page["values"].get(name, EMPTY.get(kind)))

    def user(self, user_id: str) -> Json:
        known = self.content.users.get(user_id)
        return known if known and self.reads_users else partial(user_id)

    # --- blocks ------------------------------------------------------------------------------------------

    def block(self, block_id: str) -> Json:
        if block_id in self.content.pages:
            return self._page_as_block(block_id)
        raw = self.content.blocks[block_id]
        kind = raw["type"]
        named = "transcription" if kind == "meeting_notes" and self.version < NEWEST else kind
        return self._envelope(block_id, raw["parent"], raw, named, self.signed(raw[kind]))

    def _page_as_block(self, page_id: str) -> Json:
        """A page is a block, too."""
        page = self.content.pages[page_id]
        body = {"title": self.content.title(page_id)}
        return self._envelope(page_id, self.content.source_of(page_id).database_id, page, "child_page", body)

    def _envelope(self, block_id: str, parent: str, raw: Json, kind: str, body: Json) -> Json:
        return {
            "object": "block",
            "id": block_id,
            "parent": self._parent_of_block(parent),
            "created_time": stamp(raw["created"]),
            "last_edited_time": stamp(raw["edited"]),
            "created_by": partial(WRITER),
            "last_edited_by": partial(WRITER),
            "has_children": bool(self.content.children_of(block_id)),
            "in_trash": False,
            "type": kind,
            kind: body,
            **self._old(False),
        }

    def _parent_of_block(self, parent: str) -> Json:
        if parent in self.content.pages or parent in self.content.subpages:
            return {"type": "page_id", "page_id": parent}
        if parent in self.content.blocks:
            return {"type": "block_id", "block_id": parent}
        return {"type": "database_id", "database_id": parent}

    # --- files -------------------------------------------------------------------------------------------

    def signed(self, value: Any) -> Any:
        """A copy in which each hosted file has a link that was signed just now."""
        return walk(value, self._file)

    def _file(self, name: str) -> Json:
        content = self.content
        now = content.clock()
        path = f"/files/{WORKSPACE}/{content.file_id(name)}/{name}"
        url = content.origin + signed(path, now, content.file_lifetime)
        return {"url": url, "expiry_time": exact(now + content.file_lifetime)}

    # --- the rest ----------------------------------------------------------------------------------------

    def data_source(self, source: DataSource) -> Json:
        return {
            "object": "data_source",
            "id": source.id,
            "cover": None,
            "icon": None,
            "created_time": stamp(0),
            "created_by": partial(WRITER),
            "last_edited_by": partial(WRITER),
            "last_edited_time": stamp(0),
            "title": text(source.title),
            "description": [],
            "is_inline": False,
            "in_trash": False,
            "properties": {name: column(source, name) for name in source.schema},
            "parent": {"type": "database_id", "database_id": source.database_id},
            "database_parent": {"type": "workspace", "workspace": True},
            "url": f"https://app.notion.com/p/{bare(source.database_id)}",
            "public_url": None,
            **self._old(False),
        }

    def database(self, database_id: str) -> Json:
        sources = [it for it in self.content.sources.values() if it.database_id == database_id and not it.is_unshared]
        return {
            "object": "database",
            "id": database_id,
            "title": text(sources[0].title),
            "description": [],
            "parent": {"type": "workspace", "workspace": True},
            "is_inline": False,
            "in_trash": False,
            "is_locked": False,
            "created_time": exact(0.556),
            "last_edited_time": exact(0.556),
            "data_sources": [{"id": it.id, "name": it.title} for it in sources],
            "icon": None,
            "cover": None,
            "url": f"https://app.notion.com/p/{bare(database_id)}",
            "public_url": None,
            **self._old(False),
        }


def _truncated(kind: str, value: Any) -> Any:
    """As much of a value as a page shows."""
    if kind in ("people", "relation"):
        return value[:MOST_REFERENCES]
    if kind not in ("title", "rich_text"):
        return value
    mentions = [place for place, run in enumerate(value) if run["type"] == "mention"]
    return value[: mentions[MOST_REFERENCES]] if len(mentions) > MOST_REFERENCES else value


def page_url(page_id: str, title: str) -> str:
    """The link of a page on the old host, which automations still send."""
    slug = "-".join(quote(word) for word in title.split())
    return f"https://www.notion.so/{slug}-{bare(page_id)}" if slug else f"https://www.notion.so/{bare(page_id)}"

"""What the stand-in holds: data sources, pages, blocks, files; and what people do to them. No HTTP, no JSON answers.

Blocks are kept flat under their parents. Every change is told to `listeners`, as Notion's events are.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tests.stage.notion.properties import stored
from tests.stage.notion.rich_text import plain, text
from tests.stage.notion.shapes import BOT, WRITER, Json, bot, person
from tests.stage.notion.source import SCHEMA, STATUSES, DataSource
from tests.stage.notion.tree import Tree, page_record


@dataclass(frozen=True)
class Change:
    """Something happened to a page: the kind is the event's type without `page.`."""

    kind: str
    page_id: str
    author: str
    properties: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()


class Content(Tree):
    """Everything that Notion would know. `origin` is where files are served; the clock may be replaced."""

    def __init__(self, status_type: str = "status", clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self.clock = clock
        self.origin = ""
        self.file_lifetime = 3600.0
        self.query_cap = 10_000
        self.lock = threading.RLock()
        self.files: dict[str, bytes] = {}
        self.uploads: dict[str, tuple[str, bytes]] = {}
        self._file_ids: dict[str, str] = {}
        self.comments: list[Json] = []
        self.users = {WRITER: person(WRITER, "A writer", "writer@example.test"), BOT: bot()}
        self.listeners: list[Callable[[Change], None]] = []
        self.source = self.add_data_source("Magazine", status_type=status_type)

    # --- setting up --------------------------------------------------------------------------------------

    def add_data_source(
        self,
        title: str,
        *,
        status_type: str = "status",
        schema: Mapping[str, str] | None = None,
        database_id: str | None = None,
    ) -> DataSource:
        """Another data source, in a database of its own or in the one given."""
        database_id = database_id or self.new_id()
        made = DataSource(self.new_id(), database_id, title, {})
        for name, kind in (SCHEMA if schema is None else schema).items():
            made.add_property(name, status_type if name == "Status" else kind, STATUSES if name == "Status" else ())
        self.sources[made.id] = made
        return made

    def add_user(self, name: str, email: str) -> str:
        user_id = self.new_id()
        self.users[user_id] = person(user_id, name, email)
        return user_id

    def add_file(self, name: str, data: bytes) -> str:
        """Stores a file; the name is what blocks refer to. Other bytes under the same name are a new upload."""
        if self.files.get(name) != data:
            self._file_ids[name] = self.new_id()
            self.uploads[self._file_ids[name]] = (name, data)
        self.files[name] = data
        return name

    def file_id(self, name: str) -> str:
        """The id in the path of a file; of one that is not there (any more), too."""
        return self._file_ids.get(name) or str(uuid5(NAMESPACE_URL, name))

    @property
    def database_id(self) -> str:
        return self.source.database_id

    @property
    def data_source_id(self) -> str:
        return self.source.id

    @property
    def schema(self) -> dict[str, str]:
        """Of the first data source: property names and types. May be changed."""
        return self.source.schema

    def rename_property(self, old: str, new: str, source: DataSource | None = None) -> None:
        """The id stays, as in Notion."""
        source = source or self.source
        source.ids[new] = source.property_id(old)
        source.status_property = new if source.status_property == old else source.status_property
        source.schema = {new if name == old else name: kind for name, kind in source.schema.items()}
        source.options[new] = source.options.pop(old, [])
        for page in self.pages.values():
            if page["source"] == source.id and old in page["values"]:
                page["values"][new] = page["values"].pop(old)

    def remove_option(self, option: str, name: str = "Status") -> None:
        """Pages that had the option have none."""
        kept = [it for it in self.source.options[name] if it["name"] != option]
        self.source.options[name] = kept
        for page in self.pages.values():
            if (page["values"].get(name) or {}).get("name") == option:
                page["values"][name] = None

    # --- writing, as a person would ----------------------------------------------------------------------

    def add_page(
        self,
        title: str | list[Json],
        blocks: list[Json] | None = None,
        *,
        status: str | None = "Adding",
        edited: float | None = None,
        cover: str | None = None,
        icon: str | Json | None = None,
        source: DataSource | None = None,
        properties: Mapping[str, Any] | None = None,
        public_url: str | None = None,
        **more: Any,
    ) -> str:
        """A row of a data source. `edited` is in seconds since the epoch; by default an hour ago.

        Properties are plain values (`{"Tags": ["Sea"], "Slug": "low-water"}`) or Notion's JSON; those whose name is a
        Python name may be given as keywords, with `_` for a space.
        """
        with self.lock:
            source = source or self.source
            page_id = self.new_id()
            at = self.clock() - 3600 if edited is None else edited
            given = {**{key.replace("_", " "): value for key, value in more.items()}, **(properties or {})}
            given[source.title_property()] = title
            if source.status_property in source.schema:
                given.setdefault(source.status_property, status)
            self.pages[page_id] = page_record(
                source.id, at, cover=cover, icon=icon, public_url=public_url, serial=len(self.pages) + 1
            )
            for name, value in given.items():
                self.pages[page_id]["values"][name] = stored(source, name, value)
            self.put(page_id, blocks or [], at)
            self._tell("created", page_id, WRITER)
            return page_id

    def edit(
        self,
        page_id: str,
        *,
        blocks: list[Json] | None = None,
        title: str | None = None,
        cover: str | None = None,
        icon: str | Json | None = None,
        properties: Mapping[str, Any] | None = None,
    ) -> None:
        """What a writer does in the page. Blocks replace all that were there."""
        with self.lock:
            page = self.page(page_id)
            self._touch(page)
            page["cover"], page["icon"] = cover or page["cover"], icon or page["icon"]
            if title is not None:
                page["values"][self.title_property(page)] = text(title)
            if blocks is not None:
                self.drop(page_id)
                self.put(page_id, blocks, self.clock())
            if properties:
                source = self.sources[page["source"]]
                self.write(page_id, {name: stored(source, name, value) for name, value in properties.items()})
            if title is not None or blocks is not None:
                self._tell("content_updated", page_id, WRITER, blocks=tuple(self.children.get(page_id, ())))

    def replace_blocks(self, page_id: str, blocks: list[Json]) -> None:
        self.edit(page_id, blocks=blocks)

    def set_status(self, page_id: str, name: str | None) -> None:
        with self.lock:
            source = self.source_of(page_id)
            self.write(page_id, {source.status_property: stored(source, source.status_property, name)})

    def write(self, page_id: str, values: Mapping[str, Any], author: str = WRITER) -> None:
        """Stored values of properties."""
        with self.lock:
            page = self.page(page_id)
            page["values"] |= values
            self._touch(page, author)
            source = self.sources.get(page["source"] or "")
            ids = tuple(source.property_id(name) for name in values) if source else ("title",)
            self._tell("properties_updated", page_id, author, ids)

    def trash(self, page_id: str, in_trash: bool = True, author: str = WRITER) -> None:
        with self.lock:
            page = self.page(page_id)
            page["in_trash"] = in_trash
            self._touch(page, author)
            self._tell("deleted" if in_trash else "undeleted", page_id, author)

    def restore(self, page_id: str) -> None:
        self.trash(page_id, in_trash=False)

    def unshare(self, page_id: str) -> None:
        """The integration does not see the page any more; nobody is told."""
        self.unshared.add(page_id)

    def share(self, page_id: str) -> None:
        self.unshared.discard(page_id)

    def _tell(
        self, kind: str, page_id: str, author: str, properties: tuple[str, ...] = (), blocks: tuple[str, ...] = ()
    ) -> None:
        for listener in self.listeners:
            listener(Change(kind, page_id, author, properties, blocks))

    def _touch(self, page: Json, author: str = WRITER) -> None:
        page["edited"], page["edited_by"] = self.clock(), author

    def append(self, parent: str, blocks: list[Json], place: int | None = None, author: str = WRITER) -> list[str]:
        """Adds blocks to those that are there, at the end or at a place."""
        with self.lock:
            made = self.put(parent, blocks, self.clock(), place)
            page_id = self.page_of(parent)
            self._touch(self.page(page_id), author)
            self._tell("content_updated", page_id, author, blocks=tuple(made))
            return made

    # --- reading, as a test asks -------------------------------------------------------------------------

    def source_of(self, page_id: str) -> DataSource:
        return self.sources[self.pages[page_id]["source"]]

    def title_property(self, page: Json) -> str:
        return self.sources[page["source"]].title_property() if page["source"] else "title"

    def title(self, page_id: str) -> str:
        page = self.page(page_id)
        return plain(page["values"][self.title_property(page)])

    def status(self, page_id: str) -> str | None:
        value = self.pages[page_id]["values"].get(self.source_of(page_id).status_property)
        return value["name"] if value else None

    def said(self, page_id: str, name: str) -> Any:
        """The plain value of a text or url property."""
        value = self.pages[page_id]["values"].get(name, "")
        return plain(value) if isinstance(value, list) else value

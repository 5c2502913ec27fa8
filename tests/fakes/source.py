"""A Notion in memory, in the role `Source`: the content of the stand-in without HTTP, as JSON of the API."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sidecar.blocks import FileRef, PageId
from sidecar.errors import Missing, Refused, SidecarError
from sidecar.model import Json, Page
from sidecar.parse.files import file as parse_file
from sidecar.parse.page import moment
from sidecar.ports import Mark
from tests.stage.notion.content import Content
from tests.stage.notion.properties import accepted
from tests.stage.notion.rich_text import plain
from tests.stage.notion.shapes import BOT, Unhappy
from tests.stage.notion.shown import Shown

OTHER_PAGES = ("child_page", "child_database")
READY, DONE, STATUS, LINK, MESSAGE = "Adding", "Done", "Status", "WordPress URL", "WordPress Message"


@dataclass
class Trouble:
    """What is going to go wrong: once, before anything is done."""

    method: str
    error: SidecarError


class FakeSource:
    """`troubles` make one later call each fail; `content` is what a person would see and change in Notion."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.troubles: list[Trouble] = []
        self._calls = 0
        self._lock = threading.Lock()

    def calls(self) -> int:
        return self._calls

    def throttled(self) -> int:
        return 0

    # --- the role ----------------------------------------------------------------------------------------

    def listed(self, edited_since: datetime | None = None) -> list[Json]:
        with self._call("listed"):
            source = self.content.source
            for option in (READY, DONE):
                if source.option(STATUS, option) is None:
                    raise Refused(f"The property {STATUS!r} has no option {option!r}.", "Add the option in Notion.")
            rows = [self._shown.page(it) for it in self.content.pages if self._is_listable(it)]
            return [row for row in rows if self._asks(row, edited_since)]

    def page(self, page_id: PageId) -> Json:
        with self._call("page"):
            self._check(page_id)
            return self._shown.page(page_id)

    def blocks(self, page_id: PageId) -> list[Json]:
        with self._call("blocks"):
            self._check(page_id)
            return self._tree(page_id)

    def property_values(self, page_id: PageId, property_id: str) -> list[Json]:
        with self._call("property_values"):
            self._check(page_id)
            source, page = self.content.source_of(page_id), self.content.page(page_id)
            name = source.found(property_id)
            kind = source.schema[name]
            value = self._shown.value(source, page, name)
            head = {"object": "property_item", "type": kind, "id": property_id}
            return [{**head, kind: one} for one in (value if isinstance(value, list) else [value])]

    def fresh_file(self, file: FileRef) -> FileRef:
        with self._call("fresh_file"):
            is_page = file.block_id in self.content.pages
            known = is_page or file.block_id in self.content.blocks
            raw = (self._shown.page if is_page else self._shown.block)(file.block_id) if known else {}
            for found in _files(raw):
                made = parse_file(found, file.kind, file.block_id, file.name)
                if made is not None and made.identity == file.identity:
                    return replace(file, url=made.url, expires=made.expires)
            raise Missing(f"The file {file.name} is no longer in the page.")

    def mark(self, page: Page, mark: Mark) -> Json | None:
        source = self.content.source_of(page.id)
        wanted = {STATUS: mark.status, LINK: mark.link, MESSAGE: mark.message}
        changes = {name: it for name, it in wanted.items() if it is not None and it != self._said(page, name)}
        if not changes:
            return None
        with self._call("mark"):
            self._check(page.id)
            try:
                made = {name: accepted(source, name, _written(source.schema[name], it)) for name, it in changes.items()}
            except Unhappy as error:
                raise Refused(str(error), "Add that option in Notion.") from error
            self.content.write(page.id, made, BOT)
            return self._shown.page(page.id)

    def properties(self) -> Mapping[str, Json]:
        with self._call("properties"):
            return dict(self._shown.data_source(self.content.source)["properties"])

    def bot_id(self) -> str:
        return BOT

    def database_id(self) -> str:
        return self.content.database_id

    # --- inside ------------------------------------------------------------------------------------------

    @contextmanager
    def _call(self, method: str) -> Iterator[None]:
        with self._lock, self.content.lock:
            self._calls += 1
            trouble = next((one for one in self.troubles if one.method == method), None)
            if trouble:
                self.troubles.remove(trouble)
                raise trouble.error
            yield

    @property
    def _shown(self) -> Shown:
        return Shown(self.content)

    def _check(self, page_id: str) -> None:
        if page_id not in self.content.pages or not self.content.is_visible(page_id):
            raise Missing("Notion does not show this: it is not shared with the integration, or was deleted.")

    def _is_listable(self, page_id: str) -> bool:
        return self.content.is_visible(page_id) and not self.content.pages[page_id]["in_trash"]

    def _asks(self, row: Json, since: datetime | None) -> bool:
        status = (row["properties"][STATUS]["status"] or {}).get("name")
        edited = moment(row["last_edited_time"])
        return status == READY or (
            status == DONE and since is not None and edited >= since.replace(second=0, microsecond=0)
        )

    def _tree(self, block_id: str) -> list[Json]:
        made = []
        for child in self.content.children_of(block_id):
            block = self._shown.block(child)
            if block["has_children"] and block["type"] not in OTHER_PAGES:
                block["children"] = self._inside(child)
            made.append(block)
        return made

    def _inside(self, block_id: str) -> list[Json]:
        original = self.content.original_of(block_id)
        if original is not None and not self.content.is_visible(original):
            return [{"object": "block", "id": block_id, "type": "synced block that is not shared"}]
        return self._tree(block_id)

    def _said(self, page: Page, name: str) -> str:
        if name == STATUS:
            return page.status or ""
        value = page.properties[name].value
        return plain(value) if isinstance(value, list) else value or ""


def _written(kind: str, text: str) -> Json:
    made: dict[str, Any] = {
        "status": {"name": text},
        "select": {"name": text},
        "url": text or None,
        "rich_text": [{"type": "text", "text": {"content": text}}] if text else [],
    }
    return {kind: made[kind]}


def _files(raw: Any) -> Iterator[Json]:
    if isinstance(raw, list):
        for it in raw:
            yield from _files(it)
    if isinstance(raw, dict):
        if isinstance(raw.get("file"), dict):
            yield raw
        for it in raw.values():
            yield from _files(it)

"""Notion: the role Source. Pages, blocks, files, and what a page is told. How a single call is made: `notion_calls`."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any

from sidecar import catalogue
from sidecar.adapters.limiter import Limiter
from sidecar.adapters.notion_calls import PAGE_SIZE, Calls, Limits
from sidecar.adapters.notion_errors import Committed, Invalid
from sidecar.adapters.notion_marks import Names, is_written, properties_to_write
from sidecar.adapters.notion_rows import Rows
from sidecar.blocks import FileRef, PageId
from sidecar.config import Config
from sidecar.errors import Missing, Refused, SidecarError, Unavailable
from sidecar.ledger import Memory
from sidecar.model import Json, Page
from sidecar.parse.files import file as parse_file
from sidecar.ports import Mark

READERS = 8
"""Block lists of one process that are read side by side; the limiter decides how fast."""
OTHER_PAGES = frozenset({"child_page", "child_database"})
MOST_LEVELS = 100
"""Levels of blocks inside blocks. A page that goes on deeper contains itself."""


class NotionSource:
    """A data source of Notion, and the pages in it."""

    def __init__(
        self,
        config: Config,
        limiter: Limiter,
        memory: Memory,
        stop: threading.Event | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._config, self._memory = config, memory
        self._calls = Calls(config, limiter, stop or threading.Event(), limits or Limits())
        self._rows = Rows(config, self._calls, memory)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="notion")

    def close(self) -> None:
        self._readers.shutdown(wait=True, cancel_futures=True)
        self._calls.close()

    def calls(self) -> int:
        return self._calls.sent()

    def throttled(self) -> int:
        return self._calls.throttled()

    def listed(self, edited_since: datetime | None = None) -> list[Json]:
        return self._rows.listed(edited_since)

    def properties(self) -> Mapping[str, Json]:
        return self._rows.schema()

    def database_id(self) -> str:
        return self._rows.database()

    # --- pages and blocks --------------------------------------------------------------------------------

    def page(self, page_id: PageId) -> Json:
        try:
            return self._calls.get(f"pages/{page_id}")
        except Missing:
            if self._is_ours(page_id):
                raise Missing.of(catalogue.NOTION_IS_DATABASE, {"id": page_id}) from None
            raise

    def _is_ours(self, page_id: PageId) -> bool:
        """Whether it is the database that is published from: its link lies next to those of its pages."""
        try:
            return page_id in (self._rows.database(), self._rows.source())
        except SidecarError:
            return False

    def blocks(self, page_id: PageId) -> list[Json]:
        """Level by level, the block lists of each level side by side."""
        top = self._children(page_id)
        level = top
        for _ in range(MOST_LEVELS):
            parents = [block for block in level if block.get("has_children") and block.get("type") not in OTHER_PAGES]
            if not parents:
                return top
            lists = list(self._readers.map(self._inside, parents))
            for parent, children in zip(parents, lists, strict=True):
                parent["children"] = children
            level = [block for children in lists for block in children]
        raise Refused.of(catalogue.NOTION_NESTED, {"most": MOST_LEVELS})

    def _inside(self, block: Json) -> list[Json]:
        """The children of a block, under the id that was asked for: a synced copy shows the original's blocks."""
        try:
            return self._children(block["id"])
        except Missing as error:
            if block.get("type") == "synced_block" and (block.get("synced_block") or {}).get("synced_from"):
                # The original is on a page that we may not see: the renderer says so.
                return [{"object": "block", "id": block["id"], "type": "synced block that is not shared"}]
            # The page itself is there, so this is no page that was taken from us.
            raise Unavailable.of(catalogue.NOTION_CHANGED) from error

    def _children(self, block_id: str) -> list[Json]:
        return [dict(block) for block in self._calls.all(f"blocks/{block_id}/children")]

    def property_values(self, page_id: PageId, property_id: str) -> list[Json]:
        path = f"pages/{page_id}/properties/{property_id}"
        first = self._calls.get(path, {"page_size": PAGE_SIZE})
        if first.get("object") != "list":
            return [first]
        answers = self._calls.pages(lambda paging: self._calls.get(path, paging) if "start_cursor" in paging else first)
        return [item for answer in answers for item in answer["results"]]

    def fresh_file(self, file: FileRef) -> FileRef:
        """Reads the block again; the file of the same identity in its answer has a link that was signed just now."""
        for found in _files(self._block_or_page(file.block_id)):
            made = parse_file(found, file.kind, file.block_id, file.name)
            if made is not None and made.identity == file.identity:
                return replace(file, url=made.url, expires=made.expires)
        raise Missing.of(catalogue.NOTION_FILE_GONE, {"name": file.name})

    def _block_or_page(self, block_id: str) -> Json:
        """What a file stands in. A page is a block, too, but only as a page does it show its properties and cover."""
        try:
            raw = self._calls.get(f"blocks/{block_id}")
        except Missing:
            return self.page(PageId(block_id))
        return self.page(PageId(block_id)) if raw.get("type") == "child_page" else raw

    # --- telling the page --------------------------------------------------------------------------------

    def mark(self, page: Page, mark: Mark) -> Json | None:
        config = self._config
        names = Names(config.notion_status_property, config.notion_url_property, config.notion_message_property)
        properties = properties_to_write(page, mark, names)
        if not properties:
            return None
        try:
            return self._calls.patiently(lambda: self._write(page.id, properties))
        except Invalid as error:
            what = f"the status {mark.status!r} for {names.status!r}" if mark.status else ", ".join(properties)
            raise Refused.of(catalogue.NOTION_NOT_TAKEN, {"what": what, "said": error.message}) from error

    def _write(self, page_id: PageId, properties: Json) -> Json:
        """One PATCH. To set the same values again is safe, but what Notion may have taken is looked at first."""
        try:
            return self._calls.once("PATCH", f"pages/{page_id}", {"properties": properties})
        except Committed:
            shown = self.page(page_id)
            if not is_written(shown, properties):
                raise
            return shown

    def bot_id(self) -> str:
        known = self._memory.get("bot id")
        if known is None:
            known = str(self._calls.get("users/me")["id"])
            self._memory.put("bot id", known)
        return known


def _files(raw: Any) -> Iterator[Json]:
    """Every file object in an answer, wherever it stands."""
    if isinstance(raw, dict):
        if isinstance(raw.get("file"), dict) and "url" in raw["file"]:
            yield raw
        for value in raw.values():
            yield from _files(value)
    elif isinstance(raw, list):
        for value in raw:
            yield from _files(value)

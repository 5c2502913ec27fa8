"""The tree of pages and blocks, kept flat: what stands where, what copies what, and what the integration may see."""

from __future__ import annotations

import copy
import itertools
from uuid import NAMESPACE_URL, uuid5

from tests.stage.notion.rich_text import text
from tests.stage.notion.shapes import WRITER, Json
from tests.stage.notion.source import DataSource


class Tree:
    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self.sources: dict[str, DataSource] = {}
        self.pages: dict[str, Json] = {}
        """The rows of data sources. Pages inside pages are in `subpages`."""
        self.subpages: dict[str, Json] = {}
        self.blocks: dict[str, Json] = {}
        self.children: dict[str, list[str]] = {}
        self.unshared: set[str] = set()

    def new_id(self) -> str:
        return str(uuid5(NAMESPACE_URL, f"stand-in {next(self._ids)}"))

    def page(self, page_id: str) -> Json:
        return self.pages[page_id] if page_id in self.pages else self.subpages[page_id]

    def put(self, parent: str, blocks: list[Json], at: float, place: int | None = None) -> list[str]:
        """Puts blocks, and what is inside them, under a page or a block; gives the ids of the outer ones."""
        made = []
        for raw in blocks:
            block = copy.deepcopy(raw)
            block_id = block.pop("id", None) or self.new_id()
            inside = block.pop("children", [])
            self.blocks[block_id] = {**block, "id": block_id, "parent": parent, "created": at, "edited": at}
            if block["type"] == "child_page":
                self.subpages[block_id] = page_record(None, at)
                self.subpages[block_id]["values"]["title"] = text(block["child_page"]["title"])
            made.append(block_id)
            self.put(block_id, inside, at)
        known = self.children.setdefault(parent, [])
        place = len(known) if place is None else place
        known[place:place] = made
        return made

    def drop(self, parent: str) -> None:
        for block_id in self.children.pop(parent, []):
            self.drop(block_id)
            self.blocks.pop(block_id, None)
            self.subpages.pop(block_id, None)

    def original_of(self, block_id: str) -> str | None:
        """For a synced copy, the id of the block that it copies."""
        source = (self.blocks.get(block_id, {}).get("synced_block") or {}).get("synced_from")
        return str(source["block_id"]) if source else None

    def children_of(self, block_id: str) -> list[str]:
        """The ids under a page or a block; a synced copy shows its original's."""
        return self.children.get(self.original_of(block_id) or block_id, [])

    def page_of(self, block_id: str) -> str:
        """The page that a block stands on."""
        while block_id not in self.pages and block_id not in self.subpages:
            block_id = self.blocks[block_id]["parent"]
        return block_id

    def is_visible(self, block_id: str) -> bool:
        """A page or block that exists and that the integration may see: neither it nor a page around it is unshared."""
        if block_id not in self.blocks and block_id not in self.pages:
            return False
        page_id = self.page_of(block_id)
        while page_id not in self.pages:
            if page_id in self.unshared:
                return False
            page_id = self.page_of(self.blocks[page_id]["parent"])
        return page_id not in self.unshared and not self.sources[self.pages[page_id]["source"]].is_unshared


def page_record(source: str | None, at: float, **more: object) -> Json:
    """A page as it is kept; `source` is None for a page inside a page."""
    return {
        "source": source,
        "values": {},
        "created": at,
        "edited": at,
        "edited_by": WRITER,
        "in_trash": False,
        "is_locked": False,
        "cover": None,
        "icon": None,
        "public_url": None,
        "serial": 0,
        **more,
    }

"""What the stand-in holds: a database with its schema, pages, blocks, files. No HTTP here.

Ids have dashes, times are rounded down to the minute as Notion's are, blocks are kept flat under their parents.
"""

from __future__ import annotations

import copy
import hmac
import itertools
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tests.stage.notion.build import text

Json = dict[str, Any]
BOT = "00000000-0000-4000-8000-0000000000b0"
WRITER = "00000000-0000-4000-8000-0000000000a1"
WORKSPACE = "99999999-0000-4000-8000-000000000001"
STATUSES = ("Draft", "Adding", "Done", "Error", "Withdraw")
KINDS = ("image", "video", "audio", "pdf", "file")


def stamp(seconds: float) -> str:
    """A time as Notion writes it: rounded down to the minute."""
    return datetime.fromtimestamp(seconds // 60 * 60, UTC).strftime("%Y-%m-%dT%H:%M:00.000Z")


def option(name: str) -> Json:
    return {"id": str(uuid5(NAMESPACE_URL, name)), "name": name, "color": "default"}


class Content:
    """Everything that Notion would know. `origin` is where files are served; the clock may be replaced."""

    def __init__(self, status_type: str = "status", clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.origin = ""
        self.file_lifetime = 3600.0
        self.lock = threading.RLock()
        self._ids = itertools.count(1)
        self.database_id = self.new_id()
        self.data_source_id = self.new_id()
        self.status_type = status_type
        self.options = list(STATUSES)
        self.schema: dict[str, str] = {
            "Name": "title",
            "Status": status_type,
            "Slug": "rich_text",
            "Excerpt": "rich_text",
            "Categories": "multi_select",
            "Tags": "multi_select",
            "Publish date": "date",
            "Featured image": "files",
            "Sticky": "checkbox",
            "WordPress URL": "url",
            "WordPress Message": "rich_text",
        }
        self.pages: dict[str, Json] = {}
        self.blocks: dict[str, Json] = {}
        self.children: dict[str, list[str]] = {}
        self.files: dict[str, bytes] = {}
        self.unshared: set[str] = set()
        self.comments: list[Json] = []

    def new_id(self) -> str:
        return str(uuid5(NAMESPACE_URL, f"stand-in {next(self._ids)}"))

    # --- writing, as a person would ----------------------------------------------------------------------

    def add_file(self, name: str, data: bytes) -> str:
        """Stores a file; the name is what blocks refer to."""
        self.files[name] = data
        return name

    def add_page(
        self,
        title: str | list[Json],
        blocks: list[Json] | None = None,
        *,
        status: str | None = "Adding",
        edited: float | None = None,
        cover: str | None = None,
        icon: str | None = None,
        **properties: Json,
    ) -> str:
        """A row of the data source. `edited` is in seconds since the epoch; by default an hour ago."""
        with self.lock:
            page_id = self.new_id()
            at = self.clock() - 3600 if edited is None else edited
            values: dict[str, Any] = {name: _empty(kind) for name, kind in self.schema.items()}
            name = next(key for key, kind in self.schema.items() if kind == "title")
            values[name] = text(title) if isinstance(title, str) else title
            if "Status" in values:
                values["Status"] = option(status) if status else None
            values |= {key.replace("_", " "): value for key, value in properties.items()}
            self.pages[page_id] = {
                "title": title,
                "values": values,
                "created": at,
                "edited": at,
                "in_trash": False,
                "cover": cover,
                "icon": icon,
            }
            self._put(page_id, blocks or [], at)
            return page_id

    def _put(self, parent: str, blocks: list[Json], at: float) -> None:
        self.children[parent] = []
        for raw in blocks:
            block = copy.deepcopy(raw)
            block_id = block.pop("id", None) or self.new_id()
            inside = block.pop("children", [])
            self.blocks[block_id] = {**block, "id": block_id, "parent": parent, "created": at, "edited": at}
            self.children[parent].append(block_id)
            self._put(block_id, inside, at)

    def edit(self, page_id: str, *, blocks: list[Json] | None = None, title: str | None = None) -> None:
        """What a writer does in the page."""
        with self.lock:
            page = self.pages[page_id]
            page["edited"] = self.clock()
            if title is not None:
                name = next(key for key, kind in self.schema.items() if kind == "title")
                page["values"][name] = text(title)
            if blocks is not None:
                self._put(page_id, blocks, self.clock())

    def set_status(self, page_id: str, name: str | None) -> None:
        with self.lock:
            self.pages[page_id]["values"]["Status"] = option(name) if name else None
            self.pages[page_id]["edited"] = self.clock()

    def status(self, page_id: str) -> str | None:
        value = self.pages[page_id]["values"].get("Status")
        return value["name"] if value else None

    def said(self, page_id: str, name: str) -> Any:
        """The plain value of a text or url property."""
        value = self.pages[page_id]["values"][name]
        return "".join(run["plain_text"] for run in value) if isinstance(value, list) else value

    def trash(self, page_id: str, in_trash: bool = True) -> None:
        with self.lock:
            self.pages[page_id]["in_trash"] = in_trash
            self.pages[page_id]["edited"] = self.clock()

    # --- reading, as the API answers ---------------------------------------------------------------------

    def page(self, page_id: str) -> Json:
        page = self.pages[page_id]
        digits = page_id.replace("-", "")
        return {
            "object": "page",
            "id": page_id,
            "created_time": stamp(page["created"]),
            "last_edited_time": stamp(page["edited"]),
            "created_by": {"object": "user", "id": WRITER},
            "last_edited_by": {"object": "user", "id": WRITER},
            "cover": self._cover(page_id, page["cover"]),
            "icon": {"type": "emoji", "emoji": page["icon"]} if page["icon"] else None,
            "parent": {
                "type": "data_source_id",
                "data_source_id": self.data_source_id,
                "database_id": self.database_id,
            },
            "in_trash": page["in_trash"],
            "is_archived": False,
            "is_locked": False,
            "properties": {
                name: {
                    "id": property_id(name, kind),
                    "type": kind,
                    kind: self._shown(kind, page["values"][name]),
                }
                for name, kind in self.schema.items()
            },
            "url": f"https://app.notion.com/p/{digits}",
            "public_url": None,
        }

    def _shown(self, kind: str, value: Any) -> Any:
        return [self._signed(copy.deepcopy(it), it["name"]) for it in value] if kind == "files" else value

    def _cover(self, page_id: str, name: str | None) -> Json | None:
        if not name:
            return None
        if "://" in name:
            return {"type": "external", "external": {"url": name}}
        return self._signed({"type": "file", "file": {"url": name, "expiry_time": ""}}, page_id)

    def block(self, block_id: str, asked_as: str | None = None) -> Json:
        raw = self.blocks[block_id]
        kind = raw["type"]
        body = copy.deepcopy(raw[kind])
        if kind in KINDS:
            body = self._signed(body, block_id)
        parent = raw["parent"]
        return {
            "object": "block",
            "id": block_id,
            "parent": {"type": "page_id", "page_id": parent}
            if parent in self.pages
            else {"type": "block_id", "block_id": parent},
            "created_time": stamp(raw["created"]),
            "last_edited_time": stamp(raw["edited"]),
            "created_by": {"object": "user", "id": WRITER},
            "last_edited_by": {"object": "user", "id": WRITER},
            "has_children": bool(self.children_of(block_id)),
            "in_trash": False,
            "type": kind,
            kind: body,
        }

    def children_of(self, block_id: str) -> list[str]:
        """The ids under a page or a block; a synced copy shows its original's."""
        block = self.blocks.get(block_id)
        source = (block or {}).get("synced_block", {}).get("synced_from") if block else None
        return self.children.get(source["block_id"] if source else block_id, [])

    def _signed(self, body: Json, block_id: str) -> Json:
        """A file with a link that was signed just now; the path stays the same."""
        file = body.get("file")
        if body.get("type") != "file" or file is None or "://" in file["url"]:
            return body
        name = file["url"]
        until = self.clock() + self.file_lifetime
        path = f"/files/{WORKSPACE}/{uuid5(NAMESPACE_URL, name)}/{name}"
        query = f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires={until:.3f}&X-Amz-Signature={signature(path, until)}"
        expiry = datetime.fromtimestamp(until, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {**body, "file": {"url": f"{self.origin}{path}?{query}", "expiry_time": expiry}}

    def data_source(self) -> Json:
        return {
            "object": "data_source",
            "id": self.data_source_id,
            "cover": None,
            "icon": None,
            "created_time": stamp(0),
            "created_by": {"object": "user", "id": WRITER},
            "last_edited_by": {"object": "user", "id": WRITER},
            "last_edited_time": stamp(0),
            "title": text("Magazine"),
            "description": [],
            "is_inline": False,
            "in_trash": False,
            "properties": {name: self._column(name, kind) for name, kind in self.schema.items()},
            "parent": {"type": "database_id", "database_id": self.database_id},
            "database_parent": {"type": "workspace", "workspace": True},
            "url": f"https://app.notion.com/p/{self.database_id.replace('-', '')}",
            "public_url": None,
        }

    def _column(self, name: str, kind: str) -> Json:
        body: Json = {}
        if name == "Status":
            made = [{**option(it), "description": None} for it in self.options]
            body = {"options": made}
            if kind == "status":
                ids = [it["id"] for it in made]
                body["groups"] = [{**option("To-do"), "color": "gray", "option_ids": ids}]
        elif kind in ("select", "multi_select"):
            body = {"options": []}
        return {"id": property_id(name, kind), "name": name, "description": None, "type": kind, kind: body}

    def database(self) -> Json:
        return {
            "object": "database",
            "id": self.database_id,
            "title": text("Magazine"),
            "description": [],
            "parent": {"type": "workspace", "workspace": True},
            "is_inline": False,
            "in_trash": False,
            "is_locked": False,
            "created_time": "2026-06-27T16:49:02.556Z",
            "last_edited_time": "2026-06-27T16:49:02.556Z",
            "data_sources": [{"id": self.data_source_id, "name": "Magazine"}],
            "icon": None,
            "cover": None,
            "url": f"https://app.notion.com/p/{self.database_id.replace('-', '')}",
            "public_url": None,
        }


def signature(path: str, until: float) -> str:
    return hmac.new(b"stand-in", f"{path}{until:.3f}".encode(), sha256).hexdigest()


def property_id(name: str, kind: str) -> str:
    """Short ids that stay when a property is renamed; the title's is always `title`."""
    return "title" if kind == "title" else sha256(name.encode()).hexdigest()[:4]


def _empty(kind: str) -> Any:
    return {"title": [], "rich_text": [], "multi_select": [], "files": [], "people": [], "checkbox": False}.get(kind)

"""One request as an endpoint sees it, and lists in pages with opaque cursors."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote
from uuid import uuid4

from tests.stage.notion.checking import page_size
from tests.stage.notion.content import Content
from tests.stage.notion.shapes import Json, canonical, malformed
from tests.stage.notion.shown import Shown

CAPABILITIES = frozenset({"read", "update", "insert", "read comments", "insert comments", "read users"})
SAME = "s:the same:0"
"""The cursor of the fault "same cursor": always the first page again."""


@dataclass
class Cursors:
    """Cursors that were given out: where each goes on, and in which list."""

    known: dict[str, tuple[str, int]] = field(default_factory=dict)

    def new(self, scope: str, place: int) -> str:
        cursor = f"s:{uuid4()}:{uuid4()}"
        self.known[cursor] = (scope, place)
        return cursor

    def place(self, scope: str, cursor: str) -> int:
        if cursor == SAME:
            return 0
        known_scope, place = self.known.get(cursor, ("", 0))
        if known_scope != scope:
            raise malformed(f"body failed validation: The start_cursor provided is invalid: {cursor}")
        return place


@dataclass(frozen=True)
class Asked:
    """A request that was let in."""

    content: Content
    cursors: Cursors
    path: str
    ids: tuple[str, ...]
    body: Json
    query: Mapping[str, list[str]]
    version: str
    capabilities: frozenset[str]

    def id(self, name: str, place: int = 0) -> str:
        return canonical(self.ids[place], name)

    @property
    def shown(self) -> Shown:
        only = frozenset(quote(unquote(it), safe="") for it in self.query.get("filter_properties", ()))
        return Shown(self.content, self.version, "read users" in self.capabilities, only)

    def first(self, name: str) -> str | None:
        return self.query.get(name, [None])[0]

    def listed(
        self, kind: str, found: list[Any], make: Callable[[Any], Json] = lambda it: it, cap: int | None = None
    ) -> Json:
        """The page of a list that was asked for, in the body of a POST or in the query of a GET."""
        where = "body" if "page_size" in self.body or "start_cursor" in self.body else "query"
        given = self.body if where == "body" else {name: values[0] for name, values in self.query.items()}
        size = page_size(given.get("page_size", 100), where)
        cursor = given.get("start_cursor")
        start = self.cursors.place(self.path, cursor) if cursor else 0
        capped = cap is not None and len(found) > cap
        end = min(start + size, cap if cap is not None else len(found), len(found))
        more = end < min(len(found), cap if cap is not None else len(found))
        answer: Json = {
            "object": "list",
            "results": [make(it) for it in found[start:end]],
            "next_cursor": self.cursors.new(self.path, end) if more else None,
            "has_more": more,
            "type": kind,
            kind: {},
        }
        if capped and not more:
            incomplete = {"type": "incomplete", "incomplete_reason": "query_result_limit_reached"}
            answer["request_status"] = incomplete
        return answer


Endpoint = Callable[[Asked], Json]


@dataclass(frozen=True)
class Route:
    """Which requests an endpoint answers, what the integration must be allowed, which query names it knows."""

    method: str
    pattern: re.Pattern[str]
    endpoint: Endpoint
    capability: str | None
    query: frozenset[str]


def route(method: str, path: str, endpoint: Endpoint, capability: str | None, *query: str) -> Route:
    """`*` in the path stands for an id."""
    pattern = re.compile("/v1/" + path.replace("*", "([^/]+)") + "$")
    return Route(method, pattern, endpoint, capability, frozenset(query))

"""The sources of the contract: one in memory, and the adapter on the stand-in. What people do there is the same."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sidecar.blocks import PageId
from sidecar.model import Page
from sidecar.parse.page import page as parse_page
from sidecar.ports import Source
from tests.adapters.notion_source import opened
from tests.fakes.source import FakeSource
from tests.stage.notion import NotionStandIn
from tests.stage.notion.content import Content


@dataclass
class Notion:
    """A source, and the content that people see and change."""

    source: Source
    content: Content

    def page(self, page_id: str) -> Page:
        return parse_page(self.source.page(PageId(page_id)), "Status")


@contextlib.contextmanager
def in_memory() -> Iterator[Notion]:
    content = Content()
    content.origin = "https://files.example"
    yield Notion(FakeSource(content), content)


@contextlib.contextmanager
def on_the_stand_in() -> Iterator[Notion]:
    with NotionStandIn() as notion, opened(notion) as source:
        yield Notion(source, notion.content)
        assert notion.violations == []


SOURCES: Mapping[str, Callable[[], contextlib.AbstractContextManager[Notion]]] = {
    "in memory": in_memory,
    "Notion": on_the_stand_in,
}

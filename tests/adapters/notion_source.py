"""The adapter on a stand-in, as its tests open it: waits made short, a pace that holds nobody back."""

from __future__ import annotations

import contextlib
import re
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from sidecar.adapters.limiter import Limiter
from sidecar.adapters.notion import NotionSource
from sidecar.adapters.notion_calls import Limits
from sidecar.adapters.pace_file import FileWindow
from sidecar.blocks import PageId
from sidecar.config import Config
from sidecar.ledger import Memory
from sidecar.model import Page
from sidecar.parse.page import page as parse_page
from tests.fakes.memory import FakeMemory
from tests.stage.notion import NotionStandIn

QUICK = Limits(seconds=5.0, first_wait=0.01)


@contextlib.contextmanager
def opened(
    notion: NotionStandIn,
    *,
    memory: Memory | None = None,
    limits: Limits = QUICK,
    limit: int = 100_000,
    stop: threading.Event | None = None,
    **settings: str,
) -> Iterator[NotionSource]:
    given = {
        "NOTION_TOKEN": notion.token,
        "NOTION_DATA_SOURCE_ID": notion.data_source_id,
        "NOTION_BASE_URL": notion.url,
        **settings,
    }
    with tempfile.TemporaryDirectory() as folder:
        pace = Limiter(FileWindow(Path(folder) / "pace.db"), limit, 1.0, margin=0.0)
        source = NotionSource(Config.parse(given), pace, memory or FakeMemory(), stop, limits)
        with contextlib.closing(source):
            yield source


def asked(notion: NotionStandIn) -> list[str]:
    """What the stand-in was asked, in order, without ids and without `/v1/`."""
    return [f"{call.method} {re.sub('[0-9a-f-]{36}', '*', call.path).removeprefix('/v1/')}" for call in notion.calls]


def page_of(source: NotionSource, page_id: str, status_property: str = "Status") -> Page:
    return parse_page(source.page(PageId(page_id)), status_property)

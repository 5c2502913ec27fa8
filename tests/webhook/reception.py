"""The web service over a real ledger in a file, and what Notion and the plugin send it: one line for each."""

from __future__ import annotations

import hmac
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sidecar.adapters.ledger import Store, ledger, open_store
from sidecar.config import Config
from sidecar.errors import SidecarError
from sidecar.ledger import JobId, Ledger, Waiting
from sidecar.model import Site
from tests.make import PAGE_ID
from webhook.app import create_app
from webhook.service import Service

SECRET = "what-notion-sends-along"
BEARER = "what-the-plugin-sends-along"
EVENTS = "secret_under-which-events-are-signed"
DATABASE = "33333333-3333-4333-8333-333333333333"
SOURCE = "44444444-4444-4444-8444-444444444444"
BOT = "55555555-5555-4555-8555-555555555555"
WRITER = "66666666-6666-4666-8666-666666666666"
OTHER = "22222222-2222-4222-8222-222222222222"

SETTINGS = {
    "NOTION_DATA_SOURCE_ID": SOURCE,
    "NOTION_VERIFICATION_TOKEN": EVENTS,
    "WEBHOOK_SECRET": SECRET,
    "SYNC_TOKEN": BEARER,
}

numbers = itertools.count(1)


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Woken:
    """A waker that remembers whom it was asked to wake."""

    listings: list[tuple[JobId, bool]] = field(default_factory=list)
    waiting: list[tuple[Waiting, bool]] = field(default_factory=list)
    queues: Mapping[str, int] | None = None

    def pages(self, waiting: Sequence[Waiting], urgent: bool = False, turn: str = "") -> None:
        self.waiting += [(one, urgent) for one in waiting]

    def listing(self, job_id: JobId, urgent: bool = False, turn: str = "") -> None:
        self.listings.append((job_id, urgent))

    def depths(self) -> Mapping[str, int] | None:
        return self.queues


class Reception:
    """The service behind a test client. Settings are given by their names; an empty one is not set."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.config = Config.parse({**SETTINGS, "DATABASE_URL": f"sqlite:///{folder}/ledger.db", **settings})
        self.clock, self.woken = Clock(), Woken()
        self.trouble: SidecarError | None = None
        self.store: Store = open_store(self.config.database_url)
        self.ledger: Ledger = ledger(self.store, self.config.site, 120, self.clock)
        self.service = Service(self.config, self.ledger, self.woken, self.clock, ask_wordpress=self._ask_wordpress)
        self.client: FlaskClient = create_app(self.service).test_client()

    def close(self) -> None:
        self.store.close()

    def _ask_wordpress(self) -> tuple[Site, str]:
        if self.trouble is not None:
            raise self.trouble
        return Site("https://blog.example", "The Tidal Review", "7.1", plugin="0.1.0"), "XML-RPC"

    # --- what callers do ---------------------------------------------------------------------------------

    def press(self, body: Any = None, secret: str | None = SECRET, **more: Any) -> TestResponse:
        """Notion's Send webhook."""
        headers = {} if secret is None else {"X-Sidecar-Secret": secret}
        raw = encoded(automation() if body is None else body)
        return self.client.post("/webhooks/notion/automation", data=raw, headers=headers, **more)

    def tell(self, body: Any, token: str | None = EVENTS, **more: Any) -> TestResponse:
        """Notion's event, signed."""
        raw = encoded(body)
        headers = {} if token is None else {"X-Notion-Signature": signature(raw, token)}
        return self.client.post("/webhooks/notion/events", data=raw, headers=headers, **more)

    def sync(self, body: Any = b"", token: str | None = BEARER, **more: Any) -> TestResponse:
        return self.client.post("/sync", data=encoded(body), headers=bearer(token), **more)

    def get(self, path: str, token: str | None = BEARER, **headers: str) -> TestResponse:
        return self.client.get(path, headers={**bearer(token), **headers})

    # --- what became of it -------------------------------------------------------------------------------

    def claimed(self, page_id: str = PAGE_ID) -> Any:
        """What a worker would get, once everything has been quiet for long enough."""
        self.clock.now += 3600
        return self.ledger.pages.claim(page_id, "worker")

    @property
    def nothing_is_wanted(self) -> bool:
        backlog = self.ledger.insight.backlog()
        return (backlog.waiting, backlog.listings, self.woken.waiting, self.woken.listings) == (0, 0, [], [])


def bearer(token: str | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def encoded(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def signature(raw: bytes, token: str) -> str:
    return "sha256=" + hmac.new(token.encode(), raw, sha256).hexdigest()


# --- bodies ----------------------------------------------------------------------------------------------

IN_OLD_SHAPE = {"type": "database_id", "database_id": DATABASE}
IN_SOURCE = {"type": "data_source_id", "data_source_id": SOURCE, "database_id": DATABASE}
IN_OTHER_SOURCE = {"type": "data_source_id", "data_source_id": OTHER, "database_id": OTHER}


def automation(page_id: Any = PAGE_ID, *, event_id: str | None = "", data: Any = None, **source: Any) -> dict[str, Any]:
    """What a button sends, in the shape of the oldest API version unless `data` says otherwise; None: no event id."""
    user = {"object": "user", "id": WRITER}
    page = {
        "object": "page",
        "id": page_id,
        "created_time": "2026-11-24T10:00:00.000Z",
        "last_edited_time": "2026-11-24T12:00:00.000Z",
        "created_by": user,
        "last_edited_by": user,
        "cover": None,
        "icon": None,
        "parent": IN_OLD_SHAPE,
        "archived": False,
        "in_trash": False,
        "properties": {"Name": {"id": "title", "type": "title", "title": []}},
        "url": "https://www.notion.so/A-page-11111111111141118111111111111111",
        "public_url": None,
        "request_id": "77777777-7777-4777-8777-777777777777",
    }
    said = {"type": "automation", "automation_id": OTHER, "action_id": OTHER, "attempt": 1, **source}
    if event_id is not None:
        said["event_id"] = event_id or f"press-{next(numbers)}"
    return {"source": said, "data": {**page, **(data or {})}}


def event(kind: str, page_id: Any = PAGE_ID, *, event_id: str = "", **more: Any) -> dict[str, Any]:
    """What a subscription sends of a page in our data source."""
    said = {
        "id": event_id or f"event-{next(numbers)}",
        "timestamp": "2026-11-24T12:00:00.000Z",
        "workspace_id": OTHER,
        "workspace_name": "Magazine",
        "subscription_id": OTHER,
        "integration_id": OTHER,
        "type": kind,
        "authors": [{"id": WRITER, "type": "person"}],
        "attempt_number": 1,
        "api_version": "2026-03-11",
        "entity": {"id": page_id, "type": kind.split(".")[0]},
        "data": {"parent": {"id": DATABASE, "type": "database", "data_source_id": SOURCE}},
    }
    return {**said, **more}

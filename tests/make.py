"""Builders for the nouns of a sync: one line per thing, only what matters to the test is named."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sidecar.blocks import PageId, TextSpan
from sidecar.model import Outcome, Page, PostId, PostState, Record

PAGE_ID = PageId("11111111-1111-4111-8111-111111111111")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def page(status: str | None = "Adding", *, title: str = "A page", **more: Any) -> Page:
    values: dict[str, Any] = {
        "id": PAGE_ID,
        "url": f"https://app.notion.com/p/{PAGE_ID.replace('-', '')}",
        "title": (TextSpan(title),) if title else (),
        "status": status,
        "in_trash": False,
        "edited_at": NOON,
    }
    return Page(**{**values, **more})


def record(**more: Any) -> Record:
    values: dict[str, Any] = {
        "page_id": PAGE_ID,
        "post_id": PostId("7"),
        "link": "https://blog.example/a-page/",
        "fingerprint": "f" * 64,
        "fields_hash": "{}",
        "modified": NOON,
        "page_edited_at": NOON,
    }
    return Record(**{**values, **more})


def post(status: str = "publish", **more: Any) -> PostState:
    values: dict[str, Any] = {
        "id": PostId("7"),
        "status": status,
        "modified": NOON,
        "link": "https://blog.example/a-page/",
        "page_id": PAGE_ID,
    }
    return PostState(**{**values, **more})


def outcome(status: str = "Success", action: str = "create", **more: Any) -> Outcome:
    values: dict[str, Any] = {
        "page_id": PAGE_ID,
        "title": "A page",
        "action": action,
        "status": status,
        "page_url": "https://app.notion.com/p/x",
    }
    return Outcome(**{**values, **more})

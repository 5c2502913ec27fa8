"""What Notion sends by itself: the button's and the automation's webhook, and signed events. Payloads and the post."""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

import requests

from tests.stage.notion.content import Change, Content
from tests.stage.notion.shapes import BOT, WORKSPACE, WRITER, Json, exact
from tests.stage.notion.shown import Shown, page_url

SUBSCRIPTION = str(uuid5(NAMESPACE_URL, "subscription"))
SECONDS = 30.0


@dataclass(frozen=True)
class Delivery:
    """One webhook that was sent. `status` is 0 when nobody answered."""

    url: str
    kind: str
    body: Json
    status: int
    seconds: float


def post(url: str, kind: str, body: Json, headers: dict[str, str]) -> Delivery:
    """Sends exactly the bytes that were signed; never follows a redirect."""
    started = time.monotonic()
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.post(url, encoded(body), headers=headers, timeout=SECONDS, allow_redirects=False)
            status = answer.status_code
        except requests.RequestException:
            status = 0
    return Delivery(url, kind, body, status, time.monotonic() - started)


def encoded(body: Json) -> bytes:
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def signature(body: Json, token: str) -> str:
    return "sha256=" + hmac.new(token.encode(), encoded(body), sha256).hexdigest()


# --- the button ------------------------------------------------------------------------------------------


def automation(
    content: Content,
    page_id: str,
    *,
    button: bool = True,
    event_id: str | None = None,
    attempt: int = 1,
    properties: Collection[str] | None = None,
) -> Json:
    """The payload of "Send webhook": the page as API version 2022-06-28 has it, never its blocks.

    `properties` are those that the author of the automation ticked; by default all but buttons.
    """
    shown = Shown(content).page(page_id)
    kept = {
        name: value
        for name, value in shown["properties"].items()
        if value["type"] != "button" and (properties is None or name in properties)
    }
    source = {
        "type": "automation",
        "automation_id": str(uuid5(NAMESPACE_URL, "automation")),
        "action_id": str(uuid5(NAMESPACE_URL, "action")),
        "event_id": event_id or str(uuid4()),
        "attempt": attempt,
        **({"user_id": WRITER} if button else {}),
    }
    same = ("object", "id", "created_time", "last_edited_time", "created_by", "last_edited_by", "cover", "icon")
    data = {
        **{name: shown[name] for name in same},
        "parent": {"type": "database_id", "database_id": content.source_of(page_id).database_id},
        "archived": shown["in_trash"],
        "in_trash": shown["in_trash"],
        "properties": kept,
        "url": page_url(page_id, content.title(page_id)),
        "public_url": shown["public_url"],
        "request_id": str(uuid4()),
    }
    return {"source": source, "data": data}


# --- events ----------------------------------------------------------------------------------------------


def event(
    content: Content,
    kind: str,
    entity_id: str,
    *,
    authors: Sequence[str] = (WRITER,),
    event_id: str | None = None,
    attempt: int = 1,
    data: Json | None = None,
    entity: str | None = None,
) -> Json:
    """An event of the type `kind` (`page.content_updated`, ...). `data` is added to what it is about."""
    return {
        "id": event_id or str(uuid4()),
        "timestamp": exact(content.clock()),
        "workspace_id": WORKSPACE,
        "workspace_name": "Magazine",
        "subscription_id": SUBSCRIPTION,
        "integration_id": BOT,
        "type": kind,
        "authors": [{"id": author, "type": "bot" if author == BOT else "person"} for author in authors],
        "attempt_number": attempt,
        "api_version": "2026-03-11",
        "entity": {"id": entity_id, "type": entity or kind.split(".")[0]},
        "data": {"parent": _parent(content, entity_id), **_usual(content, kind, entity_id), **(data or {})},
    }


def _parent(content: Content, entity_id: str) -> Json:
    if entity_id in content.pages:
        source = content.source_of(entity_id)
        return {"id": source.database_id, "type": "database", "data_source_id": source.id}
    if entity_id in content.subpages:
        return {"id": content.page_of(content.blocks[entity_id]["parent"]), "type": "page"}
    return {"id": WORKSPACE, "type": "space"}


def _usual(content: Content, kind: str, entity_id: str) -> Json:
    """What events of this kind have besides, when nothing else is said."""
    if kind == "page.content_updated":
        return {"updated_blocks": [{"id": it, "type": "block"} for it in content.children.get(entity_id, [])[:1]]}
    if kind == "page.properties_updated" and entity_id in content.pages:
        source = content.source_of(entity_id)
        return {"updated_properties": [source.property_id(source.status_property)]}
    return {}


def event_of(content: Content, change: Change) -> Json:
    """The event that tells of a change."""
    data: dict[str, Any] = {}
    if change.kind == "content_updated":
        data["updated_blocks"] = [{"id": it, "type": "block"} for it in change.blocks]
    if change.kind == "properties_updated":
        data["updated_properties"] = list(change.properties)
    return event(content, f"page.{change.kind}", change.page_id, authors=(change.author,), data=data)

"""The stand-in driven from another process: `POST /_control/<name>` with the arguments as a JSON object.

curl -d '{"page_id": "...", "status": "Adding"}' http://127.0.0.1:8090/_control/set_status
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tests.stage.notion import web
from tests.stage.notion.build import paragraph
from tests.stage.notion.shapes import Json

if TYPE_CHECKING:
    from tests.stage.notion.standin import NotionStandIn


def state(notion: NotionStandIn) -> Json:
    """Everything that tests of whole processes look at."""
    with notion.content.lock:
        return {
            "url": notion.url,
            "data_source_id": notion.data_source_id,
            "database_id": notion.database_id,
            "pages": [_page(notion, page_id) for page_id in notion.content.pages],
            "comments": notion.content.comments,
            "counts": {"calls": len(notion.calls), "downloads": len(notion.downloads), "writes": len(notion.writes())},
            "violations": notion.violations,
        }


def _page(notion: NotionStandIn, page_id: str) -> Json:
    content, page = notion.content, notion.content.pages[page_id]
    texts = [name for name, kind in content.source_of(page_id).schema.items() if kind in ("rich_text", "url")]
    return {
        "id": page_id,
        "title": content.title(page_id),
        "status": content.status(page_id),
        "in_trash": page["in_trash"],
        "edited": page["edited"],
        **{name: content.said(page_id, name) for name in texts},
    }


def calls(notion: NotionStandIn) -> Json:
    return {
        "calls": [dataclasses.asdict(it) for it in list(notion.calls)],
        "downloads": [dataclasses.asdict(it) for it in list(notion.downloads)],
        "deliveries": [dataclasses.asdict(it) for it in list(notion.deliveries)],
    }


def add_page(notion: NotionStandIn, title: str, blocks: list[Any] | None = None, **more: Any) -> Json:
    """Blocks are JSON as `build` makes it; a string is a paragraph."""
    return {"page_id": notion.add_page(title, _blocks(blocks), **more)}


def edit(notion: NotionStandIn, page_id: str, blocks: list[Any] | None = None, **more: Any) -> Json:
    notion.edit(page_id, blocks=None if blocks is None else _blocks(blocks), **more)
    return {}


def _blocks(given: list[Any] | None) -> list[Json]:
    return [paragraph(it) if isinstance(it, str) else it for it in given or []]


def add_file(notion: NotionStandIn, name: str, hex: str) -> Json:
    notion.add_file(name, bytes.fromhex(hex))
    return {"url": notion.web_url(name)}


def set_status(notion: NotionStandIn, page_id: str, status: str | None) -> Json:
    notion.set_status(page_id, status)
    return {}


def trash(notion: NotionStandIn, page_id: str) -> Json:
    notion.trash(page_id)
    return {}


def restore(notion: NotionStandIn, page_id: str) -> Json:
    notion.restore(page_id)
    return {}


def unshare(notion: NotionStandIn, page_id: str) -> Json:
    notion.unshare(page_id)
    return {}


def share(notion: NotionStandIn, page_id: str) -> Json:
    notion.share(page_id)
    return {}


def press_button(notion: NotionStandIn, page_id: str, url: str, **more: Any) -> Json:
    return dataclasses.asdict(notion.press_button(page_id, url, **more))


def send_event(notion: NotionStandIn, kind: str, entity_id: str, url: str, token: str, **more: Any) -> Json:
    return dataclasses.asdict(notion.send_event(kind, entity_id, url, token, **more))


def send_verification(notion: NotionStandIn, url: str, token: str) -> Json:
    return dataclasses.asdict(notion.send_verification(url, token))


def subscribe(notion: NotionStandIn, url: str, token: str) -> Json:
    notion.subscribe(url, token)
    return {}


def add_fault(notion: NotionStandIn, match: str, kind: str = "status", **more: Any) -> Json:
    notion.faults.add(match, kind, **more)  # type: ignore[arg-type]
    return {}


def clear_faults(notion: NotionStandIn) -> Json:
    notion.faults.clear()
    return {}


def behave(notion: NotionStandIn, name: str, behaviour: str | None, **more: Any) -> Json:
    """How the web server answers for a name; none: it serves the file again."""
    if behaviour is None:
        notion.web.pop(name, None)
    else:
        notion.web[name] = web.named(behaviour, notion.content.files.get(name, b""), **more)
    return {"url": notion.web_url(name)}


def limit(notion: NotionStandIn, per_minute: int | None = None, file_lifetime: float | None = None) -> Json:
    notion.per_minute = per_minute
    notion.content.file_lifetime = notion.content.file_lifetime if file_lifetime is None else file_lifetime
    return {}


def forget(notion: NotionStandIn) -> Json:
    """Empties the logs and takes back the faults; the content stays."""
    notion.forget()
    notion.faults.clear()
    return {}


CONTROLS: Mapping[str, Callable[..., Json]] = {
    it.__name__: it
    for it in (
        state,
        calls,
        add_page,
        edit,
        add_file,
        set_status,
        trash,
        restore,
        unshare,
        share,
        press_button,
        send_event,
        send_verification,
        subscribe,
        add_fault,
        clear_faults,
        behave,
        limit,
        forget,
    )
}

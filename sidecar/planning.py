"""What a sync would do, page by page, without doing it: reads both sides, writes to neither, nor to the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sidecar import compose
from sidecar.blocks import PageId
from sidecar.gathering import check_mapping
from sidecar.listing import OVERLAP
from sidecar.model import (
    Action,
    ActionName,
    Conflict,
    Create,
    Intent,
    Json,
    Page,
    PostState,
    Record,
    Restore,
    Skip,
    Update,
    Withdraw,
)
from sidecar.parse.page import page as parse_page
from sidecar.plan import plan
from sidecar.ports import World
from sidecar.working import rules

NAMES: dict[type, ActionName] = {
    Create: "create",
    Update: "update",
    Withdraw: "withdraw",
    Restore: "restore",
    Skip: "skip",
    Conflict: "conflict",
}


@dataclass(frozen=True, slots=True)
class Intended:
    """What would happen to one page, and why."""

    page_id: PageId
    title: str
    page_url: str
    action: ActionName
    reason: str
    post_id: str | None
    post_url: str | None


def intended(world: World, pages: Sequence[PageId]) -> list[Intended]:
    """What a sync of these pages would do; of all that ask for it, when none is named."""
    check_mapping(world)
    if pages:
        return [_look(world, world.source.page(page_id), Intent.ASKED) for page_id in pages]
    since = world.ledger.jobs.last_listing() if world.config.on_edit == "update" else None
    listed = world.source.listed(since - OVERLAP if since else None)
    return [_look(world, raw, Intent.LISTED) for raw in listed]


def _look(world: World, raw: Json, intent: Intent) -> Intended:
    page = parse_page(raw, world.config.notion_status_property)
    record = world.ledger.records.get(page.id)
    post = world.blog.post(record.post_id) if record else None
    changed = compose.changed(record.fields_hash, post.fields) if record and post else ()
    action = plan(page, record, post, intent, rules(world), changed)
    return Intended(
        page_id=page.id,
        title=compose.words(page),
        page_url=page.url,
        action=NAMES[type(action)],
        reason=_reason(action, page, record, post),
        post_id=record.post_id if record else None,
        post_url=record.link if record else None,
    )


def _reason(action: Action, page: Page, record: Record | None, post: PostState | None) -> str:
    match action:
        case Skip(reason=reason):
            return reason
        case Conflict(changed=changed):
            return "edited in WordPress: " + ", ".join(changed)
        case Create():
            return "its post was deleted in WordPress" if record else "never published"
        case Update(over_conflict=True):
            return "edited in WordPress; the Notion side would be taken"
        case Withdraw():
            return "in the trash" if page.in_trash else f"status {page.status}"
        case _:
            return f"post is {post.status}" if post else ""

"""What a sync would do, page by page, without doing it: reads both sides, writes to neither, nor to the ledger."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from sidecar import compose, reading
from sidecar.blocks import PageId
from sidecar.drafting import Draft, draft, in_library, onlooking
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
FIELDS: Mapping[str, str] = {
    "post_title": "title",
    "post_content": "text",
    "post_excerpt": "excerpt",
    "terms": "categories or tags",
    "post_thumbnail": "featured image",
    "post_name": "slug",
    "post_status": "status",
    "post_date_gmt": "date",
    "post_author": "author",
    "post_password": "password",
    "sticky": "sticky",
    "comment_status": "comments",
    "page_template": "template",
    "post_format": "format",
    "custom_fields": "custom fields",
}


@dataclass(frozen=True, slots=True)
class Intended:
    """What would happen to one page, and why. `changes` and `diff` are what an update, or a consent, would write."""

    page_id: PageId
    title: str
    page_url: str
    action: ActionName
    reason: str
    post_id: str | None
    post_url: str | None
    changes: tuple[str, ...] = ()
    diff: tuple[str, ...] = ()
    """Title and text as a unified diff, line by line; empty when a reader would see no difference in them."""


def intended(world: World, pages: Sequence[PageId]) -> list[Intended]:
    """What a sync of these pages would do; of all that ask for it, when none is named."""
    check_mapping(world)
    world = onlooking(world)
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
    found = Intended(
        page_id=page.id,
        title=compose.words(page),
        page_url=page.url,
        action=NAMES[type(action)],
        reason=_reason(action, page, record, post),
        post_id=record.post_id if record else None,
        post_url=record.link if record else None,
    )
    if isinstance(action, Update | Conflict) and post is not None:
        return _compared(found, action, draft(world, page, in_library), post)
    return found


def _compared(found: Intended, action: Update | Conflict, made: Draft, post: PostState) -> Intended:
    """With what would be written; for a conflict, if the Notion side were taken."""
    is_over = isinstance(action, Conflict) or action.over_conflict
    changes = _changes(made, action.record, post, is_over)
    diff = reading.difference(_read(post.fields), _read(made.post.content)) if changes else ()
    reason = found.reason if changes or is_over else "nothing in it has changed"
    return dataclasses.replace(found, reason=reason, changes=changes, diff=tuple(diff))


def _changes(made: Draft, record: Record, post: PostState, is_over: bool) -> tuple[str, ...]:
    """The fields that would be written, in words."""
    ours = compose.claimed(made.post, record.fields_hash)
    is_same = compose.fingerprint(ours) == record.fingerprint and not is_over
    stated = compose.restated(ours, record.stated) if record.stated else {}
    names = [*(() if is_same else compose.difference(ours, post.fields)), *stated]
    return tuple(dict.fromkeys(FIELDS[name] for name in names if name in FIELDS))


def _read(fields: Mapping[str, Any]) -> list[str]:
    """Title and text as lines."""
    return [unescape(str(fields.get("post_title", ""))), "", *reading.lines(str(fields.get("post_content", "")))]


def _reason(action: Action, page: Page, record: Record | None, post: PostState | None) -> str:
    match action:
        case Skip(reason=reason):
            return reason
        case Conflict(changed=changed):
            return "edited in WordPress: " + ", ".join(FIELDS[name] for name in changed)
        case Create():
            return "its post was deleted in WordPress" if record else "never published"
        case Update(over_conflict=True):
            return "edited in WordPress; the Notion side would be taken"
        case Withdraw():
            return "in the trash" if page.in_trash else f"status {page.status}"
        case _:
            return f"post is {post.status}" if post else ""

"""What a sync would do, page by page, without doing it: reads both sides, writes to neither, nor to the ledger."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from sidecar import compose, parse, reading
from sidecar.blocks import PageId
from sidecar.drafting import Draft, draft, in_library, onlooking
from sidecar.errors import Missing
from sidecar.finding import Found, own_post
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
from sidecar.plan import consents, plan
from sidecar.ports import World
from sidecar.publishing import status_ahead, unknown
from sidecar.rerendering import EDITED, SAME, is_asked_for, is_touched, news, published, reads_the_same
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

UNKNOWN = "found by its mark; what was written to it last is not known, and it differs"


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


def rewritten(world: World, pages: Sequence[PageId]) -> list[Intended]:
    """What giving the posts of these pages, or of all, today's markup would do."""
    check_mapping(world)
    world = onlooking(world)
    return [_rewritten(world, page_id) for page_id in pages or published(world)]


def _rewritten(world: World, page_id: PageId) -> Intended:
    try:
        page = parse_page(world.source.page(page_id), world.config.notion_status_property)
    except Missing as error:
        return Intended(page_id, world.ledger.records.title(page_id), "", "skip", str(error), None, None)
    found, action, post = _decided(world, page, Intent.RERENDERED)
    if not isinstance(action, Update) or post is None:
        return found
    raw = world.source.blocks(page.id)
    if is_asked_for(world, page):
        return _compared(found, action, _drafted(world, page, action.record, post, raw), post)
    made = draft(world, page, in_library, lambda _: post.status, parse.blocks(raw))
    if is_touched(world, page, raw, action.record) and not reads_the_same(world, page, raw, post):
        return dataclasses.replace(found, action="skip", reason=EDITED)
    fields = news(compose.claimed(made.post, action.record.fields_hash), action.record, post)
    if not fields:
        return dataclasses.replace(found, action="skip", reason=SAME)
    return dataclasses.replace(found, changes=(FIELDS["post_content"],), diff=tuple(_markup_diff(post.fields, fields)))


def _markup_diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What a reader would see differently; where that is nothing, what differs in the markup."""
    was, then = (str(fields.get("post_content", "")) for fields in (before, after))
    seen = reading.difference(reading.lines(was), reading.lines(then))
    return seen or reading.difference(was.splitlines(), then.splitlines())


def _look(world: World, raw: Json, intent: Intent) -> Intended:
    page = parse_page(raw, world.config.notion_status_property)
    found, action, post = _decided(world, page, intent)
    if isinstance(action, Update | Conflict) and post is not None:
        made = _drafted(world, page, action.record, post)
        if isinstance(action, Update) and is_unknown(world, page, action.record, made, post, intent):
            action = Conflict(action.record, ())
            found = dataclasses.replace(found, action="conflict", reason=UNKNOWN)
        return _compared(found, action, made, post)
    return found


def is_unknown(world: World, page: Page, record: Record, made: Draft, post: PostState, intent: Intent) -> bool:
    """True when the post was only found by its marker, and may have been edited; not while it is being made."""
    if consents(page, record, intent, rules(world)) or world.ledger.pages.left([page.id]):
        return False
    return bool(unknown(record, made.post, post))


def _drafted(world: World, page: Page, record: Record, post: PostState, raw: Sequence[Json] | None = None) -> Draft:
    """What a sync would make of the page now."""
    tree = None if raw is None else parse.blocks(raw)
    return draft(world, page, in_library, lambda made: status_ahead(made, record, post.status), tree)


def _decided(world: World, page: Page, intent: Intent) -> tuple[Intended, Action, PostState | None]:
    """What the table says of a page, and the post that it is about."""
    record = world.ledger.records.get(page.id)
    there = own_post(world, record) if record else Found()
    post = there.post
    action = plan(page, record, post, intent, rules(world), there.changed, there.is_doubtful)
    found = Intended(
        page_id=page.id,
        title=compose.words(page),
        page_url=page.url,
        action=NAMES[type(action)],
        reason=_reason(action, page, record, post),
        post_id=record.post_id if record else None,
        post_url=record.link if record else None,
    )
    return found, action, post


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
        case Conflict(record=known, is_doubtful=True):
            return f"post {known.post_id} in WordPress is another one by now; nothing is written to it"
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

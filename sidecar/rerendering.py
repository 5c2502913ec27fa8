"""The post of a page that nobody asked for, with the markup that its blocks become today: after a renderer has changed.

What its writer has changed since it was published stays unpublished until somebody asks for the page; an edit in
WordPress stays. Only the text is written, and only where it differs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from sidecar import compose, parse, reading, summarise
from sidecar.blocks import PageId
from sidecar.drafting import draft, in_library, onlooking
from sidecar.linking import follow
from sidecar.model import Json, Outcome, Page, Post, PostState, Record
from sidecar.ports import World
from sidecar.publishing import composed, edits, expect, tell_done
from sidecar.relinking import only_content
from sidecar.working import Work

EDITED = "its page was edited since; today's markup comes with its next publication"
SAME = "its markup is the same"


def published(world: World) -> Sequence[PageId]:
    """The pages whose posts stand."""
    return [record.page_id for record in world.ledger.records.all() if record.withdrawn_from is None]


def is_asked_for(world: World, page: Page) -> bool:
    """True when the page is to be published as a whole, whatever else is wanted of it."""
    return page.status == world.config.notion_status_ready or world.config.on_edit == "update"


def rerender(work: Work, page: Page, now: PostState) -> Outcome:
    """At most one edit, of the content alone."""
    world, record = work.world, work.record
    assert record is not None
    raw = world.source.blocks(page.id)
    if is_touched(world, page, raw, record) and not reads_the_same(world, page, raw, now):
        return leave(work, EDITED)
    post, shown = composed(work, page, parse.blocks(raw), lambda _: now.status, record.fields_hash)
    fields = news(post, record, now)
    if not fields:
        return leave(work, SAME)
    expect(work, record, fields)
    work.guard()
    now = world.blog.update(now.id, fields)
    work.record = rerendered(record, post, now)
    world.ledger.records.put(work.claim, work.record, shown=shown)
    follow(work)
    tell_done(work, page)
    world.ledger.pages.complete(work.claim)
    return work.outcome("Success")


def news(post: Post, record: Record, now: PostState) -> dict[str, object]:
    """The text, when it is not what was written last. A site that changes what we write is not written to each time."""
    is_same = compose.is_same(post, record.fingerprint, record.stated)
    return {} if is_same else compose.difference(only_content(post), now.fields)


def is_touched(world: World, page: Page, raw: Sequence[Json], record: Record) -> bool:
    """True when a person may have edited the page since it was published.

    Our own marks are no edits, and leave no trace in blocks; a block that was taken out leaves one in the page only.
    """
    since = record.page_edited_at
    if since is None or any(edited > since for edited in edits(raw)):
        return True
    return page.edited_at > since and page.edited_by != world.source.bot_id()


def reads_the_same(world: World, page: Page, raw: Sequence[Json], now: PostState) -> bool:
    """True when the page as it is now would give a reader the same words, links and pictures as its post."""
    drafted = draft(onlooking(world), page, in_library, lambda _: now.status, parse.blocks(raw))
    before, after = (str(fields.get("post_content", "")) for fields in (now.fields, drafted.post.content))
    return reading.lines(before) == reading.lines(after)


def rerendered(record: Record, post: Post, now: PostState) -> Record:
    """What is known of the post after that. Properties that have changed as well are still to be published."""
    is_all = compose.is_same_beside(post, "post_content", record.fields_hash, record.stated)
    names = {*compose.written(record.fields_hash), *compose.owned(only_content(post))}
    return dataclasses.replace(
        record,
        link=now.link,
        status=now.status,
        fingerprint=compose.fingerprint(post) if is_all else record.fingerprint,
        fields_hash=compose.field_hashes(now.fields, sorted(names), record.fields_hash),
        modified=now.modified,
    )


def leave(work: Work, why: str) -> Outcome:
    work.world.ledger.pages.complete(work.claim)
    return work.outcome("Skipped", why)


def report_conflict(work: Work, changed: Sequence[str]) -> Outcome:
    """Says it in this run alone: its writer asked for nothing, so the page is not told of an error."""
    work.world.ledger.pages.complete(work.claim)
    return work.outcome("Conflict", summarise.conflict(changed, work.world.config.notion_status_ready))

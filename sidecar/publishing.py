"""A page becomes a post, or its post is brought up to date, in the order that cannot lose or double anything.

Media before the post, the post before our memory of it, memory before the status in Notion. Before every write to a
far end stands the guard of the page's lease.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sidecar import blocks, compose, parse, render, summarise
from sidecar.blocks import PageId
from sidecar.errors import Unavailable
from sidecar.ledger import Claim
from sidecar.model import (
    Intent,
    Outcome,
    Page,
    Post,
    PostState,
    Record,
)
from sidecar.ports import Mark, Scan
from sidecar.render import Context
from sidecar.uploading import Uploading, store_files
from sidecar.working import Work

STILL_WARM = 120.0
"""Seconds: an edit this close to our reading may have happened during it."""
SECOND_READING = 60.0


def publish(work: Work, page: Page, now: PostState | None, scan: Scan | None, over: bool = False) -> Outcome:
    """Blocks, files, markup, post, memory, status: the whole way of one page."""
    world = work.world
    read_at = world.now()
    raw = world.source.blocks(page.id)
    post, links = composed(work, page, parse.blocks(raw))
    is_same = work.record is not None and work.record.fingerprint == compose.fingerprint(post)
    state = create(work, post, scan) if now is None and scan is not None else update(work, post, now, over)
    remember(work, page, post, state, links)
    if work.claim.intent is Intent.REREAD and is_same:
        world.ledger.pages.complete(work.claim)
        return work.outcome("Skipped", "it was read once more, and nothing had changed")
    tell_done(work, page)
    world.ledger.pages.complete(work.claim, reread_after=second_reading(page, read_at))
    return work.outcome("Success")


def second_reading(page: Page, read_at: float) -> float | None:
    """In how many seconds to read a page again that was edited about when it was read; None when it was not.

    Notion's clock has a step of a minute, and somebody may have been typing while the blocks were fetched one by
    one: the post may be a mixture of two states. The second reading makes sure that it does not stay one.
    """
    return SECOND_READING if read_at - page.edited_at.timestamp() < STILL_WARM else None


def composed(work: Work, page: Page, tree: blocks.Blocks) -> tuple[Post, tuple[PageId, ...]]:
    world = work.world
    assert work.item_id is not None
    job = Uploading(world, page.id, work.item_id, work.guard, work.pool, work.tally)
    stored = store_files(job, render.files_to_store(tree))
    world.ledger.assets.keep(page.id, stored.assets)
    site = world.blog.site()
    rendered = render.document(
        tree,
        Context(
            media=stored.media,
            links=world.ledger.records.permalinks(),
            wordpress=version(site.version),
            time_zone=site.time_zone,
        ),
    )
    work.warnings = (*stored.warnings, *rendered.warnings)
    initial = {"post_type": world.config.wp_post_type, "post_status": world.config.wp_post_status}
    return compose.compose(page, rendered.html, initial, work.warnings), rendered.links


def version(text: str) -> tuple[int, int]:
    """The first two numbers of a WordPress version such as 6.8.2 or 7.1-beta2."""
    numbers = [int("".join(filter(str.isdigit, part)) or 0) for part in text.split(".")[:2]]
    return (numbers[0], numbers[1] if len(numbers) > 1 else 0)


def create(work: Work, post: Post, scan: Scan) -> PostState:
    """Intent stored, then a draft made, then its id stored under the fence, then the rest by edit."""
    world = work.world
    work.guard("creating", scan.newest)
    fields = {**post.content, "post_type": post.initial["post_type"]}
    try:
        state = world.blog.create(post.page_id, fields)
    except Unavailable as error:
        if not error.maybe_done:
            work.guard("idle", scan.newest)
        raise
    work.created = True
    store_id(work, unfinished(post.page_id, state))
    work.guard("created", scan.newest)
    assert work.item_id is not None
    world.ledger.jobs.note_post(work.item_id, state.id, state.link)
    return finish(work, state, {"post_status": post.initial["post_status"]})


def store_id(work: Work, record: Record) -> None:
    """The id of a post that was just made. A ledger that cannot keep it must not leave the draft behind."""
    work.record = record
    try:
        work.world.ledger.records.put(work.claim, record)
    except Unavailable:
        work.world.blog.delete(record.post_id)
        work.record = None
        raise


def unfinished(page_id: PageId, state: PostState) -> Record:
    """The record of a post that exists but is not known to be whole yet."""
    return Record(page_id, state.id, state.link, "", "", None, None)


def finish(work: Work, state: PostState, fields: Mapping[str, Any]) -> PostState:
    """Gives a post those fields that it does not have yet; its status comes with this last edit."""
    missing = {name: value for name, value in fields.items() if name != "post_status"}
    if fields.get("post_status") not in (None, state.status):
        missing["post_status"] = fields["post_status"]
    if not missing:
        return state
    work.guard()
    work.published = missing.get("post_status") == "publish"
    return work.world.blog.update(state.id, missing)


def update(work: Work, post: Post, now: PostState | None, over: bool) -> PostState:
    """Writes what differs, and nothing when nothing does."""
    record = work.record
    assert record is not None
    assert now is not None
    is_same = record.fingerprint == compose.fingerprint(post) and not over
    fields: dict[str, Any] = {} if is_same else compose.difference(post, now.fields)
    return finish(work, now, {**fields, **status_wanted(work.claim, record, now, post)})


def status_wanted(claim: Claim, record: Record, now: PostState, post: Post) -> Mapping[str, str]:
    """The status an existing post has to get: only when we, or the trash, took it away, or a create was cut short."""
    if record.withdrawn_from is not None:
        return {"post_status": record.withdrawn_from}
    was_cut_short = claim.phase in ("creating", "created") and not record.fingerprint
    if now.status == "trash" or was_cut_short:
        return {"post_status": str(post.initial["post_status"])}
    return {}


def remember(work: Work, page: Page, post: Post, state: PostState, links: tuple[PageId, ...]) -> None:
    record = Record(
        page_id=page.id,
        post_id=state.id,
        link=state.link,
        fingerprint=compose.fingerprint(post),
        fields_hash=compose.field_hashes(state.fields, list(post.content)),
        modified=state.modified,
        page_edited_at=page.edited_at,
    )
    work.record = record
    work.world.ledger.records.put(work.claim, record, compose.words(page), links)


def tell_done(work: Work, page: Page) -> None:
    """Done, link and notes, in one call; nothing when the page says all that already."""
    config = work.world.config
    assert work.record is not None
    status = config.notion_status_done if page.status != config.notion_status_done else None
    work.guard()
    work.world.source.mark(page, Mark(status, work.record.link, summarise.notes(work.warnings)))

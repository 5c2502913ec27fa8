"""One page: look at both sides, decide with `plan`, do it, in the order that cannot lose or double anything.

Media before the post, the post before our memory of it, memory before the status in Notion. Before every write to a
far end stands the guard of the page's lease. Nothing is caught here but what has a meaning of its own.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, assert_never

from sidecar import blocks, compose, parse, render, summarise
from sidecar.blocks import PageId
from sidecar.errors import Stopped, Unavailable
from sidecar.ledger import Claim, ItemId, JobId, Phase
from sidecar.model import (
    Action,
    ActionName,
    BlockWarning,
    Conflict,
    Create,
    Outcome,
    Page,
    Post,
    PostState,
    Record,
    Restore,
    Skip,
    Update,
    Withdraw,
)
from sidecar.parse.page import page as parse_page
from sidecar.plan import Rules, is_wanted, plan
from sidecar.ports import Mark, Scan, World
from sidecar.render import Context
from sidecar.running import Tally
from sidecar.uploading import Uploading, store_files

FIRST_SCAN_SECONDS = 600.0
SCANNED = "scanned posts up to"
"""Memory: every post with an id up to this one was looked at for our marker, and what it carried was adopted."""


@dataclass
class Work:
    """One attempt at one page. `created` is True when this attempt, or one before it, made the post."""

    world: World
    claim: Claim
    job_id: JobId
    pool: Executor
    tally: Tally
    page: Page | None = None
    item_id: ItemId | None = None
    action: ActionName = "skip"
    record: Record | None = None
    created: bool = False
    published: bool = False
    warnings: tuple[BlockWarning, ...] = ()

    def guard(self, phase: Phase | None = None, floor: int | None = None) -> None:
        """Goes before every write to a far end: the page is still ours, and nobody has told us to leave."""
        if self.world.stop.is_set():
            raise Stopped("The sync was stopped; the next one goes on from here.")
        self.world.ledger.pages.guard(self.claim, phase, floor)

    def outcome(self, status: Any, error: str | None = None) -> Outcome:
        page, record = self.page, self.record
        return Outcome(
            page_id=self.claim.page_id,
            title=compose.words(page) if page else "",
            action=self.action,
            status=status,
            page_url=page.url if page else "",
            post_id=record.post_id if record else None,
            post_url=record.link if record else None,
            error=error,
            warnings=self.warnings,
        )


def rules(world: World) -> Rules:
    config = world.config
    return Rules(
        ready=config.notion_status_ready,
        done=config.notion_status_done,
        withdraw=config.notion_status_withdraw,
        on_edit=config.on_edit,
        on_conflict=config.on_conflict,
    )


def act(work: Work) -> Outcome:
    """Looks at the page, decides, does it. Raises what the far ends raise."""
    page = look(work)
    ledger = work.world.ledger
    work.record = ledger.records.get(page.id)
    intent = work.claim.intent
    scan: Scan | None = None
    if work.record is None and is_wanted(page, None, intent, rules(work.world)):
        scan = look_up(work, page.id)
        work.record = ledger.records.get(page.id)
    post, changed = read_back(work)
    action = plan(page, work.record, post, intent, rules(work.world), changed)
    return carry_out(work, page, action, post, scan)


def look(work: Work) -> Page:
    """The page as the listing just gave it, or as Notion has it now; its item in this run."""
    world, claim = work.world, work.claim
    raw = claim.snapshot or world.source.page(claim.page_id)
    page = parse_page(raw, world.config.notion_status_property)
    work.page = page
    work.item_id = world.ledger.jobs.begin_item(work.job_id, page.id, compose.words(page), page.url)
    return page


def read_back(work: Work) -> tuple[PostState | None, tuple[str, ...]]:
    """The record's post as it is now, and which of our fields somebody changed since we wrote them."""
    record = work.record
    if record is None:
        return None, ()
    post = work.world.blog.post(record.post_id)
    if post is None or post.modified == record.modified:
        return post, ()
    return post, compose.changed(record.fields_hash, post.fields)


def look_up(work: Work, page_id: PageId) -> Scan:
    """Looks for a post that carries this page's marker and adopts it. Always goes before a create.

    From the newest post back to where every marker is known. Where an earlier create may still be under way, it is
    looked for several times before we believe that there is none.
    """
    floor = work.claim.create_floor
    scanned = scanned_up_to(work.world)
    above = scanned if floor is None else min(floor, scanned)
    scan = work.world.blog.find(page_id, above)
    for seconds in work.world.look_again if work.claim.phase == "creating" else ():
        if any(post.page_id == page_id for post in scan.posts):
            break
        work.world.sleep(seconds)
        scan = work.world.blog.find(page_id, above)
    remember_scan(work.world, scan)
    return scan


def scanned_up_to(world: World) -> int:
    """Up to which post id every marker is known. A ledger that knows none looks at all posts once, in one worker."""
    memory, leases = world.ledger.memory, world.ledger.leases
    while memory.get(SCANNED) is None:
        if leases.take("first scan", world.owner + threading.current_thread().name, FIRST_SCAN_SECONDS):
            if memory.get(SCANNED) is None:
                remember_scan(world, world.blog.scan(0))
            leases.give_back("first scan", world.owner + threading.current_thread().name)
        else:
            world.sleep(0.2)
    return int(memory.get(SCANNED) or 0)


def remember_scan(world: World, scan: Scan) -> None:
    """Adopts what was found. Only then is every marker up to the newest post known."""
    for post in scan.posts:
        adopt(world, post)
    known = world.ledger.memory.get(SCANNED)
    if known is None or scan.newest > int(known):
        world.ledger.memory.put(SCANNED, str(scan.newest))


def adopt(world: World, post: PostState) -> None:
    """Remembers a post that was found by its marker, unless its page has one: the oldest post wins."""
    if post.page_id is None:
        return
    record = Record(
        page_id=post.page_id,
        post_id=post.id,
        link=post.link,
        fingerprint="",
        fields_hash="",
        modified=None,
        page_edited_at=None,
    )
    world.ledger.records.adopt(record)


def carry_out(work: Work, page: Page, action: Action, post: PostState | None, scan: Scan | None) -> Outcome:
    match action:
        case Skip(reason=reason):
            work.world.ledger.pages.complete(work.claim)
            return work.outcome("Skipped", reason)
        case Create():
            work.action = "create"
            return publish(work, page, None, scan or look_up(work, page.id))
        case Update(over_conflict=over):
            work.action = "update"
            return publish(work, page, post, None, over)
        case Withdraw(record=record):
            work.action = "withdraw"
            return withdraw(work, record)
        case Restore(record=record):
            work.action = "restore"
            return restore(work, record)
        case Conflict(record=record, changed=changed):
            work.action = "conflict"
            return report_conflict(work, page, record, changed)
        case _:
            assert_never(action)


# --- publishing ------------------------------------------------------------------------------------------


def publish(work: Work, page: Page, now: PostState | None, scan: Scan | None, over: bool = False) -> Outcome:
    """Blocks, files, markup, post, memory, status: the whole way of one page."""
    world = work.world
    raw = world.source.blocks(page.id)
    post, links = composed(work, page, parse.blocks(raw))
    state = create(work, post, scan) if now is None and scan is not None else update(work, post, now, over)
    remember(work, page, post, state, links)
    tell_done(work, page)
    world.ledger.pages.complete(work.claim)
    return work.outcome("Success")


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


# --- the other actions -----------------------------------------------------------------------------------


def withdraw(work: Work, record: Record) -> Outcome:
    """Takes the post back: to draft or trash, or only in our memory when it is to be kept."""
    world, way = work.world, work.world.config.on_withdraw
    post = world.blog.post(record.post_id)
    was = post.status if post is not None and post.status != "trash" else "draft"
    if post is not None and post.status != "trash" and way != "keep":
        work.guard()
        if way == "trash":
            world.blog.trash(post.id)
        elif post.status != "draft":
            post = world.blog.update(post.id, {"post_status": "draft"})
    record = dataclasses.replace(record, withdrawn_from=was, modified=post.modified if post else record.modified)
    work.record = record
    world.ledger.records.put(work.claim, record)
    world.ledger.pages.complete(work.claim)
    return work.outcome("Success")


def restore(work: Work, record: Record) -> Outcome:
    world = work.world
    work.guard()
    post = world.blog.update(record.post_id, {"post_status": record.withdrawn_from})
    record = dataclasses.replace(record, withdrawn_from=None, link=post.link, modified=post.modified)
    work.record = record
    world.ledger.records.put(work.claim, record)
    world.ledger.pages.complete(work.claim)
    return work.outcome("Success")


def report_conflict(work: Work, page: Page, record: Record, changed: tuple[str, ...]) -> Outcome:
    """Writes nothing to the post; the page says what changed and how to consent."""
    world = work.world
    message = summarise.conflict(changed, world.config.notion_status_ready)
    world.ledger.records.put(work.claim, dataclasses.replace(record, conflicted=True))
    work.guard()
    world.source.mark(page, Mark(world.config.notion_status_error, None, message))
    world.ledger.pages.complete(work.claim)
    return work.outcome("Conflict", message)

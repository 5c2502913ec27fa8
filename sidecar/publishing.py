"""A page becomes a post, or its post is brought up to date, in the order that cannot lose or double anything.

Media before the post, the post before our memory of it, memory before the status in Notion. Before every write to a
far end stands the guard of the page's lease.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sidecar import blocks, compose, parse, render, summarise
from sidecar.blocks import PageId
from sidecar.config import Config
from sidecar.describing import describe, titles, wording
from sidecar.errors import Refused, Unavailable
from sidecar.finding import unfinished
from sidecar.gathering import gather
from sidecar.ledger import FOR_READERS, Claim, Shown
from sidecar.linking import ask_anew, follow, links_shown
from sidecar.model import BlockWarning, Fields, Intent, Json, Media, Outcome, Page, Post, PostState, Record
from sidecar.parse.page import page as parse_page
from sidecar.plan import ASKED, consents
from sidecar.ports import Mark, Scan, World
from sidecar.removing import remove_replaced
from sidecar.render import Context
from sidecar.resolving import resolve
from sidecar.since import has_moved_on
from sidecar.standing import look_at
from sidecar.uploading import Uploading, store_files
from sidecar.wanted import Wanted, property_warning
from sidecar.working import Work, rules

STILL_WARM = 120.0
"""Seconds: an edit this close to our reading may have happened during it."""
SECOND_READING = 60.0

NEVER = datetime.fromtimestamp(0, UTC)
"""The modified time of a post that could not be read back."""
TAKEN_BACK = frozenset({"draft", "trash"})
"""What a withdrawal makes of a post. One that has another status now was put back by somebody."""

AT_ONCE = frozenset({"post_name", "post_date_gmt", "post_password", "comment_status"})
"""Stated fields that WordPress takes with any new draft."""
CHOOSY = frozenset(
    {"post_author", "sticky", "page_template", "post_format", "custom_fields", "terms", "post_thumbnail"}
)
"""Fields that a site, a theme or a role may refuse, and that are not worth failing a page for."""


def publish(work: Work, page: Page, now: PostState | None, scan: Scan | None, over: bool = False) -> Outcome:
    """Blocks, files, markup, post, memory, status: the whole way of one page."""
    world = work.world
    read_at = world.now()
    raw = world.source.blocks(page.id)
    before = work.record.fields_hash if work.record is not None and now is not None else ""
    was = now.status if now is not None else ""
    post, shown = composed(work, page, parse.blocks(raw), lambda post: status_ahead(post, work.record, was), before)
    strange = unknown_to_us(work, page, post, now)
    if strange:
        return report_conflict(work, page, summarise.unknown(strange, world.config.notion_status_ready))
    was_right = now is not None and is_up_to_date(work, post, now)
    state = create(work, post, scan) if now is None and scan is not None else update(work, post, now, over)
    work.warnings = (*work.warnings, *another_slug(post, state))
    remember(work, page, post, state, shown, before)
    follow(work)
    if now is not None:
        tidy(work, page, now, state)
    if work.claim.intent is Intent.REREAD and was_right:
        world.ledger.pages.complete(work.claim)
        return work.outcome("Skipped", "it was read once more, and nothing had changed")
    is_new = is_news(work, page, was_right)
    moved_on = tell_done(work, page)
    again = 0.0 if moved_on else second_reading(page, raw, read_at)
    world.ledger.pages.complete(work.claim, reread_after=again)
    return work.outcome("Success") if is_new else work.outcome("Skipped", "nothing had changed since it was published")


def unknown_to_us(work: Work, page: Page, post: Post, now: PostState | None) -> tuple[str, ...]:
    """The fields in which a post that was only found by its marker reads otherwise than its page, while nobody agreed
    to lose that: a ledger that was lost, or restored from a backup, does not know whether somebody edited it."""
    record = work.record
    if now is None or record is None or was_cut_short(work.claim, record):
        return ()
    return () if consents(page, record, work.claim.intent, rules(work.world)) else unknown(record, post, now)


def unknown(record: Record, post: Post, now: PostState) -> tuple[str, ...]:
    """The fields of which nobody knows who wrote what is in them now, and that are others than the page's."""
    return () if record.fields_hash else compose.unlike(post, now.fields)


def report_conflict(work: Work, page: Page, message: str) -> Outcome:
    """Writes nothing to the post; the page says what changed and how to consent.

    Only what the page says makes the next Adding a consent: it is remembered after the page was told, not before.
    """
    world, record = work.world, work.record
    assert record is not None
    work.action = "conflict"
    work.guard()
    world.source.mark(page, Mark(world.config.notion_status_error, None, message))
    world.ledger.records.put(work.claim, dataclasses.replace(record, conflicted=True))
    world.ledger.records.let_be(page.id)
    world.ledger.pages.complete(work.claim)
    return work.outcome("Conflict", message)


def is_news(work: Work, page: Page, was_right: bool) -> bool:
    """False when nobody asked for the page and its post was right already. Where edits count, a listing gives each page
    once that was edited last by our own Done; an edit may have been taken back, too.

    What an earlier attempt wrote before it died or failed is news still.
    """
    claim = work.claim
    is_asked = page.status == work.world.config.notion_status_ready or claim.intent in ASKED
    return is_asked or not was_right or work.wrote or claim.attempts > 0 or claim.deaths > 0


def another_slug(post: Post, state: PostState) -> Iterator[BlockWarning]:
    """Two posts cannot have one address: WordPress gives the later one a number, in silence."""
    said = str(post.stated.get("post_name") or "")
    if re.fullmatch(rf"{re.escape(said)}-\d+", state.slug) and said:
        words = f"“{said}” is taken in WordPress, so the address of the post ends in “{state.slug}”."
        yield property_warning("Slug", words)


def tidy(work: Work, page: Page, before: PostState, now: PostState) -> None:
    """Takes the featured image that was replaced out of the library, unless something else uses it."""
    trouble = remove_replaced(work.world, work.guard, before, now)
    if trouble:
        words = f"The featured image that the post had before is still in the media library. {trouble}"
        work.warnings = (*work.warnings, BlockWarning(page.id, "featured image", words))


def is_up_to_date(work: Work, post: Post, now: PostState) -> bool:
    """True when the post shows what we wrote last, and there is nothing new to write."""
    record = work.record
    assert record is not None
    is_same = compose.is_same(post, record.fingerprint, record.stated)
    return is_same and compose.is_last(record.fields_hash, now.fields)


def second_reading(page: Page, raw: Sequence[Json], read_at: float) -> float | None:
    """In how many seconds to read a page again that was edited about when it was read; None when it was not.

    Notion's clock has a step of a minute, and somebody may have been typing while the blocks were fetched one by
    one: the post may be a mixture of two states. The second reading makes sure that it does not stay one. The page
    was perhaps seen a while before its blocks: those say themselves when they were edited.
    """
    edited = max([page.edited_at, *edits(raw)])
    return SECOND_READING if read_at - edited.timestamp() < STILL_WARM else None


def edits(raw: Sequence[Json]) -> Iterator[datetime]:
    """When each of the blocks was edited last, those inside others too."""
    for block in raw:
        if block.get("last_edited_time"):
            yield datetime.fromisoformat(block["last_edited_time"])
        yield from edits(block.get("children") or ())


def composed(
    work: Work, page: Page, tree: blocks.Blocks, ahead: Callable[[Post], str], before: str = ""
) -> tuple[Post, dict[PageId, Shown]]:
    """The post of a page, its files in the library, its names known to WordPress; and the pages that it links to.

    `ahead` gives the status that the post will have, of which it depends what it may link to.
    """
    world = work.world
    assert work.item_id is not None
    page, wanted = gather(world, page)
    job = Uploading(world, page.id, work.item_id, work.guard, work.pool, work.tally)
    files, prefix = [*render.files_to_store(tree), *wanted.files], world.config.image_alt_prefix
    stored = store_files(job, files, titles(tree, prefix))
    world.ledger.assets.keep(page.id, stored.assets)
    said = wording(tree, files, stored.media, prefix)
    untold = describe(world, work.guard, work.pool, page.id, said)
    made = resolve(world, work.guard, wanted, stored.media)
    initial = initial_fields(world.config, wanted)
    status_then = ahead(Post(page.id, {}, initial, made.stated))
    context = context_of(world, stored.media, status_then)
    rendered = render.document(tree, context)
    if look_again(work, rendered.links):
        context = context_of(world, stored.media, status_then)
        rendered = render.document(tree, context)
    work.warnings = (*stored.warnings, *untold, *rendered.warnings, *made.warnings)
    post = compose.compose(page, rendered.html, initial, work.warnings, said=made.content, stated=made.stated)
    return compose.claimed(post, before), links_shown(rendered, context)


def look_again(work: Work, linked: Sequence[PageId]) -> bool:
    """True when posts that this one leads to are not where they were: people publish, rename and delete in WordPress.
    Whatever else leads to them is put right, too."""
    changed = look_at(work.world, [page for page in linked if page != work.claim.page_id])
    for page in changed:
        work.follows = (*work.follows, *ask_anew(work.world, work.job_id, page))
    return bool(changed)


def initial_fields(config: Config, wanted: Wanted) -> Fields:
    """What a new post gets, and people may change then."""
    slug = {"post_name": wanted.first_slug} if wanted.first_slug else {}
    return {"post_type": wanted.type or config.wp_post_type, "post_status": config.wp_post_status, **slug}


def context_of(world: World, media: Mapping[str, Media], status: str) -> Context:
    """What a renderer is told of the site, and of the other pages that a post of that status may link to by now."""
    site, records = world.blog.site(), world.ledger.records
    return Context(
        media=media,
        links=records.permalinks(status),
        titles=records.titles(status),
        wordpress=version(site.version),
        time_zone=site.time_zone,
        language=site.language,
        filters=site.filters,
        alt_prefix=world.config.image_alt_prefix,
    )


def version(text: str) -> tuple[int, int]:
    """The first two numbers of a WordPress version such as 6.8.2 or 7.1-beta2."""
    numbers = [int("".join(filter(str.isdigit, part)) or 0) for part in text.split(".")[:2]]
    return (numbers[0], numbers[1] if len(numbers) > 1 else 0)


def create(work: Work, post: Post, scan: Scan) -> PostState:
    """Intent stored, then a draft made, then its id stored under the fence, then the rest by edit."""
    world = work.world
    work.guard("creating", scan.newest)
    first, rest = new_fields(post)
    try:
        state = world.blog.create(post.page_id, first)
    except Unavailable as error:
        if not error.maybe_done:
            work.guard("idle", scan.newest)
        raise
    work.created = True
    # Without its link: until the post is whole, no other page is to lead readers to it.
    store_id(work, dataclasses.replace(unfinished(post.page_id, state), link=""))
    work.guard("created", scan.newest)
    assert work.item_id is not None
    world.ledger.jobs.note_post(work.item_id, state.id, state.link)
    return finish(work, state, {**rest, "post_status": status(post)})


def new_fields(post: Post) -> tuple[Fields, Fields]:
    """What a new draft is made with, and what it gets by the edit that finishes it.

    A field that is refused must not keep the draft from being made: WordPress takes categories only for some types.
    """
    slug = {"post_name": post.initial["post_name"]} if "post_name" in post.initial else {}
    stated = {**slug, **compose.restated(post, ""), "post_type": post.initial["post_type"]}
    late = set(stated) - AT_ONCE - {"post_type"} | ({"terms"} if stated["post_type"] != "post" else set())
    fields = {**compose.claimed(post, "").content, **stated}
    first = {name: value for name, value in fields.items() if name not in late}
    return first, {name: value for name, value in fields.items() if name in late}


def status(post: Post) -> str:
    """The status that a post gets when it is made, or made again."""
    return str(post.stated.get("post_status") or post.initial["post_status"])


def status_ahead(post: Post, record: Record | None, now: str) -> str:
    """The status that a post will have when it has been written; `now` is empty while it is not there.

    Where that turns out otherwise, `follow` has its links put right.
    """
    if record is None or now in ("", "trash"):
        return status(post)
    if record.withdrawn_from is not None and now in TAKEN_BACK:
        return record.withdrawn_from
    if not record.fingerprint and now not in FOR_READERS:  # perhaps one that was cut short
        return status(post)
    said = compose.restated(post, record.stated) if record.stated else {}
    return str(said.get("post_status") or now)


def store_id(work: Work, record: Record) -> None:
    """The id of a post that was just made. A ledger that cannot keep it must not leave the draft behind."""
    work.record = record
    try:
        work.world.ledger.records.put(work.claim, record)
    except Unavailable:
        work.world.blog.delete(record.post_id)
        work.record = None
        raise


def finish(work: Work, state: PostState, fields: Mapping[str, Any]) -> PostState:
    """Gives a post those fields that it does not have yet; its status comes with this last edit."""
    missing = {name: value for name, value in fields.items() if name != "post_status"}
    if fields.get("post_status") not in (None, state.status):
        missing["post_status"] = fields["post_status"]
    if not missing:
        # A draft that could not be read back is known as it was sent, and not as WordPress keeps it.
        return state if state.modified > NEVER else work.world.blog.post(state.id) or state
    work.guard()
    return write(work, state, missing)


def write(work: Work, state: PostState, fields: Fields) -> PostState:
    """Writes fields to a post. When WordPress refuses them, the choosy ones are tried one by one, before the rest."""
    blog = work.world.blog
    choosy = {name: one for name, one in compose.apart(fields).items() if name.partition(".")[0] in CHOOSY}
    try:
        return blog.update(state.id, fields)
    except Refused:
        if not choosy or blog.post(state.id) is None:
            raise
    for name, one in choosy.items():
        work.guard()
        try:
            state = blog.update(state.id, one)
        except Refused as error:
            work.refused = (*work.refused, name)
            work.warnings = (*work.warnings, property_warning(name, f"this was not set. {error}"))
    work.guard()
    rest = {name: value for name, value in fields.items() if name not in CHOOSY}
    return blog.update(state.id, rest) if rest else state


def update(work: Work, post: Post, now: PostState | None, over: bool) -> PostState:
    """Writes what differs, and nothing when nothing does."""
    record = work.record
    assert record is not None
    assert now is not None
    is_same = record.fingerprint == compose.fingerprint(post) and compose.is_last(record.fields_hash, now.fields)
    fields: dict[str, Any] = {} if is_same and not over else compose.difference(post, now.fields)
    if fields:
        expect(work, record, fields)
    return finish(work, now, {**fields, **status_wanted(work.claim, record, now, post), **news(work, post, now)})


def expect(work: Work, record: Record, fields: Fields) -> None:
    """Remembers what is about to be written. If we die before its answer, who comes next knows it for ours, and not
    for an edit of somebody in WordPress."""
    work.record = dataclasses.replace(record, fields_hash=compose.expecting(record.fields_hash, fields))
    work.world.ledger.records.put(work.claim, work.record)


def news(work: Work, post: Post, now: PostState) -> dict[str, Any]:
    """What the page's properties state differently from when they were written last.

    Of a post that was found by its marker nobody knows what was written: there they are only remembered.
    """
    record = work.record
    assert record is not None
    if post.stated.get("post_type", now.type) != now.type:
        words = f"WordPress keeps the type that a post was made with, which is {now.type}."
        work.warnings = (*work.warnings, property_warning("Post type", words))
    is_known = bool(record.stated) or was_cut_short(work.claim, record)
    fields = compose.restated(post, record.stated) if is_known else {}
    return {name: value for name, value in fields.items() if name != "post_type"}


def status_wanted(claim: Claim, record: Record, now: PostState, post: Post) -> Mapping[str, str]:
    """The status an existing post has to get: only when we, or the trash, took it away, or a create was cut short."""
    if record.withdrawn_from is not None and now.status in TAKEN_BACK:
        return {"post_status": record.withdrawn_from}
    if now.status == "trash" or was_cut_short(claim, record):
        return {"post_status": status(post)}
    return {}


def was_cut_short(claim: Claim, record: Record) -> bool:
    """True when an earlier attempt made the post and did not come to its end."""
    return claim.phase in ("creating", "created") and not record.fingerprint


def remember(
    work: Work, page: Page, post: Post, state: PostState, shown: Mapping[PageId, Shown], before: str = ""
) -> None:
    """What was written; not what was refused, so that the next sync tries it again. `before`: the hashes until now."""
    post = compose.without(post, work.refused)
    record = Record(
        page_id=page.id,
        post_id=state.id,
        link=state.link,
        fingerprint=compose.fingerprint(post),
        fields_hash=compose.field_hashes(state.fields, compose.owned(post), before),
        modified=state.modified,
        page_edited_at=page.edited_at,
        stated=compose.statement(post),
        status=state.status,
    )
    work.record = record
    work.world.ledger.records.put(work.claim, record, compose.words(page), shown)


def was_told_otherwise(work: Work, page: Page) -> bool:
    """True when the page has another status by now, such as the one that takes its post back: Done would wipe out what
    its writer wants, and whoever comes next for this page is to see it."""
    now = parse_page(work.world.source.page(page.id), work.world.config.notion_status_property)
    return now.status != page.status


def tell_done(work: Work, page: Page) -> bool:
    """Done, link and notes, in one call; nothing when the page says all that already.

    True when the answer shows that the page's properties were changed since they were read.
    """
    config = work.world.config
    assert work.record is not None
    status = config.notion_status_done if page.status != config.notion_status_done else None
    notes = summarise.notes(work.warnings)
    if status and work.world.ledger.pages.is_wanted_anew(work.claim) and was_told_otherwise(work, page):
        status = None
    work.guard()
    now = work.world.source.mark(page, Mark(status, work.record.link, notes))
    if now is None:
        return False
    after = parse_page(now, config.notion_status_property)
    return has_moved_on(page, after, config.notion_status_property, (work.record.link, notes))

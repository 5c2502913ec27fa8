"""What is taken back: posts whose pages are withdrawn, and what an attempt that failed has made; and brought back.

Never on absence, never many posts at once without asking, never a post that somebody else has had a hand in.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence

from sidecar import compose, summarise
from sidecar.blocks import PageId
from sidecar.errors import Refused, Unavailable
from sidecar.finding import own_post, surely_own_post
from sidecar.linking import follow
from sidecar.model import (
    Intent,
    MediaId,
    Outcome,
    PostState,
    Record,
)
from sidecar.ports import World
from sidecar.publishing import TAKEN_BACK
from sidecar.working import Work

HELD_BACK = "withdrawals that were held back"
"""Memory: pages in the trash whose posts were not taken back because they were too many."""

# --- posts -----------------------------------------------------------------------------------------------


def withdraw(work: Work, record: Record) -> Outcome:
    """Takes the post back: to draft or trash, or only in our memory when it is to be kept."""
    world = work.world
    if work.claim.intent is Intent.TRASHED and not work.may_withdraw:
        # A run in one process works off what others were asked for, too: those that came together count together.
        trashed = world.ledger.pages.count(work.claim.job_id or work.job_id, Intent.TRASHED)
        if trashed > withdraw_limit(world):
            return hold_back(work, trashed)
    post = surely_own_post(world, record)
    was = status_before(work, post)
    if post is not None:
        take_back(work, post, was)
    # What a person has changed in the post meanwhile is no news to us yet: its modified time is left as it was.
    work.record = dataclasses.replace(record, withdrawn_from=was)
    world.ledger.records.put(work.claim, work.record)
    world.ledger.memory.forget(_key(work))
    follow(work)
    world.ledger.pages.complete(work.claim)
    return work.outcome("Success")


def take_back(work: Work, post: PostState, was: str) -> None:
    """Moves the post; first its status is stored, or an attempt that is cut short would make the next one forget it."""
    world, way = work.world, work.world.config.on_withdraw
    if way == "keep" or post.status in (way, "trash"):
        return
    world.ledger.memory.put(_key(work), was)
    work.guard()
    if way == "trash":
        world.blog.trash(post.id)
    else:
        world.blog.update(post.id, {"post_status": "draft"})


def status_before(work: Work, post: PostState | None) -> str:
    """The status that the post had, or had when an attempt before this one began to take it back."""
    if post is not None and post.status not in TAKEN_BACK:
        return post.status
    return work.world.ledger.memory.get(_key(work)) or "draft"


def _key(work: Work) -> str:
    return f"status of {work.claim.page_id} before withdrawal {work.claim.revision}"


def withdraw_limit(world: World) -> int:
    """How many posts one run may take back without asking: the larger of 5 and a tenth of ours."""
    limit = world.config.withdraw_limit
    return max(5, len(world.ledger.records.all()) // 10) if limit is None else limit


def hold_back(work: Work, number: int) -> Outcome:
    """Takes nothing back, because this run would take back too much. The next ask for the page looks again."""
    world = work.world
    with world.known.lock:
        pages = {*held_back(world), work.claim.page_id}
        world.ledger.memory.put(HELD_BACK, json.dumps(sorted(pages)))
    world.ledger.pages.complete(work.claim)
    return work.outcome("Deferred", summarise.too_many_withdrawals(number, withdraw_limit(world)))


def held_back(world: World) -> Sequence[PageId]:
    """The pages in the trash whose posts wait for somebody to confirm that they are to be taken back."""
    return [PageId(page_id) for page_id in json.loads(world.ledger.memory.get(HELD_BACK) or "[]")]


def restore(work: Work, record: Record, post: PostState | None) -> Outcome:
    """Gives the post back the status it had, unless somebody has given it another one meanwhile."""
    world = work.world
    assert post is not None
    if post.status in TAKEN_BACK and post.status != record.withdrawn_from:
        work.guard()
        post = world.blog.update(record.post_id, {"post_status": record.withdrawn_from})
    work.record = dataclasses.replace(record, withdrawn_from=None, link=post.link, status=post.status)
    world.ledger.records.put(work.claim, work.record)
    follow(work)
    world.ledger.pages.complete(work.claim)
    return work.outcome("Success")


# --- what an attempt has made ------------------------------------------------------------------------------


def roll_back(work: Work) -> list[str]:
    """Deletes the draft and the media that were made for this page and that nothing else uses.

    Gives the words of what kept it from doing so.
    """
    world = work.world
    known = {
        asset.media.id: asset.media.url for asset in world.ledger.assets.of_page(work.claim.page_id) if asset.media
    }
    doomed = world.ledger.assets.made_only_by(work.item_id) if work.item_id else ()
    try:
        post = left_post(work) if doomed or work.created else None
        for media_id in doomed:
            if post is None or not may_show(work, post, media_id, known.get(media_id, "")):
                work.guard()
                world.blog.delete_media(media_id)
    except (Unavailable, Refused) as error:
        return [f"What was begun could not be removed from WordPress: {error}"]
    return []


def left_post(work: Work) -> PostState | None:
    """The page's post, which stays, unless it is a draft that this page's attempts made and nobody has touched."""
    world, record = work.world, work.record
    post = own_post(world, record).post if record else None
    if record is None or post is None:
        return None
    if not work.created or post.status != "draft" or compose.changed(record.fields_hash, post.fields):
        return post
    work.guard()
    world.blog.delete(post.id)
    world.ledger.records.forget(work.claim.page_id)
    work.record = None
    return None


def may_show(work: Work, post: PostState, media_id: MediaId, url: str) -> bool:
    """True when the post shows this item of the library, or a write that nobody knows the end of may make it do so."""
    assert work.record is not None
    return compose.is_expecting(work.record.fields_hash) or compose.shows(post.fields, media_id, url)

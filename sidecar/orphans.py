"""Items of the media library that we uploaded and no post of ours shows: finding them. Nothing is removed here.

What somebody else uploaded is never looked at: only the ledger says which items there are, or may be. It knows every
upload before it begins, so that one whose answer nobody lived to hear is looked for, once it is over for certain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sidecar import compose, holding
from sidecar.errors import Stopped
from sidecar.ledger import CutShort, Upload
from sidecar.model import PostState, Record
from sidecar.ports import World
from sidecar.removing import wanted
from sidecar.uploading import turn_name

OVER_SECONDS = 3600.0
"""After so long an upload without an answer is over: what WordPress has of it by then is all that there will be."""


@dataclass(frozen=True, slots=True)
class Found:
    """The orphans. While the end of a write to one of the posts `unsettled` is not known, nothing is taken for one."""

    orphans: tuple[Upload, ...]
    unsettled: tuple[str, ...] = ()


# --- uploads that were cut short -----------------------------------------------------------------------------


def settle_uploads(world: World) -> int:
    """Finds out what became of uploads that were cut short. What is in the library is known as ours from then on; how
    many those were."""
    before = world.now() - OVER_SECONDS
    return sum(_settle_in_turn(world, one) for one in world.ledger.assets.cut_short() if one.at < before)


def _settle_in_turn(world: World, one: CutShort) -> bool:
    if world.stop.is_set():
        raise Stopped("The search for uploads that were cut short was stopped; the next one goes on.")
    name, owner = turn_name(one.sha256), f"{world.owner} {one.id}"
    if not holding.take(world, name, owner):
        return False  # its page has come back to it
    with holding.held(world, name, owner):
        return _settle(world, one)


def _settle(world: World, one: CutShort) -> bool:
    assets = world.ledger.assets
    media = world.blog.find_media(one.name)
    if media is None:
        assets.drop(one.id)
        return False
    assets.uploaded(one.id, one.sha256, media, one.size, one.made_by)
    return True


# --- items that nobody shows ---------------------------------------------------------------------------------


def find(world: World) -> Found:
    """Reads every post of ours, unless each item is of a page that is about to be published. Writes nothing."""
    uploads = world.ledger.assets.uploads()
    asked = wanted(world, {page for one in uploads for page in one.pages})
    candidates = [one for one in uploads if not one.pages & asked]
    records = world.ledger.records.all() if candidates else ()
    posts = [(record, post) for record in records if (post := _post(world, record)) is not None]
    unsettled = tuple(record.link for record, _ in posts if compose.is_expecting(record.fields_hash))
    if unsettled:
        return Found((), unsettled)
    # A page whose post somebody deleted for good shows nothing any more, whatever the ledger has kept of it.
    users = {record.page_id for record, _ in posts}
    alone = (one for one in candidates if not one.pages & users)
    return Found(tuple(one for one in alone if not _is_shown(one, [post for _, post in posts])))


def _post(world: World, record: Record) -> PostState | None:
    if world.stop.is_set():
        raise Stopped("The search was stopped. Nothing was removed.")
    return world.blog.post(record.post_id)


def _is_shown(one: Upload, posts: Sequence[PostState]) -> bool:
    return any(compose.shows(post.fields, one.media.id, one.media.url) for post in posts)

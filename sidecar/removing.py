"""Items of the media library on their way out: exactly those that we uploaded, and that nothing uses.

What somebody else uploaded is never touched: only the ledger says which items are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from sidecar import compose, holding
from sidecar.blocks import PageId
from sidecar.errors import Refused, Unavailable
from sidecar.ledger import Upload
from sidecar.model import PostState
from sidecar.ports import World
from sidecar.uploading import is_same_item, turn_name


@dataclass(frozen=True, slots=True)
class Removal:
    """What became of an orphan: it was deleted, was gone already, or was left for a reason."""

    upload: Upload
    end: Literal["deleted", "gone", "left"]
    reason: str = ""


def remove(world: World, orphans: Sequence[Upload]) -> list[Removal]:
    """Deletes these items from WordPress, then forgets them; what is in use by now is left."""
    return [_remove_in_turn(world, one) for one in orphans]


def _remove_in_turn(world: World, one: Upload) -> Removal:
    """Nobody who has the same bytes to upload looks for the item while it is on its way out."""
    name, owner = turn_name(one.sha256), f"{world.owner} {one.media.id}"
    if not holding.take(world, name, owner):
        return Removal(one, "left", "The same file is being uploaded at this moment.")
    try:
        with holding.held(world, name, owner):
            return _remove(world, one)
    except (Unavailable, Refused) as error:
        return Removal(one, "left", str(error))


def _remove(world: World, one: Upload) -> Removal:
    """1. From here on no page is given the item. 2. It is deleted. 3. It is forgotten: cut short, it is found again."""
    assets = world.ledger.assets
    if not assets.retire(one.media.id, one.pages) or wanted(world, one.pages):
        return Removal(one, "left", "A page has come to use it.")
    now = world.blog.library_item(one.media.id)
    if now is not None and not is_same_item(world, one.media, now.url):
        assets.forget(one.media.id)
        return Removal(one, "left", f"Item {one.media.id} of the library is another file by now: {now.name}.")
    was_there = now is not None and world.blog.delete_media(one.media.id)
    assets.forget(one.media.id)
    return Removal(one, "deleted" if was_there else "gone")


def wanted(world: World, pages: Collection[PageId]) -> set[PageId]:
    """Those of the pages that are about to be published."""
    return {one.page_id for one in world.ledger.pages.left(sorted(pages))}


# --- the featured image that a post had before -------------------------------------------------------------


def remove_replaced(world: World, guard: Callable[[], None], before: PostState, now: PostState) -> str:
    """Removes the featured image that a post had, if it is ours and nothing else uses it. Why it was left, if it was
    to go and did not.

    Every post is looked at, whoever wrote it; a user who does not see all of them removes nothing.
    """
    was = before.fields.get("post_thumbnail")
    if not was or was == now.fields.get("post_thumbnail"):
        return ""
    upload = next((one for one in world.ledger.assets.uploads() if one.media.id == was), None)
    if upload is None or upload.pages or compose.shows(now.fields, upload.media.id, upload.media.url):
        return ""
    try:
        if world.blog.is_shown(upload.media):
            return ""
    except (Unavailable, Refused) as error:
        return str(error)
    guard()
    return remove(world, [upload])[0].reason

"""Taking over what the system that went before has published: its posts and files become ours. Makes no post.

Each post is looked at before it is taken over, and gets our marker; nothing else of it changes. The first sync of its
page writes it anew, in block markup; what somebody changes in WordPress before that is a conflict, as ever.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sidecar import compose
from sidecar.errors import Missing, Refused
from sidecar.finding import unfinished
from sidecar.model import PostState
from sidecar.original import Original, Published, Uploaded
from sidecar.ports import World

OWNED = ("post_title", "post_content")
"""What our first writing of a post takes from it: who changed that since the take-over is asked first."""
SAVING = timedelta(minutes=2)
"""How long after the note of it the last writing of the old system may have ended."""

End = Literal["adopted", "known", "gone", "taken"]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a page: adopted, known before, its post is gone, or its post is another page's by now."""

    published: Published
    end: End
    title: str = ""
    link: str = ""
    edited_since: datetime | None = None
    """When the post was changed in WordPress, if that was after the old system wrote it last."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    pages: tuple[Taken, ...]
    files_adopted: int
    files_known: int
    files_gone: int
    last_sync: datetime | None
    running: int
    strange: tuple[str, ...]


def import_original(world: World, original: Original) -> Imported:
    """Adopts posts and files. What is known already stays as it is, so that it may be done again."""
    pages = tuple(_take(world, one) for one in original.posts)
    files = [_take_file(world, one) for one in original.files]
    return Imported(
        pages=pages,
        files_adopted=files.count("adopted"),
        files_known=files.count("known"),
        files_gone=files.count("gone"),
        last_sync=original.last_sync,
        running=original.running,
        strange=original.strange,
    )


def _take(world: World, one: Published) -> Taken:
    known = world.ledger.records.get(one.page_id)
    if known is not None:
        note = "" if known.post_id == one.post_id else f"its post is {known.post_id} here"
        return Taken(one, "known", world.ledger.records.title(one.page_id), known.link, note=note)
    post = world.blog.post(one.post_id)
    if post is None:
        return Taken(one, "gone")
    if post.page_id not in (None, one.page_id):
        return Taken(one, "taken", _title(post), post.link, note=f"it carries the marker of page {post.page_id}")
    return _adopt(world, one, post)


def _adopt(world: World, one: Published, post: PostState) -> Taken:
    """Remembered before it is signed: a post that could not be signed is still found by what we remember."""
    hashes = compose.field_hashes(post.fields, OWNED)
    record = dataclasses.replace(unfinished(one.page_id, post), fields_hash=hashes)
    world.ledger.records.adopt(record, _title(post))
    note = ""
    try:
        world.blog.sign(post.id, one.page_id)
    except (Refused, Missing) as error:
        note = f"it got no marker: {error}"
    is_edited = one.written_at is not None and post.modified > one.written_at + SAVING
    return Taken(one, "adopted", _title(post), post.link, post.modified if is_edited else None, note)


def _title(post: PostState) -> str:
    return str(post.fields.get("post_title", ""))


def _take_file(world: World, one: Uploaded) -> End:
    """A file whose item is there is not downloaded again; one whose item is gone is uploaded anew when it is needed."""
    assets = world.ledger.assets
    if assets.known(one.file.identity) is not None:
        return "known"
    media = world.blog.library_item(one.media_id)
    if media is None:
        return "gone"
    row = assets.begin(one.page_id, one.file.block_id, one.file.identity)
    assets.uploaded(row, "", media, 0, None)
    return "adopted"


def adopted(found: Imported) -> Sequence[Taken]:
    return [one for one in found.pages if one.end == "adopted"]

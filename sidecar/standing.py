"""Whether posts of ours stand where we saw them last. What WordPress says of them goes into the ledger alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sidecar.blocks import PageId
from sidecar.finding import note_move
from sidecar.model import PostState, Record
from sidecar.ports import World


def moved(posts: Sequence[PostState], records: Mapping[PageId, Record]) -> Iterator[tuple[Record, PostState]]:
    """Posts that readers find elsewhere now, or find, or do not find any more."""
    for post in posts:
        record = records.get(post.page_id) if post.page_id else None
        if record is None or record.post_id != post.id or record.withdrawn_from is not None:
            continue
        if address(record, post) != record.link or post.status != record.status:
            yield record, post


def address(record: Record, post: PostState) -> str:
    """Where a post is found; of one in the trash, where it was and will be."""
    return record.link if post.status == "trash" else post.link or record.link


def note(world: World, record: Record, post: PostState | None) -> None:
    """What is known from now on of a post that moved; None: it was deleted for good, and nothing leads to it."""
    if post is None:
        world.ledger.records.moved(record, "", record.status)
        return
    note_move(world, record.link, address(record, post))
    world.ledger.records.moved(record, address(record, post), post.status)


def look_at(world: World, page_ids: Sequence[PageId]) -> Sequence[PageId]:
    """Looks at the posts of these pages before another post is to lead to them, and gives the pages of those that
    moved. One question, where the companion plugin is; elsewhere none, and the daily comparison finds out."""
    found = (world.ledger.records.get(page_id) for page_id in page_ids)
    # One without a link is being made just now, or gone.
    records = {record.page_id: record for record in found if record is not None and record.link}
    posts = world.blog.find_all(list(records)) if records else None
    if posts is None:
        return ()
    standing = {post.id for post in posts}
    silent = (it for it in records.values() if it.withdrawn_from is None and it.post_id not in standing)
    # Somebody may only have taken our marker from it.
    lost = [(record, None) for record in silent if world.blog.post(record.post_id) is None]
    changed = [*moved(posts, records), *lost]
    for record, post in changed:
        note(world, record, post)
    return [record.page_id for record, _ in changed]

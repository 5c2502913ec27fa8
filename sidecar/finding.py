"""Posts that carry our marker: looked up before every create, adopted into the ledger. Writes nothing to WordPress."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from sidecar import compose
from sidecar.blocks import PageId
from sidecar.errors import SidecarError, Stopped
from sidecar.model import (
    PostState,
    Record,
)
from sidecar.ports import Scan, World
from sidecar.working import Work

FIRST_SCAN_SECONDS = 60.0
"""How long others wait for the first scan before they look for themselves: two scans cost calls and do no harm."""
FORMER = "where the site was before"
"""Memory: origins, from before the site moved to another domain."""
SCANNED = "scanned posts up to"
"""Memory: every post with an id up to this one was looked at for our marker, and what it carried was adopted."""


@dataclass(frozen=True, slots=True)
class Found:
    """The post of a record as it is now, None when it is gone; which of our fields somebody changed since we wrote
    them; and whether it is likely to be another post by now."""

    post: PostState | None = None
    changed: tuple[str, ...] = ()
    is_doubtful: bool = False


def own_post(world: World, record: Record) -> Found:
    """Reads the post. One that is another page's by now counts as gone.

    The content is compared even when WordPress names the same modified time: it has only seconds, and a person may
    have saved in the second of our last write.
    """
    post = world.blog.post(record.post_id)
    if post is None or compose.is_anothers(record, post):
        return Found()
    changed = changed_by_hand(world, record, post)
    return Found(post, changed, compose.is_doubtful(record, post, changed))


def changed_by_hand(world: World, record: Record, post: PostState) -> tuple[str, ...]:
    """The fields in which a post differs from what we wrote by more than the address of its site: who moves a site to
    another domain puts the new one into all posts."""
    changed = compose.changed(record.fields_hash, post.fields)
    now = compose.origin(post.link)
    for before in (compose.origin(record.link), *former_homes(world)) if changed else ():
        if before and before != now:
            as_before = compose.changed(record.fields_hash, compose.as_found_at(post.fields, before, now))
            changed = min(changed, as_before, key=len)
    return changed


def former_homes(world: World) -> Sequence[str]:
    """Where the site was before it moved, as origins."""
    return [str(one) for one in json.loads(world.ledger.memory.get(FORMER) or "[]")]


def note_move(world: World, before: str, now: str) -> None:
    """Remembers where a post was, when its whole site is elsewhere."""
    was, known = compose.origin(before), former_homes(world)
    if was and was != compose.origin(now) and was not in known:
        world.ledger.memory.put(FORMER, json.dumps([*known, was]))


def surely_own_post(world: World, record: Record) -> PostState | None:
    """The post, unless it is gone, or likely to be another one by now."""
    found = own_post(world, record)
    return None if found.is_doubtful else found.post


def look_up(work: Work, page_id: PageId) -> Scan:
    """Looks for a post that carries this page's marker and adopts it. Goes before every create, for a page that has
    no record, or one of a post that is gone.

    Where an earlier create may still be under way, it is looked for several times before we believe that there is none.
    """
    scan = look_once(work, page_id)
    for seconds in work.world.look_again if work.claim.phase == "creating" else ():
        if any(post.page_id == page_id for post in scan.posts):
            break
        work.world.sleep(seconds)
        scan = look_once(work, page_id)
    work.record = in_its_place(work, scan) or work.world.ledger.records.get(page_id)
    return scan


def look_once(work: Work, page_id: PageId) -> Scan:
    """Asks the companion plugin for the page's posts. Without it, looks from the newest post back to where every
    marker is known."""
    world, floor = work.world, work.claim.create_floor
    found = world.blog.find_all([page_id])
    if found is not None:
        adopt_each(world, found)
        return Scan(floor or 0, found)
    scanned = scanned_up_to(world)
    scan = world.blog.find(page_id, scanned if floor is None else min(floor, scanned))
    remember_scan(world, scan)
    return scan


def in_its_place(work: Work, scan: Scan) -> Record | None:
    """The record of the post that an earlier create of ours made in the place of one that was deleted for good."""
    found = next((post for post in scan.posts if post.page_id == work.claim.page_id), None)
    if work.record is None or found is None:
        return None
    record = unfinished(work.claim.page_id, found)
    work.world.ledger.records.put(work.claim, record)
    return record


def scanned_up_to(world: World) -> int:
    """Up to which post id every marker is known. A ledger that knows none looks at all posts once, in one worker."""
    memory, leases = world.ledger.memory, world.ledger.leases
    owner = world.owner + threading.current_thread().name
    while memory.get(SCANNED) is None:
        if world.stop.is_set():
            raise Stopped("The sync was stopped while it looked for posts made before.")
        if not leases.take("first scan", owner, min(FIRST_SCAN_SECONDS, world.config.lease_seconds)):
            world.sleep(0.2)
            continue
        try:
            if memory.get(SCANNED) is None:
                remember_scan(world, world.blog.scan(0))
        finally:
            leases.give_back("first scan", owner)
    return int(memory.get(SCANNED) or 0)


def adopt_listed(world: World, page_ids: Sequence[PageId]) -> None:
    """Asks once for the posts of all pages that have no record, where one question tells: after a loss of the ledger
    they need no look-up of their own then."""
    unknown = [page_id for page_id in page_ids if world.ledger.records.get(page_id) is None]
    if len(unknown) > 1:
        # Whatever keeps WordPress from answering is met again, and told of, by the pages that are worked on.
        with contextlib.suppress(SidecarError):
            adopt_each(world, world.blog.find_all(unknown) or ())


def adopt_all(world: World) -> int:
    """Looks at every post there is and adopts those that carry a marker. How many were new to us."""
    return remember_scan(world, world.blog.scan(0))


def remember_scan(world: World, scan: Scan) -> int:
    """Adopts what was found; only then is every marker up to the newest post known. How many were new to us.

    Where the newest post is older than one that was seen before, that one was deleted, or WordPress was restored from a
    backup and gives its id anew: no more is known then than up to the newest there is.
    """
    adopted = adopt_each(world, scan.posts)
    newest = str(scan.newest)
    if world.ledger.memory.get(SCANNED) != newest:
        world.ledger.memory.put(SCANNED, newest)
    return adopted


def adopt_each(world: World, posts: Sequence[PostState]) -> int:
    """Adopts posts in order of id, those in the trash last. How many were new to us."""
    return sum(adopt(world, post) for post in sorted(posts, key=lambda post: post.status == "trash"))


def adopt(world: World, post: PostState) -> bool:
    """Remembers a post that was found by its marker, unless its page has one: the oldest post wins."""
    if post.page_id is None:
        return False
    return world.ledger.records.adopt(unfinished(post.page_id, post))


def unfinished(page_id: PageId, post: PostState) -> Record:
    """The record of a post that exists but is not known to be whole."""
    return Record(page_id, post.id, post.link, "", "", None, None, status=post.status)

"""The daily comparison of Notion, the ledger and WordPress: what events, sweeps and dead workers may have missed.

Looks first, then acts, and only on evidence: a page that is in the trash, a draft that is ours beyond doubt. What is
merely absent is written down. Nothing is ever deleted here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sidecar.blocks import PageId
from sidecar.errors import Missing, Stopped
from sidecar.finding import own_post, remember_scan
from sidecar.ledger import JobId, Trigger, Waiting
from sidecar.linking import ask_anew
from sidecar.model import Intent, Json, Outcome, PostState, Record
from sidecar.orphans import settle_uploads
from sidecar.ports import World
from sidecar.publishing import NEVER
from sidecar.standing import moved, note
from sidecar.stepping import settle, turn
from sidecar.tidying import tidy

TYPE = "comparison"

BEGINNING = datetime(2016, 1, 1, tzinfo=UTC)
"""No page is older than Notion."""
BORN_TOGETHER = timedelta(minutes=15)
"""Two posts of one page that two workers made in a race are no further apart than a lease and the longest call."""
CHANGE_OF_CLOCKS = timedelta(hours=2)
"""What WordPress may be wrong by about when a draft was modified: it keeps its local time alone."""
SETTLED = timedelta(hours=1)
"""A draft that was touched since is somebody's, or still being made."""
QUIET = 5.0
"""Seconds before the first withdrawal, so that all of them are counted when it asks whether they are too many."""

LEFTOVER = "A draft that a worker left behind when it died, beside the post {post}, was moved to WordPress's trash."
ANOTHER = "WordPress has another post that carries this page's id: {link}. Delete it there if nobody needs it."
UNSHOWN = "Notion does not show this page any more; it may be deleted or unshared. Its post was left as it is."
GONE = "Its post was deleted in WordPress. Set the page to {ready} to publish it again."
OLDER = (
    "WordPress shows an older state of its post than was written last. Was WordPress restored from a backup? "
    "Set the page to {ready} to bring it up to date."
)
OTHER = (
    "Post {post} in WordPress is not this page's any more: it has another marker, or none and another title and text. "
    "Was WordPress restored from a backup? Nothing is written to it. Set the page to {ready} to publish it anew."
)


@dataclass(frozen=True)
class Note:
    """Something about a page that is to be written down, and the draft to put away, if it is about one."""

    page_id: PageId
    words: str
    record: Record
    leftover: PostState | None = None
    is_gone: bool = False
    """Its post was deleted for good, or is another page's by now: nothing is to lead to it."""


@dataclass(frozen=True)
class Differences:
    """What was found, before anything is done about it."""

    trashed: Sequence[PageId] = ()
    """Pages in Notion's trash whose posts still stand."""
    notes: Sequence[Note] = ()
    moved: Sequence[tuple[Record, PostState | None]] = ()
    """Posts that have another address or status than they had, such as drafts that somebody published; None for those
    that were deleted for good."""


def compare(world: World, slot: str) -> Sequence[Waiting]:
    """One comparison for each slot, such as a day: asked again, it does nothing. Gives the pages to wake."""
    with turn(world, TYPE) as is_ours:
        if not is_ours or world.ledger.memory.get(TYPE) == slot:
            return ()
        waiting = act(world, look(world))
        settle_uploads(world)
        tidy(world)
        world.ledger.memory.put(TYPE, slot)
        return waiting


# --- look ------------------------------------------------------------------------------------------------


def look(world: World) -> Differences:
    """Asks both sides for everything of ours. What carries our marker and was not known is adopted."""
    scan = world.blog.scan(0)
    remember_scan(world, scan)
    records = {record.page_id: record for record in world.ledger.records.all()}
    shown = {raw["id"] for raw in world.source.listed(BEGINNING)}
    silent = [record for record in records.values() if record.withdrawn_from is None and record.page_id not in shown]
    trashed, unshown = evidence(world, silent)
    lost = tuple(gone(world, scan.posts, records))
    notes = (*unshown, *strays(world, scan.posts, records), *lost, *older(world, scan.posts, records))
    return Differences(
        trashed, notes, (*moved(scan.posts, records), *((one.record, None) for one in lost if one.is_gone))
    )


def evidence(world: World, silent: Sequence[Record]) -> tuple[Sequence[PageId], Sequence[Note]]:
    """Asks Notion for each page that no listing shows: those in its trash, and those it does not show at all."""
    trashed, unshown = [], []
    for record in silent:
        if world.stop.is_set():
            raise Stopped("The comparison was stopped; the next one begins anew.")
        raw = _page(world, record.page_id)
        if raw is None:
            unshown.append(Note(record.page_id, UNSHOWN, record))
        elif raw.get("in_trash") is True:
            trashed.append(record.page_id)
    return trashed, unshown


def _page(world: World, page_id: PageId) -> Json | None:
    try:
        return world.source.page(page_id)
    except Missing:
        return None


def strays(world: World, posts: Sequence[PostState], records: dict[PageId, Record]) -> Iterator[Note]:
    """Posts with the marker of a page whose post is another one. That one has to stand, or this one may be needed."""
    standing = {post.id for post in posts}
    for post in posts:
        record = records.get(post.page_id) if post.page_id else None
        if record is None or post.id == record.post_id or post.status == "trash" or record.post_id not in standing:
            continue
        if is_leftover(world, post):
            yield Note(record.page_id, LEFTOVER.format(post=record.link), record, post)
        else:
            yield Note(record.page_id, ANOTHER.format(link=post.link), record)


def is_leftover(world: World, post: PostState) -> bool:
    """True for a draft that nobody touched and that was made when we made this page's post.

    People copy posts, and some plugins copy the marker too: such a copy is younger, or was worked on.
    """
    assert post.page_id is not None
    made_at = world.ledger.records.made_at(post.page_id)
    if post.status != "draft" or made_at is None:
        return False
    age = datetime.fromtimestamp(world.now(), UTC) - post.modified
    return abs(post.modified - made_at) < BORN_TOGETHER and age > SETTLED


def gone(world: World, posts: Sequence[PostState], records: dict[PageId, Record]) -> Iterator[Note]:
    """Records whose post no longer exists: asked for one by one, since somebody may only have removed the marker."""
    standing = {(post.page_id, post.id) for post in posts}
    ready = world.config.notion_status_ready
    for record in records.values():
        if record.withdrawn_from is not None or (record.page_id, record.post_id) in standing:
            continue
        found = own_post(world, record)
        if found.post is None and world.blog.post(record.post_id) is None:
            yield Note(record.page_id, GONE.format(ready=ready), record, is_gone=True)
        elif found.post is None or found.is_doubtful:
            words = OTHER.format(post=record.post_id, ready=ready)
            yield Note(record.page_id, words, record, is_gone=found.post is None)


def older(world: World, posts: Sequence[PostState], records: dict[PageId, Record]) -> Iterator[Note]:
    """Posts that were modified last before we wrote them last: time does not go back in WordPress by itself."""
    for post in posts:
        record = records.get(post.page_id) if post.page_id else None
        if record is None or record.post_id != post.id or not record.modified or post.modified <= NEVER:
            continue
        if post.modified < record.modified - CHANGE_OF_CLOCKS and record.withdrawn_from is None:
            yield Note(record.page_id, OLDER.format(ready=world.config.notion_status_ready), record)


# --- act -------------------------------------------------------------------------------------------------


def act(world: World, found: Differences) -> Sequence[Waiting]:
    """Asks for withdrawals and for links to be put right, puts leftovers away, writes the rest down: one run, if there
    is anything at all."""
    for record, post in found.moved:
        note(world, record, post)
    waiting = [ask(world, page_id) for page_id in found.trashed]
    waiting += ask_anew(world, run=TYPE)
    if not waiting and not found.notes:
        return ()
    job_id = world.ledger.jobs.join(TYPE)
    for one in found.notes:
        if one.leftover is not None:
            world.blog.trash(one.leftover.id)
        write_down(world, job_id, one)
    settle(world, job_id)
    return [one for one in waiting if one is not None]


def ask(world: World, page_id: PageId) -> Waiting | None:
    event = f"{world.owner} {world.now()} {page_id}"
    return world.ledger.pages.accept(Trigger(page_id, Intent.TRASHED, TYPE, event, quiet=QUIET), run=TYPE).waiting


def write_down(world: World, job_id: JobId, note: Note) -> None:
    record, jobs = note.record, world.ledger.jobs
    title = world.ledger.records.title(note.page_id)
    item = jobs.begin_item(job_id, note.page_id, title, "")
    outcome = Outcome(
        page_id=note.page_id,
        title=title,
        action="skip",
        status="Skipped",
        post_id=record.post_id,
        post_url=record.link,
        error=note.words,
    )
    jobs.finish_item(item, outcome, 0)

"""The post of a page whose links to other pages are out of date: those are put right, and nothing else is published.

Nobody asked for this page: what its writer has changed since it was published stays unpublished until somebody does.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from sidecar import compose, parse, render
from sidecar.blocks import Blocks, FileRef
from sidecar.drafting import Shelf, Shelve, draft, onlooking
from sidecar.linking import follow
from sidecar.markup import Html
from sidecar.model import Outcome, Page, Post, PostState, Record
from sidecar.ports import World
from sidecar.publishing import context_of, expect, tell_done
from sidecar.uploading import not_taken_over
from sidecar.working import Work

EDITED = (
    "links in its post are out of date; its page was edited since, or its markup would be another today: "
    "all of it comes with its next publication"
)


def relink(work: Work, page: Page, now: PostState) -> Outcome:
    """At most one edit, of the content alone."""
    world, record = work.world, work.record
    assert record is not None
    tree = parse.blocks(world.source.blocks(page.id))
    was = as_it_was(work, tree)
    if not compose.is_as_written(record.fields_hash, "post_content", str(was)):
        return leave(work, EDITED)
    drafted = draft(onlooking(world), page, known_files(work), lambda _: now.status, tree)
    work.warnings = drafted.post.warnings
    fields = compose.difference(only_content(drafted.post), now.fields)
    if fields:
        expect(work, record, fields)
        work.guard()
        now = world.blog.update(now.id, fields)
    work.record = relinked(record, drafted.post, was, now)
    world.ledger.records.put(work.claim, work.record, shown=drafted.shown)
    follow(work)
    tell_done(work, page)
    world.ledger.pages.complete(work.claim)
    return work.outcome("Success") if fields else work.outcome("Skipped", "its links are right")


def as_it_was(work: Work, tree: Blocks) -> Html:
    """The page as it is now, rendered with the links that its post shows: the same as the post, if nobody edited it."""
    world = work.world
    shown = world.ledger.records.shown(work.claim.page_id)
    shelf = known_files(work)(world, render.files_to_store(tree))
    context = dataclasses.replace(
        context_of(world, shelf.media, ""),
        links={page: one.link for page, one in shown.items() if one.link},
        titles={page: one.title for page, one in shown.items() if one.title},
    )
    return render.document(tree, context).html


def known_files(work: Work) -> Shelve:
    """The files that the page's post shows. Nothing is fetched; of one that was not taken over it is said again."""
    assets = {asset.identity: asset for asset in work.world.ledger.assets.of_page(work.claim.page_id)}

    def shelve(world: World, files: Sequence[FileRef]) -> Shelf:
        known = {file.identity: world.ledger.assets.known(file.identity) for file in files}
        lost = [file for file in files if file.identity in assets and assets[file.identity].error]
        notes = [not_taken_over(file, assets[file.identity].error) for file in lost]
        return Shelf({identity: media for identity, media in known.items() if media is not None}, tuple(notes))

    return shelve


def only_content(post: Post) -> Post:
    """The post with nothing but its text."""
    return dataclasses.replace(post, content={"post_content": post.content["post_content"]})


def relinked(record: Record, post: Post, was: Html, now: PostState) -> Record:
    """What is known of the post after that. Where the page's properties have changed as well, they are still to come:
    the fingerprint is left as it was then, so that the next publication compares everything."""
    before = dataclasses.replace(post, content={**post.content, "post_content": str(was)})
    is_all = compose.is_same(before, record.fingerprint, record.stated)
    names = {*compose.written(record.fields_hash), *compose.owned(only_content(post))}
    return dataclasses.replace(
        record,
        link=now.link,
        status=now.status,
        fingerprint=compose.fingerprint(post) if is_all else record.fingerprint,
        fields_hash=compose.field_hashes(now.fields, sorted(names), record.fields_hash),
        modified=now.modified,
    )


def leave(work: Work, why: str) -> Outcome:
    """The post stays as it is, and is not come back to until one of those pages changes again."""
    work.world.ledger.records.let_be(work.claim.page_id)
    work.world.ledger.pages.complete(work.claim)
    return work.outcome("Skipped", why)

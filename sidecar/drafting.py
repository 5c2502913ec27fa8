"""The post that a page would become. Both sides are read; nothing is written to either, nor to the ledger."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sidecar import compose, parse, render
from sidecar.blocks import Blocks, FileRef, PageId
from sidecar.gathering import gather
from sidecar.ledger import Shown
from sidecar.linking import links_shown
from sidecar.model import BlockWarning, Media, MediaId, Page, Post
from sidecar.naming import Naming
from sidecar.ports import Known, Term, World
from sidecar.publishing import context_of, initial_fields
from sidecar.resolving import fields
from sidecar.wanted import Wanted

NO_ID = MediaId("0")
"""The id of a file that is not in the library."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The files of a page by identity, as they are to stand in the draft, and what is to be said of them."""

    media: Mapping[str, Media]
    warnings: tuple[BlockWarning, ...] = ()
    problems: tuple[str, ...] = ()
    """What would keep the page from being published."""


Shelve = Callable[[World, Sequence[FileRef]], Shelf]


@dataclass(frozen=True, slots=True)
class Draft:
    """`page` has its whole title. `post.warnings` are those that a sync would leave."""

    page: Page
    wanted: Wanted
    post: Post
    shelf: Shelf
    shown: Mapping[PageId, Shown]
    """The pages that the post links to, as it shows them."""


class Guessing(Naming):
    """Names terms without making them: one that is missing has an id that no term has."""

    def __init__(self, world: World) -> None:
        super().__init__(world, lambda: None)
        self._made_up = 0

    def create(self, taxonomy: str, name: str, parent: Term | None) -> Term:
        self._made_up += 1
        term = Term(str(-self._made_up), name, parent.id if parent else "0")
        self.known(taxonomy).append(term)
        return term

    @contextlib.contextmanager
    def turn(self, _: str) -> Iterator[None]:
        """Who makes nothing need not wait."""
        yield


def onlooking(world: World) -> World:
    """The same world for who only looks: terms that it makes up are kept to itself."""
    return dataclasses.replace(world, known=Known())


def draft(world: World, page: Page, shelve: Shelve, ahead: Callable[[Post], str], tree: Blocks | None = None) -> Draft:
    """The whole way of a page that a sync goes, as far as it goes without writing. `ahead`: as for `composed`."""
    page, wanted = gather(world, page)
    tree = parse.blocks(world.source.blocks(page.id)) if tree is None else tree
    shelf = shelve(world, [*render.files_to_store(tree), *wanted.files])
    made = fields(Guessing(world), wanted, shelf.media)
    initial = initial_fields(world.config, wanted)
    context = context_of(world, shelf.media, ahead(Post(page.id, {}, initial, made.stated)))
    rendered = render.document(tree, context)
    warnings = (*shelf.warnings, *rendered.warnings, *made.warnings)
    post = compose.compose(page, rendered.html, initial, warnings, said=made.content, stated=made.stated)
    return Draft(page, wanted, post, shelf, links_shown(rendered, context))


def in_library(world: World, files: Sequence[FileRef]) -> Shelf:
    """Files that were uploaded before, and a stand-in for each that a sync would upload. Nothing is downloaded."""
    media = {file.identity: world.ledger.assets.known(file.identity) or _new(file) for file in files}
    return Shelf(media)


def _new(file: FileRef) -> Media:
    name = file.name or file.kind
    return Media(NO_ID, f"new:{name}", name=name)

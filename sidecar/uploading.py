"""The files of a page -> items of the media library: known ones are reused, new ones fetched, prepared, uploaded.

Each of them is a row of the ledger before anything happens, and the same bytes are uploaded once, whoever comes
first. What a file's bytes become is decided in `prepare`; where they stand in the post, in `render`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, wait
from dataclasses import dataclass
from urllib.parse import urlsplit

from sidecar import holding, prepare
from sidecar.blocks import FileRef, PageId
from sidecar.errors import Forbidden, LostLease, NotStored, Refused, SidecarError, Stopped, TooLarge, Unavailable
from sidecar.ledger import AssetId, ItemId
from sidecar.model import BlockWarning, Media, Prepared
from sidecar.ports import World
from sidecar.running import Tally

TURN_STEP = 0.2
PLACES = tuple(f"place {number} of 4 for an upload" for number in range(1, 5))
"""So many files at a time go to a site, from all processes together: its PHP has readers to serve as well."""
TRIES = 3
"""So many times a file is sent that WordPress does not store."""
NONE: Mapping[str, str] = {}


@dataclass(frozen=True)
class Uploading:
    """What the upload of one page's files needs. `guard` raises when the page is no longer ours."""

    world: World
    page_id: PageId
    item_id: ItemId
    guard: Callable[[], None]
    pool: Executor
    tally: Tally


@dataclass(frozen=True)
class Stored:
    """The library items of a page by file identity, and what could not be stored but need not stop the page."""

    media: Mapping[str, Media]
    warnings: tuple[BlockWarning, ...]
    assets: tuple[AssetId, ...]


def store_files(job: Uploading, files: Sequence[FileRef], titles: Mapping[str, str] = NONE) -> Stored:
    """Every file of a page in the library. Raises the first error of an image only after all uploads have ended.

    `titles` are better names than those that the files have, by their identity.
    """
    wanted = {file.identity: file for file in reversed(files)}
    forget_deleted(job.world, wanted)
    rows = {file: job.world.ledger.assets.begin(job.page_id, file.block_id, file.identity) for file in wanted.values()}
    called = {file: titles.get(file.identity) or file.name for file in rows}
    futures = {file: job.pool.submit(_store, job, file, called[file], row) for file, row in rows.items()}
    wait(futures.values())
    media: dict[str, Media] = {}
    warnings: list[BlockWarning] = []
    for file, future in futures.items():
        error = future.exception()
        if error is None:
            media[file.identity], notes = future.result()
            warnings += (BlockWarning(file.block_id, file.kind, note) for note in notes)
        elif isinstance(error, TooLarge) or (isinstance(error, Refused) and file.kind != "image"):
            warnings.append(not_taken_over(file, error))
        else:
            raise error
    return Stored(media, tuple(warnings), tuple(rows.values()))


def forget_deleted(world: World, identities: Iterable[str]) -> None:
    """Of files that became items of the library once, those that somebody deleted there are new to us again; so are
    those whose id belongs to another file by now, as after WordPress was restored from a backup."""
    assets = world.ledger.assets
    known = {one.id: one for identity in identities if (one := assets.known(identity)) is not None}
    there = world.blog.there(list(known)) if known else {}
    for media_id, one in known.items():
        if media_id not in there or not is_same_item(world, one, there[media_id]):
            assets.lost(media_id)
        elif one.url != there[media_id] and has_moved_here(world, one.url, there[media_id]):
            assets.moved(media_id, there[media_id])


def is_same_item(world: World, known: Media, url: str) -> bool:
    """True when the item at this address is the one that we know. Plugins rename files: what is in it decides then."""
    if prepare.is_called_alike(known.url, url):
        return True
    now = world.blog.library_item(known.id)
    shape = (known.mime, known.width, known.height)
    return now is not None and known.width is not None and (now.mime, now.width, now.height) == shape


def has_moved_here(world: World, before: str, now: str) -> bool:
    """True when the whole site is found under another name than it was. A file that a plugin alone takes elsewhere, or
    names otherwise in one answer than in the other, has not moved."""
    home = urlsplit(world.blog.site().url).hostname
    return urlsplit(before).hostname != home == urlsplit(now).hostname


def not_taken_over(file: FileRef, why: object) -> BlockWarning:
    return BlockWarning(file.block_id, file.kind, f"The {file.kind} was not taken over: {why}")


def _store(job: Uploading, file: FileRef, title: str, row: AssetId) -> tuple[Media, Sequence[str]]:
    """The library item of one file, and what was lost on its way there."""
    known = job.world.ledger.assets.reuse(row, identity=file.identity)
    if known is not None:
        return known, ()
    try:
        return _store_new(job, file, title, row)
    except (LostLease, Stopped):
        raise  # nothing is wrong with the file, and its row may be somebody else's by now
    except SidecarError as error:
        job.world.ledger.assets.failed(row, str(error))
        raise


def _store_new(job: Uploading, file: FileRef, title: str, row: AssetId) -> tuple[Media, Sequence[str]]:
    job.guard()
    ready = prepared(job.world, file)
    try:
        return _upload_in_turn(job, title, row, ready), ready.notes
    except TooLarge as error:
        smaller = prepare.smaller(ready, error.most, _options(job.world)) if ready.mime.startswith("image/") else None
        if smaller is None:
            raise
    return _upload_in_turn(job, title, row, smaller), smaller.notes


def _upload_in_turn(job: Uploading, title: str, row: AssetId, ready: Prepared) -> Media:
    with _turn(job.world, [turn_name(ready.sha256)], row):
        return _upload(job, prepare.name(ready, title), row, ready)


def prepared(world: World, file: FileRef) -> Prepared:
    """A file as it goes into the library."""
    return _prepare(world, file, _download(world, file))


@contextlib.contextmanager
def _turn(world: World, names: Sequence[str], row: AssetId) -> Iterator[None]:
    """The first of these turns that is free, in the name of one file."""
    owner = f"{world.owner} {row}"
    while (name := next((one for one in names if holding.take(world, one, owner)), None)) is None:
        if world.stop.is_set():
            raise Stopped("The sync was stopped while it waited for an upload.")
        world.sleep(TURN_STEP)
    with holding.held(world, name, owner):
        yield


def turn_name(sha256: str) -> str:
    """The name of the turn of whoever looks for these bytes in the library, adds them or takes them out.

    Who comes second finds them there.
    """
    return f"upload {sha256}"


def _download(world: World, file: FileRef) -> bytes:
    """The bytes of a file; a signed link that has run out is asked for again, once."""
    limit = world.config.media_max_bytes
    try:
        return world.web.download(file.url, limit).data
    except Forbidden:
        if not file.hosted:
            raise
    return world.web.download(world.source.fresh_file(file).url, limit).data


def _prepare(world: World, file: FileRef, data: bytes) -> Prepared:
    """A picture is one in a file block, too: there as well it may say where it was taken."""
    if file.kind == "image" or (file.kind == "file" and prepare.is_picture(data)):
        return prepare.image(data, _options(world))
    return prepare.file(data, file.name)


def _options(world: World) -> prepare.ImageOptions:
    config = world.config
    return prepare.ImageOptions(
        max_side=config.image_max_pixels_side,
        quality=config.image_quality,
        target=config.image_format,
        keeps_avif=world.blog.site().takes_avif,
    )


def _upload(job: Uploading, name: str, row: AssetId, prepared: Prepared) -> Media:
    ledger, blog = job.world.ledger, job.world.blog
    known = ledger.assets.reuse(row, sha256=prepared.sha256)
    if known is not None:
        return known
    media = blog.find_media(name)
    # An upload that was cut short left what is found here: it is ours, and not a stranger's of the same name.
    made_by = ledger.assets.sender(prepared.sha256)
    if media is None:
        with _turn(job.world, PLACES, row):
            job.guard()
            ledger.assets.sending(row, prepared.sha256, name, len(prepared.data), job.item_id)
            media = _stored(job, name, prepared)
        made_by = job.item_id
        job.tally.add_upload(len(prepared.data))
        twin = ledger.assets.reuse(row, sha256=prepared.sha256)
        if twin is not None and twin.id != media.id:
            # We were away for longer than our turn, and somebody else has uploaded these bytes: ours are one too many.
            blog.delete_media(media.id)
            return twin
    ledger.assets.uploaded(row, prepared.sha256, media, len(prepared.data), made_by)
    return media


def _stored(job: Uploading, name: str, prepared: Prepared, tries: int = TRIES) -> Media:
    """Sends a file, and again when WordPress could not store it: to the first files of a month that come at the same
    time it says that their folder cannot be made, because one of them is just making it. Nothing is stored then; all
    the same it is looked up first."""
    try:
        return _upload_once(job.world, name, prepared)
    except NotStored:
        media = job.world.blog.find_media(name)
        if media is not None:
            return media
        if tries == 1:
            raise
    job.guard()
    return _stored(job, name, prepared, tries - 1)


def _upload_once(world: World, name: str, prepared: Prepared) -> Media:
    """Sends a file. When the answer is lost it is looked up by its name, for a while, and never sent again here."""
    try:
        return world.blog.upload(name, prepared.data, prepared.mime)
    except Unavailable as error:
        if not error.maybe_done:
            raise
        for seconds in (0.0, *world.look_again):
            world.sleep(seconds)
            media = world.blog.find_media(name)
            if media is not None:
                return media
        raise

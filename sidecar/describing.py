"""What the media library says of the files of a page: title, caption, description, alternative text.

Where several pages show one item, its words are those of the page that came to use it first; on that page, those of
the first place that has a caption. Only what changed in Notion is written: what people write in WordPress stays.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from hashlib import sha256

from sidecar import compose
from sidecar.blocks import Blocks, FileRef, MediaBlock, PageId, Text, plain, walk
from sidecar.errors import Missing, Refused, Unavailable
from sidecar.model import BlockWarning, Media, MediaId
from sidecar.ports import World
from sidecar.render.captions import shown_and_spoken

TITLE_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a library item as WordPress takes them. `block_id` is where they were said; `has_own_alt` is True
    when the alternative text is a line of its own, and not the caption's words."""

    title: str
    caption: str
    description: str
    alt: str
    block_id: str = ""
    has_own_alt: bool = False


TOLD = ("title", "caption", "description", "alt")


# --- deciding ----------------------------------------------------------------------------------------------


def titles(tree: Blocks, prefix: str) -> Mapping[str, str]:
    """What to call the files that have a caption, by their identity."""
    found: dict[str, str] = {}
    for it in _media_blocks(tree):
        title = _first_line(_shown(it.file, it.caption, prefix))
        if title:
            found.setdefault(it.file.identity, title)
    return found


def wording(tree: Blocks, files: Sequence[FileRef], media: Mapping[str, Media], prefix: str) -> Mapping[MediaId, Words]:
    """The words for each item of a page. `files` are all of its files, those that no block shows too."""
    found: dict[MediaId, Words] = {}
    places = [(it.file, it.caption) for it in _media_blocks(tree) if plain(it.caption).strip()]
    for file, caption in [*places, *((file, ()) for file in files)]:
        known = media.get(file.identity)
        if known is not None and known.id not in found:
            found[known.id] = words(file, caption, known, prefix)
    return found


def words(file: FileRef, caption: Text, known: Media, prefix: str) -> Words:
    """The words for one item.

    Its description holds the file's name: the search of XML-RPC finds an item by nothing else once it has a title.
    """
    shown, spoken = shown_and_spoken(caption, prefix) if file.kind == "image" else (caption, "")
    said = plain(shown).strip()
    own = spoken if shown is not caption else ""
    return Words(
        title=compose.as_typed(_first_line(said) or _stem(file.name) or _stem(known.name)),
        caption=compose.as_typed(said),
        description=compose.as_typed("\n\n".join(filter(None, (own, known.name)))),
        alt=spoken,
        block_id=file.block_id,
        has_own_alt=bool(own),
    )


def news(said: Words, described: str, *, takes_alt: bool) -> dict[str, str]:
    """What the library has to be told, when `described` was noted last. An empty text that was never set is no news."""
    known = json.loads(described or "{}")
    fields: dict[str, str] = {name: getattr(said, name) for name in TOLD if takes_alt or name != "alt"}
    return {
        name: value for name, value in fields.items() if (value or name in known) and known.get(name) != _hash(value)
    }


def noted(described: str, told: Mapping[str, str]) -> str:
    """What is known to have been told: JSON of field to hash."""
    return json.dumps({**json.loads(described or "{}"), **{name: _hash(value) for name, value in told.items()}})


def is_spoken(said: Words, described: str) -> bool:
    """True when the library has the alternative text that was written for it, or there is none."""
    return not said.has_own_alt or json.loads(described or "{}").get("alt") == _hash(said.alt)


NO_COMPANION = "that takes the companion plugin, or WP_TRANSPORT=rest (docs/wordpress-setup.md)."


def unspoken(places: Sequence[Words]) -> tuple[BlockWarning, ...]:
    """One note for all alternative texts that the library does not have."""
    if not places:
        return ()
    what = "The alternative text of a picture is" if len(places) == 1 else f"{len(places)} alternative texts are"
    words = f"{what} in the post, but not in the media library: {NO_COMPANION}"
    return (BlockWarning(places[0].block_id, "image", words),)


def _media_blocks(tree: Blocks) -> Iterator[MediaBlock]:
    return (it for it in walk(tree) if isinstance(it, MediaBlock))


def _shown(file: FileRef, caption: Text, prefix: str) -> str:
    return plain(shown_and_spoken(caption, prefix)[0] if file.kind == "image" else caption).strip()


def _first_line(text: str) -> str:
    return textwrap.shorten(text.partition("\n")[0], TITLE_LENGTH, placeholder="…")


def _stem(name: str) -> str:
    return re.sub(r"\.\w{1,5}$", "", name)


def _hash(value: str) -> str:
    return sha256(value.encode()).hexdigest()[:16]


# --- doing -------------------------------------------------------------------------------------------------


def describe(
    world: World, guard: Callable[[], None], pool: Executor, page_id: PageId, said: Mapping[MediaId, Words]
) -> tuple[BlockWarning, ...]:
    """Tells the library what is new about the items whose words this page says. Gives what it would not take."""
    takes_alt = world.blog.site().takes_alt
    known = world.ledger.assets.described_by(page_id)
    ours = [media_id for media_id in said if media_id in known]

    def tell(media_id: MediaId) -> str | BlockWarning:
        """What is known to have been told by now, or why it was not."""
        new = news(said[media_id], known[media_id], takes_alt=takes_alt)
        if not new:
            return known[media_id]
        guard()
        try:
            return _tell(world, media_id, known[media_id], new)
        except Refused as error:
            words = f"The media library did not take a title or caption. {error}"
            return BlockWarning(said[media_id].block_id, "media", words)

    ends = dict(zip(ours, pool.map(tell, ours), strict=True))
    refused = tuple(end for end in ends.values() if isinstance(end, BlockWarning))
    silent = [said[it] for it, end in ends.items() if isinstance(end, str) and not is_spoken(said[it], end)]
    return (*refused, *unspoken(silent))


def _tell(world: World, media_id: MediaId, described: str, new: Mapping[str, str]) -> str:
    try:
        took_alt = world.blog.describe(media_id, **new)
    except Missing as error:
        world.ledger.assets.lost(media_id)
        words = "A file was deleted in the media library since it was uploaded."
        raise Unavailable(words, "Nothing needs to be done: the next attempt uploads it again.") from error
    # The companion plugin may have gone since the site was asked what it takes.
    described = noted(described, {name: value for name, value in new.items() if took_alt or name != "alt"})
    world.ledger.assets.describe(media_id, described)
    return described

"""Pictures, sound, film and files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sidecar.blocks import Blocks, Embed, FileRef, MediaBlock, walk
from sidecar.blocks import files as all_files
from sidecar.markup import NOTHING, Html, alternative, block, blocks, closed, escape, join, tag
from sidecar.model import Media
from sidecar.render.captions import shown_and_spoken
from sidecar.render.cards import embed, figure
from sidecar.render.context import Context
from sidecar.render.filtered import WHOSE, loses_preview
from sidecar.render.inline import words
from sidecar.render.links import dies, safe
from sidecar.render.providers import known_as, provider
from sidecar.render.text import caption, plain_paragraph

ANY_VERSION = (99, 0)


def files_to_store(tree: Blocks) -> tuple[FileRef, ...]:
    """The files of a page that belong in the library: all but films and sounds that WordPress embeds."""
    embedded = {it.file for it in walk(tree) if isinstance(it, MediaBlock) and _is_embedded(it.file)}
    return tuple(file for file in all_files(tree) if file not in embedded)


def _is_embedded(file: FileRef) -> bool:
    return not file.hosted and file.kind in ("video", "audio") and provider(known_as(file.url), ANY_VERSION) is not None


def media(it: MediaBlock, context: Context) -> Html:
    """The file from the media library, with its caption."""
    if _is_embedded(it.file):
        return embed(Embed(it.id, it.file.url, it.caption), context)
    known = context.media.get(it.file.identity)
    return KINDS[it.file.kind](it, known, context) if known is not None else _not_stored(it, context)


def image(it: MediaBlock, known: Media, context: Context) -> Html:
    """An image of the media library, with its caption, of which a last line `alt: ...` is its alternative text."""
    shown, spoken = shown_and_spoken(it.caption, context.alt_prefix)
    made = closed("img", src=known.url, alt=alternative(spoken), class_=f"wp-image-{known.id}")
    head = {"id": int(known.id), "sizeSlug": "full", "linkDestination": "none"}
    return block("image", figure("image", made, shown, it.id, context, "size-full"), head)


def video(it: MediaBlock, known: Media, context: Context) -> Html:
    """A video of the media library; an embed where it lies on a site that WordPress can show."""
    made = tag("video", controls=True, src=known.url)
    return block("video", figure("video", made, it.caption, it.id, context), {"id": int(known.id)})


def audio(it: MediaBlock, known: Media, context: Context) -> Html:
    """A sound of the media library; an embed where it lies on a site that WordPress can show."""
    made = tag("audio", controls=True, src=known.url)
    return block("audio", figure("audio", made, it.caption, it.id, context), {"id": int(known.id)})


def download(it: MediaBlock, known: Media, context: Context) -> Html:
    """A file of the media library under its name, the caption below it."""
    return blocks([_file(words(_name(it, known)), known, NOTHING), caption(it.caption, it.id, context)])


def pdf(it: MediaBlock, known: Media, context: Context) -> Html:
    """A file of the media library that can be read in place, the caption below it."""
    if loses_preview(context):
        context.warn(it.id, "pdf", f"A PDF is shown as a link: WordPress takes its preview away {WHOSE}.")
        return download(it, known, context)
    name = alternative(_name(it, known))
    style = "width:100%;height:600px"
    preview = tag(
        "object", class_="wp-block-file__embed", data=known.url, type="application/pdf", style=style, aria_label=name
    )
    return blocks([_file(escape(name), known, preview), caption(it.caption, it.id, context)])


def _name(it: MediaBlock, known: Media) -> str:
    return " ".join((it.file.name or known.name).split()) or it.file.kind


def _file(name: Html, known: Media, preview: Html) -> Html:
    link = tag("a", name, id=f"wp-block-file--media-{known.id}", href=known.url)
    head: dict[str, Any] = {"id": int(known.id), "href": known.url, "showDownloadButton": False}
    if preview:
        head["displayPreview"] = True
    return block("file", tag("div", join((preview, link)), class_="wp-block-file"), head)


KINDS: Mapping[str, Callable[[MediaBlock, Media, Context], Html]] = {
    "image": image,
    "video": video,
    "audio": audio,
    "pdf": pdf,
    "file": download,
}


def _not_stored(it: MediaBlock, context: Context) -> Html:
    """A file that is not in the library: linked where it lies, unless that is inside Notion, where links die."""
    name = " ".join(it.file.name.split())
    link = None if it.file.hosted or dies(it.file.url) else safe(it.file.url)
    if link is not None:
        context.warn(it.id, it.file.kind, f"The {it.file.kind} stays where it is and is linked.")
        shown = tag("a", words(name or it.file.url), href=link)
    else:
        context.warn(it.id, it.file.kind, f"The {it.file.kind} {name} could not be shown; its name is.")
        shown = words(name)
    below = shown_and_spoken(it.caption, context.alt_prefix)[0] if it.file.kind == "image" else it.caption
    return blocks([plain_paragraph(shown) if shown else NOTHING, caption(below, it.id, context)])

"""Pictures, sound, film, files, embeds and cards that lead somewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sidecar.blocks import Blocks, Bookmark, Embed, FileRef, MediaBlock, Text, plain, walk
from sidecar.blocks import files as all_files
from sidecar.markup import NOTHING, Html, block, escape, tag
from sidecar.model import Media
from sidecar.render.context import Context
from sidecar.render.inline import SCHEMES, inline
from sidecar.render.text import plain_paragraph


@dataclass(frozen=True)
class Provider:
    """A site whose pages WordPress shows in place (oEmbed), in WordPress's own words."""

    slug: str
    type: str
    pattern: re.Pattern[str]
    is_wide: bool = False


PROVIDERS = (
    Provider("youtube", "video", re.compile(r"https?://((m|www)\.)?youtube\.com/(watch|shorts/|playlist|live/)"), True),
    Provider("youtube", "video", re.compile(r"https?://youtu\.be/"), True),
    Provider("vimeo", "video", re.compile(r"https?://(.+\.)?vimeo\.com/"), True),
    Provider("dailymotion", "video", re.compile(r"https?://(www\.)?(dailymotion\.com|dai\.ly)/"), True),
    Provider("ted", "video", re.compile(r"https?://(www\.)?ted\.com/talks/"), True),
    Provider("twitter", "rich", re.compile(r"https?://(www\.)?(twitter|x)\.com/\w+/status/")),
    Provider("spotify", "rich", re.compile(r"https?://(open|play)\.spotify\.com/")),
    Provider("soundcloud", "rich", re.compile(r"https?://(www\.)?soundcloud\.com/")),
    Provider("mixcloud", "rich", re.compile(r"https?://(www\.)?mixcloud\.com/")),
    Provider("tiktok", "video", re.compile(r"https?://(www\.)?tiktok\.com/.*/video/")),
    Provider("flickr", "photo", re.compile(r"https?://((www\.)?flickr\.com|flic\.kr)/")),
    Provider("reddit", "rich", re.compile(r"https?://(www\.)?reddit\.com/r/")),
    Provider("tumblr", "rich", re.compile(r"https?://(.+)\.tumblr\.com/")),
    Provider("bluesky-social", "rich", re.compile(r"https?://bsky\.app/profile/.*/post/")),
    Provider("speaker-deck", "rich", re.compile(r"https?://(www\.)?speakerdeck\.com/")),
)


def provider(url: str) -> Provider | None:
    return next((it for it in PROVIDERS if it.pattern.match(url)), None)


def files_to_store(tree: Blocks) -> tuple[FileRef, ...]:
    """The files of a page that belong in the library: all but films and sounds that WordPress embeds."""
    embedded = {it.file for it in walk(tree) if isinstance(it, MediaBlock) and _is_embedded(it.file)}
    return tuple(file for file in all_files(tree) if file not in embedded)


def _is_embedded(file: FileRef) -> bool:
    return not file.hosted and file.kind in ("video", "audio") and provider(file.url) is not None


def figure(name: str, inner: Html, caption: Text, block_id: str, context: Context, classes: str = "") -> Html:
    shown = inline(caption, block_id, context)
    below = tag("figcaption", shown, class_="wp-element-caption") if shown else NOTHING
    names = " ".join(part for part in (f"wp-block-{name}", classes) if part)
    return tag("figure", inner, below, class_=names)


def media(it: MediaBlock, context: Context) -> Html:
    known = context.media.get(it.file.identity)
    if _is_embedded(it.file):
        return embed(Embed(it.id, it.file.url, it.caption), context)
    if known is None:
        return _not_stored(it, context)
    return {"image": _image, "video": _video, "audio": _audio}.get(it.file.kind, _file)(it, known, context)


def _image(it: MediaBlock, known: Media, context: Context) -> Html:
    alt = " ".join(plain(it.caption).split())
    made = tag("img", src=known.url, alt=alt, class_=f"wp-image-{known.id}")
    head = {"id": int(known.id), "sizeSlug": "full", "linkDestination": "none"}
    return block("image", figure("image", made, it.caption, it.id, context, "size-full"), head)


def _video(it: MediaBlock, known: Media, context: Context) -> Html:
    made = tag("video", controls=True, src=known.url)
    return block("video", figure("video", made, it.caption, it.id, context), {"id": int(known.id)})


def _audio(it: MediaBlock, known: Media, context: Context) -> Html:
    made = tag("audio", controls=True, src=known.url)
    return block("audio", figure("audio", made, it.caption, it.id, context), {"id": int(known.id)})


def _file(it: MediaBlock, known: Media, context: Context) -> Html:
    shown = inline(it.caption, it.id, context) or escape(it.file.name or known.name)
    place = f"wp-block-file--media-{known.id}"
    link = tag("a", shown, id=place, href=known.url)
    head = {"id": int(known.id), "href": known.url, "showDownloadButton": False}
    return block("file", tag("div", link, class_="wp-block-file"), head)


def _not_stored(it: MediaBlock, context: Context) -> Html:
    caption = inline(it.caption, it.id, context)
    if not it.file.hosted and urlsplit(it.file.url).scheme in SCHEMES:
        context.warn(it.id, it.file.kind, f"The {it.file.kind} stays where it is and is linked.")
        return plain_paragraph(tag("a", caption or escape(it.file.name or it.file.url), href=it.file.url))
    context.warn(it.id, it.file.kind, f"The {it.file.kind} {it.file.name} could not be shown.")
    return plain_paragraph(caption or escape(it.file.name))


def embed(it: Embed, context: Context) -> Html:
    known = provider(it.url)
    if known is None:
        return card(it.url, it.caption, it.id, context)
    head: dict[str, Any] = {"url": it.url, "type": known.type, "providerNameSlug": known.slug, "responsive": True}
    ratio = "wp-embed-aspect-16-9 wp-has-aspect-ratio" if known.is_wide else ""
    if ratio:
        head["className"] = ratio
    classes = f"is-type-{known.type} is-provider-{known.slug} wp-block-embed-{known.slug}"
    inner = tag("div", Html(f"\n{escape(it.url)}\n"), class_="wp-block-embed__wrapper")
    return block("embed", figure("embed", inner, it.caption, it.id, context, f"{classes} {ratio}".strip()), head)


def bookmark(it: Bookmark, context: Context) -> Html:
    return card(it.url, it.caption, it.id, context)


def card(url: str, caption: Text, block_id: str, context: Context) -> Html:
    """A link with the name of where it leads."""
    parts = urlsplit(url)
    shown = inline(caption, block_id, context)
    if parts.scheme not in SCHEMES:
        context.warn(block_id, "bookmark", "A card without a web address is shown as text.")
        return plain_paragraph(shown or escape(url))
    link = tag("a", escape(plain(caption) or url), href=url)
    host = (parts.hostname or "").removeprefix("www.")
    return plain_paragraph(Html(f"{link}<br>{escape(host)}") if host else link, class_name="notion-card")

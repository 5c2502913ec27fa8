"""What leads elsewhere: embeds, and cards with a title and a host."""

from __future__ import annotations

from typing import Any

from sidecar.blocks import Bookmark, Embed, Text, plain
from sidecar.markup import NOTHING, Html, block, blocks, escape, join, lines, tag, void
from sidecar.render.context import Context
from sidecar.render.filtered import WHOSE, loses_ampersand
from sidecar.render.inline import inline, is_blank, is_linked, unlinked, words
from sidecar.render.links import SHORT_LIFE, address, dies, host, is_view, notion_target, page_target, safe
from sidecar.render.providers import Provider, known_as, provider
from sidecar.render.text import FRAME, caption, group, plain_paragraph

WIDE = "wp-embed-aspect-16-9 wp-has-aspect-ratio"


def figure(name: str, inner: Html, caption: Text, block_id: str, context: Context, classes: str = "") -> Html:
    """The figure of a block, with its caption."""
    shown = inline(caption, block_id, context) if not is_blank(caption) else NOTHING
    below = tag("figcaption", shown, class_="wp-element-caption") if shown else NOTHING
    names = " ".join(part for part in (f"wp-block-{name}", classes) if part)
    return tag("figure", inner, below, class_=names)


def embed(it: Embed, context: Context) -> Html:
    """An embed block, where WordPress knows how to show the site; a card with a link for every other site."""
    url = safe(known_as(it.url))
    known = provider(url, context.wordpress) if url else None
    if url is not None and known is not None:
        return _embedded(url, known, it, context)
    if url is not None and not notion_target(url)[0] and not dies(url):
        context.warn(it.id, "embed", f"WordPress cannot show {host(url) or url[:80]} in place; it is linked.")
    return card(it.url, it.caption, it.id, "embed", context)


def _embedded(url: str, known: Provider, it: Embed, context: Context) -> Html:
    if loses_ampersand(url, context):
        # WordPress shows what an address leads to that has a paragraph for itself, too.
        context.warn(it.id, "embed", f"An embed is an address in a paragraph: WordPress takes its & away {WHOSE}.")
        return blocks([plain_paragraph(escape(url)), caption(it.caption, it.id, context)])
    head: dict[str, Any] = {"url": url, "type": known.type, "providerNameSlug": known.slug, "responsive": True}
    if known.is_wide:
        head["className"] = WIDE
    classes = f"is-type-{known.type} is-provider-{known.slug} wp-block-embed-{known.slug}"
    inner = tag("div", lines(escape(url)), class_="wp-block-embed__wrapper")
    shown = figure("embed", inner, it.caption, it.id, context, f"{classes} {WIDE if known.is_wide else ''}".strip())
    return block("embed", shown, head)


def bookmark(it: Bookmark, context: Context) -> Html:
    """A card: the caption, or else the address, as a link, and the site below it."""
    return card(it.url, it.caption, it.id, "bookmark", context)


def card(url: str, caption: Text, block_id: str, kind: str, context: Context) -> Html:
    """A framed link with the name of where it leads; the words alone, with a warning, where it must not lead."""
    shown = inline(caption, block_id, context) if not is_blank(caption) else NOTHING
    page_id, block_in_it = notion_target(url)
    name = NOTHING
    if page_id:
        became = "is shown as text" if shown else "was left out"
        said = plain(caption) or context.titles.get(page_id, "")
        link = page_target(page_id, block_id, context, block_in_it, said, became=became, is_database=is_view(url))
        name = words(context.titles.get(page_id, ""))
    else:
        link = _web_target(url, block_id, kind, context)
        shown = shown or (words(url.partition("?")[0] if dies(url) else url.strip()) if link is None else NOTHING)
    if link is None:
        return plain_paragraph(shown) if shown else NOTHING
    return _framed(link, name or words(address(link)), caption, shown, block_id, context)


def _web_target(url: str, block_id: str, kind: str, context: Context) -> str | None:
    if dies(url):
        context.warn(block_id, kind, f"A card that leads to {host(url)[:80]} is shown as text: {SHORT_LIFE}")
        return None
    link = safe(url)
    if link is None:
        context.warn(block_id, kind, "A card without a web address is shown as text.")
    return link


def _framed(link: str, name: Html, caption: Text, shown: Html, block_id: str, context: Context) -> Html:
    """The caption is the title, unless it has links of its own: then that is the name."""
    is_title = bool(shown) and not is_linked(caption)
    title = inline(unlinked(caption, context), block_id, context) if is_title else name
    below = [NOTHING if is_title else shown, words(host(link)) if words(host(link)) != title else NOTHING]
    parts = [tag("a", tag("strong", title), href=link), *(part for part in below if part)]
    return group(plain_paragraph(join(parts, void("br"))), "notion-card", look=FRAME)

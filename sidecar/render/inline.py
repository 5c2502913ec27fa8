"""Spans -> inline markup: marks, links, mentions. What it cannot show as it is, it shows as text and says so."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import assert_never
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sidecar.blocks import (
    DateMention,
    EmojiMention,
    EquationSpan,
    LinkMention,
    Marks,
    OtherSpan,
    PageId,
    PageMention,
    Span,
    Text,
    TextSpan,
    UserMention,
)
from sidecar.markup import NOTHING, Html, escape, join, tag
from sidecar.render.colors import background, text_color
from sidecar.render.context import Context, anchor

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
NOTION_HOSTS = re.compile(r"(^|\.)(notion\.so|notion\.com|notion\.site)$")
ID = re.compile(r"([0-9a-f]{32})$")
# WordPress runs [name ...] in any text; a bracket in an element of its own is only a bracket.
SHORTCODE = re.compile(r"\[(?=/?[A-Za-z])")


def inline(text: Text, block_id: str, context: Context, color: str = "default") -> Html:
    """A text as inline markup. `color` is that of its block, for blocks that cannot carry one themselves."""
    spans = (replace(span, marks=replace(span.marks, color=color)) if _is_plain(span) else span for span in text)
    return join(_span(span, block_id, context) for span in spans)


def _is_plain(span: Span) -> bool:
    return span.marks.color == "default"


def words(text: str) -> Html:
    """Typed text: line breaks kept, markup and shortcodes shown as they were typed."""
    lines = re.split(r"\r\n|[\n\r\v\f\u2028\u2029]", text)
    return join((_bracketed(line) for line in lines), "<br>")


def _bracketed(line: str) -> Html:
    return join((escape(part) for part in SHORTCODE.split(line)), '<span class="notion-text">[</span>')


def _span(span: Span, block_id: str, context: Context) -> Html:
    match span:
        case TextSpan(text=text, link=link, marks=marks):
            shown = marked(words(text), marks)
            return shown if link is None else _linked(shown, link, block_id, context)
        case EquationSpan(expression=expression, marks=marks):
            context.warn(block_id, "equation", f"The equation {expression} is shown as its TeX source.")
            return marked(words(expression), replace(marks, code=True))
        case PageMention(page_id=page_id, text=text, marks=marks):
            return page_link(page_id, marked(words(text or "Untitled"), marks), block_id, context)
        case DateMention(start=start, end=end, marks=marks):
            until = f" → {date(end, context)}" if end else ""
            return marked(words(date(start, context) + until), marks)
        case UserMention(text=text, marks=marks):
            return marked(words(text), marks)
        case LinkMention(url=url, text=text, marks=marks):
            return _linked(marked(words(text), marks), url, block_id, context)
        case EmojiMention(file=file, text=text, marks=marks):
            known = context.media.get(file.identity)
            if known is None:
                return marked(words(text), marks)
            size = "width:1.2em;height:1.2em"
            return tag("img", class_=f"notion-emoji wp-image-{known.id}", style=size, src=known.url, alt=text)
        case OtherSpan(text=text, type=kind, marks=marks):
            context.warn(block_id, kind, f"A {kind} in the text is shown as plain text.")
            return marked(words(text), marks)
        case _:
            assert_never(span)


def marked(shown: Html, marks: Marks) -> Html:
    """Markup in the elements of its annotations, always nested in the same order."""
    if not shown:
        return NOTHING
    for name, wanted in (
        ("code", marks.code),
        ("u", marks.underline),
        ("s", marks.strikethrough),
        ("em", marks.italic),
        ("strong", marks.bold),
    ):
        shown = tag(name, shown) if wanted else shown
    return _colored(shown, marks.color)


def _colored(shown: Html, word: str) -> Html:
    fill, color = background(word), text_color(word)
    if fill:
        return tag("mark", shown, style=f"background-color:{fill}", class_="has-inline-color")
    if color:
        style = f"background-color:rgba(0, 0, 0, 0);color:{color}"
        return tag("mark", shown, style=style, class_="has-inline-color")
    return shown


def _linked(shown: Html, url: str, block_id: str, context: Context) -> Html:
    """A link, if it leads somewhere that readers can and may go."""
    page_id, block = notion_target(url)
    if page_id:
        return page_link(page_id, shown, block_id, context, block)
    if url.startswith("#"):
        return tag("a", shown, href=url)
    if urlsplit(url).scheme.lower() not in SCHEMES:
        context.warn(
            block_id, "link", f"A link to {url[:80]} is shown as text: only web, mail and phone links are kept."
        )
        return shown
    return tag("a", shown, href=url)


def notion_target(url: str) -> tuple[PageId | None, str]:
    """The page, and the block in it, that a link of Notion's points to; None for any other link."""
    parts = urlsplit(url)
    if parts.netloc and not NOTION_HOSTS.search(parts.hostname or ""):
        return None, ""
    if not parts.netloc and not parts.path.startswith("/"):
        return None, ""
    found = ID.search(parts.path.rstrip("/").replace("-", "").lower())
    if not found:
        return None, ""
    digits = found[1]
    page_id = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    return PageId(page_id), parts.fragment


def page_link(page_id: PageId, shown: Html, block_id: str, context: Context, block: str = "") -> Html:
    """A link to another page's post; plain text with a warning while it has none."""
    context.linked.append(page_id)
    link = context.links.get(page_id)
    if link is None:
        context.warn(block_id, "link", "A link to a page that is not published yet is shown as text.")
        return shown
    return tag("a", shown, href=f"{link}#{anchor(block)}" if block else link)


def date(text: str, context: Context) -> str:
    """A date or a time as people write it, in the site's time zone."""
    try:
        if "T" not in text:
            return f"{datetime.fromisoformat(text):%-d %B %Y}"
        moment = datetime.fromisoformat(text)
        return f"{moment.astimezone(ZoneInfo(context.time_zone)):%-d %B %Y, %H:%M}"
    except (ValueError, ZoneInfoNotFoundError):
        return text

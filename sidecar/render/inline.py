"""Spans -> inline markup: marks, links, mentions. What it cannot show as it is, it shows as text and says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import assert_never

from sidecar.blocks import (
    PLAIN,
    UNTITLED,
    DateMention,
    EmojiMention,
    EquationSpan,
    FileRef,
    LinkMention,
    Marks,
    OtherSpan,
    PageMention,
    Span,
    Text,
    TextSpan,
    UserMention,
    plain,
)
from sidecar.markup import UNMARKED, Html, alternative, escape, join, tag, void
from sidecar.render import dates
from sidecar.render.colors import KNOWN, UNKNOWN, background, text_color
from sidecar.render.context import Context
from sidecar.render.filtered import WHOSE, loses_mathml
from sidecar.render.links import page_target, target
from sidecar.render.mathml import mathml, one_line
from sidecar.render.typed import CAPITALS, SET_ANEW, SMILEY, as_typed, in_code_mark

LINE = "\n"
# What `words` has to look at; most text has nothing of it.
SPECIAL = re.compile(rf"[\[\n\t]|  |^ |{CAPITALS}|{SET_ANEW}|{SMILEY}")
SPACES = re.compile(r"^ +|  +")
HAS_MATH = (6, 9)


@dataclass(frozen=True, slots=True)
class Format:
    """An element around a piece of text."""

    name: str
    attributes: tuple[tuple[str, str], ...] = ()


Formats = tuple[Format, ...]
Piece = tuple[Formats, Html]

STRONG, EM, STRIKE, UNDERLINE, CODE = (Format(name) for name in ("strong", "em", "s", "u", "code"))


def inline(text: Text, block_id: str, context: Context, color: str = "default") -> Html:
    """A text as inline markup. `color` is that of its block, for blocks that cannot carry one themselves."""
    pieces = [
        (formats(span, block_id, context), _shown(span, block_id, context, is_first=number == 0))
        for number, span in enumerate(text)
    ]
    shown = nested([piece for piece in pieces if piece[1]])
    if color not in KNOWN:
        context.warn(block_id, "color", UNKNOWN.format(word=color))
    around = _color(color)
    return tag(around.name, shown, **dict(around.attributes)) if shown and around else shown


def bold(text: Text, block_id: str, context: Context, color: str = "default") -> Html:
    """A text in bold as a whole."""
    spans = (replace(span, marks=replace(span.marks, bold=False)) if span.marks.bold else span for span in text)
    shown = inline(tuple(spans), block_id, context, color)
    return tag(STRONG.name, shown) if shown else shown


def nested(pieces: Sequence[Piece]) -> Html:
    """Pieces of text inside their elements: neighbours share the elements that they have in common."""
    parts: list[Html] = []
    for outer, group in groupby(pieces, key=lambda piece: piece[0][0] if piece[0] else None):
        if outer is None:
            parts += [shown for _, shown in group]
        else:
            inner = nested([(around[1:], shown) for around, shown in group])
            parts.append(tag(outer.name, inner, **dict(outer.attributes)))
    return join(parts)


def unlinked(text: Text, context: Context) -> Text:
    """A text for a place that is a link itself: its words and formulas, without links and colours."""
    return tuple(_unlinked(span, context) for span in text)


def _unlinked(span: Span, context: Context) -> Span:
    if isinstance(span, PageMention):
        return TextSpan(_title(span, context))
    if isinstance(span, LinkMention | OtherSpan):
        return TextSpan(span.text)
    return replace(span, marks=PLAIN, link=None) if isinstance(span, TextSpan) else replace(span, marks=PLAIN)


def is_linked(text: Text) -> bool:
    """True when something in a text leads somewhere."""
    return any(isinstance(span, PageMention | LinkMention) or getattr(span, "link", None) for span in text)


def is_blank(text: Text) -> bool:
    """True when there is nothing to see in a text."""
    return not any(plain((span,)).strip() for span in text)


# --- what stands around a span -------------------------------------------------------------------------------


def formats(span: Span, block_id: str, context: Context, *, is_code: bool = False) -> Formats:
    """The elements around a span, the outermost first, always in the same order. Code in code is only code."""
    link = _link(span, block_id, context)
    marks = replace(span.marks, code=False) if is_code and span.marks.code else span.marks
    if marks.color not in KNOWN:
        context.warn(block_id, "color", UNKNOWN.format(word=marks.color))
    return (*link, *_marked(marks)) if marks is not PLAIN else link


@lru_cache(maxsize=1024)
def _marked(marks: Marks) -> Formats:
    return tuple(_elements(marks))


def _elements(marks: Marks) -> Iterator[Format]:
    color = _color(marks.color)
    if color:
        yield color
    if marks.bold:
        yield STRONG
    if marks.italic:
        yield EM
    if marks.strikethrough:
        yield STRIKE
    if marks.underline:
        yield UNDERLINE
    if marks.code:
        yield CODE


def _color(word: str) -> Format | None:
    fill, color = background(word), text_color(word)
    if fill:
        return Format("mark", (("style", f"background-color:{fill}"), ("class_", "has-inline-color")))
    if color:
        # A mark is yellow by itself.
        style = f"{UNMARKED};color:{color}"
        return Format("mark", (("style", style), ("class_", "has-inline-color")))
    return None


def _link(span: Span, block_id: str, context: Context) -> Formats:
    match span:
        case TextSpan(link=str(url)) | LinkMention(url=url):
            found = target(url, block_id, context, span.text)
        case PageMention(page_id=page_id, is_database=is_database):
            found = page_target(page_id, block_id, context, name=_title(span, context), is_database=is_database)
        case _:
            return ()
    return (Format("a", (("href", found),)),) if found else ()


# --- what a span shows ---------------------------------------------------------------------------------------


def _shown(span: Span, block_id: str, context: Context, *, is_first: bool) -> Html:
    match span:
        case TextSpan(text=text, marks=marks):
            return _code(text) if marks.code else words(text, is_first=is_first)
        case EquationSpan(expression=expression):
            return formula(expression, block_id, context)
        case PageMention():
            return words(_title(span, context))
        case DateMention(start=start, end=end, time_zone=own_zone):
            return words(dates.span(start, end, own_zone, context.time_zone, context.language))
        case UserMention(text=text) | LinkMention(text=text):
            return words(text)
        case EmojiMention(file=file, text=text):
            return picture(file, text, block_id, context) or words(text)
        case OtherSpan(text=text, type=kind):
            context.warn(block_id, kind, f"A {kind} in the text is shown as plain text.")
            return words(text)
        case _:
            assert_never(span)


def _title(it: PageMention, context: Context) -> str:
    """What a mentioned page is called: by Notion, else by its post."""
    return it.text or context.titles.get(it.page_id) or UNTITLED


def words(text: str, *, is_first: bool = False) -> Html:
    """Typed text: line breaks and spaces kept, markup and shortcodes shown as they were typed."""
    if not SPECIAL.search(text):
        return escape(text)
    lines = text.replace("\t", "    ").split(LINE)
    begins = [is_first, *[True] * (len(lines) - 1)]
    return join((_line(line, begin) for line, begin in zip(lines, begins, strict=True)), "<br>")


def _line(line: str, is_begin: bool) -> Html:
    """A line. Of spaces that browsers would swallow, all but one are made hard; at its beginning every one."""
    return as_typed(SPACES.sub(lambda found: _hard(found, is_begin), line))


def _hard(found: re.Match[str], is_begin: bool) -> str:
    count = len(found[0])
    if found.start() == 0 and is_begin:
        return "\u00a0" * count
    return "\u00a0" * (count - 1) + " "


def _code(text: str) -> Html:
    """Text of a code mark: people copy it, so its spaces stay what they are."""
    return join((in_code_mark(line) for line in text.split(LINE)), "<br>")


def formula(tex: str, block_id: str, context: Context) -> Html:
    """A formula in a text."""
    shown = None if loses_mathml(context) else mathml(tex, "inline")
    if shown is None:
        if tex.strip():
            why = f": WordPress takes formulas away {WHOSE}" if loses_mathml(context) else ""
            context.warn(block_id, "equation", f"The formula {tex[:80]} is shown as its TeX source{why}.")
        return tag("code", _code(tex)) if tex else _code("")
    return tag("math", shown, data_latex=tex_source(tex) if context.wordpress >= HAS_MATH else None)


def tex_source(tex: str) -> str:
    """The TeX that people edit. Browsers do not agree on how to write < in an attribute; TeX has names for it."""
    return one_line(tex).replace("<", r"\lt ").replace(">", r"\gt ")


def picture(file: FileRef, text: str, block_id: str, context: Context, spoken: str | None = None) -> Html | None:
    """A small picture inside text; None, with a warning, when it is not in the library. `spoken` is its alternative
    text, where that is not `text`."""
    known = context.media.get(file.identity)
    if known is None:
        context.warn(block_id, "image", f"The small picture {text} could not be shown.")
        return None
    size = "width:1.2em;height:1.2em"
    return void(
        "img",
        class_=f"notion-emoji wp-image-{known.id}",
        style=size,
        src=known.url,
        alt=alternative(text if spoken is None else spoken),
    )

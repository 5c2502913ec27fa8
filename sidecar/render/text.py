"""Blocks of text: paragraphs, headings, quotes, callouts, toggles."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sidecar.blocks import (
    Blocks,
    Callout,
    Emoji,
    FileRef,
    Heading,
    NotionIcon,
    Paragraph,
    Quote,
    Text,
    TextSpan,
    Toggle,
)
from sidecar.blocks import Icon as AnyIcon
from sidecar.markup import NOTHING, Html, block, blocks, escape, join, tag
from sidecar.render.colors import background, text_color
from sidecar.render.context import Context, place
from sidecar.render.filtered import WHOSE, loses_display
from sidecar.render.icons import EMOJI
from sidecar.render.inline import bold, inline, is_blank, picture
from sidecar.render.tree import children

HAS_DETAILS = (6, 3)
HAS_HEADING_CLASS = (6, 2)
HAS_ANCHOR_ATTRIBUTE = (7, 0)
# WordPress shows the page behind an address that has a paragraph for itself. People who want that make an embed.
LONE_URL = re.compile(r"\s*https?://[^\s<>\"]+\s*")
INDENT: Mapping[str, Any] = {"spacing": {"padding": {"left": "1.5em"}}}
FRAME: Mapping[str, Any] = {
    "border": {"width": "1px"},
    "spacing": {"padding": {"top": "1em", "right": "1em", "bottom": "1em", "left": "1em"}},
}


def colors(word: str) -> tuple[dict[str, Any], str, str | None]:
    """A block's colour as WordPress writes it: attributes of the comment, classes, style."""
    fill, color = background(word), text_color(word)
    if fill:
        return {"color": {"background": fill}}, "has-background", f"background-color:{fill}"
    if color:
        return {"color": {"text": color}}, "has-text-color", f"color:{color}"
    return {}, "", None


def plain_paragraph(shown: Html, color: str = "default", class_name: str = "") -> Html:
    """A paragraph block around inline markup."""
    style, classes, css = colors(color)
    head: dict[str, Any] = {"className": class_name} if class_name else {}
    if style:
        head["style"] = style
    names = " ".join(name for name in (class_name, classes) if name)
    return block("paragraph", tag("p", shown, class_=names or None, style=css), head)


def caption(text: Text, block_id: str, context: Context) -> Html:
    """The caption of a block that WordPress gives none: a paragraph below it."""
    return (
        plain_paragraph(inline(text, block_id, context), class_name="notion-caption") if not is_blank(text) else NOTHING
    )


def group(
    inner: Html,
    class_name: str,
    color: str = "default",
    look: Mapping[str, Any] | None = None,
    layout: str = "constrained",
) -> Html:
    """A group block with a class that a stylesheet can find; `look` are WordPress's own words for frame and space."""
    style, classes, css = colors(color)
    both = {**style, **(look or {})}
    names = " ".join(name for name in ("wp-block-group", class_name, classes) if name)
    head: dict[str, Any] = {"className": class_name}
    if both:
        head["style"] = both
    written = ";".join(part for part in (_border(both), css, _padding(both)) if part)
    made = tag("div", inner, class_=names, style=written or None)
    return block("group", made, {**head, "layout": {"type": layout}})


def _border(look: Mapping[str, Any]) -> str:
    return f"border-width:{look['border']['width']}" if "border" in look else ""


def _padding(look: Mapping[str, Any]) -> str:
    sides = look.get("spacing", {}).get("padding", {})
    return ";".join(f"padding-{side}:{size}" for side, size in sides.items())


def paragraph(it: Paragraph, context: Context) -> Html:
    """A paragraph. What is indented below it stands in an indented group; an empty one between blocks is a spacer."""
    shown = inline(it.text, it.id, context) if not is_blank(it.text) else NOTHING
    if LONE_URL.fullmatch(shown):
        shown = tag("span", shown, class_="notion-text")
    own = plain_paragraph(shown, it.color) if shown else NOTHING
    inner = children(it.children, context)
    return blocks([own, group(inner, "notion-indent", look=INDENT) if inner else NOTHING])


def heading(it: Heading, context: Context) -> Html:
    """A heading of the same level, with an anchor. One that opens is a details block with the heading inside."""
    if is_blank(it.text):
        return children(it.children, context)
    if it.is_toggle and context.wordpress >= HAS_DETAILS:
        shown = inline(it.text, it.id, context, it.color)
        if loses_display(context):
            context.warn(it.id, "toggle", f"A heading stands below its arrow: WordPress takes a style away {WHOSE}.")
        summary = tag(
            f"h{it.level}", shown, id=place(it.id, context), style=None if loses_display(context) else "display:inline"
        )
        return _details(summary, it.children, context)
    if it.is_toggle:
        _warn_open(it.id, context)
    return children(it.children, context, _heading(it, context))


def _heading(it: Heading, context: Context) -> Html:
    style, classes, css = colors(it.color)
    names = " ".join(name for name in (_own_class(context), classes) if name) or None
    head: dict[str, Any] = {} if it.level == 2 else {"level": it.level}
    name = place(it.id, context)
    shown = inline(it.text, it.id, context)
    if context.wordpress >= HAS_ANCHOR_ATTRIBUTE:
        made = tag(f"h{it.level}", shown, id=name, class_=names, style=css)
        head |= {"anchor": name} if name else {}
    else:
        made = tag(f"h{it.level}", shown, class_=names, id=name, style=css)
    return block("heading", made, {**head, "style": style} if style else head)


def _own_class(context: Context) -> str:
    return "wp-block-heading" if context.wordpress >= HAS_HEADING_CLASS else ""


def toggle(it: Toggle, context: Context) -> Html:
    """A details block, which opens and closes; before WordPress 6.3 a group that stands open."""
    if is_blank(it.text) and not it.children:
        return NOTHING
    # WordPress itself calls a summary without words so.
    text = it.text if not is_blank(it.text) else (TextSpan("Details"),)
    if context.wordpress >= HAS_DETAILS:
        return _details(inline(text, it.id, context, it.color), it.children, context)
    _warn_open(it.id, context)
    head = plain_paragraph(bold(text, it.id, context, it.color))
    return group(children(it.children, context, head), "notion-toggle")


def _details(summary: Html, inner: Blocks, context: Context) -> Html:
    made = tag("details", tag("summary", summary), children(inner, context), class_="wp-block-details")
    return block("details", made)


def _warn_open(block_id: str, context: Context) -> None:
    context.warn(block_id, "toggle", "A toggle is shown open: this WordPress has no block that opens and closes.")


def quote(it: Quote, context: Context) -> Html:
    """A quote with everything that stands in it."""
    head = plain_paragraph(inline(it.text, it.id, context), it.color) if not is_blank(it.text) else NOTHING
    inner = children(it.children, context, head)
    return block("quote", tag("blockquote", inner, class_="wp-block-quote")) if inner else NOTHING


def callout(it: Callout, context: Context) -> Html:
    """A group of the same colour, or in a frame, with the icon before its first words."""
    shown = labelled(it.icon, it.text, it.id, "callout", context)
    inner = children(it.children, context, plain_paragraph(shown) if shown else NOTHING)
    look = FRAME if colors(it.color)[1] != "has-background" else {"spacing": FRAME["spacing"]}
    return group(inner, "notion-callout", it.color, look) if inner else NOTHING


def labelled(
    icon: AnyIcon | None,
    text: Text,
    block_id: str,
    kind: str,
    context: Context,
    write: Callable[[Text, str, Context], Html] = inline,
) -> Html:
    """A text, in bold if so written, with an icon before it."""
    shown = write(text, block_id, context) if not is_blank(text) else NOTHING
    match icon:
        case Emoji(text=emoji):
            drawn = escape(emoji)
        case FileRef():
            # The name of a file says nothing to those who do not see the icon.
            spoken = icon.name if "." not in icon.name else ""
            drawn = picture(icon, icon.name or "icon", block_id, context, spoken) or NOTHING
        case NotionIcon(name=name):
            drawn = escape(EMOJI.get(name, ""))
            became = f"the emoji {drawn}" if drawn else "nothing"
            context.warn(block_id, kind, f"The icon “{name}” exists only inside Notion and became {became}.")
        case _:
            drawn = NOTHING
    return join((part for part in (drawn, shown) if part), " ")

"""Blocks of text: paragraphs, headings, quotes, callouts, toggles, code, equations."""

from __future__ import annotations

from typing import Any

from sidecar.blocks import (
    Blocks,
    Callout,
    Code,
    Emoji,
    Equation,
    FileRef,
    Heading,
    MediaBlock,
    Paragraph,
    Quote,
    Text,
    Toggle,
    plain,
)
from sidecar.markup import NOTHING, Html, block, blocks, code_text, escape, join, tag
from sidecar.render.colors import background, text_color
from sidecar.render.context import Context, anchor
from sidecar.render.inline import inline
from sidecar.render.tree import children, render

HAS_DETAILS = (6, 3)
HAS_HEADING_CLASS = (6, 2)
HAS_ANCHOR_ATTRIBUTE = (7, 0)


def colors(word: str) -> tuple[dict[str, Any], str, str | None]:
    """A block's colour as WordPress writes it: attributes of the comment, classes, style."""
    fill, color = background(word), text_color(word)
    if fill:
        return {"style": {"color": {"background": fill}}}, "has-background", f"background-color:{fill}"
    if color:
        return {"style": {"color": {"text": color}}}, "has-text-color", f"color:{color}"
    return {}, "", None


def plain_paragraph(shown: Html, color: str = "default", class_name: str = "") -> Html:
    """A paragraph block around inline markup."""
    attributes, classes, style = colors(color)
    if class_name:
        attributes = {"className": class_name, **attributes}
    names = " ".join(name for name in (class_name, classes) if name)
    return block("paragraph", tag("p", shown, class_=names or None, style=style), attributes)


def group(inner: Html, class_name: str, color: str = "default") -> Html:
    """A group block with a class that a stylesheet can find."""
    attributes, classes, style = colors(color)
    names = " ".join(name for name in ("wp-block-group", class_name, classes) if name)
    head = {"className": class_name, **attributes, "layout": {"type": "constrained"}}
    return block("group", tag("div", inner, class_=names, style=style), head)


def paragraph(it: Paragraph, context: Context) -> Html:
    shown = inline(it.text, it.id, context)
    own = plain_paragraph(shown, it.color) if shown else NOTHING
    return blocks([own, group(children(it.children, context), "notion-indent")]) if it.children else own


def heading(it: Heading, context: Context) -> Html:
    if it.is_toggle:
        return details(it.text, it.children, it.id, context, it.color)
    shown = inline(it.text, it.id, context)
    if not shown:
        return children(it.children, context)
    attributes, classes, style = colors(it.color)
    if context.wordpress < HAS_HEADING_CLASS:
        names = classes
    else:
        names = " ".join(name for name in ("wp-block-heading", classes) if name)
    head: dict[str, Any] = {} if it.level == 2 else {"level": it.level}
    place = anchor(it.id)
    context.headings.append((it.level, place, escape(plain(it.text))))
    if context.wordpress >= HAS_ANCHOR_ATTRIBUTE:
        made = tag(f"h{it.level}", shown, id=place, class_=names or None, style=style)
        return blocks([block("heading", made, {**head, "anchor": place, **attributes}), children(it.children, context)])
    made = tag(f"h{it.level}", shown, class_=names or None, id=place, style=style)
    return blocks([block("heading", made, {**head, **attributes}), children(it.children, context)])


def toggle(it: Toggle, context: Context) -> Html:
    return details(it.text, it.children, it.id, context, it.color)


def details(text: Text, inner: Blocks, block_id: str, context: Context, color: str) -> Html:
    """Something that opens. Where WordPress has no such block, its head stands in bold over what it hides."""
    head, body = inline(text, block_id, context, color), children(inner, context)
    if context.wordpress >= HAS_DETAILS:
        made = join((tag("summary", head), body))
        return block("details", tag("details", made, class_="wp-block-details"))
    context.warn(block_id, "toggle", "A toggle is shown open: this WordPress has no block that opens and closes.")
    return group(blocks([plain_paragraph(tag("strong", head)), body]), "notion-toggle")


def quote(it: Quote, context: Context) -> Html:
    first = plain_paragraph(inline(it.text, it.id, context), it.color)
    inner = blocks([first, children(it.children, context)])
    return block("quote", tag("blockquote", inner, class_="wp-block-quote"))


def callout(it: Callout, context: Context) -> Html:
    shown = inline(it.text, it.id, context)
    icon, picture = NOTHING, NOTHING
    if isinstance(it.icon, Emoji):
        icon = Html(escape(it.icon.text) + " ")
    elif isinstance(it.icon, FileRef) and it.icon.identity in context.media:
        picture = render(MediaBlock(it.id, it.icon), context)
    first = plain_paragraph(join((icon, shown))) if icon or shown else NOTHING
    return group(blocks([picture, first, children(it.children, context)]), "notion-callout", it.color)


def code(it: Code, context: Context) -> Html:
    language = "-".join(it.language.lower().split()).replace("/", "-")
    name = f"language-{language}" if language and language != "plain-text" else ""
    classes = " ".join(part for part in ("wp-block-code", name) if part)
    made = tag("pre", tag("code", code_text(plain(it.text))), class_=classes)
    caption = inline(it.caption, it.id, context)
    below = plain_paragraph(caption, class_name="notion-caption") if caption else NOTHING
    return blocks([block("code", made, {"className": name} if name else None), below])


def equation(it: Equation, context: Context) -> Html:
    context.warn(it.id, "equation", "An equation is shown as its TeX source.")
    return block("code", tag("pre", tag("code", code_text(it.expression)), class_="wp-block-code"))

"""Rich text of Notion's JSON -> Text. Neighbours that look alike become one span."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sidecar.blocks import (
    PLAIN,
    DateMention,
    EmojiMention,
    EquationSpan,
    FileRef,
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
from sidecar.parse.ids import canonical

ANNOTATIONS = ("bold", "italic", "strikethrough", "underline", "code")
LINE_ENDS = re.compile("\r\n|[\r\v\f\u0085\u2028\u2029]")
# Control characters, halves of characters and what is none: no HTML or XML can carry them, nobody can see them. The
# editor takes U+FEFF and U+FFFC for its own marks.
UNFIT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffc\ufffe\uffff]")


def clean(raw: Any) -> str:
    """A string as it can be published: every line ends with a line feed, nothing invisible breaks the markup."""
    if not isinstance(raw, str):
        return ""
    return raw if raw.isprintable() and raw.isascii() else UNFIT.sub("", LINE_ENDS.sub("\n", raw))


def text(raw: Any) -> Text:
    """An array of rich text. Anything else is empty text."""
    spans = [_span(item) for item in raw if isinstance(item, Mapping)] if isinstance(raw, Sequence) else []
    merged: list[Span] = []
    for span in spans:
        last = merged[-1] if merged else None
        if isinstance(span, TextSpan) and isinstance(last, TextSpan) and _alike(last, span):
            merged[-1] = dataclasses.replace(last, text=last.text + span.text)
        else:
            merged.append(span)
    return tuple(merged)


def _alike(one: TextSpan, other: TextSpan) -> bool:
    return (one.marks, one.link) == (other.marks, other.link)


def _span(raw: Mapping[str, Any]) -> Span:
    marks = _marks(raw.get("annotations"))
    kind = raw.get("type")
    body = raw.get(kind) if isinstance(kind, str) else None
    if kind == "text" and isinstance(body, Mapping):
        link = body.get("link")
        url = link.get("url") if isinstance(link, Mapping) else None
        return TextSpan(clean(body.get("content")), marks, clean(url or raw.get("href")) or None)
    if kind == "equation" and isinstance(body, Mapping):
        return EquationSpan(clean(body.get("expression")), marks)
    if kind == "mention" and isinstance(body, Mapping):
        return _mention(body, raw, marks)
    return OtherSpan(_plain(raw), clean(kind) or "text", marks)


def _marks(raw: Any) -> Marks:
    if not isinstance(raw, Mapping):
        return PLAIN
    color = clean(raw.get("color")) or "default"
    bold, italic, strikethrough, underline, code = (bool(raw.get(name)) for name in ANNOTATIONS)
    found = Marks(bold, italic, strikethrough, underline, code, color)
    return PLAIN if found == PLAIN else found


def _plain(raw: Mapping[str, Any]) -> str:
    return clean(raw.get("plain_text"))


def _mention(body: Mapping[str, Any], raw: Mapping[str, Any], marks: Marks) -> Span:
    kind = clean(body.get("type"))
    of = body.get(kind)
    of = of if isinstance(of, Mapping) else {}
    words = _plain(raw)
    match kind:
        case "page" | "database" if clean(of.get("id")):
            return PageMention(PageId(canonical(clean(of["id"]))), words, marks, kind == "database")
        case "date" if clean(of.get("start")):
            return DateMention(
                clean(of["start"]), clean(of.get("end")) or None, clean(of.get("time_zone")) or None, marks
            )
        case "user":
            return UserMention(words or f"@{clean(of.get('name')) or 'Anonymous'}", marks)
        case "link_preview" | "link_mention" if clean(of.get("url") or of.get("href")):
            url = clean(of.get("url") or of.get("href"))
            return LinkMention(url, clean(of.get("title")) or words or url, marks)
        case "custom_emoji" if clean(of.get("url")):
            name = clean(of.get("name")) or "emoji"
            return EmojiMention(FileRef(clean(of["url"]), "image", False, name), words or f":{name}:", marks)
        case "template_mention":
            return TextSpan(words, marks)
        case _:
            return OtherSpan(words, f"mention {kind}".strip(), marks)

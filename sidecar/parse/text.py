"""Rich text of Notion's JSON -> Text. Neighbours that look alike become one span."""

from __future__ import annotations

import dataclasses
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
        link = body.get("link") or {}
        return TextSpan(str(body.get("content") or ""), marks, link.get("url") or raw.get("href"))
    if kind == "equation" and isinstance(body, Mapping):
        return EquationSpan(str(body.get("expression") or ""), marks)
    if kind == "mention" and isinstance(body, Mapping):
        return _mention(body, raw, marks)
    return OtherSpan(_plain(raw), str(kind), marks)


def _marks(raw: Any) -> Marks:
    if not isinstance(raw, Mapping):
        return PLAIN
    return Marks(
        bold=bool(raw.get("bold")),
        italic=bool(raw.get("italic")),
        strikethrough=bool(raw.get("strikethrough")),
        underline=bool(raw.get("underline")),
        code=bool(raw.get("code")),
        color=str(raw.get("color") or "default"),
    )


def _plain(raw: Mapping[str, Any]) -> str:
    return str(raw.get("plain_text") or "")


def _mention(body: Mapping[str, Any], raw: Mapping[str, Any], marks: Marks) -> Span:
    kind = str(body.get("type"))
    of = body.get(kind)
    of = of if isinstance(of, Mapping) else {}
    words = _plain(raw)
    match kind:
        case "page" | "database" if of.get("id"):
            return PageMention(PageId(canonical(of["id"])), words, marks)
        case "date" if of.get("start"):
            return DateMention(of["start"], of.get("end"), of.get("time_zone"), marks)
        case "user":
            return UserMention(words or f"@{of.get('name') or 'Anonymous'}", marks)
        case "link_preview" | "link_mention" if of.get("url") or of.get("href"):
            url = of.get("url") or of["href"]
            return LinkMention(url, of.get("title") or words or url, marks)
        case "custom_emoji" if of.get("url"):
            return EmojiMention(FileRef(of["url"], "image", False, of.get("name") or "emoji"), words, marks)
        case "template_mention":
            return TextSpan(words, marks)
        case _:
            return OtherSpan(words, f"mention {kind}", marks)

"""A picture's caption -> what is shown below it, and the words for those who do not see it. No markup is made here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from sidecar.blocks import Span, Text, TextSpan, plain


def shown_and_spoken(caption: Text, prefix: str) -> tuple[Text, str]:
    """The caption without its last line where that begins with `prefix`, and the alternative text.

    That is the rest of that line, even if nothing is left: the writer says then that the picture adds nothing.
    Without such a line, or without a prefix, it is the caption's words.
    """
    words = "".join(map(_line_of, caption)).rstrip()
    start = words.rfind("\n") + 1
    said = _after(prefix, words[start:]) if prefix else None
    if said is None:
        return caption, plain(caption)
    return tuple(_cut(caption, len(words[:start].rstrip()))), said


def _line_of(span: Span) -> str:
    """The words of a span. Only text is broken into lines: a formula or a mention stays in one, at the same length."""
    words = plain((span,))
    return words if isinstance(span, TextSpan) else words.replace("\n", " ")


def _after(prefix: str, line: str) -> str | None:
    # A prefix that ends in a letter is a word: `alt` does not stand at the beginning of `although`.
    end = r"\b" if prefix[-1].isalnum() else ""
    found = re.match(rf"\s*{re.escape(prefix)}{end}(.*)", line, re.IGNORECASE)
    return found[1].strip() if found else None


def _cut(caption: Text, length: int) -> Iterator[Span]:
    """The first so many characters of a text; what is no text stays whole."""
    for span in caption:
        if length <= 0:
            return
        yield replace(span, text=span.text[:length]) if isinstance(span, TextSpan) else span
        length -= len(plain((span,)))

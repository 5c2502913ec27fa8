"""A post's markup as a person reads it: lines of text with a few signs for form. For comparing, not for publishing."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser

COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "s": "~~", "del": "~~", "code": "`", "mark": "=="}
BEGINNINGS = {"li": "- ", "blockquote": "> ", "summary": "▸ ", "hr": "---", "figcaption": "  "}
EMPTY = frozenset({"", "-", ">", "▸"})
HEADINGS = {f"h{level}": f"{'#' * level} " for level in range(1, 7)}
OWN_LINE = frozenset({"p", "ul", "ol", "div", "figure", "table", "tr", "br", "details", "pre", "section", "object"})
CELLS = frozenset({"td", "th"})
MEDIA: Mapping[str, str] = {"img": "src", "video": "src", "audio": "src"}


def lines(markup: str) -> list[str]:
    """The text of block markup, line by line, with links, pictures and emphasis in plain signs."""
    reader = _Reader()
    reader.feed(COMMENT.sub("", markup))
    reader.close()
    return reader.lines()


def difference(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """A unified diff; empty when the lines are the same."""
    found = difflib.unified_diff(before, after, "WordPress", "Notion", n=1, lineterm="")
    return list(found)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = [""]
        self._links: list[str] = []
        self._verbatim = 0

    def lines(self) -> list[str]:
        return [line.rstrip() for line in self._lines if line.strip()]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in HEADINGS or tag in BEGINNINGS or tag in OWN_LINE:
            self._begin((HEADINGS | BEGINNINGS).get(tag, ""))
        elif tag in CELLS:
            self._lines[-1] += "| "
        self._verbatim += tag == "pre"
        self._lines[-1] += MARKS.get(tag, "")
        if tag == "a":
            self._links.append(given.get("href") or "")
            self._lines[-1] += "["
        if tag in MEDIA:
            self._lines[-1] += f"[{given.get('alt') or tag}]({given.get(MEDIA[tag]) or ''})"

    def _begin(self, sign: str) -> None:
        """A line of its own, unless the last one holds nothing but the sign of what this stands in."""
        if self._lines[-1].strip() in EMPTY:
            self._lines[-1] += sign
        else:
            self._lines.append(sign)

    def handle_endtag(self, tag: str) -> None:
        self._verbatim -= tag == "pre"
        self._lines[-1] += MARKS.get(tag, "")
        if tag == "a":
            self._lines[-1] += f"]({self._links.pop() if self._links else ''})"
        elif tag in CELLS:
            self._lines[-1] += " "
        elif tag in HEADINGS or tag in BEGINNINGS or tag in OWN_LINE:
            self._lines.append("")

    def handle_data(self, data: str) -> None:
        if self._verbatim:
            first, *rest = data.split("\n")
            self._lines[-1] += first
            self._lines += rest
        else:
            words = re.sub(r"[ \t\r\n]+", " ", data)
            self._lines[-1] += words.lstrip(" ") if self._lines[-1][-1:] in ("", " ") else words

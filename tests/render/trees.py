"""Arbitrary pages: trees of every type of block, in Notion's shape, whose words are as nasty as people's are.

Every text carries a token that occurs once, so that a test can say whether it arrived, and where.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st

from tests.kinds import COLORS as KNOWN_COLORS
from tests.kinds import MENTIONS

Json = dict[str, Any]

NASTY = (
    *(
        "",
        " ",
        "  two  spaces ",
        "\ttab",
        "line\nbreak\n",
        "a & b",
        "&amp; &copy;",
        "\u00a0hard\u00a0",
        "zero\u200bwidth",
    ),
    *("<b>bold</b>", "<script>alert(1)</script>", "</li></ul>", "]]>", '[gallery ids="1"]', "[/caption]", "[[x]]"),
    *("<!-- wp:html -->", "<!-- /wp:paragraph -->", "<!-- wp:html {", "-->", "--", '{"a":1}', "$x$", "%s"),
    *(
        "\"quoted\" 'single'",
        "back\\slash",
        '\\"',
        "\U0001f469\u200d\U0001f467\U0001f3f4\u200d\u2620\ufe0f",
        "海は",
        "العربية",
    ),
    *("e\u0301", "\ufeff\ufffc", "\x00\x07\x7f", "\ud800", "\u2028\u2029\u0085\x0b\x0c\r\n", "x" * 2000),
    *("https://www.youtube.com/watch?v=x", "https://example.com/"),
    *(":) :-( ;-) 8O :idea: :x", "--help", "a--b --- c", "(tm) (tm)", "``q''", "Wordpress (Wordpress)"),
)
URLS = (
    *(
        "https://example.com/a?b=1&c=2",
        "https://vimeo.com/76979871",
        "https://x.com/a/status/1",
        "mailto:a@example.com",
    ),
    *("javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,<b>", "//example.com/", "#n", "", "x", "tel:1"),
    *("http://[::1", "https://[::1]/[gallery]", 'https://example.com/?x=[gallery]&lt;="><script>'),
    *("https://example.com/\u00a0 \\^`{|}", "https://e.example/?a=&copy;", "https://user:secret@example.com/"),
    *("/22222222222242228222222222222222", "https://www.notion.so/x-44444444444444448444444444444444#d"),
    *("HTTPS://EXAMPLE.COM/--x", "https://www.youtube.com/embed/x-->"),
)
TEX = (
    *("", "x^2", r"\frac{a}{b}", r"\sqrt[n]{x}", r"\left(", r"\unknown", "a<b>c & d", r"\text{[gallery]<i>}"),
    *("\\", "}{", '"', "x_"),
)
COLORS = (*KNOWN_COLORS, "octarine")

words = st.sampled_from(NASTY) | st.text(max_size=8)
url = st.sampled_from(URLS)
color = st.sampled_from(COLORS)
ids = st.integers(0, 2**64).map(lambda number: f"{number:032x}")


@st.composite
def annotations(draw: st.DrawFn) -> Json:
    names = draw(st.sets(st.sampled_from(("bold", "italic", "strikethrough", "underline", "code")), max_size=3))
    return {**dict.fromkeys(names, True), "color": draw(color)}


def run(kind: str, body: Json, words: str, marks: Json) -> Json:
    return {"type": kind, kind: body, "annotations": marks, "plain_text": words, "href": None}


@st.composite
def span(draw: st.DrawFn) -> Json:
    kind = draw(st.sampled_from(("text", "text", "text", "link", "equation", "mention", "other")))
    said, marks = draw(words), draw(annotations())
    if kind == "text":
        return run("text", {"content": said, "link": None}, said, marks)
    if kind == "link":
        return run("text", {"content": said, "link": {"url": draw(url)}}, said, marks)
    if kind == "equation":
        return run("equation", {"expression": draw(st.sampled_from(TEX))}, "", marks)
    if kind == "other":
        return run("hologram", {}, said, marks)
    of = draw(st.sampled_from((*MENTIONS, "constellation")))
    start = draw(st.sampled_from(("2026-11-24", "2026-11-24T09:00:00.000+01:00", "soon", "0001-01-01T00:00:00+14:00")))
    body = {"id": draw(ids), "url": draw(url), "start": start, "end": draw(st.none() | st.just(start)), "name": said}
    return run("mention", {"type": of, of: body}, said, marks)


rich_text = st.lists(span(), max_size=4)
icon = st.sampled_from((
    None, {"type": "emoji", "emoji": "🌊"}, {"type": "icon", "icon": {"name": "pin", "color": "red"}},
    {"type": "external", "external": {"url": "https://example.com/i.png"}},
    {"type": "custom_emoji", "custom_emoji": {"name": "[x]<i>", "url": "https://example.com/e.png"}},
))  # fmt: skip


@st.composite
def file(draw: st.DrawFn) -> Json:
    body = {
        "caption": draw(rich_text),
        "name": draw(st.sampled_from(("a.pdf", 'b "[x]" & <c>.zip', ""))),
        "type": "file",
    }
    if draw(st.booleans()):
        name = draw(st.sampled_from(("a.png", "refused.bin")))
        return {**body, "file": {"url": f"https://files.example/w/{draw(ids)}/{name}?X=1"}}
    return {**body, "type": "external", "external": {"url": draw(url)}}


written = st.fixed_dictionaries({
    "rich_text": rich_text, "color": color, "is_toggleable": st.booleans(), "checked": st.booleans(), "icon": icon,
    "list_start_index": st.none() | st.integers(-2, 30),
    "list_format": st.sampled_from(("numbers", "letters", "roman", "x")),
})  # fmt: skip
linked = st.fixed_dictionaries({"url": url, "caption": rich_text})
coded = st.fixed_dictionaries({
    "rich_text": rich_text, "caption": rich_text, "language": st.sampled_from(("python", "c++", 'x"y z\n', "")),
})  # fmt: skip
TEXTUAL = (
    "paragraph", "heading_1", "heading_2", "heading_3", "heading_4", "toggle", "quote", "callout", "bulleted_list_item",
    "numbered_list_item", "to_do", "template", "hologram",
)  # fmt: skip
BODIES: dict[str, st.SearchStrategy[Json]] = {
    **dict.fromkeys(TEXTUAL, written),
    **dict.fromkeys(("image", "video", "audio", "pdf", "file"), file()),
    **dict.fromkeys(("embed", "bookmark", "link_preview"), linked),
    "code": coded,
    "equation": st.fixed_dictionaries({"expression": st.sampled_from(TEX)}),
    "table_of_contents": st.fixed_dictionaries({"color": color}),
    "child_page": st.fixed_dictionaries({"title": words}),
    "child_database": st.fixed_dictionaries({"title": words}),
    "link_to_page": st.tuples(st.sampled_from(("page_id", "database_id", "comment_id")), ids).map(
        lambda to: {"type": to[0], to[0]: to[1]}
    ),
    **dict.fromkeys(("meeting_notes", "transcription"), st.fixed_dictionaries({"title": rich_text})),
    "synced_block": st.sampled_from(({"synced_from": None}, {"synced_from": {"type": "block_id", "block_id": "x"}})),
    **dict.fromkeys(("divider", "breadcrumb", "unsupported", "column_list", "tab", "table"), st.just({})),
}
CHILDLESS = {
    "code", "equation", "divider", "breadcrumb", "table_of_contents", "child_page", "child_database", "link_to_page",
    "image", "video", "audio", "pdf", "file", "embed", "bookmark", "link_preview",
}  # fmt: skip
INSIDE = {"column_list": "column", "tab": "paragraph", "table": "table_row"}


@st.composite
def block(draw: st.DrawFn, depth: int = 3) -> Json:
    kind = draw(st.sampled_from(sorted(BODIES)))
    made: Json = {"object": "block", "id": draw(ids), "type": kind, kind: draw(BODIES[kind])}
    if kind in CHILDLESS or not depth:
        return made
    if kind in INSIDE:
        return {**made, "children": draw(st.lists(part(INSIDE[kind], depth - 1), max_size=3)), kind: draw(heads)}
    return {**made, "children": draw(st.lists(block(depth - 1), max_size=3))}


heads = st.fixed_dictionaries({"has_column_header": st.booleans(), "has_row_header": st.booleans()})


@st.composite
def part(draw: st.DrawFn, kind: str, depth: int) -> Json:
    """What stands directly inside a table, columns or tabs."""
    made: Json = {"object": "block", "id": draw(ids), "type": kind}
    if kind == "table_row":
        return {**made, kind: {"cells": draw(st.lists(rich_text, max_size=3))}}
    body = draw(written) if kind == "paragraph" else {"width_ratio": draw(st.none() | st.floats(0, 1))}
    return {**made, kind: body, "children": draw(st.lists(block(depth), max_size=2))}


@st.composite
def pages(draw: st.DrawFn) -> tuple[list[Json], list[str]]:
    """The blocks of a page, and its texts in reading order, each with its token."""
    return with_tokens(draw(st.lists(block(), max_size=5)))


def with_tokens(blocks: list[Json]) -> tuple[list[Json], list[str]]:
    """Blocks whose texts end with a token each, and these texts in reading order."""
    made = copy.deepcopy(blocks)
    count = itertools.count()
    return made, [text for it in made for text in _tokens(it, lambda: f"q{next(count)}q")]


def _tokens(it: Json, token: Callable[[], str]) -> Iterator[str]:
    """Ends every text of a block with a token of its own, in the order in which a reader meets them."""
    body = it[it["type"]]
    for name in ("rich_text", "title"):
        if isinstance(body.get(name), list):
            yield from _spans(body[name], token)
    if isinstance(body.get("title"), str):
        body["title"] += token()
        yield body["title"]
    for cell in body.get("cells", ()):
        yield from _spans(cell, token)
    yield from _spans(body.get("caption", ()), token)
    for child in it.get("children", ()):
        yield from _tokens(child, token)


def _spans(spans: list[Json], token: Callable[[], str]) -> Iterator[str]:
    for it in spans:
        of = it[it["type"]]
        if it["type"] == "equation":
            of["expression"] += token()
            yield of["expression"]
        elif it["type"] == "text":
            of["content"] += token()
            yield of["content"]
        elif it["type"] != "mention" or of["type"] not in ("date", "link_mention", "custom_emoji"):
            it["plain_text"] += token()
            yield it["plain_text"]

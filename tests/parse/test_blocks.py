"""Notion's JSON becomes our tree; nothing that Notion may send ends the reading."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sidecar import blocks as b
from sidecar.parse import PARSERS, blocks, text
from sidecar.render import Context, document
from tests.stage.notion import build


def kinds(*raw):
    return [type(block) for block in blocks(raw)]


def test_neighbours_of_one_kind_are_one_list_and_anything_between_ends_it():
    found = kinds(build.bullet("a"), build.bullet("b"), build.number("c"), build.paragraph("d"), build.number("e"))
    assert found == [b.BulletedList, b.NumberedList, b.Paragraph, b.NumberedList]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param([None, None], [(1, 2)], id="a list begins at one"),
        pytest.param([5, None, None], [(5, 3)], id="or where it says"),
        pytest.param([3, 4, 5], [(3, 3)], id="a number that comes next anyway begins nothing"),
        pytest.param([None, 7, None], [(1, 1), (7, 2)], id="another number begins a list of its own"),
        pytest.param([0, None], [(0, 2)], id="nought is a number"),
        pytest.param(["x", True], [(1, 2)], id="what is no number says nothing"),
    ],
)
def test_numbers_of_items(given, expected):
    items = [build.number("x", **({} if start is None else {"list_start_index": start})) for start in given]
    assert [(block.start, len(block.items)) for block in blocks(items)] == expected


def test_rows_of_a_table_are_filled_up_to_the_widest():
    rows = [build.block("table_row", {"cells": [build.text(word) for word in words]}) for words in ("abc", "d", "")]
    (table,) = blocks([build.block("table", {"table_width": 2}, rows)])
    assert [len(row) for row in table.rows] == [3, 3, 3]


def test_a_synced_copy_is_told_from_its_original():
    original, copy = blocks([build.synced(), build.synced_copy("x")])
    assert (original.is_copy, copy.is_copy) == (False, True)


@pytest.mark.parametrize(
    ("raw", "icon"),
    [
        pytest.param({"type": "emoji", "emoji": "🌊"}, b.Emoji("🌊"), id="an emoji"),
        pytest.param(build.native_icon("pin"), b.NotionIcon("pin"), id="a drawing of Notion's, by name"),
        pytest.param(
            build.icon_of("https://www.notion.so/icons/map-pin_red.svg"),
            b.NotionIcon("map-pin"),
            id="or by its address",
        ),
        pytest.param(
            build.icon_of("https://example.com/i.png"),
            b.FileRef("https://example.com/i.png", "image", False, "i.png", "x"),
            id="a picture",
        ),
        pytest.param(
            build.custom_emoji("wave", "https://example.com/w.png"),
            b.FileRef("https://example.com/w.png", "image", False, "wave", "x"),
            id="an emoji of the workspace",
        ),
        pytest.param({"type": "custom_emoji", "custom_emoji": None}, None, id="one that is missing"),
        pytest.param(None, None, id="none"),
    ],
)
def test_icons(raw, icon):
    (callout,) = blocks([{**build.callout("x", icon=raw), "id": "x"}])
    assert callout.icon == icon


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\r\nb\rc\u2028d\u2029e\u0085f\x0bg\x0ch", "a\nb\nc\nd\ne\nf\ng\nh"),
        ("be\x07ll\x00 \x7f\x9f", "bell "),
        ("half \ud83d pair", "half  pair"),
        ("\ufeffmark \ufffc object", "mark  object"),
        ("👩\u200d👧 e\u0301 \u200b\u00a0\t", "👩\u200d👧 e\u0301 \u200b\u00a0\t"),
    ],
)
def test_text_keeps_everything_that_can_be_seen_and_nothing_that_breaks_markup(typed, kept):
    assert b.plain(text(build.text(typed))) == kept


def test_runs_that_look_alike_are_one_span():
    runs = build.text(
        "a", "b", build.run("c", bold=True), build.run("d", bold=True), build.run("e", link="https://e.x")
    )
    assert [b.plain((span,)) for span in text(runs)] == ["ab", "cd", "e"]


NAMES = (
    *(
        "type",
        "id",
        "children",
        "rich_text",
        "text",
        "content",
        "link",
        "url",
        "mention",
        "annotations",
        "color",
        "icon",
    ),
    *("caption", "cells", "title", "file", "external", "expression", "width_ratio", "list_start_index", "synced_from"),
    *("table_row", "column", "custom_emoji", "emoji", "language", "page_id", "block_type", "date", "start", "href"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.sampled_from(sorted(PARSERS)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=12,
)
KINDS = st.sampled_from([*sorted(PARSERS), "bulleted_list_item", "numbered_list_item", "to_do", "hologram"])


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.tuples(KINDS, JSON, JSON), max_size=4))
def test_no_block_whatever_its_form_ends_the_reading_or_the_rendering(given):
    raw = [{"type": kind, kind: body, "children": children, "id": "x"} for kind, body, children in given]
    assert document(blocks(raw), Context()).html is not None


def test_the_name_of_a_file_can_be_published_whatever_it_holds():
    (made,) = blocks(
        [{"id": "x", "type": "pdf", "pdf": {"name": "\ud800", "external": {"url": "https://x.example/a"}}}]
    )
    assert (made.file.name, made.file.url) == ("a", "https://x.example/a")

"""What every `Source` promises: the one in memory, and the adapter on the stand-in for Notion."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from sidecar.blocks import FileRef, PageId
from sidecar.errors import Missing, Refused
from sidecar.ports import Mark
from tests.contracts.sources import SOURCES, Notion
from tests.stage.notion import build as b

NOBODY = PageId("00000000-0000-4000-8000-000000000099")


@pytest.fixture(params=SOURCES)
def notion(request: pytest.FixtureRequest) -> Iterator[Notion]:
    with SOURCES[request.param]() as notion:
        yield notion


def ids(rows: list[dict[str, Any]]) -> set[str]:
    return {row["id"] for row in rows}


def words(blocks: list[dict[str, Any]]) -> list[Any]:
    """The texts of a tree, as nested lists; other blocks by their type."""
    found: list[Any] = []
    for block in blocks:
        runs = block.get(block["type"], {}).get("rich_text")
        found.append("".join(run["plain_text"] for run in runs) if runs else block["type"])
        if "children" in block:
            found.append(words(block["children"]))
    return found


# --- what asks -------------------------------------------------------------------------------------------


def test_the_pages_that_ask_are_listed_and_no_others(notion: Notion) -> None:
    wanted = {notion.content.add_page("One"), notion.content.add_page("Two")}
    notion.content.add_page("Draft", status="Draft")
    notion.content.add_page("None", status=None)
    notion.content.trash(notion.content.add_page("Trash"))
    notion.content.unshare(notion.content.add_page("Not ours"))
    assert ids(notion.source.listed()) == wanted


def test_pages_that_are_done_are_listed_when_they_were_edited_in_that_minute_or_later(notion: Notion) -> None:
    now = time.time() // 60 * 60
    asking = notion.content.add_page("Asking", edited=now - 9_000)
    edited = notion.content.add_page("Edited", status="Done", edited=now)
    notion.content.add_page("Old", status="Done", edited=now - 60)
    assert ids(notion.source.listed(datetime.fromtimestamp(now + 59, UTC))) == {asking, edited}
    assert ids(notion.source.listed()) == {asking}


def test_a_listing_shows_pages_as_they_show_themselves(notion: Notion) -> None:
    page_id = notion.content.add_page("One", Slug="one", Tags=["a"])
    (row,) = notion.source.listed()
    page = notion.source.page(PageId(page_id))
    assert {**row, "request_id": ""} == {**page, "request_id": ""}


def test_an_option_that_is_not_there_is_refused_and_not_nothing(notion: Notion) -> None:
    notion.content.add_page("One")
    notion.content.source.rename_option("Adding", "Please")
    with pytest.raises(Refused, match="no option 'Adding'"):
        notion.source.listed()


# --- pages and blocks ------------------------------------------------------------------------------------


def test_what_is_not_there_or_not_shared_is_missing(notion: Notion) -> None:
    unshared = PageId(notion.content.add_page("Not ours", [b.paragraph("x")]))
    notion.content.unshare(unshared)
    for page_id in (NOBODY, unshared):
        with pytest.raises(Missing, match="not shared with the integration, or was deleted"):
            notion.source.page(page_id)
        with pytest.raises(Missing):
            notion.source.blocks(page_id)


def test_a_page_in_the_trash_is_there_and_says_so(notion: Notion) -> None:
    page_id = notion.content.add_page("Old")
    notion.content.trash(page_id)
    assert notion.page(page_id).in_trash


def test_blocks_come_whole_and_in_order_and_without_other_pages(notion: Notion) -> None:
    many = [b.paragraph(f"{number}") for number in range(120)]
    inner = b.child_page("Inner", b.paragraph("not ours"))
    page_id = notion.content.add_page(
        "Long", [*many, b.bullet("a", children=[b.bullet("b", children=[b.bullet("c")])]), inner]
    )
    tree = words(notion.source.blocks(PageId(page_id)))
    assert tree == [*(str(number) for number in range(120)), "a", ["b", ["c"]], "child_page"]


def test_a_synced_copy_has_what_the_original_has(notion: Notion) -> None:
    original = notion.content.new_id()
    notion.content.add_page("There", [b.synced(b.paragraph("shared", children=[b.paragraph("inside")]), id=original)])
    page_id = notion.content.add_page("Here", [b.synced_copy(original), b.synced_copy(original)])
    inside = ["shared", ["inside"]]
    assert words(notion.source.blocks(PageId(page_id))) == ["synced_block", inside, "synced_block", inside]


def test_a_synced_copy_of_what_is_not_shared_says_so(notion: Notion) -> None:
    original = notion.content.new_id()
    notion.content.unshare(notion.content.add_page("There", [b.synced(b.paragraph("x"), id=original)]))
    page_id = notion.content.add_page("Here", [b.synced_copy(original)])
    assert words(notion.source.blocks(PageId(page_id))) == ["synced_block", ["synced block that is not shared"]]


@pytest.mark.parametrize("number", [0, 26, 101])
def test_a_property_is_read_to_its_last_value(notion: Notion, number: int) -> None:
    others = [notion.content.add_page(f"{it}", status=None) for it in range(number)]
    page_id = notion.content.add_page("Related", Related=others)
    property = notion.page(page_id).properties["Related"]
    assert property.has_more == (number > 25)
    values = notion.source.property_values(PageId(page_id), property.id)
    assert [it["relation"]["id"] for it in values] == others


# --- files -----------------------------------------------------------------------------------------------


def first_link(notion: Notion, page_id: str) -> str:
    return str(notion.source.blocks(PageId(page_id))[0]["image"]["file"]["url"])


def test_a_file_is_signed_anew_and_stays_the_same_file(notion: Notion) -> None:
    notion.content.add_file("a.png", b"pixels")
    page_id = notion.content.add_page("Picture", [b.image("a.png")], cover="a.png")
    link = first_link(notion, page_id)
    for block_id in (notion.content.children[page_id][0], page_id):
        old = FileRef(link.split("?")[0], "image", True, "a.png", block_id)
        fresh = notion.source.fresh_file(old)
        assert (fresh.identity, fresh.name, fresh.block_id) == (old.identity, "a.png", block_id)
        assert "X-Amz-Signature" in fresh.url
        assert fresh.expires is not None


def test_a_file_that_was_taken_out_or_exchanged_is_missing(notion: Notion) -> None:
    notion.content.add_file("a.png", b"pixels")
    page_id = notion.content.add_page("Picture", [b.image("a.png")])
    old = FileRef(first_link(notion, page_id), "image", True, "a.png", notion.content.children[page_id][0])
    notion.content.add_file("a.png", b"other pixels")
    with pytest.raises(Missing):
        notion.source.fresh_file(old)
    notion.content.replace_blocks(page_id, [])
    with pytest.raises(Missing):
        notion.source.fresh_file(old)


# --- telling the page ------------------------------------------------------------------------------------


def test_a_page_is_told_in_one_call_and_only_what_it_does_not_say_yet(notion: Notion) -> None:
    page_id = notion.content.add_page("Told")
    page = notion.page(page_id)
    before = notion.source.calls()
    notion.source.mark(page, Mark("Done", "https://blog.example/told/", "Well."))
    assert notion.source.calls() == before + 1
    said = [notion.content.said(page_id, name) for name in ("WordPress URL", "WordPress Message")]
    assert [notion.content.status(page_id), *said] == ["Done", "https://blog.example/told/", "Well."]
    page = notion.page(page_id)
    before = notion.source.calls()
    notion.source.mark(page, Mark("Done", "https://blog.example/told/", "Well."))
    assert notion.source.calls() == before


def test_what_is_not_named_is_left_and_an_empty_message_empties(notion: Notion) -> None:
    page_id = notion.content.add_page("Told", status="Error", properties={"WordPress Message": "Failed."})
    notion.source.mark(notion.page(page_id), Mark(message=""))
    assert (notion.content.status(page_id), notion.content.said(page_id, "WordPress Message")) == ("Error", "")


def test_an_option_that_is_gone_is_refused_and_changes_nothing(notion: Notion) -> None:
    page_id = notion.content.add_page("Told")
    page = notion.page(page_id)
    notion.content.remove_option("Done")
    with pytest.raises(Refused):
        notion.source.mark(page, Mark("Done", "https://blog.example/", "x"))
    assert (notion.content.status(page_id), notion.content.said(page_id, "WordPress Message")) == ("Adding", "")


def test_our_own_writes_bear_the_bots_name(notion: Notion) -> None:
    page_id = notion.content.add_page("Told")
    notion.source.mark(notion.page(page_id), Mark("Done"))
    assert notion.source.page(PageId(page_id))["last_edited_by"]["id"] == notion.source.bot_id()


def test_the_database_of_a_page_is_known(notion: Notion) -> None:
    page_id = notion.content.add_page("A page")
    assert notion.source.page(PageId(page_id))["parent"]["database_id"] == notion.source.database_id()


def test_the_schema_names_every_property_with_its_type(notion: Notion) -> None:
    assert {name: it["type"] for name, it in notion.source.properties().items()} == notion.content.schema


def test_calls_are_counted(notion: Notion) -> None:
    page_id = PageId(notion.content.add_page("One"))
    assert (notion.source.calls(), notion.source.throttled()) == (0, 0)
    notion.source.listed()
    notion.source.page(page_id)
    assert notion.source.calls() == 2

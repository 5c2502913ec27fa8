"""Notion: what is asked, how often, and what comes back. The far end is the stand-in, over HTTP."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from sidecar.adapters.notion import MOST_LEVELS
from sidecar.blocks import FileRef, PageId
from sidecar.errors import Missing, Refused, Stopped, Unavailable
from sidecar.ports import Mark
from tests.adapters.far_end import answer, far_end
from tests.adapters.notion_source import asked, opened, page_of
from tests.fakes.memory import FakeMemory
from tests.stage.notion import Clock, NotionStandIn
from tests.stage.notion import build as b
from tests.stage.notion.shapes import BOT, bare

QUERY = "POST data_sources/*/query"


@pytest.fixture
def notion():
    with NotionStandIn() as notion:
        yield notion
        assert notion.violations == []


def titles(rows):
    return sorted("".join(run["plain_text"] for run in row["properties"]["Name"]["title"]) for row in rows)


def kinds(blocks):
    """The types of a tree of blocks, as nested lists."""
    return [[block["type"], kinds(block["children"])] if "children" in block else block["type"] for block in blocks]


# --- who asks --------------------------------------------------------------------------------------------


def test_every_call_says_who_asks_and_for_which_version():
    seen = {}
    with far_end(answer(b'{"id": "me"}', Content_Type="application/json")) as end:
        with NotionStandIn() as notion, opened(notion, NOTION_BASE_URL=end.url) as source:
            source.bot_id()
        for line in end.heads[0].decode().split("\r\n")[1:]:
            name, _, value = line.partition(": ")
            seen[name.lower()] = value
    assert seen["notion-version"] == "2026-03-11"
    assert seen["authorization"] == "Bearer ntn_stand_in"


def test_the_own_bot_is_asked_for_once(notion):
    memory = FakeMemory()
    for _ in range(2):
        with opened(notion, memory=memory) as source:
            assert source.bot_id() == BOT
    assert asked(notion) == ["GET users/me"]


# --- which pages ask -------------------------------------------------------------------------------------


def test_only_the_pages_that_ask_are_listed_in_one_call_for_a_hundred(notion):
    for number in range(100):
        notion.add_page(f"Page {number:03}")
    notion.add_page("Not yet", status="Draft")
    notion.add_page("No status", status=None)
    notion.trash(notion.add_page("In the trash"))
    with opened(notion) as source:
        assert titles(source.listed()) == [f"Page {number:03}" for number in range(100)]
        assert source.calls() == 1
    assert asked(notion) == [QUERY]


def test_the_hundred_and_first_page_costs_one_more_call(notion):
    for number in range(101):
        notion.add_page(f"Page {number}")
    with opened(notion) as source:
        assert len(source.listed()) == 101
    assert asked(notion) == [QUERY] * 2


def test_pages_that_ask_to_be_withdrawn_are_listed_when_that_option_is_set(notion):
    notion.add_page("In", status="Adding")
    notion.add_page("Out", status="Withdraw")
    with opened(notion) as source:
        assert titles(source.listed()) == ["In"]
    with opened(notion, NOTION_STATUS_WITHDRAW="Withdraw") as source:
        assert titles(source.listed()) == ["In", "Out"]
    assert asked(notion) == [QUERY] * 2


def test_pages_that_are_done_are_listed_when_they_were_edited_since(notion):
    now = time.time()
    notion.add_page("Old and asking", edited=now - 9_000)
    notion.add_page("Done long ago", status="Done", edited=now - 9_000)
    notion.add_page("Done and edited", status="Done", edited=now)
    since = datetime.fromtimestamp(now - 600, UTC)
    with opened(notion) as source:
        assert titles(source.listed(since)) == ["Done and edited", "Old and asking"]
    assert asked(notion) == [QUERY]


def test_an_edit_in_the_minute_of_the_last_look_is_listed(notion):
    """Notion rounds edit times down to the minute, so the question is rounded, too; in whatever zone it is asked."""
    moment = datetime(2026, 11, 24, 12, 30, 50, tzinfo=UTC)
    notion.add_page("Same minute", status="Done", edited=moment.timestamp())
    with opened(notion) as source:
        assert titles(source.listed(moment.astimezone(None))) == ["Same minute"]
        assert source.listed(moment + timedelta(minutes=1)) == []


@pytest.mark.parametrize("with_edits", [False, True], ids=["by status", "by status and edit time"])
def test_more_rows_than_notion_lists_at_once_are_listed_all_the_same(notion, with_edits):
    notion.content.query_cap = 10
    now = time.time()
    for number in range(27):
        notion.add_page(f"Page {number}", status=("Adding", "Done")[number % 2], edited=now - 60 * number)
    with opened(notion, NOTION_STATUS_WITHDRAW="Withdraw") as source:
        rows = source.listed(datetime.fromtimestamp(now - 86_400, UTC) if with_edits else None)
    assert len(titles(rows)) == len({row["id"] for row in rows}) == (27 if with_edits else 14)
    assert len(asked(notion)) == (3 if with_edits else 2)


def test_more_rows_in_one_minute_than_notion_lists_at_once_are_an_error_and_not_a_part(notion):
    notion.content.query_cap = 10
    for number in range(11):
        notion.add_page(f"Page {number}", edited=1_760_000_000.0)
    with opened(notion) as source, pytest.raises(Unavailable, match="in one minute"):
        source.listed()


# --- which data source -----------------------------------------------------------------------------------

FORMS = {
    "the data source id": lambda notion: notion.data_source_id,
    "without dashes": lambda notion: bare(notion.data_source_id),
    "the database id": lambda notion: notion.database_id,
    "a link on www.notion.so": lambda notion: f"https://www.notion.so/us/{bare(notion.database_id)}?v={'0' * 32}&pvs=4",
    "a link on app.notion.com": lambda notion: (
        f"https://app.notion.com/p/My-list-{bare(notion.database_id)}?v={'1' * 32}"
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_data_source_is_found_whatever_was_copied_and_only_once(notion, form):
    notion.add_page("Here")
    memory, given = FakeMemory(), FORMS[form](notion)
    for _ in range(2):
        with opened(notion, memory=memory, NOTION_DATA_SOURCE_ID=given) as source:
            assert titles(source.listed()) == ["Here"]
    is_direct = bare(notion.data_source_id) == bare(given)
    assert asked(notion) == [QUERY] * (2 if is_direct else 1) + ([] if is_direct else ["GET databases/*", QUERY, QUERY])


def test_a_data_source_that_was_exchanged_for_another_is_found_anew(notion):
    memory = FakeMemory()
    with opened(notion, memory=memory, NOTION_DATA_SOURCE_ID=notion.database_id) as source:
        assert source.listed() == []
        notion.content.source.is_unshared = True
        other = notion.content.add_data_source("Second", database_id=notion.database_id, status_type="select")
        notion.add_page("In the second", source=other)
        assert titles(source.listed()) == ["In the second"]


def test_what_is_not_shared_or_deleted_says_so_with_what_to_do(notion):
    notion.content.source.is_unshared = True
    with (
        opened(notion) as source,
        pytest.raises(Missing, match=r"not shared with the integration, or was deleted.*Connections"),
    ):
        source.listed()


def test_the_link_of_a_page_is_told_from_that_of_a_database(notion):
    page_id = notion.add_page("One of the pages", [])
    with (
        opened(notion, NOTION_DATA_SOURCE_ID=page_id) as source,
        pytest.raises(Missing, match=r"is a page.*copy its link"),
    ):
        source.listed()


def test_a_database_with_two_data_sources_asks_which_one_and_names_them(notion):
    second = notion.content.add_data_source("Second", database_id=notion.database_id)
    with (
        opened(notion, NOTION_DATA_SOURCE_ID=notion.database_id) as source,
        pytest.raises(Refused, match=f"2 data sources.*NOTION_DATA_SOURCE_ID.*Magazine: .*Second: {second.id}"),
    ):
        source.listed()


def test_what_is_no_id_at_all_is_named_by_its_setting(notion):
    with (
        opened(notion, NOTION_DATA_SOURCE_ID="my database") as source,
        pytest.raises(Refused, match="NOTION_DATA_SOURCE_ID"),
    ):
        source.listed()
    assert asked(notion) == []


# --- the status property ---------------------------------------------------------------------------------


def test_a_status_property_of_type_select_is_found_out_once():
    with NotionStandIn(status_type="select") as notion:
        page_id = notion.add_page("Here")
        memory = FakeMemory()
        for _ in range(2):
            with opened(notion, memory=memory) as source:
                assert titles(source.listed()) == ["Here"]
        with opened(notion, memory=memory) as source:
            source.mark(page_of(source, page_id), Mark(status="Done"))
        assert notion.status(page_id) == "Done"
        assert asked(notion)[:5] == [QUERY, "GET data_sources/*", QUERY, QUERY, "GET pages/*"]


def test_a_status_that_becomes_a_select_while_we_know_better_is_found_out_again(notion):
    memory = FakeMemory()
    with opened(notion, memory=memory) as source:
        source.listed()
        notion.content.schema["Status"] = "select"
        notion.add_page("Here")
        assert titles(source.listed()) == ["Here"]


def test_a_status_property_that_is_not_there_is_named_with_those_that_are(notion):
    notion.content.rename_property("Status", "Stage")
    with opened(notion) as source, pytest.raises(Refused, match=r"no property 'Status'.*Stage.*NOTION_STATUS_PROPERTY"):
        source.listed()


def test_a_status_property_of_another_type_is_named(notion):
    with (
        opened(notion, NOTION_STATUS_PROPERTY="Tags") as source,
        pytest.raises(Refused, match="'Tags' is of type multi_select"),
    ):
        source.listed()


def test_an_option_that_was_renamed_meanwhile_is_named_with_those_that_are_there(notion):
    with opened(notion) as source:
        source.listed()
        notion.content.source.rename_option("Adding", "Please publish")
        with pytest.raises(Refused, match=r"no option 'Adding'.*Please publish.*NOTION_STATUS_READY"):
            source.listed()


def test_the_schema_names_every_property_with_its_type(notion):
    with opened(notion, NOTION_DATA_SOURCE_ID=notion.database_id) as source:
        assert {name: it["type"] for name, it in source.properties().items()} == notion.content.schema


# --- blocks ----------------------------------------------------------------------------------------------


def test_a_page_without_blocks_costs_one_call(notion):
    page_id = notion.add_page("Empty")
    with opened(notion) as source:
        assert source.blocks(PageId(page_id)) == []
    assert asked(notion) == ["GET blocks/*/children"]


def test_a_tree_is_read_whole_and_in_order_for_the_least_number_of_calls(notion):
    many = [b.paragraph(f"{number}") for number in range(250)]
    deep = b.bullet("1", children=[b.bullet("2", children=[b.bullet("3", children=[b.bullet("4", children=many)])])])
    page_id = notion.add_page("Long", [*many, deep, b.toggle("closed", children=[b.divider()])])
    with opened(notion) as source:
        top = source.blocks(PageId(page_id))
    assert [it["paragraph"]["rich_text"][0]["plain_text"] for it in top[:250]] == [str(it) for it in range(250)]
    inner = top[250]["children"][0]["children"][0]["children"][0]["children"]
    assert [it["paragraph"]["rich_text"][0]["plain_text"] for it in inner] == [str(it) for it in range(250)]
    assert kinds(top[251:]) == [["toggle", ["divider"]]]
    # 252 children of the page: 3 calls; four levels of bullets: 1 + 1 + 1 + 3; the toggle: 1.
    assert asked(notion) == ["GET blocks/*/children"] * 10


def test_block_lists_of_one_level_are_read_side_by_side(notion):
    page_id = notion.add_page("Lists", [b.bullet(f"{it}", children=[b.paragraph("inside")]) for it in range(8)])
    notion.faults.add("/children", "slow", seconds=0.3, times=100)
    started = time.monotonic()
    with opened(notion) as source:
        assert len(source.blocks(PageId(page_id))) == 8
    assert time.monotonic() - started < 1.5


def test_pages_and_databases_inside_a_page_are_not_entered(notion):
    inner = b.child_page("Another page", b.paragraph("its content"))
    page_id = notion.add_page("Outer", [inner, b.child_database("A database"), b.toggle("t", children=[inner])])
    with opened(notion) as source:
        blocks = source.blocks(PageId(page_id))
    assert kinds(blocks) == ["child_page", "child_database", ["toggle", ["child_page"]]]
    assert len(notion.calls) == 2


def test_a_synced_copy_has_the_originals_blocks_under_its_own_id(notion):
    original = notion.content.new_id()
    made = b.synced(b.paragraph("shared"), b.toggle("more", children=[b.divider()]), id=original)
    other = notion.add_page("Other", [made])
    page_id = notion.add_page("Here", [b.synced_copy(original), b.paragraph("between"), b.synced_copy(original)])
    with opened(notion) as source:
        blocks = source.blocks(PageId(page_id))
        there = source.blocks(PageId(other))
    inside = ["paragraph", ["toggle", ["divider"]]]
    assert kinds(blocks) == [["synced_block", inside], "paragraph", ["synced_block", inside]]
    assert kinds(there) == [["synced_block", inside]]
    assert [it["id"] for it in blocks[0]["children"]] == [it["id"] for it in blocks[2]["children"]]


def test_a_synced_copy_whose_original_is_not_shared_is_shown_as_that(notion):
    original = notion.content.new_id()
    notion.unshare(notion.add_page("Secret", [b.synced(b.paragraph("secret"), id=original)]))
    page_id = notion.add_page("Here", [b.paragraph("before"), b.synced_copy(original)])
    with opened(notion) as source:
        blocks = source.blocks(PageId(page_id))
    assert kinds(blocks) == ["paragraph", ["synced_block", ["synced block that is not shared"]]]
    assert blocks[1]["children"][0]["id"] == blocks[1]["id"]


def test_a_page_whose_blocks_contain_themselves_ends_in_an_error(notion):
    original = notion.content.new_id()
    page_id = notion.add_page("Mirror", [b.synced(b.synced_copy(original), id=original)])
    with opened(notion) as source, pytest.raises(Refused, match="synced block may contain itself"):
        source.blocks(PageId(page_id))
    assert len(notion.calls) == 1 + MOST_LEVELS


def test_a_block_that_is_removed_while_the_page_is_read_is_a_reason_to_read_again(notion):
    page_id = notion.add_page("Moving", [b.toggle("t", children=[b.paragraph("x")])])
    (toggle,) = notion.content.children[page_id]
    notion.faults.add(f"/{toggle}/children", status=404)
    with opened(notion) as source, pytest.raises(Unavailable, match="removed from the page while it was read"):
        source.blocks(PageId(page_id))


@pytest.mark.parametrize("what", ["database_id", "data_source_id"])
def test_the_link_of_the_database_is_told_from_that_of_a_page(notion, what):
    with opened(notion) as source, pytest.raises(Missing, match=r"the database itself.*Open the page"):
        source.page(PageId(getattr(notion, what)))


def test_a_page_that_is_not_shared_or_deleted_says_so(notion):
    page_id = notion.add_page("Secret", [b.paragraph("x")])
    notion.unshare(page_id)
    with opened(notion) as source:
        for ask in (source.page, source.blocks):
            with pytest.raises(Missing, match="not shared with the integration, or was deleted"):
                ask(PageId(page_id))


@pytest.mark.parametrize("fault", ["status", "truncated", "garbage", "reset", "same cursor"])
def test_a_tree_of_which_one_list_cannot_be_read_is_no_tree(notion, fault):
    page_id = notion.add_page("Half", [b.toggle("a", children=[b.divider()]), b.toggle("b", children=[b.divider()])])
    (_, second) = notion.content.children[page_id]
    notion.faults.add(f"/{second}/children", fault, times=100)
    with opened(notion) as source, pytest.raises(Unavailable):
        source.blocks(PageId(page_id))


# --- long properties, files ------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [3, 25, 26, 100, 101, 230])
def test_a_property_is_read_to_its_last_value(notion, number):
    others = [notion.add_page(f"Other {it}", status=None) for it in range(number)]
    page_id = notion.add_page("Related", Related=others)
    with opened(notion) as source:
        raw = source.page(PageId(page_id))["properties"]["Related"]
        assert raw["has_more"] == (number > 25)
        values = source.property_values(PageId(page_id), raw["id"])
    assert [it["relation"]["id"] for it in values] == others
    assert asked(notion)[1:] == [f"GET pages/*/properties/{raw['id']}"] * -(-number // 100)


def test_a_property_with_one_value_is_a_list_of_one(notion):
    page_id = notion.add_page("Words", Words=7)
    with opened(notion) as source:
        raw = source.page(PageId(page_id))["properties"]["Words"]
        (value,) = source.property_values(PageId(page_id), raw["id"])
    assert value["number"] == 7


def hosted(notion, page, place):
    """The FileRef of a page's file, with a link that has run out."""
    url = f"{notion.url}/files/99999999-0000-4000-8000-000000000001/{notion.content.file_id('a.png')}/a.png?X-Amz-old"
    return FileRef(url, "image", True, "a.png", notion.content.children[page][0] if place == "block" else page)


@pytest.mark.parametrize(("place", "calls"), [("block", 1), ("cover", 2), ("property", 2)])
def test_a_link_that_ran_out_is_signed_anew_wherever_the_file_stands(notion, place, calls):
    notion.add_file("a.png", b"pixels")
    more = {"cover": {"cover": "a.png"}, "property": {"properties": {"Featured image": "a.png"}}, "block": {}}[place]
    page_id = notion.add_page("Picture", [b.image("a.png")] if place == "block" else [], **more)
    with opened(notion) as source:
        fresh = source.fresh_file(hosted(notion, page_id, place))
        assert source.calls() == calls
    assert (fresh.identity, fresh.name) == (hosted(notion, page_id, place).identity, "a.png")
    assert "X-Amz-Signature" in fresh.url
    assert fresh.expires > datetime.now(UTC)


def test_a_file_that_was_taken_out_of_the_page_is_missing(notion):
    notion.add_file("a.png", b"pixels")
    page_id = notion.add_page("Picture", [b.image("a.png")])
    gone = hosted(notion, page_id, "block")
    notion.replace_blocks(page_id, [b.paragraph("no picture")])
    with opened(notion) as source, pytest.raises(Missing):
        source.fresh_file(gone)


# --- telling the page ------------------------------------------------------------------------------------


def test_status_link_and_message_go_back_in_one_call(notion):
    page_id = notion.add_page("Told")
    with opened(notion) as source:
        page = page_of(source, page_id)
        source.mark(page, Mark("Done", "https://blog.example/told/", "All well."))
    assert asked(notion) == ["GET pages/*", "PATCH pages/*"]
    told = [notion.status(page_id), notion.said(page_id, "WordPress URL"), notion.said(page_id, "WordPress Message")]
    assert told == ["Done", "https://blog.example/told/", "All well."]


def test_what_the_page_says_already_is_not_written_again(notion):
    page_id = notion.add_page("Told", status="Done", properties={"WordPress URL": "https://blog.example/x/"})
    with opened(notion) as source:
        source.mark(page_of(source, page_id), Mark("Done", "https://blog.example/x/", ""))
    assert asked(notion) == ["GET pages/*"]


def test_a_message_is_cut_to_what_notion_takes_and_an_empty_one_empties(notion):
    page_id = notion.add_page("Told")
    with opened(notion) as source:
        source.mark(page_of(source, page_id), Mark("Error", None, "é" * 5000))
        assert notion.said(page_id, "WordPress Message") == "é" * 1999 + "…"
        source.mark(page_of(source, page_id), Mark(None, None, ""))
    assert notion.said(page_id, "WordPress Message") == ""


def test_properties_of_ones_own_take_link_and_message(notion):
    notion.content.source.add_property("Post", "url")
    notion.content.source.add_property("Notes", "rich_text")
    page_id = notion.add_page("Told")
    with opened(notion, NOTION_URL_PROPERTY="Post", NOTION_MESSAGE_PROPERTY="Notes") as source:
        source.mark(page_of(source, page_id), Mark("Done", "https://blog.example/", "Hello"))
    assert (notion.said(page_id, "Post"), notion.said(page_id, "Notes")) == ("https://blog.example/", "Hello")
    assert not notion.said(page_id, "WordPress URL")


@pytest.mark.parametrize(
    ("setting", "name"),
    [("NOTION_URL_PROPERTY", "Slug"), ("NOTION_MESSAGE_PROPERTY", "Words"), ("NOTION_STATUS_PROPERTY", "Stage")],
)
def test_a_property_that_cannot_take_it_is_named_before_anything_is_written(notion, setting, name):
    page_id = notion.add_page("Told")
    with opened(notion, **{setting: name}) as source, pytest.raises(Refused, match=f"{name}.*Set {setting}"):
        source.mark(page_of(source, page_id), Mark("Done", "https://blog.example/", "Hello"))
    assert notion.writes() == []


def test_an_option_that_is_gone_when_the_page_is_told_is_named(notion):
    page_id = notion.add_page("Told")
    with opened(notion) as source:
        page = page_of(source, page_id)
        notion.content.remove_option("Done")
        with pytest.raises(
            Refused, match=r"did not take the status 'Done' for 'Status'.*does not exist.*NOTION_STATUS_DONE"
        ):
            source.mark(page, Mark("Done"))
    assert notion.status(page_id) == "Adding"


def test_a_token_that_ran_out_when_the_page_is_told_is_not_blamed_on_the_option(notion):
    page_id = notion.add_page("Told")
    with opened(notion) as source:
        page = page_of(source, page_id)
        notion.faults.add("PATCH", status=401)
        with pytest.raises(Refused, match="does not accept the token") as raised:
            source.mark(page, Mark("Done"))
    assert "option" not in str(raised.value)


# --- stopping --------------------------------------------------------------------------------------------


def test_who_is_told_to_stop_asks_nothing_more(notion):
    stop = threading.Event()
    stop.set()
    with opened(notion, stop=stop) as source, pytest.raises(Stopped, match="stopped while it waited for Notion"):
        source.listed()
    assert asked(notion) == []


# --- never faster than the limit -------------------------------------------------------------------------


def test_the_adapter_keeps_to_the_pace_without_a_429():
    with NotionStandIn(per_minute=10, window=0.4) as notion:
        page_id = notion.add_page("Wide", [b.toggle(f"{it}", children=[b.divider()]) for it in range(25)])
        with opened(notion, limit=10) as source:
            assert len(source.blocks(PageId(page_id))) == 25
            assert (source.calls(), source.throttled()) == (26, 0)
        assert {call.status for call in notion.calls} == {200}


def test_an_edit_time_is_the_minute_that_notion_tells():
    clock = Clock(1_760_000_055.5)
    with NotionStandIn(clock=clock) as notion, opened(notion) as source:
        page_id = notion.add_page("Now", edited=clock.now)
        assert page_of(source, page_id).edited_at == datetime(2025, 10, 9, 8, 54, tzinfo=UTC)


def test_an_adapter_that_is_closed_leaves_no_thread_behind(notion):
    before = set(threading.enumerate())
    page_id = notion.add_page("Wide", [b.toggle("t", children=[b.divider()])])
    with opened(notion) as source:
        source.blocks(PageId(page_id))
    assert not [it for it in set(threading.enumerate()) - before if it.name.startswith("notion_")]

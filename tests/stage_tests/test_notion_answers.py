"""The stand-in's answers are Notion's: by the schema of its own types, in pages, to the minute, with signed links."""

import re
from urllib.parse import quote

import pytest
import requests

from tests.stage.notion import Clock, NotionStandIn
from tests.stage.notion import build as b
from tests.stage.notion.checking import problem
from tests.stage.notion.magazine import fill
from tests.stage.notion.properties import EMPTY
from tests.stage.notion.shapes import BOT, WRITER, bare
from tests.stage_tests.asking import ask, problems

EVERY_BLOCK = [
    b.paragraph(
        "a", b.run("b", bold=True, link="https://x.example/"), b.inline_equation("e=mc^2"), color="blue_background"
    ),
    b.paragraph(
        b.page_mention("0" * 8 + "-0000-4000-8000-" + "0" * 12, "P"), b.user_mention("W"), b.date_mention("2026-11-24")
    ),
    b.paragraph(
        b.link_mention("https://x.example/", "T"),
        b.link_preview_mention("https://x.example/"),
        b.template_mention("today"),
    ),
    b.paragraph(b.custom_emoji_mention("tide", "https://x.example/e.png"), b.anonymous_mention("0" * 32)),
    *(b.heading(level, "h") for level in (1, 2, 3, 4)),
    b.heading(2, "opens", toggle=[b.divider()]),
    b.bullet("b", children=[b.number("n", list_start_index=3, list_format="roman")]),
    b.to_do("t", checked=True),
    b.toggle("t", children=[b.paragraph("x")]),
    b.quote("q", children=[b.paragraph("x")]),
    b.callout("c"),
    b.callout("c", icon=b.native_icon("star")),
    b.code("x = 1", "python", "caption"),
    b.equation("x"),
    b.divider(),
    b.breadcrumb(),
    b.contents(),
    b.table(["a", "b"], ["c", "d"]),
    b.columns([b.paragraph("l")], [b.paragraph("r")], ratios=(0.4, 0.6)),
    b.tabs(One=[b.paragraph("1")], Two=[b.paragraph("2")]),
    b.image("a.png", "caption"),
    b.image("https://x.example/a.png"),
    *(b.media(kind, "a.bin") for kind in ("video", "audio", "pdf", "file")),
    b.bookmark("https://x.example/", "caption"),
    b.embed("https://x.example/"),
    b.link_preview("https://x.example/"),
    b.link_to_page("0" * 8 + "-0000-4000-8000-" + "0" * 12),
    b.child_page("Inner", b.paragraph("x")),
    b.child_database("Data"),
    b.synced(b.paragraph("x"), id="00000000-0000-4000-8000-00000000000f"),
    b.synced_copy("00000000-0000-4000-8000-00000000000f"),
    b.template("t"),
    b.meeting_notes("Meeting", b.paragraph("x")),
    b.unsupported("button"),
]


@pytest.fixture
def notion():
    with NotionStandIn() as notion:
        notion.add_file("a.png", b"pixels")
        notion.add_file("a.bin", b"bytes")
        yield notion


def of_everything(notion):
    """A page with a value in every property."""
    others = [notion.add_page(f"Other {it}", status=None) for it in range(30)]
    return notion.add_page(
        [b.run("All", bold=True)], EVERY_BLOCK, cover="a.png", icon="🌊",
        properties={
            "Slug": "all", "Excerpt": "Short", "Categories": ["Sea"], "Tags": ["a", "b"], "Author": [WRITER],
            "Publish date": "2026-11-24", "Featured image": ["a.png", "https://x.example/b.png"], "Sticky": True,
            "WordPress URL": "https://x.example/", "Words": 7, "Related": others, "Contact": "a@x.example",
            "Minutes to read": 3,
        },
    )  # fmt: skip


def without_links(body):
    """As text, without what is signed anew at each read."""
    return re.sub(r"\?X-Amz[^\"' ]*|[\d-]+T[\d:.]+Z", "", repr(body))


# --- by the schema ---------------------------------------------------------------------------------------


def test_every_block_that_there_is_fits_its_definition(notion):
    page_id = of_everything(notion)
    waiting, seen = [page_id], set()
    while waiting:
        answer = ask(notion, "GET", f"blocks/{waiting.pop()}/children")
        assert problems("ListBlockChildrenResponse", answer) == []
        seen |= {it["type"] for it in answer.body["results"]}
        waiting += [it["id"] for it in answer.body["results"] if it["has_children"]]
        for one in answer.body["results"]:
            single = ask(notion, "GET", f"blocks/{one['id']}")
            assert problem("Block", single.body) == ""
            assert without_links({**single.body, "request_id": None}) == without_links({**one, "request_id": None})
    assert seen >= {it["type"] for it in EVERY_BLOCK}


def test_pages_queries_and_schemas_fit_their_definitions(notion):
    page_id = of_everything(notion)
    source, database = notion.data_source_id, notion.database_id
    assert problems("Page", ask(notion, "GET", f"pages/{page_id}")) == []
    assert problems("QueryDataSourceResponse", ask(notion, "POST", f"data_sources/{source}/query", {})) == []
    assert problems("DataSource", ask(notion, "GET", f"data_sources/{source}")) == []
    assert problems("Database", ask(notion, "GET", f"databases/{database}")) == []
    patched = ask(notion, "PATCH", f"pages/{page_id}", {"properties": {"Status": {"status": {"name": "Done"}}}})
    assert problems("Page", patched) == []


@pytest.mark.parametrize("name", [name for name in NotionStandIn().content.schema])
def test_each_property_fits_its_definition_by_itself(notion, name):
    page_id = of_everything(notion)
    raw = ask(notion, "GET", f"pages/{page_id}").body["properties"][name]
    assert raw["type"] == notion.content.schema[name]
    answer = ask(notion, "GET", f"pages/{page_id}/properties/{raw['id']}")
    assert problems("GetPagePropertyResponse", answer) == []


def test_a_page_without_any_value_fits_its_definition(notion):
    page_id = notion.add_page("", status=None)
    answer = ask(notion, "GET", f"pages/{page_id}")
    assert problems("Page", answer) == []
    empty = {name for name, it in answer.body["properties"].items() if it[it["type"]] in (None, [], *EMPTY.values())}
    assert {"Slug", "Tags", "Words", "Publish date", "Author"} <= empty


def test_people_comments_and_searches_fit_their_definitions(notion):
    page_id = of_everything(notion)
    made = ask(notion, "POST", "comments", {"parent": {"page_id": page_id}, "rich_text": [b.run("Why?")]})
    assert problems("Comment", made) == []
    assert problems("ListCommentsResponse", ask(notion, "GET", f"comments?block_id={page_id}")) == []
    assert problems("User", ask(notion, "GET", "users/me")) == []
    assert ask(notion, "GET", "users/me").body["id"] == BOT
    assert problems("ListUsersResponse", ask(notion, "GET", "users")) == []
    assert problems("User", ask(notion, "GET", f"users/{WRITER}")) == []
    assert problems("SearchResponse", ask(notion, "POST", "search", {})) == []


def test_the_sample_magazine_fits_its_definitions(notion):
    fill(notion.content)
    assert (
        problems("QueryDataSourceResponse", ask(notion, "POST", f"data_sources/{notion.data_source_id}/query", {}))
        == []
    )
    for block_id in [*notion.content.pages, *notion.content.blocks]:
        assert problems("ListBlockChildrenResponse", ask(notion, "GET", f"blocks/{block_id}/children")) == []


def test_every_answer_has_a_request_id_that_is_in_its_header(notion):
    for answer in (ask(notion, "GET", "users/me"), ask(notion, "GET", "pages/nothing")):
        assert answer.body["request_id"] == answer.headers["x-notion-request-id"]


def test_the_older_version_has_the_older_names(notion):
    page_id = notion.add_page("Old", [b.meeting_notes("m")])
    old = {"Notion_Version": "2025-09-03"}
    assert ask(notion, "GET", f"pages/{page_id}", **old).body["archived"] is False
    assert "archived" not in ask(notion, "GET", f"pages/{page_id}").body
    types = [
        ask(notion, "GET", f"blocks/{page_id}/children", **version).body["results"][0]["type"] for version in (old, {})
    ]
    assert types == ["transcription", "meeting_notes"]


# --- lists in pages --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "pages"), [(100, 3), (1, 250), (37, 7)])
def test_a_list_comes_in_pages_and_the_last_one_says_so(notion, size, pages):
    page_id = notion.add_page("Long", [b.paragraph(f"{it}") for it in range(250)])
    seen, cursor, number = [], "", 0
    while number == 0 or cursor:
        answer = ask(notion, "GET", f"blocks/{page_id}/children?page_size={size}{cursor}").body
        number += 1
        seen += [it["paragraph"]["rich_text"][0]["plain_text"] for it in answer["results"]]
        assert answer["has_more"] == (answer["next_cursor"] is not None)
        cursor = f"&start_cursor={answer['next_cursor']}" if answer["has_more"] else ""
    assert (seen, number) == ([str(it) for it in range(250)], pages)


def test_a_query_stops_at_its_most_rows_and_says_so(notion):
    notion.content.query_cap = 5
    for number in range(6):
        notion.add_page(f"{number}")
    path = f"data_sources/{notion.data_source_id}/query"
    first = ask(notion, "POST", path, {"page_size": 3}).body
    assert (first["has_more"], "request_status" in first) == (True, False)
    last = ask(notion, "POST", path, {"page_size": 3, "start_cursor": first["next_cursor"]}).body
    assert (len(last["results"]), last["has_more"]) == (2, False)
    assert last["request_status"]["incomplete_reason"] == "query_result_limit_reached"


def test_no_trashed_and_no_unshared_row_is_listed(notion):
    kept = notion.add_page("Kept")
    notion.trash(notion.add_page("Trashed"))
    notion.unshare(notion.add_page("Unshared"))
    rows = ask(notion, "POST", f"data_sources/{notion.data_source_id}/query", {}).body["results"]
    assert [row["id"] for row in rows] == [kept]


FILTERS = {
    "a status": ({"property": "Status", "status": {"equals": "Done"}}, "B"),
    "one of two": ({"property": "Status", "status": {"equals": ["Done", "Adding"]}}, "ABC"),
    "not a status": ({"property": "Status", "status": {"does_not_equal": "Done"}}, "AC"),
    "edited since": (
        {"timestamp": "last_edited_time", "last_edited_time": {"on_or_after": "2026-01-02T00:00:00Z"}},
        "BC",
    ),
    "a text": ({"property": "Slug", "rich_text": {"starts_with": "sl"}}, "A"),
    "an empty one": ({"property": "Slug", "rich_text": {"is_empty": True}}, "BC"),
    "a number": ({"property": "Words", "number": {"greater_than": 5}}, "C"),
    "a tag": ({"property": "Tags", "multi_select": {"contains": "sea"}}, "AB"),
    "a check": ({"property": "Sticky", "checkbox": {"equals": True}}, "C"),
    "both": (
        {
            "and": [
                {"property": "Tags", "multi_select": {"contains": "sea"}},
                {"property": "Status", "status": {"equals": "Done"}},
            ]
        },
        "B",
    ),
    "either": (
        {
            "or": [
                {"property": "Sticky", "checkbox": {"equals": True}},
                {"property": "Status", "status": {"equals": "Done"}},
            ]
        },
        "BC",
    ),
}


@pytest.mark.parametrize("case", FILTERS)
def test_a_filter_lets_through_what_it_says(notion, case):
    wanted, titles = FILTERS[case]
    notion.add_page("A", edited=1_767_225_600.0, Slug="slug", Tags=["sea"])
    notion.add_page("B", edited=1_767_312_000.0, status="Done", Tags=["sea"])
    notion.add_page("C", edited=1_767_398_400.0, Words=7, Sticky=True)
    rows = ask(notion, "POST", f"data_sources/{notion.data_source_id}/query", {"filter": wanted}).body["results"]
    assert "".join(row["properties"]["Name"]["title"][0]["plain_text"] for row in rows) == titles


def test_rows_come_in_the_order_asked_for(notion):
    for title, edited in (("A", 1e9), ("B", 3e9), ("C", 2e9)):
        notion.add_page(title, edited=edited)
    for direction, titles in (("ascending", "ACB"), ("descending", "BCA")):
        body = {"sorts": [{"timestamp": "last_edited_time", "direction": direction}]}
        rows = ask(notion, "POST", f"data_sources/{notion.data_source_id}/query", body).body["results"]
        assert "".join(row["properties"]["Name"]["title"][0]["plain_text"] for row in rows) == titles


def test_a_page_shows_25_of_its_relations_and_says_that_there_are_more(notion):
    page_id = of_everything(notion)
    raw = ask(notion, "GET", f"pages/{page_id}").body["properties"]["Related"]
    assert (len(raw["relation"]), raw["has_more"]) == (25, True)


def test_only_the_properties_asked_for_are_shown(notion):
    page_id = of_everything(notion)
    wanted = notion.content.source.property_id("Slug")
    answer = ask(notion, "GET", f"pages/{page_id}?filter_properties={quote(wanted, safe='')}&filter_properties=title")
    assert set(answer.body["properties"]) == {"Slug", "Name"}


# --- times and files -------------------------------------------------------------------------------------


def test_times_are_rounded_down_to_the_minute():
    clock = Clock(1_760_000_099.9)
    with NotionStandIn(clock=clock) as notion:
        page_id = notion.add_page("Now", [b.paragraph("x")])
        notion.append(page_id, [b.paragraph("y")])
        page = ask(notion, "GET", f"pages/{page_id}").body
        assert page["last_edited_time"] == "2025-10-09T08:54:00.000Z"
        assert re.fullmatch(r"[\d-]+T[\d:]+:00\.000Z", page["created_time"])
        clock.advance(20.2)
        notion.set_status(page_id, "Done")
        assert ask(notion, "GET", f"pages/{page_id}").body["last_edited_time"] == "2025-10-09T08:55:00.000Z"


def link_of(notion, page_id):
    return ask(notion, "GET", f"blocks/{page_id}/children").body["results"][0]["image"]["file"]["url"]


def test_a_signed_link_serves_the_file_for_an_hour_and_then_no_more():
    clock = Clock()
    with NotionStandIn(clock=clock) as notion:
        notion.add_file("a.png", b"pixels")
        page_id = notion.add_page("Picture", [b.image("a.png")])
        link = link_of(notion, page_id)
        assert "X-Amz-Expires=3600" in link
        clock.advance(3599)
        assert requests.get(link, timeout=10).content == b"pixels"
        clock.advance(2)
        late = requests.get(link, timeout=10)
        assert (late.status_code, b"Request has expired" in late.content) == (403, True)
        fresh = link_of(notion, page_id)
        assert fresh.split("?")[0] == link.split("?")[0]
        assert requests.get(fresh, timeout=10).content == b"pixels"


@pytest.mark.parametrize(
    "change", [lambda it: it.split("?")[0], lambda it: re.sub("X-Amz-Signature=.", "X-Amz-Signature=_", it)]
)
def test_a_link_without_its_signature_serves_nothing(notion, change):
    link = change(link_of(notion, notion.add_page("Picture", [b.image("a.png")])))
    assert requests.get(link, timeout=10).status_code == 403


def test_another_file_of_the_same_name_has_another_path(notion):
    page_id = notion.add_page("Picture", [b.image("a.png")])
    before = link_of(notion, page_id).split("?")[0]
    notion.add_file("a.png", b"other pixels")
    after = link_of(notion, page_id).split("?")[0]
    assert before != after


# --- reading what was written ----------------------------------------------------------------------------


def test_what_a_patch_sets_is_what_the_page_says_and_the_bot_did_it(notion):
    page_id = notion.add_page("Told")
    changes = {
        "Status": {"status": {"name": "Done"}},
        "WordPress URL": {"url": "https://x.example/"},
        "WordPress Message": {"rich_text": [{"text": {"content": "Hello"}}]},
    }
    page = ask(notion, "PATCH", f"pages/{page_id}", {"properties": changes}).body
    assert page == {**ask(notion, "GET", f"pages/{page_id}").body, "request_id": page["request_id"]}
    assert page["last_edited_by"]["id"] == BOT
    shown = page["properties"]
    assert shown["Status"]["status"]["name"] == "Done"
    assert shown["WordPress URL"]["url"] == "https://x.example/"
    assert shown["WordPress Message"]["rich_text"][0]["plain_text"] == "Hello"


def test_a_property_may_be_named_by_its_id_and_an_id_may_come_without_dashes(notion):
    page_id = notion.add_page("Told")
    by_id = {notion.content.source.property_id("Status"): {"status": {"name": "Done"}}}
    assert ask(notion, "PATCH", f"pages/{bare(page_id)}", {"properties": by_id}).status == 200
    assert notion.status(page_id) == "Done"


def test_a_page_in_the_trash_says_so_and_takes_no_properties(notion):
    page_id = notion.add_page("Old")
    notion.trash(page_id)
    assert ask(notion, "GET", f"pages/{page_id}").body["in_trash"] is True
    changes = {"properties": {"Status": {"status": {"name": "Done"}}}}
    assert ask(notion, "PATCH", f"pages/{page_id}", changes).body["code"] == "validation_error"
    assert ask(notion, "PATCH", f"pages/{page_id}", {"in_trash": False}).body["in_trash"] is False

"""The stand-in refuses what Notion refuses, in its words, and notes what no caller who knows the API would send."""

import pytest
import requests

from tests.stage.notion import NotionStandIn
from tests.stage.notion import build as b
from tests.stage_tests.asking import ask

NOBODY = "00000000-0000-4000-8000-000000000099"


@pytest.fixture(scope="module")
def notion():
    with NotionStandIn() as notion:
        yield notion


@pytest.fixture
def page_id(notion):
    notion.violations.clear()
    return notion.add_page("A page", [b.paragraph("x")])


def status(name):
    return {"properties": {"Status": {"status": {"name": name}}}}


# --- who may ask -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", [None, "Bearer wrong", "ntn_stand_in", "Basic ntn_stand_in"], ids=str)
def test_without_the_token_nothing_is_told(notion, page_id, header):
    answer = ask(notion, "GET", f"pages/{page_id}", Authorization=header)
    assert (answer.status, answer.body["code"]) == (401, "unauthorized")


def test_without_a_version_nothing_is_told(notion, page_id):
    answer = ask(notion, "GET", f"pages/{page_id}", Notion_Version=None)
    assert (answer.status, answer.body["code"]) == (400, "missing_version")
    assert notion.violations


@pytest.mark.parametrize("version", ["2022-06-28", "2027-01-01", "newest"])
def test_a_version_that_is_none_is_refused(notion, page_id, version):
    answer = ask(notion, "GET", f"pages/{page_id}", Notion_Version=version)
    assert (answer.status, answer.body["code"]) == (400, "validation_error")


CAPABILITIES = {
    "read": ("GET", "pages/{}", None),
    "update": ("PATCH", "pages/{}", status("Done")),
    "insert": ("PATCH", "blocks/{}/children", {"children": [{"divider": {}}]}),
    "read users": ("GET", "users", None),
    "insert comments": ("POST", "comments", {"parent": {"page_id": NOBODY}, "rich_text": []}),
}


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_an_integration_that_may_not_is_told_so(capability):
    method, path, body = CAPABILITIES[capability]
    with NotionStandIn() as notion:
        notion.capabilities.discard(capability)
        answer = ask(notion, method, path.format(notion.add_page("x")), body)
    assert (answer.status, answer.body["code"]) == (403, "restricted_resource")


def test_people_are_ids_alone_for_an_integration_that_may_not_read_users():
    with NotionStandIn() as notion:
        notion.capabilities.discard("read users")
        user = notion.content.add_user("Ana", "ana@x.example")
        page_id = notion.add_page("x", Author=[user])
        assert ask(notion, "GET", f"pages/{page_id}").body["properties"]["Author"]["people"] == [
            {"object": "user", "id": user}
        ]


# --- what is not there -----------------------------------------------------------------------------------

MISSING = {
    "a page": ("GET", "pages/{}", "page"),
    "a block": ("GET", "blocks/{}", "block"),
    "the children of a block": ("GET", "blocks/{}/children", "block"),
    "a database": ("GET", "databases/{}", "database"),
    "a data source": ("GET", "data_sources/{}", "database"),
    "a query": ("POST", "data_sources/{}/query", "database"),
    "a user": ("GET", "users/{}", "user"),
    "a page to write to": ("PATCH", "pages/{}", "page"),
}


@pytest.mark.parametrize("case", MISSING)
def test_what_is_not_there_is_not_found_in_notions_words(notion, case):
    method, path, word = MISSING[case]
    answer = ask(notion, method, path.format(NOBODY), {} if method != "GET" else None)
    assert (answer.status, answer.body["code"]) == (404, "object_not_found")
    assert answer.body["message"].startswith(f"Could not find {word} with ID: {NOBODY}. Make sure")


def test_what_is_not_shared_is_not_found_and_neither_is_what_stands_in_it(notion, page_id):
    (block,) = notion.content.children[page_id]
    notion.unshare(page_id)
    assert [ask(notion, "GET", it).status for it in (f"pages/{page_id}", f"blocks/{block}")] == [404, 404]
    notion.share(page_id)
    assert ask(notion, "GET", f"pages/{page_id}").status == 200


# --- what is wrong ---------------------------------------------------------------------------------------

QUERY = "data_sources/{source}/query"
PAGE = "pages/{page}"
AND = {"property": "Sticky", "checkbox": {"equals": True}}
MALFORMED = {
    "an id that is none": ("GET", "pages/nothing", None),
    "an address that is none": ("GET", "pages", None),
    "a method that is none": ("DELETE", PAGE, None),
    "a body that is no JSON": ("POST", QUERY, b"{"),
    "a body that is a list": ("POST", QUERY, []),
    "too large pages": ("POST", QUERY, {"page_size": 101}),
    "empty pages": ("GET", "blocks/{page}/children?page_size=0", None),
    "pages in words": ("GET", "blocks/{page}/children?page_size=many", None),
    "a cursor of its own making": ("POST", QUERY, {"start_cursor": NOBODY}),
    "a key that is none": ("POST", QUERY, {"filters": {}}),
    "a name that is none": ("GET", "blocks/{page}/children?pagesize=100", None),
    "a filter without an operator": ("POST", QUERY, {"filter": {"property": "Status", "status": {}}}),
    "an operator that is none": ("POST", QUERY, {"filter": {"property": "Status", "status": {"is": "Done"}}}),
    "filters in three levels": ("POST", QUERY, {"filter": {"and": [{"or": [{"and": [AND]}]}]}}),
    "a sort without a direction": ("POST", QUERY, {"sorts": [{"timestamp": "last_edited_time"}]}),
    "the old name of the trash": ("PATCH", PAGE, {"archived": True}),
    "a text that is too long": (
        "PATCH", PAGE, {"properties": {"Slug": {"rich_text": [{"text": {"content": "x" * 2001}}]}}}
    ),
    "a link that is too long": ("PATCH", PAGE, {"properties": {"WordPress URL": {"url": "https://x/" + "x" * 2000}}}),
    "more than a hundred blocks": ("PATCH", "blocks/{page}/children", {"children": [{"divider": {}}] * 101}),
}  # fmt: skip
INVALID = {
    "a property that is not there": ("POST", QUERY, {"filter": {"property": "Stage", "status": {"equals": "Done"}}}),
    "a filter of another type": ("POST", QUERY, {"filter": {"property": "Status", "select": {"equals": "Done"}}}),
    "an option that is not there": ("POST", QUERY, {"filter": {"property": "Status", "status": {"equals": "Gone"}}}),
    "a status that is not there": ("PATCH", PAGE, status("Gone")),
    "a value of another type": ("PATCH", PAGE, {"properties": {"Status": {"select": {"name": "Done"}}}}),
    "a value for a property that is not there": ("PATCH", PAGE, {"properties": {"Stage": {"url": "https://x.example/"}}}),
    "a value for one that is computed": ("PATCH", PAGE, {"properties": {"Edited": {"last_edited_time": "2026-01-01"}}}),
}  # fmt: skip


def asked(notion, page_id, method, path, body):
    return ask(notion, method, path.format(source=notion.data_source_id, page=page_id), body)


@pytest.mark.parametrize("case", MALFORMED)
def test_what_no_caller_would_send_is_refused_and_noted(notion, page_id, case):
    answer = asked(notion, page_id, *MALFORMED[case])
    assert (answer.status, answer.body["object"], len(notion.violations)) == (400, "error", 1)


@pytest.mark.parametrize("case", INVALID)
def test_what_does_not_fit_the_data_source_is_refused_and_changes_nothing(notion, page_id, case):
    before = ask(notion, "GET", f"pages/{page_id}").body
    answer = asked(notion, page_id, *INVALID[case])
    assert (answer.status, answer.body["code"]) == (400, "validation_error")
    after = ask(notion, "GET", f"pages/{page_id}").body
    assert {**before, "request_id": ""} == {**after, "request_id": ""}


def test_a_patch_of_which_one_part_is_wrong_changes_nothing(notion, page_id):
    changes = {"Slug": {"rich_text": [{"text": {"content": "new"}}]}, **status("Gone")["properties"]}
    assert ask(notion, "PATCH", f"pages/{page_id}", {"properties": changes}).status == 400
    assert notion.said(page_id, "Slug") == ""


def test_a_select_makes_the_options_that_are_written_to_it_and_a_status_does_not():
    with NotionStandIn(status_type="select") as notion:
        page_id = notion.add_page("x")
        answer = ask(notion, "PATCH", f"pages/{page_id}", {"properties": {"Status": {"select": {"name": "New"}}}})
        assert (answer.status, notion.status(page_id)) == (200, "New")


def test_a_cursor_belongs_to_its_list(notion):
    first, second = (notion.add_page("x", [b.divider()] * 3) for _ in range(2))
    cursor = ask(notion, "GET", f"blocks/{first}/children?page_size=1").body["next_cursor"]
    assert ask(notion, "GET", f"blocks/{second}/children?start_cursor={cursor}").status == 400
    assert ask(notion, "GET", f"blocks/{first}/children?start_cursor={cursor}").status == 200


# --- how fast --------------------------------------------------------------------------------------------


def test_who_asks_too_often_is_told_how_long_to_wait():
    with NotionStandIn(per_minute=3) as notion:
        answers = [ask(notion, "GET", "users/me") for _ in range(4)]
        assert [it.status for it in answers] == [200, 200, 200, 429]
        limited = answers[-1]
        assert limited.body["code"] == "rate_limited"
        assert 30 < int(limited.headers["Retry-After"]) <= 60
        assert limited.body["additional_data"]["rate_limit_reason"] == "public_api_request_rate_limit"
        assert limited.body["additional_data"]["retry_after"] == limited.headers["Retry-After"]
        notion.window = 0.0  # as if it were over
        assert ask(notion, "GET", "users/me").status == 200


# --- what is made to go wrong ----------------------------------------------------------------------------


def test_a_fault_happens_as_often_as_it_says_after_as_many_as_it_says():
    with NotionStandIn() as notion:
        notion.faults.add("/users", status=503, after=1, times=2)
        assert [ask(notion, "GET", "users/me").status for _ in range(4)] == [200, 503, 503, 200]
        assert [call.status for call in notion.calls] == [200, 503, 503, 200]


def test_a_lost_answer_was_done_and_a_reset_was_not():
    with NotionStandIn() as notion:
        page_id = notion.add_page("x")
        for kind, found in (("reset", "Adding"), ("lost reply", "Done")):
            notion.faults.add("PATCH", kind)
            with pytest.raises(requests.ConnectionError):
                ask(notion, "PATCH", f"pages/{page_id}", status("Done"))
            assert notion.status(page_id) == found


def test_it_keeps_count_of_what_was_written():
    with NotionStandIn() as notion:
        page_id = notion.add_page("x")
        ask(notion, "GET", f"pages/{page_id}")
        ask(notion, "PATCH", f"pages/{page_id}", status("Done"))
        assert [(call.method, call.status) for call in notion.writes()] == [("PATCH", 200)]
        notion.forget()
        assert (notion.calls, notion.writes()) == ([], [])

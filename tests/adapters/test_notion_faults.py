"""Notion when it fails: which answers are tried again, how long we wait, and what a person is told."""

import json
import time

import httpx
import pytest
from notion_client.errors import RequestTimeoutError

from sidecar.adapters.notion_calls import Limits
from sidecar.adapters.notion_errors import Committed, Invalid, unhappy
from sidecar.blocks import PageId
from sidecar.errors import Missing, Refused, Unavailable
from sidecar.ports import Mark
from tests.adapters.far_end import answer, far_end
from tests.adapters.notion_source import asked, opened, page_of
from tests.stage.notion import NotionStandIn
from tests.stage.notion import build as b

JSON = "application/json"
TRIES = 4
SHORT = Limits(seconds=0.3, answer_seconds=0.5, attempts=2, first_wait=0.01)
BLOCKED = {"additional": {"rate_limit_reason": "public_api_request_blocked"}, "reason": "public_api_request_blocked"}

TROUBLES = {
    "500": {"status": 500},
    "502 as HTML of a proxy": {"status": 502, "html": True},
    "503": {"status": 503},
    "503 of the database": {"status": 503, "code": "database_connection_unavailable"},
    "503 with guidance": {"status": 503, "additional": {"retry_guidance": "Reduce page_size."}},
    "504": {"status": 504},
    "409": {"status": 409},
    "403 as HTML of a proxy": {"status": 403, "html": True},
    "404 as HTML of a proxy": {"status": 404, "html": True},
    "a reset": {"kind": "reset"},
    "no JSON": {"kind": "garbage"},
    "half an answer": {"kind": "truncated"},
    "a lost answer": {"kind": "lost reply"},
    "silence": {"kind": "hang", "seconds": 3.0},
}
REFUSALS = {
    "400": ({"status": 400}, Refused, "Notion refused: body failed validation"),
    "401": ({"status": 401}, Refused, "does not accept the token.*NOTION_TOKEN"),
    "403": ({"status": 403}, Refused, "does not let the integration do this.*capabilities"),
    "403 over the block limit": ({"status": 403, "additional": {"block_limit": 1000}}, Refused, "over its block limit"),
    "404": ({"status": 404}, Missing, "not shared with the integration, or was deleted.*Connections"),
    "429 blocked": ({"status": 429, **BLOCKED}, Refused, "has blocked this integration"),
}


@pytest.fixture
def notion():
    with NotionStandIn() as notion:
        yield notion
        assert notion.violations == []


# --- tried again -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("call", ["listing", "blocks", "status"])
def test_a_passing_trouble_is_sat_out(notion, trouble, call):
    page_id = notion.add_page("Page", [b.paragraph("Text")])
    limits = Limits(seconds=1.0 if trouble == "silence" else 20.0, first_wait=0.01)
    with opened(notion, limits=limits) as source:
        page = page_of(source, page_id)
        notion.calls.clear()
        notion.faults.add("/query|/children|PATCH", times=2, **TROUBLES[trouble])
        if call == "listing":
            assert [row["id"] for row in source.listed()] == [page_id]
        if call == "blocks":
            assert len(source.blocks(PageId(page_id))) == 1
        if call == "status":
            source.mark(page, Mark("Done"))
            assert notion.status(page_id) == "Done"
        assert source.throttled() == 0
    writes = [call for call in asked(notion) if not call.startswith("GET pages")]
    assert len(writes) == 3


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_trouble_that_stays_is_an_error_that_may_pass(notion, trouble):
    page_id = notion.add_page("Page", [b.paragraph("Text")])
    notion.faults.add("/children", times=99, **TROUBLES[trouble])
    with opened(notion, limits=SHORT) as source, pytest.raises(Unavailable) as raised:
        source.blocks(PageId(page_id))
    assert raised.value.retry_after is None
    assert str(raised.value).startswith(("Notion", "Something between here and Notion"))
    assert len(notion.calls) == SHORT.attempts


def test_a_notion_that_is_not_there_is_an_error_that_may_pass(notion):
    with (
        opened(notion, NOTION_BASE_URL="http://127.0.0.1:9", limits=SHORT) as source,
        pytest.raises(Unavailable, match=r"cannot be reached \(ConnectError\)"),
    ):
        source.listed()


def test_an_answer_that_drips_is_not_waited_for(notion):
    """Every byte begins the time-out of a connection anew."""

    def drip(connection, _):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10000\r\n\r\n")
        for _ in range(100):
            connection.sendall(b" ")
            time.sleep(0.1)

    started = time.monotonic()
    with far_end(drip) as end:
        with (
            opened(notion, NOTION_BASE_URL=end.url, limits=SHORT) as source,
            pytest.raises(Unavailable, match="in time"),
        ):
            source.bot_id()
        assert time.monotonic() - started < 9


BODIES = {
    "an array": b"[]",
    "bytes that are no text": b'{"id": "\xff\xfe"}',
    "nothing": b"",
    "a list without results": b'{"object": "list"}',
}


@pytest.mark.parametrize("body", BODIES)
def test_an_answer_of_another_shape_is_an_error_that_may_pass(notion, body):
    with far_end(answer(BODIES[body], Content_Type=JSON)) as end, opened(notion, NOTION_BASE_URL=end.url) as source:
        with pytest.raises(Unavailable, match="Notion's answer"):
            source.blocks(PageId("0" * 32))
        assert source.calls() == (1 if body == "a list without results" else TRIES)


LISTS = {
    "/query": lambda source, _: source.listed(),
    "/children": lambda source, page_id: source.blocks(page_id),
    "/properties/": lambda source, page_id: source.property_values(
        page_id, source.page(page_id)["properties"]["Related"]["id"]
    ),
}


@pytest.mark.parametrize("path", LISTS)
def test_a_list_that_goes_round_in_a_circle_is_an_error_and_not_a_part(notion, path):
    others = [notion.add_page(f"Other {it}") for it in range(120)]
    page_id = notion.add_page("Page", [b.paragraph("Text")] * 120, Related=others)
    notion.faults.add(path, "same cursor", times=99)
    with opened(notion) as source, pytest.raises(Unavailable, match="circle"):
        LISTS[path](source, PageId(page_id))


# --- not tried again -------------------------------------------------------------------------------------


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal_is_told_at_once_and_in_words(notion, refusal):
    fault, kind, words = REFUSALS[refusal]
    page_id = notion.add_page("Page")
    notion.faults.add("/v1/pages", times=99, **fault)
    with opened(notion) as source, pytest.raises(kind, match=words) as raised:
        source.page(PageId(page_id))
    assert type(raised.value) is not Unavailable
    about_the_database = refusal == "404"  # once: is what was asked for the database itself?
    assert len(notion.calls) == 1 + about_the_database
    assert raised.value.remedy


# --- told to wait ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 529])
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
def test_the_wait_that_notion_asks_for_is_waited_in_full(notion, status, method):
    page_id = notion.add_page("Page")
    with opened(notion) as source:
        page = page_of(source, page_id)
        notion.calls.clear()
        notion.faults.add(f"{method} ", status=status, retry_after=1)
        {
            "GET": lambda: source.page(PageId(page_id)),
            "POST": source.listed,
            "PATCH": lambda: source.mark(page, Mark("Done")),
        }[method]()
        first, second = notion.calls
        assert second.at - first.at >= 1.0
        assert source.throttled() == (1 if status == 429 else 0)


def test_the_wait_holds_back_the_other_threads_too(notion):
    page_id = notion.add_page("Wide", [b.toggle(f"{it}", children=[b.divider()]) for it in range(8)])
    notion.faults.add("/children", status=429, retry_after=1, after=3)
    with opened(notion) as source:
        assert len(source.blocks(PageId(page_id))) == 8
    (throttled,) = [call.at for call in notion.calls if call.status == 429]
    # Those that were on their way already come in; after them nobody does until the second is over.
    later = [call.at for call in notion.calls if call.at > throttled + 0.9]
    assert later
    assert min(later) >= throttled + 1.0


def test_a_wait_that_is_too_long_to_sleep_through_is_handed_on_at_once(notion):
    page_id = notion.add_page("Page")
    notion.faults.add("/v1/pages", status=429, retry_after=600)
    started = time.monotonic()
    with opened(notion) as source:
        with pytest.raises(Unavailable) as raised:
            source.page(PageId(page_id))
        assert raised.value.retry_after == 600
        with pytest.raises(Unavailable) as raised:
            source.listed()
        assert 590 < raised.value.retry_after <= 600
    assert time.monotonic() - started < 20
    assert len(notion.calls) == 1


HEADERS = {"in the header": "7", "nowhere": None, "in words": "soon", "as infinity": "inf"}


@pytest.mark.parametrize("given", HEADERS)
def test_how_long_to_wait_is_read_from_where_it_stands(given):
    headers = {} if HEADERS[given] is None else {"Retry-After": HEADERS[given]}
    told = unhappy(_answered(429, {"code": "rate_limited"}, headers))
    assert told.retry_after == (7 if given == "in the header" else 30)


def test_how_long_to_wait_is_read_from_the_body_too():
    told = unhappy(_answered(529, {"additional_data": {"retry_after": "12"}}))
    assert told.retry_after == 12


# --- a write of which nobody knows -----------------------------------------------------------------------

MAYBE = {"retry_guidance": "Read the resource before retrying.", "committed_resource_id": "0" * 32}


def test_a_write_that_may_have_been_done_is_looked_at_and_not_sent_again(notion):
    page_id = notion.add_page("Page")
    with opened(notion) as source:
        page = page_of(source, page_id)
        notion.calls.clear()
        notion.faults.add("PATCH", "committed", additional=MAYBE)
        source.mark(page, Mark("Done", "https://blog.example/", "Hello"))
    assert asked(notion) == ["PATCH pages/*", "GET pages/*"]
    assert notion.status(page_id) == "Done"


def test_a_write_that_may_have_been_done_and_was_not_is_sent_again(notion):
    page_id = notion.add_page("Page")
    with opened(notion) as source:
        page = page_of(source, page_id)
        notion.calls.clear()
        notion.faults.add("PATCH", status=503, additional=MAYBE)
        source.mark(page, Mark("Done", "https://blog.example/", "Hello"))
    assert asked(notion) == ["PATCH pages/*", "GET pages/*", "PATCH pages/*"]
    assert (notion.status(page_id), notion.said(page_id, "WordPress Message")) == ("Done", "Hello")


def test_a_write_of_which_never_anybody_knows_ends_in_an_error(notion):
    page_id = notion.add_page("Page")
    with opened(notion, limits=SHORT) as source:
        page = page_of(source, page_id)
        notion.faults.add("PATCH", status=503, additional=MAYBE, times=99)
        with pytest.raises(Committed, match="does not know whether"):
            source.mark(page, Mark("Done"))
    assert notion.status(page_id) == "Adding"


# --- words -----------------------------------------------------------------------------------------------


def _answered(status, body, headers=None):
    """What notion-client raises for an answer."""
    from notion_client.errors import build_request_error

    text = body if isinstance(body, str) else json.dumps(body)
    response = httpx.Response(status, headers=headers, text=text, request=httpx.Request("GET", "https://x.example/"))
    return build_request_error(response, text)


WORDS = {
    "a timeout": (RequestTimeoutError(), Unavailable, "does not answer in time"),
    "a read error": (httpx.ReadError("x"), Unavailable, r"cannot be reached \(ReadError\)"),
    "an address that is none": (httpx.UnsupportedProtocol("x"), Refused, "NOTION_BASE_URL"),
    "a message of many lines": (
        _answered(400, {"message": "a\n  b\n" + "c" * 900}),
        Invalid,
        "refused: a b c{490,500}",
    ),
    "additional data that is none": (_answered(503, {"additional_data": None}), Unavailable, "not working"),
    "an error that is no object": (_answered(500, "[1, 2]"), Unavailable, "not working"),
    "a redirect": (_answered(302, ""), Invalid, "refused: status 302"),
    "408": (_answered(408, {}), Unavailable, "not working"),
}


@pytest.mark.parametrize("case", WORDS)
def test_every_error_is_put_into_words(case):
    error, kind, words = WORDS[case]
    told = unhappy(error)
    assert type(told) is kind
    with pytest.raises(kind, match=words):
        raise told


def test_the_token_is_in_no_error(notion):
    notion.faults.add("/", status=401, times=99)
    with opened(notion) as source, pytest.raises(Refused) as raised:
        source.listed()
    seen, error = "", raised.value
    while error is not None:
        seen, error = f"{seen}{error!r}{error}", error.__cause__
    assert notion.token not in seen

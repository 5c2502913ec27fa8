"""Buttons and automations: what they send is authenticated, stored once, and never answered with a failure."""

import pytest

from sidecar.model import Intent
from tests.make import PAGE_ID, record
from tests.webhook.reception import (
    DATABASE,
    IN_OLD_SHAPE,
    IN_OTHER_SOURCE,
    IN_SOURCE,
    OTHER,
    SECRET,
    SOURCE,
    WRITER,
    automation,
)
from webhook.notion import FRESH

# --- what is wanted --------------------------------------------------------------------------------------


def test_a_press_is_accepted_for_now_and_wakes_a_worker_at_once(reception):
    answer = reception.press(automation(user_id=WRITER))
    assert answer.status_code == 202
    ((waiting, urgent),) = reception.woken.waiting
    assert (waiting.page_id, waiting.not_before, urgent) == (PAGE_ID, reception.clock.now, True)
    claim = reception.ledger.pages.claim(PAGE_ID, "worker")
    assert (claim.intent, claim.job_id) == (Intent.ASKED, answer.json["job_id"])
    assert reception.ledger.jobs.job(claim.job_id).type == "button"
    assert reception.ledger.figures.events(1)[0].kind == "button"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({"parent": IN_OLD_SHAPE}, id="the shape of 2022: a database as parent, archived"),
        pytest.param({"parent": IN_SOURCE}, id="the shape of 2025: a data source as parent"),
        pytest.param({"parent": {"type": "data_source_id", "data_source_id": SOURCE}}, id="a data source alone"),
        pytest.param({"properties": {}}, id="no property was chosen"),
        pytest.param({"properties": {"Status": {"type": "of 2030", "of 2030": [1]}}}, id="a property of tomorrow"),
        pytest.param({"properties": None, "parent": None}, id="nothing but the page"),
        pytest.param({"parent": {"type": "workspace", "workspace": True}}, id="a page on its own that has a button"),
        pytest.param({"archived": True, "in_trash": True}, id="a page in the trash: the worker knows what to do"),
        pytest.param({"id": PAGE_ID.replace("-", "")}, id="an id without dashes"),
    ],
)
def test_every_shape_of_page_is_taken(reception, data):
    assert reception.press(automation(data=data)).status_code == 202
    assert reception.claimed().intent is Intent.ASKED


def test_the_same_event_counts_once_also_on_a_later_attempt(reception):
    reception.press(automation(event_id="same"))
    again = reception.press(automation(event_id="same", attempt=2))
    assert (again.status_code, again.json) == (200, {"duplicate": True})
    assert len(reception.woken.waiting) == 1
    reception.ledger.pages.complete(reception.claimed())
    assert reception.press(automation(event_id="same", attempt=3)).json == {"duplicate": True}
    assert reception.claimed() is None


def test_one_event_may_concern_several_pages(reception):
    assert reception.press(automation(event_id="same")).status_code == 202
    assert reception.press(automation(OTHER, event_id="same")).status_code == 202


def test_without_an_event_id_every_press_counts(reception):
    assert reception.press(automation(event_id=None)).status_code == 202
    assert reception.press(automation(event_id=None)).status_code == 202
    assert len(reception.woken.waiting) == 2


@pytest.mark.parametrize(
    "event_id", ["x" * 5000, "\ud800", "\0", "ü", "a b"], ids=["long", "half", "nul", "ü", "space"]
)
def test_an_odd_event_id_counts_once_all_the_same(reception, event_id):
    assert reception.press(automation(event_id=event_id)).status_code == 202
    assert reception.press(automation(event_id=event_id)).json == {"duplicate": True}
    assert reception.press(automation(event_id=event_id + "!")).status_code == 202


def test_presses_of_several_pages_are_one_run(reception):
    first, second = reception.press(automation()), reception.press(automation(OTHER))
    assert first.json["job_id"] == second.json["job_id"]


# --- what is authentic and asks for nothing --------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="an empty object"),
        pytest.param([], id="a list"),
        pytest.param("hello", id="a text"),
        pytest.param(None, id="nothing"),
        pytest.param({"source": "me", "data": "you"}, id="texts where objects are due"),
        pytest.param({"data": {"object": "page"}}, id="no id"),
        pytest.param({"data": {"object": "page", "id": 7}}, id="a number as id"),
        pytest.param({"data": {"object": "page", "id": "nonsense"}}, id="an id that is none"),
        pytest.param({"data": {"object": "page", "id": "https://[nonsense/"}}, id="a link that is none"),
        pytest.param({"data": {"object": "database", "id": PAGE_ID}}, id="no page but a database"),
        pytest.param({"data": {"object": "page", "id": "x" * 100_000}}, id="an endless id"),
    ],
)
def test_a_payload_without_a_page_is_left_alone_and_no_failure(reception, body):
    answer = reception.press(body if body is not None else b"null")
    assert (answer.status_code, answer.json) == (200, {"ignored": "there is no page in it"})
    assert reception.nothing_is_wanted


def test_a_page_of_another_data_source_is_left_alone(reception):
    answer = reception.press(automation(data={"parent": IN_OTHER_SOURCE}))
    assert (answer.status_code, answer.json) == (200, {"ignored": "its page is not in our data source"})
    assert reception.nothing_is_wanted
    (noted,) = reception.ledger.figures.events(10)
    assert (noted.page_id, noted.body) == (PAGE_ID, "its page is not in our data source")


def test_a_published_page_that_was_moved_elsewhere_is_still_ours(reception):
    reception.ledger.records.adopt(record())
    assert reception.press(automation(data={"parent": IN_OTHER_SOURCE})).status_code == 202


def test_once_a_sync_has_found_our_data_source_its_database_tells_enough(receptions):
    reception = receptions(NOTION_DATA_SOURCE_ID=f"https://www.notion.so/Magazine-{DATABASE.replace('-', '')}?v=1")
    elsewhere = {"parent": {"type": "database_id", "database_id": OTHER}}
    assert reception.press(automation(data=elsewhere)).status_code == 202
    reception.ledger.memory.put(f"data source of {DATABASE}", SOURCE)
    reception.clock.now += FRESH
    assert reception.press(automation(data=elsewhere)).json == {"ignored": "its page is not in our data source"}
    assert reception.press(automation(data={"parent": IN_OLD_SHAPE})).status_code == 202
    assert reception.press(automation(data={"parent": IN_SOURCE})).status_code == 202


@pytest.mark.parametrize("setting", ["", "what is this"])
def test_without_a_known_data_source_no_page_is_elsewhere(receptions, setting):
    reception = receptions(NOTION_DATA_SOURCE_ID=setting)
    assert reception.press(automation(data={"parent": IN_OTHER_SOURCE})).status_code == 202


# --- who is let in ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", SECRET[:-1], SECRET.upper(), "é", " "])
def test_a_wrong_secret_stores_nothing(reception, secret):
    answer = reception.press(secret=secret)
    assert answer.status_code == 401
    assert "WEBHOOK_SECRET" in answer.json["remedy"]
    assert "X-Sidecar-Secret" in answer.headers["WWW-Authenticate"]
    assert reception.nothing_is_wanted
    assert reception.ledger.figures.events(10) == []


def test_without_a_secret_in_the_settings_the_address_is_closed(receptions):
    answer = receptions(WEBHOOK_SECRET="").press(secret="")
    assert answer.status_code == 503
    assert answer.json["error"] == "not_configured"
    assert "WEBHOOK_SECRET" in answer.json["message"]


def test_what_is_no_json_is_told_to_whoever_has_the_secret(reception):
    assert reception.press(b"{", secret="wrong").status_code == 401
    assert reception.press(b"{").json["error"] == "not_json"


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a": 1' + b"0" * 5000 + b"}", b"<xml/>"])
def test_a_body_that_is_no_json_is_a_mistake_of_the_sender(reception, raw):
    assert reception.press(raw).status_code == 400

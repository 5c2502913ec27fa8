"""Signed events: what each means, what is left alone, and that order and repetition do not matter."""

import itertools
import json

import pytest

from sidecar.model import Intent
from tests.make import PAGE_ID, record
from tests.webhook.reception import BOT, DATABASE, EVENTS, OTHER, SOURCE, WRITER, event, signature
from tests.webhook.test_signature import KNOWN, TOKEN, raw

ELSEWHERE = {"parent": {"id": OTHER, "type": "database", "data_source_id": OTHER}}
BY_US = [{"id": BOT, "type": "bot"}]

# --- what is wanted --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "intent"),
    [
        ("page.content_updated", Intent.EDITED),
        ("page.properties_updated", Intent.EDITED),
        ("page.created", Intent.EDITED),
        ("page.moved", Intent.EDITED),
        ("page.deleted", Intent.TRASHED),
        ("page.undeleted", Intent.RESTORED),
    ],
)
def test_an_event_means_something_after_a_quiet_while(reception, kind, intent):
    answer = reception.tell(event(kind))
    assert answer.status_code == 202
    ((waiting, urgent),) = reception.woken.waiting
    assert (waiting.not_before, urgent) == (reception.clock.now + 10, False)
    claim = reception.claimed()
    assert (claim.intent, claim.job_id) == (intent, answer.json["job_id"])
    assert reception.ledger.jobs.job(claim.job_id).type == "event"


def test_twenty_edits_in_a_minute_are_one_sync_of_the_last_state(reception):
    for _ in range(20):
        reception.clock.now += 3
        assert reception.tell(event("page.content_updated")).status_code == 202
    assert len({waiting.token for waiting, _ in reception.woken.waiting}) == 1
    assert not reception.ledger.pages.complete(reception.claimed())
    assert reception.claimed() is None


def test_a_button_shortens_the_quiet_while(reception):
    reception.tell(event("page.content_updated"))
    reception.press()
    assert reception.ledger.pages.claim(PAGE_ID, "worker").intent is Intent.ASKED


def test_the_quiet_while_is_a_setting(receptions):
    reception = receptions(DEBOUNCE_SECONDS="2.5")
    reception.tell(event("page.content_updated"))
    assert reception.woken.waiting[0][0].not_before == reception.clock.now + 2.5


# --- order and repetition --------------------------------------------------------------------------------


def test_an_event_that_is_delivered_eight_times_counts_once(reception):
    assert reception.tell(event("page.content_updated", event_id="same")).status_code == 202
    for attempt in range(2, 9):
        again = reception.tell(event("page.content_updated", event_id="same", attempt_number=attempt))
        assert (again.status_code, again.json) == (200, {"duplicate": True})
    assert len(reception.woken.waiting) == 1


def test_a_replay_from_long_ago_does_nothing(reception):
    old = event("page.content_updated")
    reception.tell(old)
    reception.ledger.pages.complete(reception.claimed())
    reception.clock.now += 86_400
    assert reception.tell(old).json == {"duplicate": True}
    assert reception.claimed() is None


@pytest.mark.parametrize(
    "kinds", list(itertools.permutations(["page.content_updated", "page.deleted", "page.undeleted"])), ids=" ".join
)
def test_a_page_that_went_to_the_trash_and_back_is_restored_in_whatever_order_that_is_told(reception, kinds):
    for kind in kinds:
        reception.tell(event(kind))
    assert reception.claimed().intent is Intent.RESTORED


# --- what is left alone ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind",
    [
        "page.locked",
        "page.unlocked",
        "comment.created",
        "view.updated",
        "data_source.content_updated",
        "database.schema_updated",
        "file_upload.completed",
        "page.some_future_event",
        "x" * 5000,
        "",
        None,
        7,
    ],
    ids=str,
)
def test_all_other_events_are_noted_and_ask_for_nothing(reception, kind):
    answer = reception.tell({**event("page.x"), "type": kind})
    assert answer.status_code == 200
    assert "ignored" in answer.json
    assert reception.nothing_is_wanted
    (noted,) = reception.ledger.figures.events(10)
    assert noted.body == answer.json["ignored"]


def test_an_event_that_was_ignored_says_so_again_when_it_comes_again(reception):
    reception.tell(event("page.locked", event_id="same"))
    assert reception.tell(event("page.locked", event_id="same")).json["duplicate"] is True


def test_what_we_did_ourselves_is_left_alone(reception):
    reception.ledger.memory.put("bot id", BOT)
    answer = reception.tell(event("page.properties_updated", authors=BY_US))
    assert (answer.status_code, answer.json) == (200, {"ignored": "it is our own doing"})
    assert reception.nothing_is_wanted


@pytest.mark.parametrize(
    "authors",
    [
        pytest.param([*BY_US, {"id": WRITER, "type": "person"}], id="a person had a hand in it too"),
        pytest.param([{"id": OTHER, "type": "bot"}], id="another bot"),
        pytest.param([{"id": OTHER, "type": "agent"}], id="an agent"),
        pytest.param([], id="nobody"),
        pytest.param(None, id="not told"),
        pytest.param(["me", 7, {}], id="nonsense"),
    ],
)
def test_what_others_did_counts(reception, authors):
    reception.ledger.memory.put("bot id", BOT)
    assert reception.tell(event("page.properties_updated", authors=authors)).status_code == 202


def test_as_long_as_our_bot_is_not_known_everything_counts(reception):
    assert reception.tell(event("page.properties_updated", authors=BY_US)).status_code == 202


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(ELSEWHERE, id="another data source"),
        pytest.param({"parent": {"id": OTHER, "type": "page"}}, id="a page below a page"),
        pytest.param({"parent": {"id": OTHER, "type": "space"}}, id="a page of the workspace"),
    ],
)
def test_pages_outside_our_data_source_are_left_alone_unless_they_are_published(reception, data):
    assert reception.tell(event("page.deleted", data=data)).json == {"ignored": "its page is not in our data source"}
    assert reception.nothing_is_wanted
    reception.ledger.records.adopt(record())
    assert reception.tell(event("page.deleted", data=data)).status_code == 202


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({"parent": {"id": DATABASE, "type": "database"}}, id="no data source named"),
        pytest.param({"parent": {}}, id="an empty parent"),
        pytest.param({}, id="no parent"),
        pytest.param(None, id="no data"),
        pytest.param({"parent": {"id": 7, "type": ["x"], "data_source_id": {}}}, id="nonsense"),
        pytest.param({"parent": {"id": SOURCE, "type": "of tomorrow"}}, id="a parent of tomorrow"),
    ],
)
def test_a_page_whose_home_is_not_told_is_looked_at(reception, data):
    assert reception.tell(event("page.content_updated", data=data)).status_code == 202


@pytest.mark.parametrize(
    "entity", [None, {}, {"type": "page"}, {"type": "page", "id": 7}, {"type": "block", "id": PAGE_ID}]
)
def test_an_event_without_a_page_is_left_alone(reception, entity):
    answer = reception.tell(event("page.content_updated", entity=entity))
    assert (answer.status_code, answer.json) == (200, {"ignored": "there is no page in it"})


@pytest.mark.parametrize("body", [[], "text", 7, None, {}])
def test_whatever_is_signed_is_no_failure(reception, body):
    assert reception.tell(body if body is not None else b"null").status_code == 200
    assert reception.nothing_is_wanted


# --- the documentation's own ------------------------------------------------------------------------------


def sent(reception, name, header):
    return reception.client.post("/webhooks/notion/events", data=raw(name), headers={"X-Notion-Signature": header})


@pytest.mark.parametrize("name", KNOWN["signatures"])
def test_every_known_body_is_welcome_with_its_signature_and_only_then(receptions, name):
    reception = receptions(NOTION_VERIFICATION_TOKEN=TOKEN)
    assert sent(reception, name, KNOWN["signatures"][name]).status_code in (200, 202)
    wrong = sent(reception, name, "sha256=" + "0" * 64)
    assert wrong.status_code == (200 if name == "verification_token.json" else 401)


def test_events_of_rows_in_our_data_source_are_wanted(receptions):
    reception = receptions(
        NOTION_VERIFICATION_TOKEN=TOKEN, NOTION_DATA_SOURCE_ID="98024f3c-b1d3-4aec-a301-f01e0dacf023"
    )
    rows = [name for name in KNOWN["signatures"] if ".in_data_source." in name]
    answers = [sent(reception, name, KNOWN["signatures"][name]).status_code for name in rows]
    assert answers == [202] * 6


# --- who is let in ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", [None, "", "wrong", EVENTS + "x"])
def test_a_wrong_signature_stores_nothing(reception, token):
    answer = reception.tell(event("page.content_updated"), token=token)
    assert answer.status_code == 401
    assert "X-Notion-Signature" in answer.headers["WWW-Authenticate"]
    assert reception.nothing_is_wanted
    assert reception.ledger.figures.events(10) == []


def test_a_body_that_was_written_anew_is_not_the_one_that_was_signed(reception):
    said = event("page.content_updated")
    compact = json.dumps(said, separators=(",", ":")).encode()
    headers = {"X-Notion-Signature": signature(json.dumps(said).encode(), EVENTS)}
    assert reception.client.post("/webhooks/notion/events", data=compact, headers=headers).status_code == 401


def test_what_is_no_json_is_told_to_whoever_can_sign(reception):
    assert reception.tell(b"{", token="wrong").status_code == 401
    assert reception.tell(b"{").status_code == 400

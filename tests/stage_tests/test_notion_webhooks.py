"""What the stand-in sends: the button's unsigned payload, signed events, the handshake."""

import hmac
import json
from hashlib import sha256

import pytest

from tests.adapters.far_end import answer, far_end
from tests.stage.notion import NotionStandIn, webhooks
from tests.stage.notion.checking import problem
from tests.stage.notion.shapes import BOT, WRITER

TOKEN = "secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"
VECTOR = "sha256=461e8cbcba8a75c3edd866f0e71280f5a85cbf21eff040ebd10fe266df38a735"
KINDS = ("created", "moved", "deleted", "undeleted", "content_updated", "properties_updated", "locked", "unlocked")


@pytest.fixture
def notion():
    with NotionStandIn() as notion:
        yield notion


@pytest.fixture
def end():
    with far_end(answer(b"ok")) as end:
        yield end


def headers(end, place=-1):
    lines = end.heads[place].decode().split("\r\n")[1:]
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


def test_the_handshake_is_signed_as_in_the_documentations_example(notion, end):
    delivery = notion.send_verification(end.url, TOKEN)
    assert delivery.status == 200
    assert end.bodies == [b'{"verification_token":"%s"}' % TOKEN.encode()]
    assert headers(end)["x-notion-signature"] == VECTOR


def test_an_event_is_signed_over_the_very_bytes_that_are_sent(notion, end):
    page_id = notion.add_page("Größe 🌊")
    notion.send_event("page.content_updated", page_id, end.url, TOKEN)
    digest = hmac.new(TOKEN.encode(), end.bodies[0], sha256).hexdigest()
    assert headers(end)["x-notion-signature"] == f"sha256={digest}"


def test_an_event_may_bear_a_signature_of_ones_own(notion, end):
    notion.send_event("page.created", notion.add_page("x"), end.url, TOKEN, signature="sha256=00")
    assert headers(end)["x-notion-signature"] == "sha256=00"


@pytest.mark.parametrize("kind", KINDS)
def test_events_fit_their_definition_and_name_the_page_and_its_data_source(notion, kind):
    page_id = notion.add_page("x")
    event = webhooks.event(notion.content, f"page.{kind}", page_id, attempt=8)
    assert problem("WebhookEvent", event) == ""
    assert event["entity"] == {"id": page_id, "type": "page"}
    assert event["data"]["parent"]["data_source_id"] == notion.data_source_id
    assert "properties" not in json.dumps(event["data"]).replace("updated_properties", "")


def test_changes_are_told_in_order_with_who_did_them(notion, end):
    page_id = notion.add_page("x")
    notion.subscribe(end.url, TOKEN)
    notion.set_status(page_id, "Done")
    notion.edit(page_id, title="y")
    notion.trash(page_id)
    notion.restore(page_id)
    notion.content.write(page_id, {}, BOT)
    notion.settle()
    events = [json.loads(body) for body in end.bodies]
    kinds = ["properties_updated", "content_updated", "deleted", "undeleted", "properties_updated"]
    assert [it["type"] for it in events] == [f"page.{kind}" for kind in kinds]
    assert [it["authors"][0]["id"] for it in events] == [WRITER] * 4 + [BOT]
    assert events[-1]["authors"][0]["type"] == "bot"
    assert len({it["id"] for it in events}) == 5


def test_the_button_sends_the_old_shape_of_the_page_with_a_secret_and_no_signature(notion, end):
    page_id = notion.add_page("A page", Slug="a-page")
    notion.press_button(page_id, end.url, "s3cret", event_id="e1")
    body = json.loads(end.bodies[0])
    assert (body["source"]["type"], body["source"]["event_id"], body["source"]["attempt"]) == ("automation", "e1", 1)
    assert (body["data"]["id"], body["data"]["archived"]) == (page_id, False)
    assert body["data"]["parent"] == {"type": "database_id", "database_id": notion.database_id}
    assert body["data"]["properties"]["Slug"]["rich_text"][0]["plain_text"] == "a-page"
    assert headers(end)["x-sidecar-secret"] == "s3cret"
    assert "x-notion-signature" not in headers(end)


def test_an_automation_sends_the_properties_that_were_ticked_and_no_person(notion, end):
    notion.press_button(notion.add_page("x"), end.url, button=False, properties=["Status"], attempt=2)
    body = json.loads(end.bodies[0])
    assert (set(body["data"]["properties"]), body["source"]["attempt"]) == ({"Status"}, 2)
    assert "user_id" not in body["source"]
    assert "x-sidecar-secret" not in headers(end)


def test_a_button_of_a_page_that_is_not_shared_is_sent_all_the_same(notion, end):
    page_id = notion.add_page("x")
    notion.unshare(page_id)
    assert notion.press_button(page_id, end.url).status == 200


def test_nobody_there_is_a_delivery_without_a_status(notion):
    assert notion.press_button(notion.add_page("x"), "http://127.0.0.1:9/").status == 0

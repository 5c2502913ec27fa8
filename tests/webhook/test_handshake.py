"""The verification token: how it comes, that the operator can see it, and that nobody else can set it for good."""

import pytest
import structlog

from tests.webhook.reception import event
from webhook import handshake

FIRST, SECOND = "secret_the-first-token", "secret_the-second-token"
PAGE = "page.content_updated"


@pytest.fixture
def reception(receptions):
    """Before anything was set up."""
    return receptions(NOTION_VERIFICATION_TOKEN="")


def shake(reception, token, sign=None):
    return reception.tell({"verification_token": token}, token=sign)


def known(reception):
    return handshake.known(reception.config, reception.ledger.memory)


def test_before_the_handshake_the_address_is_closed_and_says_why(reception):
    answer = reception.tell(event(PAGE))
    assert answer.status_code == 503
    assert "NOTION_VERIFICATION_TOKEN" in answer.json["message"]
    assert reception.nothing_is_wanted


def test_the_token_that_notion_sends_is_kept_and_shown_to_the_operator_only(reception):
    with structlog.testing.capture_logs() as lines:
        answer = shake(reception, FIRST)
    assert answer.status_code == 200
    assert FIRST not in answer.text
    assert any(line.get("token") == FIRST for line in lines)
    assert known(reception).value == FIRST


def test_until_an_event_has_come_a_newer_token_takes_the_place(reception):
    shake(reception, FIRST)
    shake(reception, SECOND)
    assert known(reception).value == SECOND
    assert reception.tell(event(PAGE), token=FIRST).status_code == 401
    assert reception.tell(event(PAGE), token=SECOND).status_code == 202


def test_once_an_event_was_signed_with_it_no_other_token_is_taken(reception):
    shake(reception, FIRST)
    assert reception.tell(event(PAGE), token=FIRST).status_code == 202
    with structlog.testing.capture_logs() as lines:
        answer = shake(reception, SECOND, sign=SECOND)
    assert (answer.status_code, answer.json) == (200, {"ignored": "there is a token already"})
    assert SECOND not in str(lines)
    assert "events token --forget" in str(lines)
    assert reception.tell(event(PAGE), token=SECOND).status_code == 401
    assert reception.tell(event(PAGE), token=FIRST).status_code == 202


def test_a_handshake_that_is_signed_with_its_own_token_proves_nothing(reception):
    shake(reception, FIRST, sign=FIRST)
    shake(reception, FIRST, sign=FIRST)
    assert not known(reception).is_settled
    shake(reception, SECOND, sign=SECOND)
    assert known(reception).value == SECOND


def test_a_wrong_event_settles_nothing(reception):
    shake(reception, FIRST)
    reception.tell(event(PAGE), token=SECOND)
    assert not known(reception).is_settled


def test_an_event_that_means_nothing_settles_it_as_well(reception):
    shake(reception, FIRST)
    assert reception.tell(event("comment.created"), token=FIRST).status_code == 200
    assert known(reception).is_settled


def test_the_setting_beats_whatever_was_sent(receptions, reception):
    shake(reception, FIRST)
    reception.tell(event(PAGE), token=FIRST)
    later = receptions(NOTION_VERIFICATION_TOKEN=SECOND)
    assert later.tell(event(PAGE), token=FIRST).status_code == 401
    assert later.tell(event(PAGE), token=SECOND).status_code == 202
    assert shake(later, FIRST).json == {"ignored": "there is a token already"}
    assert shake(later, SECOND).status_code == 200


def test_an_operator_can_begin_anew(reception):
    shake(reception, FIRST)
    reception.tell(event(PAGE), token=FIRST)
    handshake.forget(reception.ledger.memory)
    assert reception.tell(event(PAGE), token=FIRST).status_code == 503
    shake(reception, SECOND)
    assert reception.tell(event(PAGE), token=SECOND).status_code == 202


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"verification_token": 7}, id="a number"),
        pytest.param({"verification_token": ""}, id="an empty one"),
        pytest.param({"verification_token": "short"}, id="one to guess"),
        pytest.param({"verification_token": "two words and more"}, id="words"),
        pytest.param({"verification_token": "x" * 3000}, id="an endless one"),
        pytest.param({"verification_token": "ü" * 20}, id="beyond ASCII"),
        pytest.param({"verification_token": FIRST, "type": PAGE}, id="one in an event"),
        pytest.param([FIRST], id="a list"),
        pytest.param(b"{", id="no JSON"),
        pytest.param(b"[" * 2000, id="a deep hole"),
    ],
)
def test_what_is_no_handshake_leaves_no_token(reception, body):
    assert reception.tell(body, token=None).status_code == 503
    assert known(reception) is None


def test_who_sends_token_after_token_is_slowed_down(reception):
    answers = [shake(reception, f"secret_token-number-{number}").status_code for number in range(12)]
    assert answers == [200] * 10 + [429] * 2
    assert known(reception).value == "secret_token-number-9"

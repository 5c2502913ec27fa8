"""What all addresses have in common: words for every no, limits, request ids, a log without secrets, a dead ledger."""

import dataclasses
import importlib
import io
import json

import pytest
import structlog

from sidecar import logs
from tests.make import PAGE_ID
from tests.webhook.reception import BEARER, EVENTS, SECRET, automation, event
from webhook import wsgi
from webhook.answers import LARGEST_BODY
from webhook.app import create_app
from webhook.throttle import FAILURES, WINDOW

ANOTHER = {"REMOTE_ADDR": "192.0.2.9"}

POSTS = ["/webhooks/notion/automation", "/webhooks/notion/events", "/sync"]
GETS = ["/jobs", "/jobs/1", "/status", "/healthz", "/readyz", "/metrics"]


def is_told(answer):
    """The three parts of every no: a word for programs, what happened, what to do."""
    return answer.mimetype == "application/json" and all(answer.json[name] for name in ("error", "message", "remedy"))


# --- conventions -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "method"), [(path, "GET") for path in POSTS] + [(path, "POST") for path in GETS])
def test_a_wrong_method_is_told_the_right_ones(reception, path, method):
    answer = reception.client.open(path, method=method)
    assert answer.status_code == 405
    assert is_told(answer)
    allowed = {one.strip() for one in answer.headers["Allow"].split(",")}
    assert allowed == ({"POST", "OPTIONS"} if path in POSTS else {"GET", "HEAD", "OPTIONS"})


@pytest.mark.parametrize("path", GETS)
def test_what_can_be_got_can_be_asked_for_its_head(reception, path):
    reception.sync()
    headers = {"Authorization": f"Bearer {BEARER}"}
    answer = reception.client.head(path, headers=headers)
    assert (answer.status_code, answer.data) == (200, b"")


def test_an_unknown_address_is_not_found_in_words(reception):
    answer = reception.client.get("/wp-login.php")
    assert answer.status_code == 404
    assert is_told(answer)


@pytest.mark.parametrize("path", POSTS)
def test_a_body_may_have_256_kilobytes_and_no_more(reception, path):
    largest, headers = b" " * LARGEST_BODY, {"X-Sidecar-Secret": SECRET, "Authorization": f"Bearer {BEARER}"}
    assert reception.client.post(path, data=largest, headers=headers).status_code != 413
    answer = reception.client.post(path, data=largest + b" ", headers=headers)
    assert answer.status_code == 413
    assert is_told(answer)


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(("size", "is_taken"), [(LARGEST_BODY - 1, True), (LARGEST_BODY * 10, False)])
def test_a_body_of_unknown_length_is_not_read_beyond_that(reception, path, size, is_taken):
    sent = io.BytesIO(b" " * size)
    headers = {"X-Sidecar-Secret": SECRET, "Authorization": f"Bearer {BEARER}", "Transfer-Encoding": "chunked"}
    in_chunks = {"wsgi.input_terminated": True}
    answer = reception.client.post(path, input_stream=sent, headers=headers, environ_overrides=in_chunks)
    assert (answer.status_code != 413) is is_taken
    assert sent.tell() <= LARGEST_BODY * 2


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_the_content_type_does_not_matter(reception, content_type):
    assert reception.press(content_type=content_type).status_code == 202


# --- who keeps failing -----------------------------------------------------------------------------------


def test_who_keeps_failing_has_to_wait_and_is_told_how_long(reception):
    assert [reception.press(secret="wrong").status_code for _ in range(FAILURES)] == [401] * FAILURES
    reception.clock.now += 15
    answer = reception.sync(token="wrong")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "45")
    assert is_told(answer)
    reception.clock.now += WINDOW
    assert reception.press(secret="wrong").status_code == 401


def test_who_authenticates_is_never_held_up(reception):
    for _ in range(FAILURES * 3):
        reception.press(secret="wrong")
    assert reception.press(secret="wrong").status_code == 429
    for _ in range(FAILURES * 3):
        assert reception.press().status_code == 202
    assert reception.tell(event("page.content_updated")).status_code == 202
    assert reception.sync().status_code == 202
    assert reception.get("/status").status_code == 200


def test_one_caller_does_not_hold_up_another(reception):
    for _ in range(FAILURES + 1):
        reception.press(secret="wrong")
    assert reception.press(secret="wrong", environ_overrides=ANOTHER).status_code == 401


@pytest.mark.parametrize(("proxies", "status"), [("1", 401), ("0", 429)])
def test_callers_behind_a_proxy_are_told_apart_when_it_is_trusted(receptions, proxies, status):
    reception = receptions(TRUSTED_PROXIES=proxies)
    for _ in range(FAILURES + 1):
        reception.client.get("/jobs", headers={"X-Forwarded-For": "192.0.2.1"})
    assert reception.client.get("/jobs", headers={"X-Forwarded-For": "192.0.2.2"}).status_code == status


# --- a ledger that does not answer ------------------------------------------------------------------------


@pytest.fixture
def lost(reception, tmp_path):
    """The ledger's file has gone, and something else is in its place."""
    reception.store.close()
    for path in tmp_path.glob("ledger.db*"):
        path.unlink()
    (tmp_path / "ledger.db").mkdir()
    return reception


@pytest.mark.parametrize(
    "ask",
    [
        lambda it: it.press(),
        lambda it: it.tell(event("page.content_updated")),
        lambda it: it.sync(),
        lambda it: it.sync({"page_id": PAGE_ID}),
        lambda it: it.get("/jobs"),
        lambda it: it.get("/jobs/1"),
        lambda it: it.get("/status"),
        lambda it: it.get("/readyz"),
        lambda it: it.get("/metrics"),
    ],
)
def test_without_its_ledger_the_service_asks_to_come_back(lost, tmp_path, ask):
    with structlog.testing.capture_logs() as lines:
        answer = ask(lost)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert is_told(answer)
    # Where it lies is for the operator's eyes.
    assert str(tmp_path) not in answer.text
    assert str(tmp_path) in str(lines)


def test_without_its_ledger_the_process_is_alive(lost):
    assert lost.get("/healthz").status_code == 200


def test_a_ledger_that_is_back_is_used_again(lost, tmp_path):
    assert lost.press().status_code == 503
    (tmp_path / "ledger.db").rmdir()
    lost.store.migrate()
    assert lost.press().status_code == 202


# --- the log ---------------------------------------------------------------------------------------------


@pytest.fixture
def written(reception, capsys):
    """The log as JSON, every line that was written so far."""
    logs.to_stderr(reception.config.model_copy(update={"log_format": "json"}))
    lines = []

    def read():
        lines.extend(json.loads(line) for line in capsys.readouterr().err.splitlines())
        return lines

    return read


def test_every_line_carries_the_id_of_its_request(reception, written):
    answer = reception.press()
    accepted, answered = written()
    assert accepted["request"] == answered["request"] == answer.headers["X-Request-ID"]
    assert (accepted["event"], accepted["page"], accepted["job"]) == ("accepted", PAGE_ID, answer.json["job_id"])
    assert (answered["path"], answered["status"]) == ("/webhooks/notion/automation", 202)
    reception.press()
    assert written()[-1]["request"] != answered["request"]


@pytest.mark.parametrize(("given", "is_kept"), [("abc-123", True), ("x" * 65, False), ("a b", False), ("ü", False)])
def test_an_id_that_a_proxy_gave_is_kept_when_it_is_one(reception, given, is_kept):
    answer = reception.client.get("/healthz", headers={"X-Request-ID": given})
    assert (answer.headers["X-Request-ID"] == given) is is_kept


def test_what_is_asked_all_the_time_is_no_news(reception, written):
    for path in ("/healthz", "/readyz", "/metrics"):
        reception.get(path)
    assert written() == []


def test_no_secret_and_nothing_that_strangers_wrote_is_in_the_log(reception, written):
    reception.press(automation(event_id="from-a-stranger"))
    reception.press(secret="from-a-stranger")
    reception.tell(event("page.content_updated"))
    reception.tell({"verification_token": "from-a-stranger"}, token=None)
    reception.sync({"page_id": "from-a-stranger"})
    reception.client.get("/from-a-stranger%0aforged?token=from-a-stranger")
    reception.client.post("/login", data={"token": BEARER})
    said = str(written())
    assert len(written()) >= 7
    assert not any(secret in said for secret in (SECRET, BEARER, EVENTS, "from-a-stranger"))


class Broken:
    """A waker that breaks its promise never to raise."""

    def pages(self, *_args, **_more):
        raise RuntimeError(f"a mistake that quotes {SECRET}")


def test_a_mistake_of_ours_is_told_in_json_and_logged_without_secrets(reception, written):
    reception.client = create_app(dataclasses.replace(reception.service, waker=Broken())).test_client()
    answer = reception.press()
    assert answer.status_code == 500
    assert is_told(answer)
    mistake = next(line for line in written() if line["event"] == "a mistake of ours")
    assert mistake["request"] == answer.headers["X-Request-ID"]
    assert "RuntimeError: a mistake that quotes [secret]" in mistake["exception"]


def test_importing_the_entry_point_does_nothing(monkeypatch):
    monkeypatch.setenv("PORT", "not a port")
    assert callable(importlib.reload(wsgi).app)

"""`sidecar events`: what came in, why it was left alone, and the token that Notion sent."""

import json

import pytest
from click.testing import CliRunner

from sidecar.adapters.ledger import ledger, open_store
from sidecar.blocks import PageId
from sidecar.cli import main
from sidecar.ledger import Trigger
from sidecar.model import Intent
from tests.make import PAGE_ID
from webhook import handshake

TOKEN = "secret_that-notion-sent"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *words, **env: CliRunner().invoke(main, ["events", *words], env=env)


@pytest.fixture
def book(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/sidecar.db")
    yield ledger(store, "main")
    store.close()


def test_the_last_events_are_listed_newest_first(run, book):
    book.pages.accept(Trigger(PAGE_ID, Intent.ASKED, "automation", "1", kind="button"))
    book.pages.note_event(
        Trigger(PageId(""), Intent.LISTED, "event", "2", kind="comment.created", body="it means nothing")
    )
    newest, oldest = json.loads(run("--json").output)["events"]
    assert (newest["kind"], newest["page_id"], newest["ignored"]) == ("comment.created", None, "it means nothing")
    assert (oldest["source"], oldest["page_id"], oldest["ignored"]) == ("automation", PAGE_ID, None)
    assert len(json.loads(run("--json", "--limit", "1").output)["events"]) == 1
    shown = run().output
    assert shown.index("comment.created") < shown.index("button")
    assert "it means nothing" in shown


def test_the_token_stands_alone_so_that_it_can_be_copied(run, book):
    handshake.store(book.memory, TOKEN)
    result = run("token")
    assert (result.exit_code, result.stdout) == (0, f"{TOKEN}\n")
    assert "Paste it" in result.stderr
    handshake.settle(book.memory, TOKEN)
    assert "in use" in run("token").stderr


def test_before_notion_sent_one_it_says_what_to_do(run):
    result = run("token", PUBLIC_URL="https://blog.example/notion-sidecar")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "https://blog.example/notion-sidecar/webhooks/notion/events" in result.stderr


def test_a_token_can_be_forgotten_for_a_new_subscription(run, book):
    handshake.settle(book.memory, TOKEN)
    assert run("token", "--forget").exit_code == 0
    assert run("token").exit_code == 1


def test_help_teaches(run):
    assert "token" in run("--help").output
    assert "--forget" in run("token", "--help").output

"""The command itself: what it teaches, and how it says that something is wrong."""

import json

import click
import pytest
from click.testing import CliRunner

from sidecar.adapters.ledger import ledger, open_store
from sidecar.blocks import PageId
from sidecar.cli import main
from sidecar.model import Metrics, Outcome
from tests.make import PAGE_ID

NOTHING = {name: None for name in ("NOTION_TOKEN", "NOTION_DATA_SOURCE_ID", "WP_URL", "WP_USERNAME", "WP_APP_PASSWORD")}


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *words, **env: CliRunner().invoke(main, words, env={**NOTHING, **env})


def commands(group=main, path=()):
    """Every command there is, by its words."""
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


FOR_ALL = {("init",)}
"""Writes the settings of the environment; those of a further site are a table in sidecar.toml."""
ALSO = {
    ("preview",): [PAGE_ID],
    ("import-original",): [__file__],
    ("media",): ["--orphans"],
    ("history",): ["1"],
}
"""What a command cannot do without."""


@pytest.mark.parametrize("words", sorted(set(commands()) - FOR_ALL), ids=" ".join)
def test_every_command_takes_a_site_and_names_those_there_are_when_it_is_none(run, words):
    result = run(*words, *ALSO.get(words, ()), "--site", "nowhere", NOTION_TOKEN="x", WP_URL="https://blog.example")
    assert result.exit_code == 2
    assert "nowhere" in result.output
    assert "main" in result.output


@pytest.mark.parametrize("words", [["--help"], ["sync", "-h"], ["plan", "--help"], ["history", "--help"]])
def test_help_teaches(run, words):
    result = run(*words)
    assert result.exit_code == 0
    assert "Usage:" in result.output


@pytest.mark.parametrize("command", ["sync", "plan"])
def test_missing_settings_are_all_named_at_once_with_exit_status_2(run, command):
    result = run(command)
    assert result.exit_code == 2
    assert all(name in result.output for name in NOTHING)


def test_wrong_settings_are_named_with_exit_status_2(run):
    result = run("history", PORT="many", ON_EDIT="maybe")
    assert result.exit_code == 2
    assert "PORT" in result.output
    assert "ON_EDIT" in result.output


def test_a_page_that_is_no_page_is_wrong_use(run):
    result = run("sync", "--page", "nonsense", NOTION_TOKEN="x")
    assert result.exit_code == 2
    assert "nonsense" in result.output


def test_a_history_without_runs_is_empty(run):
    assert json.loads(run("history", "--json").output) == {"jobs": []}


@pytest.fixture
def book(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/sidecar.db")
    yield ledger(store, "main")
    store.close()


def a_run(book, *pages):
    """A run that came to these pages: id and how it ended."""
    job = book.jobs.open("cli")
    for page_id, status in pages:
        item = book.jobs.begin_item(job, page_id, f"The page {page_id[:4]}", "")
        url = "https://blog.example/" + "long/" * 20
        book.jobs.finish_item(item, Outcome(page_id, f"The page {page_id[:4]}", "create", status, post_url=url), 1)
    book.jobs.close(job, "Completed", Metrics(), None)
    return job


OTHER = PageId("8f1c4a2e-5b7d-4f0c-9a3e-6d2b1c0f9e8d")


def test_the_history_shows_what_was_done_and_not_that_nothing_was(run, book):
    did, nothing = a_run(book, (PAGE_ID, "Success")), a_run(book)
    assert [job["job_id"] for job in json.loads(run("history", "--json").output)["jobs"]] == [did]
    assert [job["job_id"] for job in json.loads(run("history", "--json", "--all").output)["jobs"]] == [nothing, did]
    assert f"\n{' ' * 22}https://blog.example/{'long/' * 20}\n" in run("history", COLUMNS="60").output
    assert run("history", "--all", "--trouble").exit_code == 2


def test_the_history_of_one_page_is_about_that_page_alone(run, book):
    a_run(book, (PAGE_ID, "Success"), (OTHER, "Failed"))
    shown = run("history", "--page", f"https://www.notion.so/A-page-{OTHER}").output
    assert "Failed" in shown
    assert f"The page {PAGE_ID[:4]}" not in shown
    assert run("history", "--page", "nonsense").exit_code == 2


def test_a_history_goes_further_back_and_to_what_went_wrong(run, book):
    first, bad, last = (a_run(book, (PAGE_ID, status)) for status in ("Success", "Conflict", "Success"))
    assert [job["job_id"] for job in json.loads(run("history", "--json", "--trouble").output)["jobs"]] == [bad]
    before = run("history", "--json", "--before", str(last), "--limit", "1")
    assert [job["job_id"] for job in json.loads(before.output)["jobs"]] == [bad]
    assert run("history", "--before", str(first)).output == "There is no such run.\n"


def test_where_no_settings_are_the_folder_is_named(run, tmp_path):
    result = run("sync")
    assert f"There is no .env in {tmp_path}." in result.output
    (tmp_path / ".env").write_text("WP_URL=https://blog.example")
    assert "There is no .env" not in run("sync").output


def test_a_setting_that_shows_itself_to_be_wrong_when_it_is_used_is_a_line_of_the_doctor(run):
    settings = {name: "x" for name in NOTHING} | {
        "WP_URL": "http://127.0.0.1:9",
        "NOTION_BASE_URL": "http://127.0.0.1:9",
    }
    shown = run("doctor", **settings, REDIS_URL="redis://127.0.0.1:9/0?db=first")
    assert (shown.exit_code, shown.exception.__class__) == (2, SystemExit)
    assert "REDIS_URL" in shown.output


@pytest.mark.parametrize("command", ["sync", "doctor"])
def test_a_misspelt_setting_is_named_with_the_one_that_is_meant(run, tmp_path, command):
    (tmp_path / ".env").write_text("WP_USERNAM=maria\nWP_URL=http://127.0.0.1:9\nNOTION_BASE_URL=http://127.0.0.1:9")
    shown = run(command).output
    assert "WP_USERNAM, which is no setting." in shown
    assert "Is WP_USERNAME meant?" in shown


def test_a_run_that_never_was_is_wrong_use(run):
    result = run("history", "99")
    assert result.exit_code == 2
    assert "no run 99" in result.output


def test_a_ledger_that_cannot_be_opened_is_a_sentence(run, tmp_path):
    (tmp_path / "folder.db").mkdir()
    result = run("history", DATABASE_URL=f"sqlite:///{tmp_path}/folder.db")
    assert result.exit_code == 1
    assert "cannot be opened" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", ["history", "init"])
def test_a_file_of_settings_that_is_no_text_is_a_sentence(run, tmp_path, command):
    (tmp_path / ".env").write_bytes(b"\xff\xfeNOTION_TOKEN=x")
    result = run(command)
    assert result.exit_code == 2
    assert ".env cannot be read" in result.output


def test_a_secret_file_that_is_no_text_is_named(run, tmp_path):
    (tmp_path / "token").write_bytes(b"\xff\xfe")
    result = run("history", NOTION_TOKEN_FILE=str(tmp_path / "token"))
    assert result.exit_code == 2
    assert "NOTION_TOKEN_FILE" in result.output


def test_a_number_that_no_run_can_have_is_wrong_use(run):
    assert run("history", "9" * 30).exit_code == 2


def test_where_an_error_came_from_is_shown_to_who_asks(run, tmp_path):
    (tmp_path / "folder.db").mkdir()
    url = f"sqlite:///{tmp_path}/folder.db"
    assert "Traceback" in run("--debug", "history", DATABASE_URL=url).output
    assert "Traceback" not in run("history", DATABASE_URL=url).output

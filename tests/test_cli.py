"""The command itself: what it teaches, and how it says that something is wrong."""

import json

import pytest
from click.testing import CliRunner

from sidecar.cli import main

NOTHING = {name: None for name in ("NOTION_TOKEN", "NOTION_DATA_SOURCE_ID", "WP_URL", "WP_USERNAME", "WP_APP_PASSWORD")}


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *words, **env: CliRunner().invoke(main, words, env={**NOTHING, **env})


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

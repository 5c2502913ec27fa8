"""Log lines: for people or machines, and never a secret."""

import json
import logging

import pytest
import structlog

from sidecar import logs
from sidecar.config import Config

SETTINGS = {"SYNC_TOKEN": "a-very-secret-token", "WEBHOOK_SECRET": "abc", "LOG_FORMAT": "json"}


@pytest.fixture(autouse=True)
def afterwards():
    yield
    structlog.reset_defaults()


def test_a_line_is_one_json_object_on_the_standard_error(capsys):
    logs.to_stderr(Config.parse(SETTINGS))
    structlog.get_logger().warning("something happened", page="x")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"], line["page"]) == ("something happened", "warning", "x")


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_secret_is_blotted_out_wherever_it_stands(capsys, form):
    logs.to_stderr(Config.parse({**SETTINGS, "LOG_FORMAT": form}))
    log = structlog.get_logger().bind(about="Bearer a-very-secret-token")
    try:
        raise ValueError("sent a-very-secret-token")
    except ValueError:
        log.exception("a-very-secret-token was refused")
    said = capsys.readouterr().err
    assert "a-very-secret-token" not in said
    assert said.count("[secret]") == 4
    assert "ValueError" in said


def test_a_file_or_a_journal_gets_no_colours(capsys):
    logs.to_stderr(Config.parse({}))
    structlog.get_logger().warning("something happened", page="x")
    assert "\x1b" not in capsys.readouterr().err


def test_a_secret_that_is_nearly_a_word_leaves_words_alone(capsys):
    logs.to_stderr(Config.parse(SETTINGS))
    structlog.get_logger().info("the abc of it")
    assert "the abc of it" in capsys.readouterr().err


def test_what_the_library_for_notion_says_is_a_line_like_all_others(capsys):
    logs.to_stderr(Config.parse({"LOG_FORMAT": "json", "NOTION_TOKEN": "ntn_of_this_workspace"}))
    library = logging.getLogger("sidecar.notion")
    library.disabled = False
    library.warning("request fail: %s", "token=ntn_of_this_workspace")
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["level"] == "warning"
    assert "ntn_of_this_workspace" not in line

"""deploy/.env.example explains every setting, and its defaults are the program's."""

import re
from pathlib import Path

import pytest
from dotenv import dotenv_values

from sidecar import environment
from sidecar.config import FOR_SYNC, FROM_FILE, Config

EXAMPLE = Path(__file__).parents[2] / "deploy/.env.example"
LINE = re.compile(r"^(# )?([A-Z][A-Z0-9_]*)=(.*)$")

SETTINGS = [name.upper() for name in Config.model_fields if name != "site" and name not in FROM_FILE]


def lines():
    return [found for line in EXAMPLE.read_text().splitlines() if (found := LINE.match(line))]


def test_every_setting_is_there_once_and_nothing_else_is():
    assert sorted(found[2] for found in lines()) == sorted(SETTINGS)


def test_what_is_needed_waits_to_be_filled_in_and_the_rest_is_a_remark():
    assert {found[2] for found in lines() if not found[1]} == {name.upper() for name in FOR_SYNC}


def test_each_default_is_the_programs():
    said = {found[2]: found[3] for found in lines()}
    assert Config.parse(said) == Config.parse({})
    silent = {name for name, value in said.items() if not value}
    assert silent == {name for name in SETTINGS if is_empty(Config.model_fields[name.lower()].default)}


def is_empty(default):
    text = default.get_secret_value() if hasattr(default, "get_secret_value") else default
    return text in ("", None, ())


def test_each_setting_is_explained_above_it():
    text = EXAMPLE.read_text().splitlines()
    for number, line in enumerate(text):
        if LINE.match(line):
            above = next(one for one in reversed(text[:number]) if not LINE.match(one))
            assert re.match(r"# \S", above), f"{line} has no explanation above it"


def test_a_copy_says_what_is_still_to_be_filled_in(tmp_path):
    (tmp_path / ".env").write_text(EXAMPLE.read_text())
    with pytest.raises(Exception, match="NOTION_TOKEN is not set") as raised:
        environment.load({}, tmp_path).require(*FOR_SYNC)
    assert len(raised.value.problems) == len(FOR_SYNC)


@pytest.mark.parametrize("value", ["abcd efgh ijkl", "a#b", "a $HOME b", 'say "x"', "*/10 * * * *"])
def test_single_quotes_keep_what_is_between_them(tmp_path, value):
    (tmp_path / ".env").write_text(f"WP_USERNAME='{value}'\n")
    assert dotenv_values(tmp_path / ".env")["WP_USERNAME"] == value
    assert environment.load({}, tmp_path).wp_username == value

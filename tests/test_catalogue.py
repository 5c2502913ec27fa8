"""The catalogue of errors: complete, used, and said in the same words everywhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from sidecar import catalogue
from sidecar.adapters.oneshot import Reply
from sidecar.adapters.wordpress.wording import Call
from sidecar.adapters.wordpress_rest.refusals import explained
from sidecar.catalogue import ENTRIES, Entry
from sidecar.errors import ConfigError, Refused, Unavailable, WrongFile

SOURCES = Path(catalogue.__file__).parent
NAMED = {name: value for name, value in vars(catalogue).items() if isinstance(value, Entry)}


def test_every_entry_is_in_the_documentation_once():
    assert sorted(entry.id for entry in ENTRIES) == sorted({entry.id for entry in NAMED.values()})
    assert len(ENTRIES) == len(set(ENTRIES)) == len(NAMED)


PLUGIN = SOURCES.parent / "wp-plugin-stub" / "includes" / "client.php"
BY_THE_PLUGIN = {name for name in NAMED if name.startswith("PLUGIN_")}
TRIED_AGAIN = {
    "wp-busy", "wp-restless", "file-unreachable", "file-silent", "file-slow", "file-busy", "file-broken-off",
    "file-cut",
}  # fmt: skip
"""Nobody has to do anything: the page of the documentation says so in the place of a remedy."""


@pytest.mark.parametrize("name", sorted(NAMED.keys() - BY_THE_PLUGIN))
def test_every_entry_is_raised_somewhere(name):
    code = "".join(path.read_text() for room in ("adapters", "prepare") for path in (SOURCES / room).rglob("*.py"))
    assert re.search(rf"catalogue\.{name}\b", code)


def test_no_adapter_speaks_of_a_far_end_in_words_that_the_catalogue_lacks():
    """But for the doctor's own questions, and for both ways into WordPress at once, which are named by the first."""
    own = re.compile(r"raise (Unavailable|Refused|Missing|Closed|Forbidden|TooLarge|Invalid)\(")
    found = [path.name for path in (SOURCES / "adapters").rglob("*.py") if own.search(path.read_text())]
    assert found == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_entry_says_what_happened_why_and_what_to_do(entry):
    assert entry.words
    assert entry.cause.endswith((".", ")"))
    assert bool(entry.do) is (entry.id not in TRIED_AGAIN)


def texts(kind: str) -> list[str]:
    """What the plugin says of a kind of trouble: its texts, what differs each time as {}."""
    found = re.findall(rf"'{kind}' *=> array\( __\( '(.+?)', 'notion", PLUGIN.read_text())
    found += re.findall(rf"__\( '([^']+)', 'notion[^\n]+\n[^\n]+'notion_sidecar_{kind}'", PLUGIN.read_text())
    return [re.sub(r"%(\d\$)?[sd]", "{}", text) for text in found]


@pytest.mark.parametrize("name", sorted(BY_THE_PLUGIN))
def test_the_plugin_says_of_a_sidecar_that_it_does_not_reach_what_the_catalogue_says(name):
    entry = NAMED[name]
    kind = entry.id.removeprefix("plugin-").replace("-", "_")
    assert texts(kind) == [re.sub(r"{\w+}", "{}", f"{entry.words} {entry.do}")]


def test_the_plugin_has_no_trouble_of_its_own_that_the_catalogue_lacks():
    kinds = set(re.findall(r"'(\w+)' *=> array\( __\(|notion_sidecar_(\w+)'", PLUGIN.read_text()))
    said = {one or other for one, other in kinds} - {"down_seconds", "declined", "no_page"}
    assert {f"plugin-{kind.replace('_', '-')}" for kind in said} == {NAMED[name].id for name in BY_THE_PLUGIN}


def test_an_error_fills_its_words_and_keeps_its_own_promises():
    error = Unavailable.of(
        catalogue.WP_BUSY, {"url": "https://blog.example", "status": 503, "doing": "x {y}"}, retry_after=7.0
    )
    assert str(error) == "https://blog.example is busy: it answered 503 while x {y}."
    assert error.retry_after == 7.0
    assert error.entry is catalogue.WP_BUSY


def test_what_the_doctor_could_have_found_says_so():
    assert str(Refused.of(catalogue.NOTION_TOKEN)).endswith("set NOTION_TOKEN. Run sidecar doctor.")
    assert "doctor" not in str(Refused("Something else."))


CALL = Call("https://blog.example", "editor", "writing post 7", writes=False)


def answered(status: int, body: object, **headers: str) -> Reply:
    return Reply(status, headers, body if isinstance(body, bytes) else json.dumps(body).encode())


def refused(code: str, status: int = 403) -> Reply:
    return answered(status, {"code": code, "message": "No."})


@pytest.mark.parametrize(
    ("reply", "entry"),
    [
        pytest.param(refused("rest_no_route", 404), catalogue.REST_CLOSED, id="no route"),
        pytest.param(refused("rest_disabled_by_plugin"), catalogue.REST_CLOSED, id="switched off"),
        pytest.param(answered(403, b"<html>Forbidden"), catalogue.REST_CLOSED, id="blocked"),
        pytest.param(answered(302, b"", Location="/wp-login.php"), catalogue.REST_CLOSED, id="a login page"),
        pytest.param(answered(401, b"Who?"), catalogue.WP_SECOND_PASSWORD, id="a second password"),
        pytest.param(refused("incorrect_password", 401), catalogue.WP_LOGIN, id="a wrong password"),
        pytest.param(refused("rest_cannot_publish"), catalogue.WP_RIGHTS, id="may not publish"),
        pytest.param(refused("rest_forbidden_context"), catalogue.WP_RIGHTS, id="may not look"),
        pytest.param(refused("rest_type_invalid", 404), catalogue.WP_NO_TYPE, id="no such type"),
        pytest.param(refused("rest_upload_unknown_error", 500), catalogue.WP_STORAGE, id="no room for files"),
        pytest.param(answered(200, b"<!doctype html><title>Wait"), catalogue.REST_WEB_PAGE, id="a check page"),
        pytest.param(answered(200, b"Notice: x {}"), catalogue.REST_PRINTS, id="a PHP notice"),
        pytest.param(answered(200, b""), catalogue.WP_EMPTY, id="nothing"),
    ],
)
def test_what_the_rest_api_says_is_in_the_catalogue_and_sends_to_the_doctor(reply, entry):
    error = explained(reply, CALL)
    assert error.entry is entry
    words = re.sub(r"\\{\w+\\}", ".*", re.escape(entry.words))
    assert re.match(words, error.message)
    assert str(error).endswith("Run sidecar doctor.")


def test_settings_that_are_wrong_send_to_the_doctor_and_a_file_that_is_the_wrong_one_does_not():
    assert "Run sidecar doctor" in str(ConfigError(["PORT: 'many' is no number."]))
    assert "doctor" not in str(WrongFile(["There is no file x."]))

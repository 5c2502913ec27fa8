"""The catalogue of errors: complete, used, and said in the same words everywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sidecar import catalogue
from sidecar.catalogue import ENTRIES, Entry
from sidecar.errors import Refused, Unavailable

SOURCES = Path(catalogue.__file__).parent
NAMED = {name: value for name, value in vars(catalogue).items() if isinstance(value, Entry)}


def test_every_entry_is_in_the_documentation_once():
    assert sorted(entry.id for entry in ENTRIES) == sorted({entry.id for entry in NAMED.values()})
    assert len(ENTRIES) == len(set(ENTRIES)) == len(NAMED)


@pytest.mark.parametrize("name", sorted(NAMED))
def test_every_entry_is_raised_somewhere(name):
    code = "".join(path.read_text() for path in (SOURCES / "adapters").rglob("*.py"))
    assert re.search(rf"catalogue\.{name}\b", code)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_entry_says_what_happened_why_and_what_to_do(entry):
    assert entry.words
    assert entry.cause.endswith((".", ")"))
    assert entry.do or "busy" in entry.id


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

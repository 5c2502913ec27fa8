"""Signatures of Notion's events: the documentation's own vector, one for each kind of event, and what is none."""

import json
from pathlib import Path

import pytest

from webhook.signature import is_same, is_signed

VECTORS = Path(__file__).parent / "vectors"
KNOWN = json.loads((VECTORS / "signatures.json").read_text())
TOKEN = KNOWN["verification_token"]


def raw(name="page.created.json"):
    return (VECTORS / "raw" / name).read_bytes()


def test_every_vector_is_there():
    assert {path.name for path in (VECTORS / "raw").iterdir()} == set(KNOWN["signatures"])
    assert len(KNOWN["signatures"]) == 37


@pytest.mark.parametrize("name", KNOWN["signatures"])
def test_a_body_is_signed_by_who_knows_the_token(name):
    right = KNOWN["signatures"][name]
    assert is_signed(raw(name), right, TOKEN)
    assert not is_signed(raw(name) + b" ", right, TOKEN)
    assert not is_signed(raw(name), right, TOKEN + "x")


@pytest.mark.parametrize("case", KNOWN["negative_cases"], ids=lambda case: case["why"])
def test_cases_at_the_edge(case):
    body = raw(case.get("raw", "page.created.json"))
    if "raw_transform" in case:
        body = json.dumps(json.loads(body)).encode()
    assert is_signed(body, case["header"], TOKEN) is case["expect"]


@pytest.mark.parametrize(
    "header", ["", "sha256=", "sha256=é", "sha1=ab", "sha256", "sha256=" + "0" * 10_000, "ſha256=ab"]
)
def test_nonsense_is_no_signature_and_no_error(header):
    assert not is_signed(raw(), header, TOKEN)


def test_nothing_is_signed_with_an_empty_token():
    assert not is_signed(b"", "sha256=b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad", "")


def test_a_secret_beyond_ascii_is_the_same_after_its_way_through_http():
    assert is_same("schlüssel".encode().decode("latin-1"), "schlüssel")
    assert not is_same("schlussel", "schlüssel")
    assert not is_same("", "")

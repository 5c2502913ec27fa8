"""What counts as a change that a writer made while the page was being published."""

from __future__ import annotations

from typing import Any

import pytest

from sidecar.blocks import FileRef, TextSpan
from sidecar.model import Page, Property
from sidecar.since import has_moved_on
from tests.make import page

LINK, NOTES = "https://blog.example/low-water/", "Published with 1 note: " + "x" * 5000
SIGNED = "https://files.example/w/1/shore.jpg?X-Amz-Signature="


def text(words: str) -> list[dict[str, Any]]:
    return [{"plain_text": words}] if words else []


def looked(cover: str = "a", **properties: tuple[str, Any]) -> Page:
    made = {name: Property(name, name, kind, value) for name, (kind, value) in properties.items()}
    return page(properties=made, cover=FileRef(SIGNED + cover, "image", hosted=True))


def signed(signature: str) -> list[dict[str, Any]]:
    return [{"name": "shore.jpg", "type": "file", "file": {"url": SIGNED + signature, "expiry_time": signature}}]


BEFORE = looked(
    Status=("status", {"name": "Adding"}),
    Excerpt=("rich_text", text("Short")),
    Picture=("files", signed("1")),
    Tags=("multi_select", [{"name": "sea"}]),
    Link=("url", None),
    Notes=("rich_text", []),
    Edited=("last_edited_time", "2026-11-24T12:00:00.000Z"),
    Sum=("formula", {"type": "string", "string": "Adding"}),
)


def after(**changed: tuple[str, Any]) -> Page:
    same = {name: (one.type, one.value) for name, one in BEFORE.properties.items()}
    return looked("another signature", **{**same, **changed})


@pytest.mark.parametrize(
    ("now", "moved_on"),
    [
        pytest.param(after(), False, id="nothing but signatures"),
        pytest.param(after(Status=("status", {"name": "Done"})), False, id="the status that we wrote"),
        pytest.param(after(Link=("url", LINK)), False, id="the link that we wrote"),
        pytest.param(after(Notes=("rich_text", text(NOTES[:2000]))), False, id="the notes that we wrote, cut"),
        pytest.param(after(Picture=("files", signed("2"))), False, id="a file that was signed anew"),
        pytest.param(after(Edited=("last_edited_time", "2026-11-24T12:01:00.000Z")), False, id="our own edit time"),
        pytest.param(after(Sum=("formula", {"type": "string", "string": "Done"})), False, id="what is calculated"),
        pytest.param(after(Excerpt=("rich_text", text("Longer"))), True, id="another excerpt"),
        pytest.param(after(Excerpt=("rich_text", [])), True, id="no excerpt any more"),
        pytest.param(after(Tags=("multi_select", [])), True, id="a tag that was taken off"),
        pytest.param(after(Picture=("files", [])), True, id="a picture that was taken off"),
    ],
)
def test_what_a_writer_changed_is_told_from_what_changed_by_itself(now: Page, moved_on: bool) -> None:
    assert has_moved_on(BEFORE, now, "Status", (LINK, NOTES)) is moved_on


def test_another_title_or_cover_is_a_change() -> None:
    assert has_moved_on(page(title="Low water"), page(title="High water"), "Status", ())
    assert has_moved_on(page(cover=FileRef("https://a.example/1", "image", hosted=False)), page(), "Status", ())
    assert not has_moved_on(page(), page(title="A page", status="Done"), "Status", ())
    assert TextSpan("A page") in page().title

"""Every type of property, as Notion gives it, becomes one of our words for it."""

import dataclasses
import json
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sidecar.blocks import PageId
from sidecar.model import Property
from sidecar.parse.page import page as parse_page
from sidecar.parse.properties import PARSERS, filled, is_cut_off, media_kind, value
from sidecar.values import Names, People, Person, Related, Value, Words
from tests.kinds import PROPERTIES

CASES = Path(__file__).parents[1] / "golden" / "properties"
PAGE = PageId("99999999-9999-4999-8999-999999999999")
NAMES = sorted(path.stem for path in CASES.glob("*.json") if not path.stem.endswith(".expected"))


def as_json(found):
    """A value as a golden case writes it."""
    match found:
        case datetime():
            return found.isoformat()
        case tuple():
            return [as_json(one) for one in found]
        case _ if dataclasses.is_dataclass(found):
            fields = {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
            return {"is": type(found).__name__, **{name: as_json(one) for name, one in fields.items()}}
        case _:
            return found


def page_with(items):
    """A page with these values as its properties, parsed as all pages are."""
    properties = {str(number): item for number, item in enumerate(items)}
    raw = {"id": PAGE, "last_edited_time": "2026-11-24T12:00:00.000Z", "properties": properties}
    return parse_page(raw, "Status")


def read(items):
    return [value(property, PAGE) for property in page_with(items).properties.values()]


@pytest.mark.parametrize("name", NAMES)
def test_a_value_becomes_what_the_golden_case_says(name):
    items = json.loads((CASES / f"{name}.json").read_text())
    expected = json.loads((CASES / f"{name}.expected.json").read_text())
    assert [as_json(one) for one in read(items)] == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*PARSERS, "id", "name", "type", "start", "array", "person"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(PARSERS)), JSON)
def test_no_value_whatever_its_form_ends_the_reading(kind, raw):
    found = value(Property("P", "p", kind, raw), PAGE)
    assert isinstance(found, Value)


def test_every_type_that_notion_has_is_read_and_has_a_golden_case():
    assert set(PARSERS) == set(PROPERTIES)
    assert set(PROPERTIES) <= set(NAMES)


@pytest.mark.parametrize("name", [name for name, kinds in PROPERTIES.items() if kinds])
def test_every_type_of_result_has_a_golden_case(name):
    items = json.loads((CASES / f"{name}.json").read_text())
    assert set(PROPERTIES[name]) <= {item[name]["type"] for item in items if item[name]}


def runs(number, kind="text"):
    return [{"type": kind, kind: {"content": "x"}, "plain_text": "x"} for _ in range(number)]


@pytest.mark.parametrize(
    ("kind", "raw", "has_more", "expected"),
    [
        pytest.param("relation", [{"id": PAGE}] * 25, False, False, id="a relation of just 25 says that it is whole"),
        pytest.param("relation", [{"id": PAGE}] * 25, True, True, id="a relation says when there are more"),
        pytest.param("people", [{"id": PAGE}] * 25, False, True, id="25 people may be the first of more"),
        pytest.param("people", [{"id": PAGE}] * 24, False, False, id="24 people are all"),
        pytest.param("rich_text", runs(25), False, True, id="25 runs may be the first of more"),
        pytest.param("title", runs(30) + runs(25, "mention"), False, True, id="25 mentions may be the first of more"),
        pytest.param("rich_text", runs(30), False, False, id="30 runs are all"),
        pytest.param("multi_select", [{"name": "x"}] * 25, False, False, id="options are never cut off"),
        pytest.param("rich_text", None, False, False, id="nothing is all"),
    ],
)
def test_when_a_list_is_cut_off(kind, raw, has_more, expected):
    assert is_cut_off(Property("P", "p", kind, raw, has_more)) is expected


@pytest.mark.parametrize(
    ("kind", "items", "expected"),
    [
        ("relation", [{"id": PAGE}], Related((PAGE,))),
        ("people", [{"object": "user", "id": "x", "name": "Jo"}], People((Person("Jo"),))),
        ("rich_text", [runs(1)[0] | {"text": {"content": word}} for word in "ab"], Words("ab")),
    ],
)
def test_a_list_is_put_together_from_its_items(kind, items, expected):
    given = [{"object": "property_item", "id": "p", "type": kind, kind: item} for item in items]
    whole = filled(Property("P", "p", kind, [], True), given)
    assert (value(whole, PAGE), is_cut_off(whole)) == (expected, False)


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (("shore.JPG",), "image"),
        (("A picture", "https://x.example/photo?w=1.5"), "image"),
        (("v1.2 draft", "https://x.example/a/paper.pdf?x=1#y"), "pdf"),
        (("clip.mp4", "https://x.example/clip"), "video"),
        (("bell.ogg",), "audio"),
        (("data.csv",), "file"),
        (("", "https://x.example/"), "image"),
    ],
)
def test_what_a_file_is_shows_in_its_name_or_its_link(names, kind):
    assert media_kind(*names) == kind


def test_an_option_with_a_comma_or_slash_is_one_name():
    assert read([{"id": "a", "type": "select", "select": {"name": "A, B/C"}}]) == [Names(("A, B/C",))]

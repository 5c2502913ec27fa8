"""Every golden case: the markup is as expected, the writer is told, and three real editors take it as their own."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from sidecar.parse import PARSERS
from sidecar.parse.blocks import LISTS
from sidecar.render import RENDERERS
from tests.kinds import ANNOTATIONS, BLOCKS, COLORS, PARTS, RICH_TEXT
from tests.render.cases import GOLDEN, VERSIONS, cases

CASES = cases()
RAW = [json.loads(case.path.read_text(encoding="utf-8")) for case in CASES]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_case_becomes_the_markup_that_is_expected(case, version):
    assert case.rendered(version).html == case.markup(version)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_writer_is_told_what_is_shown_in_a_lesser_form(case, version):
    warnings = case.rendered(version).warnings
    assert [f"{warning.type}: {warning.message}" for warning in warnings] == case.warnings(version)
    assert all(warning.block_id for warning in warnings)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_expected_markup_is_what_the_real_editor_would_save(case, version, editors):
    verdict = editors[version].verdict(case.markup(version))
    assert verdict.problems == ()
    assert verdict.saved == case.markup(version)


def test_all_cases_together_are_one_document_that_the_editor_takes(editors):
    for version, editor in editors.items():
        whole = "\n\n".join(filter(None, (case.markup(version) for case in CASES)))
        assert editor.verdict(whole).is_clean(whole)


@pytest.mark.parametrize("kind", BLOCKS)
def test_every_type_of_block_that_notion_has_has_a_case_and_every_form_of_it_is_in_some(kind):
    assert kind in PARTS or kind in {case.path.stem for case in CASES}
    for field, values in BLOCKS[kind].items():
        assert set(values) <= {form.get(field) for form in forms(kind)}, f"{field} of {kind}"


def test_every_type_of_block_that_is_read_is_one_that_notion_has():
    assert {*PARSERS, *LISTS, *PARTS} == set(BLOCKS)


@pytest.mark.parametrize("kind", RICH_TEXT)
def test_every_kind_of_rich_text_that_notion_has_has_a_case(kind):
    assert kind in {case.path.stem for case in CASES}


def test_every_annotation_and_every_colour_is_in_some_case():
    marks = [it["annotations"] for it in inside(RAW) if "annotations" in it]
    assert {marked["color"] for marked in marks} >= set(COLORS)
    assert {name for marked in marks for name in ANNOTATIONS if marked[name]} == set(ANNOTATIONS)


def forms(kind: str) -> list[dict[str, Any]]:
    """The fields of every block of a type, in the words of BLOCKS."""
    blocks = [it for it in inside(RAW) if it.get("object") == "block" and it["type"] == kind]
    return [
        {**{name: named(name, value) for name, value in it[kind].items()}, "children": bool(it.get("children"))}
        for it in blocks
    ]


def named(field: str, value: Any) -> Any:
    if field == "color" and value != "default":
        return "background" if value.endswith("_background") else "text"
    return value["type"] if isinstance(value, dict) and "type" in value else value


def inside(raw: Any) -> Iterator[Mapping[str, Any]]:
    """Every object of a piece of JSON."""
    for it in raw.values() if isinstance(raw, dict) else raw if isinstance(raw, list) else ():
        yield from inside(it)
    if isinstance(raw, dict):
        yield raw


def test_every_kind_of_block_that_we_know_is_rendered_in_some_case():
    kinds = {type(block) for case in CASES for block in case.all_blocks()}
    assert kinds == set(RENDERERS)


def test_no_expectation_stands_without_its_case():
    names = {str(case) for case in CASES}
    files = (path for folder in ("blocks", "rich_text") for path in (GOLDEN / folder).iterdir())
    assert {f"{path.parent.name}/{path.name.split('.')[0]}" for path in files} == names

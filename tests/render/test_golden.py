"""Every golden case: the markup is as expected, the writer is told, and three real editors take it as their own."""

import pytest

from sidecar.parse import PARSERS
from sidecar.render import RENDERERS
from tests.render.cases import GOLDEN, VERSIONS, cases

CASES = cases()
LISTS = {"bulleted_list_item", "numbered_list_item", "to_do"}
PARTS = {"column": "column_list", "table_row": "table"}
"""Types that stand only inside another, and in whose case they are."""
RICH_TEXT = ("text", "equation", *(f"mention_{kind}" for kind in (
    "user", "page", "database", "date", "link_preview", "link_mention", "template_mention", "custom_emoji",
)))  # fmt: skip


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


def test_every_type_of_block_has_a_case():
    assert set(PARSERS) | LISTS | set(PARTS.values()) <= {case.path.stem for case in CASES}


def test_every_kind_of_rich_text_has_a_case():
    assert set(RICH_TEXT) <= {case.path.stem for case in CASES}


def test_every_kind_of_block_that_we_know_is_rendered_in_some_case():
    kinds = {type(block) for case in CASES for block in case.all_blocks()}
    assert kinds == set(RENDERERS)


def test_no_expectation_stands_without_its_case():
    names = {str(case) for case in CASES}
    files = (path for folder in ("blocks", "rich_text") for path in (GOLDEN / folder).iterdir())
    assert {f"{path.parent.name}/{path.name.split('.')[0]}" for path in files} == names

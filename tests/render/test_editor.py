"""The verdict of the real editor is strict, and the same kind of strict in every version."""

import pytest

from tests.render.cases import VERSIONS

GOOD = "<!-- wp:paragraph -->\n<p>Low &amp; <strong>high</strong></p>\n<!-- /wp:paragraph -->"
BAD = [
    pytest.param("<p>Typed</p>", "core/freeform", id="text outside of blocks is a classic block"),
    pytest.param("<!-- wp:tide /-->", "core/missing", id="an unknown block is missing"),
    pytest.param(
        '<!-- wp:heading {"level":3} -->\n<h2>Ebb</h2>\n<!-- /wp:heading -->',
        "Expected tag name `h3`, instead saw `h2`.",
        id="a heading of another level is not valid, and the editor says why",
    ),
    pytest.param(
        '<!-- wp:image -->\n<img src="https://blog.example/a.jpg" alt=""/>\n<!-- /wp:image -->',
        "core/image is not valid",
        id="a picture without its figure is not valid",
    ),
]


@pytest.mark.parametrize("version", VERSIONS)
def test_markup_that_the_editor_writes_itself_is_clean(editors, version):
    written = editors[version].canonical("core/paragraph", {"content": "Low &amp; <strong>high</strong>"})
    assert written == GOOD
    assert editors[version].verdict(GOOD).is_clean(GOOD)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("markup", "reason"), BAD)
def test_markup_that_the_editor_would_complain_about_is_not_clean(editors, version, markup, reason):
    verdict = editors[version].verdict(markup)
    assert not verdict.is_clean(markup)
    assert reason in " ".join(verdict.problems)


@pytest.mark.parametrize("version", VERSIONS)
def test_markup_that_the_editor_would_rewrite_is_not_clean(editors, version):
    markup = "<!-- wp:paragraph -->\n<div>Ebb</div>\n<!-- /wp:paragraph -->"
    verdict = editors[version].verdict(markup)
    assert verdict.problems == ()
    assert verdict.saved == "<!-- wp:paragraph -->\n<p><div>Ebb</div></p>\n<!-- /wp:paragraph -->"
    assert not verdict.is_clean(markup)

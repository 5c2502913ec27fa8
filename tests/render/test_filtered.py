"""What WordPress takes away from what an Author writes: known before, told, and nothing else is taken."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from sidecar.blocks import BlockId, Embed, Equation, EquationSpan, FileRef, Heading, MediaBlock, Paragraph, TextSpan
from sidecar.model import Media, MediaId
from sidecar.render import Context, document
from tests.render.cases import PUBLISHED, VERSIONS, cases, stored
from tests.stage.wordpress import WordPress

CASES = cases()
SAVED = """wp_set_current_user(get_user_by('login', '%s')->ID); kses_init();
    $texts = json_decode(file_get_contents('%s'), true);
    return array_map(fn ($text) => wp_unslash(apply_filters('content_save_pre', wp_slash($text))), $texts);"""
X = BlockId("x")
VIDEO = "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=42"
NEWEST, OLD = VERSIONS["newest"], VERSIONS["6.8"]


@pytest.fixture(scope="module", params=VERSIONS)
def sites(request: pytest.FixtureRequest) -> Iterator[tuple[str, WordPress]]:
    with WordPress(request.param) as wordpress:
        yield request.param, wordpress


def texts(version: str, *, filters: bool) -> dict[str, str]:
    """The markup of every case, on a site that takes markup away or does not."""
    made = {}
    for case in CASES:
        tree = case.tree
        context = Context(media=stored(tree), links=PUBLISHED, wordpress=VERSIONS[version], filters=filters)
        made[str(case)] = str(document(tree, context).html)
    return made


def saved(wordpress: WordPress, login: str, given: Mapping[str, str]) -> Any:
    """What WordPress would keep of each text when this user saved it as a post."""
    path = wordpress.folder / "texts.json"
    path.write_text(json.dumps(given), encoding="utf-8")
    return wordpress.php(SAVED % (login, path))


def meaning(markup: str) -> str:
    """Markup without what WordPress spells in another way that means the same: `<br />`, and `&#091;` for `&#91;`."""
    return re.sub(r"&#0*(\d+);", r"&#\1;", re.sub(r"\s*/>", "/>", markup))


def test_of_what_is_written_for_an_author_wordpress_takes_nothing_away(sites, editors):
    version, wordpress = sites
    given = texts(version, filters=True)
    kept = saved(wordpress, "author", given)
    assert {name: meaning(text) for name, text in kept.items()} == {name: meaning(it) for name, it in given.items()}
    whole = "\n\n".join(filter(None, kept.values()))
    assert editors[version].verdict(whole).problems == ()
    assert editors[version].verdict("\n\n".join(filter(None, given.values()))).problems == ()


def test_what_an_editor_writes_is_kept_as_it_is_and_an_author_needs_what_is_written_otherwise(sites):
    version, wordpress = sites
    given = texts(version, filters=False)
    assert saved(wordpress, "editor", given) == given
    kept = saved(wordpress, "author", given)
    lost = {name for name in given if meaning(kept[name]) != meaning(given[name])}
    assert lost == {name for name, text in texts(version, filters=True).items() if text != given[name]}


def shown(*blocks: Any, wordpress: tuple[int, int] = NEWEST, **more: Any) -> tuple[str, list[str]]:
    made = document(blocks, Context(wordpress=wordpress, filters=True, **more))
    return str(made.html), [f"{it.block_id} {it.type}: {it.message}" for it in made.warnings]


def test_a_formula_is_its_tex_where_its_mathml_would_be_taken_away():
    html, warnings = shown(Equation(X, "a < b"), Paragraph(BlockId("y"), (EquationSpan("c"),)), wordpress=OLD)
    assert "<code>a &lt; b</code>" in html
    assert "<p><code>c</code></p>" in html
    assert [line.split(": ")[0] for line in warnings] == ["x equation", "y equation"]
    assert all("WordPress takes formulas away from what this user writes" in line for line in warnings)
    assert shown(Paragraph(X, (EquationSpan("c"),)))[1] == []


def test_a_formula_with_an_ampersand_keeps_its_tex_in_a_paragraph():
    html, warnings = shown(Equation(X, r"\begin{matrix} a & b \end{matrix}"))
    assert html.startswith("<!-- wp:paragraph -->\n<p><math data-latex=")
    assert [line.split(": ")[0] for line in warnings] == ["x equation"]


def test_a_heading_that_opens_says_that_it_stands_below_its_arrow():
    heading = Heading(X, 2, (TextSpan("Tides"),), is_toggle=True)
    assert "style=" not in shown(heading, wordpress=OLD)[0]
    assert [line.split(": ")[0] for line in shown(heading, wordpress=OLD)[1]] == ["x toggle"]
    assert 'style="display:inline"' in shown(heading)[0]
    assert shown(heading)[1] == []


def test_a_pdf_is_a_link_to_it():
    file = FileRef("https://notion.example/t.pdf", "pdf", hosted=True, name="t.pdf")
    media = {file.identity: Media(MediaId("7"), "https://blog.example/t.pdf", name="t.pdf")}
    html, warnings = shown(MediaBlock(X, file), media=media)
    assert "<object" not in html
    assert 'href="https://blog.example/t.pdf">t.pdf</a>' in html
    assert [line.split(": ")[0] for line in warnings] == ["x pdf"]


def test_an_embed_whose_address_has_an_ampersand_is_that_address_in_a_paragraph():
    html, warnings = shown(Embed(X, VIDEO))
    assert html == f"<!-- wp:paragraph -->\n<p>{VIDEO.replace('&', '&amp;')}</p>\n<!-- /wp:paragraph -->"
    assert [line.split(": ")[0] for line in warnings] == ["x embed"]


def test_words_in_colour_are_on_no_colour_and_typed_markup_stays_as_it_was_typed():
    typed = '<mark style="background-color:rgba(0, 0, 0, 0);">'
    html, warnings = shown(Paragraph(X, (TextSpan(typed),)))
    assert "rgba(0, 0, 0, 0)" in html
    assert warnings == []

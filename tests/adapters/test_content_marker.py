"""The marker in a post's content: put on and taken off to the letter, whatever the content is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidecar.adapters.wordpress.content_marker import marked, marker_in, unmarked
from sidecar.blocks import PageId

PAGE = PageId("11111111-1111-4111-8111-111111111111")
OTHER = PageId("22222222-2222-4222-8222-222222222222")
METADATA = f'"metadata":{{"notionPageId":"{PAGE}"}}'
PARAGRAPH = "<!-- wp:paragraph -->\n<p>x</p>\n<!-- /wp:paragraph -->"

PUT = [
    pytest.param(PARAGRAPH, f"<!-- wp:paragraph {{{METADATA}}} -->", id="a block without attributes"),
    pytest.param(
        '<!-- wp:heading {"level":3} -->\n<h3>x</h3>\n<!-- /wp:heading -->',
        f'<!-- wp:heading {{{METADATA},"level":3}} -->',
        id="a block with attributes",
    ),
    pytest.param(
        '<!-- wp:group {"metadata":{"name":"Box"}} --><!-- /wp:group -->',
        f'<!-- wp:group {{"metadata":{{"notionPageId":"{PAGE}","name":"Box"}}}} -->',
        id="a block with a name",
    ),
    pytest.param('<!-- wp:embed {"url":"https://x/"} /-->', f'{METADATA},"url":"https://x/"}} /-->', id="no content"),
    pytest.param("", f"<!-- wp:html {{{METADATA}}} /-->", id="a post that is nothing but a title"),
    pytest.param("Just words", f"Just words\n\n<!-- wp:html {{{METADATA}}} /-->", id="text outside of blocks"),
]


@pytest.mark.parametrize(("content", "words"), PUT)
def test_the_marker_is_put_on_the_first_block_and_taken_off_again(content: str, words: str) -> None:
    now = marked(content, PAGE)
    assert words in now
    assert marker_in(now) == PAGE
    assert unmarked(now) == content


def test_a_second_marking_takes_the_place_of_the_first() -> None:
    assert marked(marked(PARAGRAPH, OTHER), PAGE) == marked(PARAGRAPH, PAGE)


@pytest.mark.parametrize(
    "comment",
    [
        pytest.param(f'<!-- wp:heading {{"level":3,{METADATA}}} -->', id="after other attributes"),
        pytest.param(f'<!-- wp:heading {{"level":3,{METADATA[:-1]},"name":"A"}}}} -->', id="before a name"),
        pytest.param(
            f'<!-- wp:heading {{"level":3,"metadata":{{"name":"A","notionPageId":"{PAGE}"}}}} -->', id="after a name"
        ),
    ],
)
def test_a_marker_is_found_where_the_editor_put_it(comment: str) -> None:
    assert marker_in(comment) == PAGE
    assert "notionPageId" not in unmarked(comment)
    assert unmarked(comment).startswith('<!-- wp:heading {"level":3')
    assert marked(comment, PAGE).count(PAGE) == 1


def test_words_that_look_like_a_marker_are_words() -> None:
    text = f"<!-- wp:code -->\n<pre><code>{{{METADATA}}} </code></pre>\n<!-- /wp:code -->"
    assert marker_in(text) is None
    assert unmarked(text) == text


PIECES = st.sampled_from(
    ["words", "\n", PARAGRAPH, "<!-- wp:more -->", '<!-- wp:list {"ordered":true,"values":{"a":1}} -->', METADATA]
)


@given(st.lists(PIECES).map("".join))
def test_whatever_is_marked_comes_back_to_the_letter(content: str) -> None:
    now = marked(content, PAGE)
    assert marker_in(now) == PAGE
    assert unmarked(now) == content

"""Titles, fingerprints, and what counts as a change made in WordPress."""

import pytest

from sidecar import compose
from sidecar.blocks import EquationSpan, TextSpan
from sidecar.markup import escape
from tests.make import page

BODY = (
    "<!-- wp:paragraph -->\n"
    '<p>One <strong>two</strong> <a href="https://x.example/">three</a></p>\n'
    "<!-- /wp:paragraph -->"
)


def composed(**fields):
    return {"post_title": "A page", "post_content": BODY, **fields}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("Tom & Jerry", "Tom & Jerry", id="a lone ampersand is left as typed"),
        pytest.param("<b>bold</b>", "&lt;b&gt;bold&lt;/b&gt;", id="typed HTML is text"),
        pytest.param("AT&amp;T", "AT&amp;amp;T", id="a typed entity is text"),
        pytest.param("  two\n lines ", "two lines", id="one line"),
        pytest.param("", "Untitled", id="an untitled page has a name"),
        pytest.param("👩‍👩‍👧‍👦 日本", "👩‍👩‍👧‍👦 日本", id="every character survives"),
    ],
)
def test_a_title_shows_what_was_typed(title, expected):
    assert compose.title(page(title=title)) == expected


def test_a_title_of_several_runs_is_kept_whole():
    made = page(title="")
    runs = (TextSpan("The "), EquationSpan("e^x"), TextSpan(" way"))
    assert compose.title(type(made)(made.id, made.url, runs, None, False, made.edited_at)) == "The e^x way"


def test_equal_posts_have_one_fingerprint_whatever_a_new_post_would_get():
    one = compose.compose(page(), escape("x"), {"post_status": "draft"})
    other = compose.compose(page(), escape("x"), {"post_status": "publish"})
    assert compose.fingerprint(one) == compose.fingerprint(other)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(composed(), id="nothing"),
        pytest.param(
            composed(
                post_content=BODY.replace("<p>", '<p class="wp-block-paragraph">').replace("-->\n", '{"a":1} -->')
            ),
            id="an editor save that only migrates markup",
        ),
        pytest.param(composed(post_excerpt="by hand"), id="a field that we never wrote"),
    ],
)
def test_what_is_no_change(fields):
    seen = compose.field_hashes(composed(), ["post_title", "post_content"])
    assert compose.changed(seen, fields) == ()


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        pytest.param(composed(post_title="Mine"), ("post_title",), id="the title"),
        pytest.param(composed(post_content=BODY.replace("two", "2")), ("post_content",), id="a word"),
        pytest.param(composed(post_content=BODY.replace("x.example", "y.example")), ("post_content",), id="a link"),
        pytest.param(composed(post_content=BODY.replace("strong", "em")), ("post_content",), id="an emphasis"),
        pytest.param(composed(post_title="", post_content=""), ("post_content", "post_title"), id="everything"),
    ],
)
def test_what_is_a_change(fields, names):
    seen = compose.field_hashes(composed(), ["post_title", "post_content"])
    assert compose.changed(seen, fields) == names


def test_only_what_differs_is_written():
    post = compose.compose(page(title="New"), escape("same"), {})
    assert compose.difference(post, {"post_title": "Old", "post_content": "same"}) == {"post_title": "New"}

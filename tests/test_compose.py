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


# --- writes whose end nobody knows -----------------------------------------------------------------------

OURS = ["post_title", "post_content"]
FIRST, SECOND, THIRD = composed(), composed(post_title="Second"), composed(post_title="Third")


@pytest.mark.parametrize("now", [FIRST, SECOND], ids=["it did not arrive", "it did"])
def test_a_write_that_was_cut_short_is_no_change_of_somebody_else(now):
    hashes = compose.expecting(compose.field_hashes(FIRST, OURS), {"post_title": "Second"})
    assert compose.is_expecting(hashes)
    assert compose.changed(hashes, now) == ()
    assert compose.is_last(hashes, now) is (now is FIRST)
    assert compose.changed(hashes, THIRD) == ("post_title",)


def test_several_writes_that_were_cut_short_are_all_known():
    hashes = compose.field_hashes(FIRST, OURS)
    for title in ("Second", "Third"):
        hashes = compose.expecting(hashes, {"post_title": title})
    assert [compose.changed(hashes, now) for now in (FIRST, SECOND, THIRD)] == [(), (), ()]


def test_a_write_that_arrives_late_is_known_until_the_one_after_next():
    before = compose.expecting(compose.field_hashes(FIRST, OURS), {"post_title": "Second"})
    hashes = compose.field_hashes(THIRD, OURS, before)
    assert not compose.is_expecting(hashes)
    assert compose.changed(hashes, SECOND) == ()
    assert not compose.is_last(hashes, SECOND)
    assert compose.changed(hashes, FIRST) == ("post_title",)
    after = compose.field_hashes(THIRD, OURS, compose.expecting(hashes, {}))
    assert compose.changed(after, SECOND) == ("post_title",)


def test_of_a_post_that_was_adopted_a_write_that_was_cut_short_says_nothing():
    hashes = compose.expecting("", {"post_title": "Second", "terms": {"category": ["10", "2"]}})
    assert compose.changed(hashes, THIRD) == ()
    assert compose.is_expecting(hashes)


def test_terms_are_expected_in_the_order_in_which_wordpress_gives_them_back():
    seen = compose.field_hashes({"terms": {"category": ["1"]}}, ["terms.category"])
    hashes = compose.expecting(seen, {"terms": {"category": ["10", "2"]}})
    assert compose.changed(hashes, {"terms": {"category": ["2", "10"]}}) == ()
    emptied = compose.expecting(seen, {"terms": {"category": []}})
    assert compose.changed(emptied, {"terms": {}}) == ()


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        pytest.param({"post_content": '<img src="https://b.example/view-12.jpg"/>'}, True, id="by its address"),
        pytest.param({"post_content": '<img src="https://b.example/view-12-300x200.jpg"/>'}, True, id="a smaller size"),
        pytest.param({"post_content": '<!-- wp:image {"id":7} -->'}, True, id="by its id"),
        pytest.param({"post_content": '<img class="wp-image-7"/>'}, True, id="by its class"),
        pytest.param({"post_thumbnail": "7"}, True, id="as the featured image"),
        pytest.param({"post_content": '<!-- wp:image {"id":77} -->', "post_thumbnail": "70"}, False, id="another one"),
    ],
)
def test_what_a_post_shows(fields, shown):
    assert compose.shows(fields, "7", "https://b.example/view-12.jpg") is shown

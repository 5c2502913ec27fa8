"""Whatever people write: rendering never fails, every text arrives, in order, as text; and the editor takes it."""

import re
from html import unescape

import pytest
from hypothesis import HealthCheck, given, settings

from sidecar import parse
from sidecar.parse.text import clean
from tests.render.cases import VERSIONS, rendered
from tests.render.trees import pages

# Derandomized: a run is a verdict on the change at hand, not on the luck of the day.
EVERY = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
SAMPLE = settings(EVERY, max_examples=40)
TOKEN = re.compile(r"q\d+q")
BREAKS = re.compile(r"<br>|</(?:p|h\d|li|td|th|pre|summary|figcaption|div|button|figure)>")
MATHS = re.compile(r"<semantics>.*?<annotation[^>]*>")
ALLOWED_TAGS = re.compile(
    "p|h[1-4]|ul|ol|li|a|strong|em|s|u|code|mark|br|span|img|math|figure|figcaption|pre|blockquote|details|summary"
    "|table|thead|tbody|tr|td|th|div|hr|video|audio|object|section|button"
)


def text(html):
    """What a reader reads of markup, in one line; of a formula its TeX."""
    shown = re.sub(r"<!--.*?-->", " ", html, flags=re.DOTALL)
    shown = re.sub(r"<[^>]*>", "", BREAKS.sub(" ", MATHS.sub("", shown)))
    return one_line(unescape(shown))


def one_line(words):
    """Words as they are compared: TeX gets a space after a bracket that would begin a shortcode."""
    return " ".join(clean(words).split()).replace("[ ", "[")


@EVERY
@given(pages())
@pytest.mark.parametrize("version", ["6.1", "6.8"])
def test_every_text_of_a_page_arrives_in_order_as_it_was_typed(version, page):
    raw, texts = page
    shown = text(rendered(parse.blocks(raw), version).html)
    place = 0
    for words in map(one_line, texts):
        found = shown.find(words, place)
        assert found >= 0, f"{words!r} is not in {shown[place : place + 300]!r}"
        place = found + len(words)


@EVERY
@given(pages())
def test_every_text_of_a_page_arrives_where_tabs_have_their_labels_together(page):
    raw, texts = page
    shown = TOKEN.findall(text(rendered(parse.blocks(raw), "newest").html))
    assert set(shown) == set(TOKEN.findall(" ".join(texts)))


@EVERY
@given(pages())
@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_that_was_typed_becomes_markup(version, page):
    html = rendered(parse.blocks(page[0]), version).html
    tags = set(re.findall(r"<([a-zA-Z][\w-]*)", re.sub(r"<semantics>.*?</semantics>", "", html)))
    strange = [tag for tag in tags if not ALLOWED_TAGS.fullmatch(tag)]
    assert strange == []
    schemes = re.findall(r'(?:href|src|data)="([^":/]*):', html)
    assert set(map(str.lower, schemes)) <= {"http", "https", "mailto", "tel"}
    assert not re.search(r"\[/?(gallery|caption)", re.sub("<!--.*?-->", "", html))


@EVERY
@given(pages())
def test_the_same_page_gives_the_same_bytes(page):
    assert rendered(parse.blocks(page[0]), "6.8") == rendered(parse.blocks(page[0]), "6.8")


@SAMPLE
@given(page=pages())
@pytest.mark.parametrize("version", VERSIONS)
def test_the_editor_takes_any_page(version, page, editors):
    html = rendered(parse.blocks(page[0]), version).html
    verdict = editors[version].verdict(html)
    assert verdict.problems == ()
    assert verdict.saved == html

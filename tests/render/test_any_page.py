"""Whatever people write: rendering never fails, every text arrives, in order, as text; and the editor takes it."""

import re
from html import unescape

from hypothesis import HealthCheck, given, settings

from sidecar import parse
from sidecar.parse.text import clean
from tests.kinds import BLOCKS
from tests.render.cases import rendered
from tests.render.trees import BODIES, INSIDE, pages

# Derandomized: a run is a verdict on the change at hand, not on the luck of the day.
EVERY = settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
TOKEN = re.compile(r"q\d+q")
BREAKS = re.compile(r"<br>|</(?:p|h\d|li|td|th|pre|summary|figcaption|div|button|figure)>")
SCHEMES = re.compile("https?|mailto|tel", re.IGNORECASE)
MATHS = re.compile(r"<semantics>.*?<annotation[^>]*>")
TAGS = re.compile(
    "p|h[1-4]|ul|ol|li|a|strong|em|s|u|code|mark|br|span|img|math|figure|figcaption|pre|blockquote|details|summary"
    "|table|thead|tbody|tr|td|th|div|hr|video|audio|object|section|button|tt"
)


def text(html):
    """What a reader reads of markup, in one line; of a formula its TeX."""
    shown = re.sub(r"<!--.*?-->", " ", html, flags=re.DOTALL)
    shown = re.sub(r"<[^>]*>", "", BREAKS.sub(" ", MATHS.sub("", shown)))
    return one_line(unescape(shown))


def one_line(words):
    """Words as they are compared: TeX gets a space after a bracket that would begin a shortcode."""
    return " ".join(clean(words).split()).replace("[ ", "[")


def missing(shown, texts):
    """The first of the texts that does not stand in order in what a reader reads."""
    place = 0
    for words in map(one_line, texts):
        found = shown.find(words, place)
        if found < 0:
            return words
        place = found + len(words)
    return None


def strange(html):
    """What of markup can only have come from what somebody typed: elements, addresses, shortcodes."""
    outside = re.sub(r"<semantics>.*?</semantics>", "", re.sub("<!--.*?-->", "", html))
    tags = [tag for tag in re.findall(r"<([a-zA-Z][\w-]*)", outside) if not TAGS.fullmatch(tag)]
    schemes = [scheme for scheme in re.findall(r'(?:href|src|data)="([^":/]*):', html) if not SCHEMES.fullmatch(scheme)]
    return tags + schemes + re.findall(r"\[/?(?:gallery|caption)", outside)


def nowhere(html):
    """The places in the page that a link leads to and that are not there, and those that are there twice."""
    places = re.findall(r'\bid="([^"]*)"', html)
    anchors = [name for name in places if name.startswith("n-")]
    return sorted(set(re.findall(r'href="#([^"]*)"', html)) - set(places)) + sorted(
        {name for name in anchors if anchors.count(name) > 1}
    )


def test_any_page_may_hold_every_type_of_block_that_notion_has():
    assert {*BODIES, *INSIDE.values()} - {"hologram"} == set(BLOCKS)


@EVERY
@given(pages())
def test_every_text_of_any_page_arrives_in_order_as_it_was_typed(page):
    raw, texts = page
    for version in ("6.1", "6.8"):
        html = rendered(parse.blocks(raw), version).html
        assert missing(text(html), texts) is None
        assert strange(html) == []
        assert nowhere(html) == []


@EVERY
@given(pages())
def test_every_text_of_any_page_arrives_where_tabs_have_their_labels_together(page):
    raw, texts = page
    html = rendered(parse.blocks(raw), "newest").html
    assert set(TOKEN.findall(text(html))) == set(TOKEN.findall(" ".join(texts)))
    assert strange(html) == []
    assert nowhere(html) == []
    assert rendered(parse.blocks(raw), "newest").html == html


@settings(EVERY, max_examples=20)
@given(page=pages())
def test_the_editor_takes_any_page(page, editors):
    tree = parse.blocks(page[0])
    for version, editor in editors.items():
        html = rendered(tree, version).html
        verdict = editor.verdict(html)
        assert verdict.problems == ()
        assert verdict.saved == html

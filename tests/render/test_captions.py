"""Which line of a picture's caption is its alternative text, and what is left to be shown."""

import pytest

from sidecar.blocks import BlockId, EquationSpan, FileRef, Marks, MediaBlock, TextSpan, UserMention
from sidecar.model import Media, MediaId
from sidecar.render import Context, document
from sidecar.render.captions import shown_and_spoken

BOLD = Marks(bold=True)
LINES = (TextSpan("Low water.\nalt: Two boats."),)


@pytest.mark.parametrize(
    ("caption", "prefix", "shown", "spoken"),
    [
        pytest.param((), "alt:", (), "", id="no caption says nothing"),
        pytest.param(
            (TextSpan("Low "), TextSpan("water", BOLD)),
            "alt:",
            (TextSpan("Low "), TextSpan("water", BOLD)),
            "Low water",
            id="without the line the words of the caption are said",
        ),
        pytest.param(LINES, "alt:", (TextSpan("Low water."),), "Two boats.", id="the last line is said, not shown"),
        pytest.param(
            LINES, "", LINES, "Low water.\nalt: Two boats.", id="without a prefix it is a line like any other"
        ),
        pytest.param(LINES, "Bild:", LINES, "Low water.\nalt: Two boats.", id="another prefix, and this one is none"),
        pytest.param((TextSpan("A.\nbild :x"),), "Bild :", (TextSpan("A."),), "x", id="capitals do not matter"),
        pytest.param((TextSpan("A.*x"),), ".*", (TextSpan("A.*x"),), "A.*x", id="a prefix is no pattern"),
        pytest.param((TextSpan("alt: Boats"),), "alt:", (), "Boats", id="a caption of nothing else"),
        pytest.param((TextSpan("A.\nalt:"),), "alt:", (TextSpan("A."),), "", id="a picture that adds nothing"),
        pytest.param(
            (TextSpan("A.\n"), TextSpan("a", BOLD), TextSpan("LT: Boa"), UserMention("ts"), TextSpan("\n \n")),
            "alt:",
            (TextSpan("A."),),
            "Boats",
            id="a line of many spans, and empty ones below it",
        ),
        pytest.param(
            (TextSpan("Area "), EquationSpan("a\nalt: b"), TextSpan("\nalt: A square")),
            "alt:",
            (TextSpan("Area "), EquationSpan("a\nalt: b")),
            "A square",
            id="a formula has no lines and is shown whole",
        ),
        pytest.param(
            (TextSpan("A.\nAlthough it rains"),),
            "alt",
            (TextSpan("A.\nAlthough it rains"),),
            "A.\nAlthough it rains",
            id="a prefix of letters is a word of its own",
        ),
        pytest.param(
            (TextSpan("alt: A.\nB."),), "alt:", (TextSpan("alt: A.\nB."),), "alt: A.\nB.", id="only the last line"
        ),
    ],
)
def test_the_last_line_of_a_caption_is_the_alternative_text_where_it_says_so(caption, prefix, shown, spoken):
    assert shown_and_spoken(caption, prefix) == (shown, spoken)


def test_the_prefix_is_what_the_settings_say():
    it = MediaBlock(BlockId("x"), FileRef("https://a.example/b.jpg", "image", False), (TextSpan("A.\nBild: Boats"),))
    media = {it.file.identity: Media(MediaId("1"), "https://blog.example/b.jpg")}
    shown = document((it,), Context(media=media, alt_prefix="Bild:")).html
    assert 'alt="Boats"' in shown
    assert '<figcaption class="wp-element-caption">A.</figcaption>' in shown

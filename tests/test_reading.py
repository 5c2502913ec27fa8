"""Markup as a person reads it, and what differs between two of it."""

import re
from html import unescape
from pathlib import Path

import pytest

from sidecar import reading

GOLDEN = Path(__file__).parent / "golden" / "blocks"


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (
            "<!-- wp:paragraph -->\n<p>One <strong>two</strong>\n three</p>\n<!-- /wp:paragraph -->",
            ["One **two** three"],
        ),
        ('<h2 class="wp-block-heading">Low &amp; high</h2><p>x</p>', ["## Low & high", "x"]),
        ('<p>See <a href="https://x.example/?a=1&amp;b=2">here</a>.</p>', ["See [here](https://x.example/?a=1&b=2)."]),
        ("<p>one<br>two</p>", ["one", "two"]),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", ["- a", "- b"]),
        ("<blockquote><p>q</p></blockquote>", ["> q"]),
        ('<pre class="wp-block-code"><code>if x:\n    y</code></pre>', ["`if x:", "    y`"]),
        ('<figure><img src="/a.jpg" alt="Shore"/><figcaption>C</figcaption></figure>', ["[Shore](/a.jpg)", "  C"]),
        ("<table><tr><th>A</th><td>b</td></tr></table>", ["| A | b"]),
        ("<p>a &lt;b&gt; &#91;c]</p>", ["a <b> [c]"]),
        ("", []),
    ],
)
def test_lines(markup, expected):
    assert reading.lines(markup) == expected


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.html")), ids=lambda path: path.stem)
def test_no_word_of_a_golden_case_is_lost(path):
    markup = path.read_text(encoding="utf-8")
    read = " ".join(reading.lines(markup))
    words = unescape(re.sub(r"<[^>]*>", " ", re.sub(r"<!--.*?-->", " ", markup, flags=re.DOTALL))).split()
    assert [word for word in words if word not in read] == []


def test_only_what_differs_is_shown_with_a_line_around():
    before, after = ["a", "b", "c", "d", "e"], ["a", "b", "C", "d", "e"]
    assert reading.difference(before, after) == [
        "--- WordPress",
        "+++ Notion",
        "@@ -2,3 +2,3 @@",
        " b",
        "-c",
        "+C",
        " d",
    ]
    assert reading.difference(before, before) == []

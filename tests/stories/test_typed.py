"""What people type is what readers read: when a real WordPress shows it, nothing of it is run or becomes markup."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sidecar import parse
from tests.render.cases import rendered
from tests.render.test_any_page import missing, strange, text
from tests.render.trees import NASTY, TEXTUAL, run, with_tokens
from tests.stage.wordpress import WordPress

TYPED = (
    *NASTY,
    *("[boom]", "[boom]x[/boom]", '[boom a="b"]', "[[boom]]", "[boom", "[boom/]", "\n[boom]\n", "\\[boom\\]"),
    *("&#91;boom&#93;", "&lbrack;boom&rbrack;", "&lt;script&gt;", "<img src=x onerror=alert(1)>"),
    *("[embed]https://youtu.be/x[/embed]", '[audio src="x.mp3"]', "[caption]a[/caption]", "[playlist]"),
    *("Wordpress", ">Wordpress", "8-)", ":cool:", "0x10", "xn--a", "don't", "wait..."),
    *("<!--more-->", "<!--nextpage-->", "<!-- wp:latest-posts /-->", "https://youtu.be/dQw4w9WgXcQ"),
)

SHOWN = """
    add_shortcode('boom', fn() => 'EXECUTED');
    add_filter('pre_oembed_result', fn($_, $url) => '<p>' . esc_html($url) . '</p>', 10, 2);
    kses_remove_filters();
    $id = wp_insert_post(wp_slash(
        ['post_title' => 'x', 'post_status' => 'publish', 'post_content' => file_get_contents('FILE')]));
    $GLOBALS['post'] = get_post($id);
    setup_postdata($GLOBALS['post']);
    return ['shown' => apply_filters('the_content', get_the_content()), 'stored' => get_post($id)->post_content];
"""
"""A post as WordPress shows it, and what it keeps."""
TYPOGRAPHY = str.maketrans({**dict.fromkeys("’‘′", "'"), **dict.fromkeys("“”″", '"'), "…": "..."})
"""What WordPress may make of what is typed: quotes and dots as printers set them."""


def rich_text(words: str, **marks: Any) -> list[dict[str, Any]]:
    return [run("text", {"content": words, "link": None}, words, {"color": "default", **marks})]


def bodies(words: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every place of a page that takes what people type."""
    yield from ((kind, {"rich_text": rich_text(words), "is_toggleable": kind == "heading_2"}) for kind in TEXTUAL)
    yield "paragraph", {"rich_text": rich_text(words, code=True)}
    yield "paragraph", {"rich_text": [*rich_text("a"), *rich_text(words, bold=True), *rich_text("b")]}
    yield "code", {"rich_text": rich_text(words), "caption": rich_text(words), "language": "python"}
    yield "bookmark", {"url": "https://example.com/", "caption": rich_text(words)}
    yield "embed", {"url": "https://vimeo.com/76979871", "caption": rich_text(words)}
    yield "image", {"type": "external", "external": {"url": "https://x.example/a.png"}, "caption": rich_text(words)}
    yield "pdf", {"type": "external", "external": {"url": "https://x.example/a.pdf"}, "name": words}
    yield "child_page", {"title": words}


def page() -> list[dict[str, Any]]:
    count = itertools.count()
    return [
        {"object": "block", "id": f"{next(count):032x}", "type": kind, kind: body}
        for words in TYPED
        for kind, body in bodies(words)
    ]


def shown(wordpress: WordPress, folder: Path, html: str) -> dict[str, str]:
    (folder / "post.html").write_text(html, encoding="utf-8")
    found: dict[str, str] = wordpress.php(SHOWN.replace("FILE", str(folder / "post.html")))
    return found


def test_what_is_typed_anywhere_is_read_as_it_was_typed_and_never_run(wordpress: WordPress, tmp_path: Path) -> None:
    raw, texts = with_tokens(page())
    html = rendered(parse.blocks(raw), "newest").html
    found = shown(wordpress, tmp_path, html)
    assert found["stored"] == html
    assert missing(text(found["shown"]).translate(TYPOGRAPHY), [it.translate(TYPOGRAPHY) for it in texts]) is None
    assert strange(html) == []
    assert "EXECUTED" not in found["shown"]
    assert "EXECUTED" in shown(wordpress, tmp_path, "<p>[boom]</p>")["shown"]

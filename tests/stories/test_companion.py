"""The companion plugin comes, is used, goes again; what was published before and with it stays one post a page."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from sidecar import seo
from sidecar.model import Report
from tests.stage.notion import art
from tests.stage.notion import build as b
from tests.stories.magazine import Magazine, by_title

PLUGIN = Path(__file__).parents[2] / "wp-plugin-stub"


@pytest.fixture
def with_plugin(magazine: Magazine) -> Magazine:
    magazine.wordpress.activate(PLUGIN)
    return magazine


def asked(magazine: Magazine, method: str) -> int:
    return magazine.proxy.count(method)


def notes(report: Report) -> list[str]:
    return [warning.message for outcome in report.outcomes for warning in outcome.warnings]


def meta(magazine: Magazine, post: dict[str, Any], key: str) -> Any:
    return magazine.wordpress.php(f"return get_post_meta({post['id']}, '{key}');")


def test_pages_are_published_with_the_plugins_methods_and_without_a_look_through_all_posts(with_plugin, tmp_path):
    magazine = with_plugin
    picture = magazine.notion.add_file("boats.jpg", art.jpeg(art.landscape(1, (120, 80))))
    pages = [magazine.notion.content.add_page(title, [b.image(picture)]) for title in ("One", "Two")]
    magazine.proxy.spoil("^notion_sidecar.upsert$", "lost reply")
    report = magazine.sync()
    assert {outcome.status for outcome in report.outcomes} == {"Success"}
    posts = magazine.posts()
    assert sorted(meta(magazine, post, "_notion_page_id")[0] for post in posts) == sorted(pages)
    assert [meta(magazine, post, "notion_page_id") for post in posts] == [[], []]
    assert len(magazine.library()) == 1
    assert [asked(magazine, name) for name in ("wp.newPost", "wp.getPosts")] == [0, 0]
    assert asked(magazine, "notion_sidecar.upsert") == 2

    # The ledger is lost: one question finds the posts of all pages, another one the picture.
    for path in tmp_path.glob("ledger.db*"):
        path.unlink()
    for page in pages:
        magazine.notion.content.set_status(page, "Adding")
    before = asked(magazine, "notion_sidecar.find")
    report = magazine.sync()
    assert [outcome.action for outcome in report.outcomes] == ["update", "update"]
    assert asked(magazine, "notion_sidecar.find") == before + 1
    assert len(magazine.posts()) == 2
    assert len(magazine.library()) == 1


def test_a_site_goes_on_without_the_plugin_and_with_it_again(with_plugin, tmp_path):
    magazine = with_plugin
    first = magazine.notion.content.add_page("First", [b.paragraph("x")])
    magazine.sync()
    magazine.wordpress.deactivate(PLUGIN)
    second = magazine.notion.content.add_page("Second", [b.paragraph("x")])
    for path in tmp_path.glob("ledger.db*"):
        path.unlink()
    magazine.notion.content.set_status(first, "Adding")
    report = magazine.sync()
    assert {title: outcome.action for title, outcome in by_title(report).items()} == {
        "First": "update",
        "Second": "create",
    }
    magazine.wordpress.activate(PLUGIN)
    magazine.notion.content.set_status(second, "Adding")
    assert [outcome.action for outcome in magazine.sync().outcomes] == ["update"]
    assert [meta(magazine, post, "_notion_page_id") for post in magazine.posts()] == [[first], [second]]


def test_an_avif_stays_one_where_smaller_sizes_are_made_of_it_and_is_a_jpeg_elsewhere(with_plugin):
    magazine = with_plugin
    out = io.BytesIO()
    art.landscape(1, (640, 400)).save(out, "AVIF")
    magazine.notion.content.add_page("Low water", [b.image(magazine.notion.add_file("a.avif", out.getvalue()))])
    magazine.sync()
    magazine.wordpress.deactivate(PLUGIN)
    changed = out.getvalue() + b"\0\0\0\x08free"
    magazine.notion.content.add_page("High water", [b.image(magazine.notion.add_file("b.avif", changed))])
    magazine.sync()
    is_made = magazine.wordpress.php("return wp_image_editor_supports(['mime_type' => 'image/avif']);")
    kept = ["image/avif"] if is_made else []
    assert [item["mime"] for item in magazine.library()] == [*kept, "image/jpeg"]
    for item in magazine.library()[: len(kept)]:
        sizes = magazine.wordpress.php(f"return wp_get_attachment_metadata({item['id']})['sizes'];")
        assert {size["mime-type"] for size in sizes.values()} == {"image/avif"}
        assert "".join(post["content"] for post in magazine.posts()).count(item["url"]) == 1


def test_the_plugin_may_go_while_a_sync_is_under_way_and_what_is_not_set_then_is_said(with_plugin):
    magazine = with_plugin
    page = with_pictures(magazine, f"Low water\nalt: {ALT}", **SAID)
    with magazine.world(WP_SEO_PLUGIN="yoast") as world:
        assert world.blog.site().plugin is not None
        magazine.wordpress.deactivate(PLUGIN)
        report = magazine.run(world)
    assert report.status == "Completed"
    assert len(magazine.posts()) == 1
    assert asked(magazine, "wp.newPost") == 1
    assert [note.partition(" ")[0] for note in notes(report)] == ["The", "SEO", "SEO"]

    magazine.wordpress.activate(PLUGIN)
    assert notes(magazine.sync(page, WP_SEO_PLUGIN="yoast")) == []
    assert spoken(magazine) == [[ALT]]
    (post,) = magazine.posts()
    assert meta(magazine, post, "_yoast_wpseo_title") == [SAID["SEO title"]]


# --- alternative texts -------------------------------------------------------------------------------------------


ALT = "Two boats lie dry on the mud"
SAID = {"SEO title": "Low & high water", "SEO description": 'When to come \\ "go".'}


def with_pictures(magazine: Magazine, *captions: str, **properties: str) -> str:
    """A page that is to be published, with a picture for each caption."""
    for name in properties:
        magazine.notion.content.source.add_property(name, "rich_text")
    files = [
        magazine.notion.add_file(f"{number}.jpg", art.jpeg(art.landscape(number, (120, 80))))
        for number in range(len(captions))
    ]
    pictures = [b.image(*picture) for picture in zip(files, captions, strict=True)]
    return magazine.notion.content.add_page("Boats", pictures, properties=properties)


def spoken(magazine: Magazine) -> list[Any]:
    """The alternative texts in the library."""
    return [meta(magazine, item, "_wp_attachment_image_alt") for item in magazine.library()]


def test_with_the_plugin_alternative_texts_reach_the_library_and_nothing_is_to_be_said(with_plugin):
    magazine = with_plugin
    assert notes(magazine.sync(with_pictures(magazine, f"The quay\nalt: {ALT}", "The pier"))) == []
    assert sorted(spoken(magazine)) == [["The pier"], [ALT]]
    assert asked(magazine, "wp.getPost") == 3, "each new picture is looked at once, and the post"


def test_without_it_one_note_says_how_many_are_missing_and_says_it_once(magazine):
    """A caption's words are in the library as its caption: they are not missed."""
    page = with_pictures(magazine, f"The quay\nalt: {ALT}", "The pier", f"alt: {ALT} again")
    (note,) = notes(magazine.sync())
    assert note.startswith("2 alternative texts are in the post, but not in the media library: ")
    assert "companion plugin" in note
    notion = magazine.notion.content
    assert notion.said(page, "WordPress Message") == f"Published with 1 note: {note}"
    assert ALT in magazine.posts()[0]["content"]

    notion.set_status(page, "Adding")
    magazine.notion.forget()
    assert notes(magazine.sync()) == [note]
    assert [list(call.body["properties"]) for call in magazine.notion.writes()] == [["Status"]]
    magazine.wordpress.activate(PLUGIN)
    notion.set_status(page, "Adding")
    assert notes(magazine.sync()) == []
    assert notion.said(page, "WordPress Message") == ""
    assert [ALT] in spoken(magazine)


# --- what search engines show ------------------------------------------------------------------------------------


def tides(magazine: Magazine) -> str:
    """A page that says what search engines are to show."""
    return with_pictures(magazine, **SAID)


def test_seo_title_and_description_reach_the_fields_of_each_seo_plugin(with_plugin):
    magazine = with_plugin
    page = tides(magazine)
    for name, keys in seo.KEYS.items():
        assert notes(magazine.sync(page, force=True, WP_SEO_PLUGIN=name)) == []
        (post,) = magazine.posts()
        assert [meta(magazine, post, key) for key in keys] == [[text] for text in SAID.values()]
    magazine.notion.content.edit(page, properties={"SEO title": ""})
    magazine.sync(page, WP_SEO_PLUGIN=name)
    assert [meta(magazine, post, key) for key in keys] == [[], [SAID["SEO description"]]]


def test_without_the_plugin_a_note_says_that_seo_fields_were_not_set(magazine):
    report = magazine.sync(tides(magazine), WP_SEO_PLUGIN="yoast")
    assert report.status == "Completed"
    first, second = notes(report)
    assert first.startswith("SEO title: ")
    assert second.startswith("SEO description: ")
    assert "companion plugin" in first


def test_with_the_plugin_and_no_seo_plugin_a_note_names_those_that_there_may_be(with_plugin):
    magazine = with_plugin
    assert all("yoast, rank-math, seopress, aioseo" in note for note in notes(magazine.sync(tides(magazine))))
    assert len(notes(magazine.reports[-1])) == 2

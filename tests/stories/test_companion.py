"""The companion plugin comes, is used, goes again; what was published before and with it stays one post a page."""

from __future__ import annotations

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


def test_the_plugin_may_go_while_a_sync_is_under_way(with_plugin):
    magazine = with_plugin
    with magazine.world() as world:
        assert world.blog.site().plugin is not None
        magazine.wordpress.deactivate(PLUGIN)
        magazine.notion.content.add_page("Last", [b.paragraph("x")])
        assert magazine.run(world).status == "Completed"
    assert len(magazine.posts()) == 1
    assert asked(magazine, "wp.newPost") == 1


# --- what search engines show ------------------------------------------------------------------------------------


SAID = {"SEO title": "Low & high water", "SEO description": 'When to come \\ "go".'}


def tides(magazine: Magazine) -> str:
    """A page that says what search engines are to show."""
    for name in SAID:
        magazine.notion.content.source.add_property(name, "rich_text")
    return magazine.notion.content.add_page("Tides", [b.paragraph("x")], properties=SAID)


def notes(report: Report) -> list[str]:
    return [warning.message for outcome in report.outcomes for warning in outcome.warnings]


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

"""The adapter on a real WordPress that has the companion plugin."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sidecar.adapters.wordpress import XmlRpcBlog
from sidecar.model import PostState
from tests.contracts.blogs import opened
from tests.contracts.test_blog import PIXEL, new_page
from tests.stage.wordpress import WordPress

PLUGIN = Path(__file__).parents[2] / "wp-plugin-stub"


@pytest.fixture(scope="module")
def wordpress() -> Iterator[WordPress]:
    with WordPress("newest", plugins=[PLUGIN]) as wordpress:
        yield wordpress


@pytest.fixture
def blog(wordpress: WordPress) -> Iterator[XmlRpcBlog]:
    editor = wordpress.users["editor"]
    with contextlib.closing(opened(wordpress.url, editor.login, editor.application_password)) as blog:
        yield blog


def meta(wordpress: WordPress, post_id: str, key: str) -> Any:
    return wordpress.php(f"return get_post_meta({int(post_id)}, '{key}');")


def test_the_site_names_the_plugin(blog: XmlRpcBlog) -> None:
    assert blog.site().plugin


def test_the_marker_is_a_protected_field_and_found_in_one_question(wordpress: WordPress, blog: XmlRpcBlog) -> None:
    page_id = new_page()
    made = blog.create(page_id, {"post_title": "Marked"})
    assert meta(wordpress, made.id, "_notion_page_id") == [page_id]
    assert meta(wordpress, made.id, "notion_page_id") == []
    before = blog.calls()
    scan = blog.find(page_id, 0)
    assert blog.calls() == before + 1
    assert [(post.id, post.page_id, post.status, post.modified) for post in scan.posts] == [
        (made.id, page_id, "draft", made.modified)
    ]


def test_creating_a_page_twice_gives_one_post_in_the_state_it_has(blog: XmlRpcBlog) -> None:
    page_id = new_page()
    first = blog.create(page_id, {"post_title": "First", "post_content": "x"})
    blog.update(first.id, {"post_status": "publish"})
    again = blog.create(page_id, {"post_title": "Second"})
    assert (again.id, again.status, again.fields["post_title"]) == (first.id, "publish", "Second")
    assert [post.id for post in found(blog, first)] == [first.id]


def test_a_marker_from_before_the_plugin_is_found(wordpress: WordPress, blog: XmlRpcBlog) -> None:
    page_id = new_page()
    old = wordpress.php(
        "$id = wp_insert_post(['post_title' => 'Old', 'post_content' => 'x']);"
        f"add_post_meta($id, 'notion_page_id', '{page_id}'); return $id;"
    )
    assert [post.id for post in blog.find(page_id, 0).posts] == [str(old)]


@pytest.mark.parametrize("status", ["trash", "future"])
def test_a_post_out_of_sight_is_found(blog: XmlRpcBlog, status: str) -> None:
    made = blog.create(new_page(), {"post_title": "Hidden"})
    if status == "trash":
        blog.trash(made.id)
    else:
        later = datetime.now(UTC) + timedelta(days=2)
        blog.update(made.id, {"post_status": "publish", "post_date_gmt": later})
    assert [(post.id, post.status) for post in found(blog, made)] == [(made.id, status)]


def found(blog: XmlRpcBlog, made: PostState) -> tuple[PostState, ...]:
    assert made.page_id is not None
    return blog.find(made.page_id, 0).posts


def test_a_page_without_a_post_is_found_nowhere(blog: XmlRpcBlog) -> None:
    assert blog.find(new_page(), 0).posts == ()


def test_the_alternative_text_reaches_the_library_once(wordpress: WordPress, blog: XmlRpcBlog) -> None:
    media = blog.upload(f"pic-{new_page()[:13]}.png", PIXEL, "image/png")
    for alt in ("Boats", 'Boats at "dusk" \\ & dawn'):
        assert blog.describe(media.id, title="The harbour", caption="At dusk", alt=alt) is True
    assert meta(wordpress, media.id, "_wp_attachment_image_alt") == ['Boats at "dusk" \\ & dawn']

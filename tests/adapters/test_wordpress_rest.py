"""The REST adapter on a real WordPress: what is its own, beside the contract that it shares with XML-RPC's."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from sidecar.adapters import either
from sidecar.adapters.wordpress_rest import RestBlog
from sidecar.config import Config
from sidecar.errors import Closed, Missing, Refused, Unavailable
from tests.contracts.blogs import opened
from tests.contracts.test_blog import CONTENT, PIXEL, ids, new_page
from tests.fakes.memory import FakeMemory
from tests.stage.proxy import FaultProxy
from tests.stage.wordpress import WordPress
from tests.stage.wordpress.closed import WAYS, closed

PLUGIN = Path(__file__).parents[2] / "wp-plugin-stub"
LIBRARY = """<?php add_action('init', function () {
    register_taxonomy('genre', ['book'], ['hierarchical' => true, 'show_in_rest' => true, 'public' => true]);
    register_post_type('book', ['public' => true, 'show_in_rest' => true, 'rest_base' => 'library',
        'supports' => ['title', 'editor', 'custom-fields'], 'taxonomies' => ['genre', 'post_tag']]);
    register_post_type('secret', ['public' => true]);
    register_post_meta('post', 'subtitle', ['type' => 'string', 'single' => true, 'show_in_rest' => true]);
});
if (file_exists(WP_CONTENT_DIR . '/silent')) {
    remove_action('wp_head', 'wp_generator'); remove_action('wp_head', 'rest_output_link_wp_head');
    remove_action('template_redirect', 'rest_output_link_header', 11);
    add_filter('the_generator', '__return_empty_string');
}
if (file_exists(WP_CONTENT_DIR . '/plain')) {
    add_filter('pre_option_permalink_structure', '__return_empty_string');
}
"""


@pytest.fixture(scope="module")
def wordpress() -> Iterator[WordPress]:
    with WordPress("newest", mu_plugins={"library.php": LIBRARY}) as wordpress:
        yield wordpress


@pytest.fixture
def blog(wordpress: WordPress) -> Iterator[RestBlog]:
    with over_rest(wordpress) as blog:
        yield blog


@contextlib.contextmanager
def over_rest(wordpress: WordPress, login: str = "editor", url: str = "", **more: Any) -> Iterator[RestBlog]:
    user = wordpress.users[login]
    address = url or wordpress.url
    with contextlib.closing(opened(address, login, user.application_password, over=RestBlog, **more)) as blog:
        yield blog


# --- fields --------------------------------------------------------------------------------------------------


def test_a_field_that_is_emptied_is_empty(wordpress: WordPress, blog: RestBlog) -> None:
    post = blog.create(new_page(), {"post_title": "Emptied", "post_content": CONTENT})
    fields = {"post_format": "aside", "post_password": "sesame", "post_excerpt": "x"}
    blog.update(post.id, fields)
    shown = f"$p = get_post({post.id}); return [get_post_format($p) ?: '', $p->post_password, $p->post_excerpt];"
    assert wordpress.php(shown) == list(fields.values())
    blog.update(post.id, dict.fromkeys(fields, ""))
    assert wordpress.php(shown) == ["", "", ""]


# --- nothing twice -------------------------------------------------------------------------------------------


def test_a_draft_whose_answer_was_lost_is_found_by_its_marker(wordpress: WordPress) -> None:
    page_id = new_page()
    with FaultProxy(wordpress.url) as proxy, over_rest(wordpress, url=proxy.url) as blog:
        floor = blog.scan(0).newest
        proxy.spoil("POST .*/posts", "lost reply")
        with pytest.raises(Unavailable) as raised:
            blog.create(page_id, {"post_title": "Lost", "post_content": CONTENT})
        assert raised.value.maybe_done
        (found,) = [post for post in blog.find(page_id, floor).posts if post.page_id == page_id]
    assert (found.status, found.type) == ("draft", "post")
    assert len(wordpress.php("return get_posts(['title' => 'Lost', 'post_status' => 'any']);")) == 1


def test_an_upload_whose_answer_was_lost_is_sent_once_and_found(wordpress: WordPress) -> None:
    with FaultProxy(wordpress.url) as proxy, over_rest(wordpress, url=proxy.url) as blog:
        proxy.spoil("POST .*/media", "lost reply")
        with pytest.raises(Unavailable) as raised:
            blog.upload("lost-0123456789ab.png", PIXEL, "image/png")
        assert raised.value.maybe_done
        assert blog.find_media("lost-0123456789ab.png") is not None
    assert len(wordpress.php("return get_posts(['post_type' => 'attachment', 's' => 'lost-0123456789ab']);")) == 1


def test_a_file_that_was_cut_on_its_way_is_not_kept(wordpress: WordPress, blog: RestBlog) -> None:
    cut = "add_filter('rest_pre_dispatch', function ($result, $server, $request) {"
    cut += " if ($request->get_body()) { $request->set_body(substr($request->get_body(), 0, 40)); } return $result; },"
    path = wordpress.site / "wp-content/mu-plugins/cut.php"
    path.write_text(f"<?php {cut} 10, 3);")
    try:
        with pytest.raises(Refused, match="did not arrive whole"):
            blog.upload("cut-ba9876543210.png", PIXEL, "image/png")
    finally:
        path.unlink()
    assert blog.find_media("cut-ba9876543210.png") is None


def test_a_scan_of_everything_finds_posts_of_every_type_and_status(wordpress: WordPress, blog: RestBlog) -> None:
    made = [blog.create(new_page(), {"post_title": kind, "post_type": kind}) for kind in ("post", "page", "book")]
    blog.trash(made[1].id)
    with over_rest(wordpress) as fresh:
        found = {post.id: post for post in fresh.scan(0).posts}
        assert {post.id: post.page_id for post in made}.items() <= {id: it.page_id for id, it in found.items()}.items()
        assert [found[post.id].type for post in made] == ["post", "page", "book"]
        assert found[made[1].id].status == "trash"


def test_rewriting_a_post_that_another_process_made_keeps_its_marker(wordpress: WordPress, blog: RestBlog) -> None:
    made = blog.create(new_page(), {"post_title": "Kept", "post_content": CONTENT})
    with over_rest(wordpress) as other:
        assert other.update(made.id, {"post_content": f"{CONTENT}\n\n{CONTENT}"}).page_id == made.page_id
    stored = wordpress.php(f"return get_post({made.id})->post_content;")
    assert stored.count("notionPageId") == 1


def test_over_xmlrpc_the_post_reads_the_same(wordpress: WordPress, blog: RestBlog) -> None:
    made = blog.create(new_page(), {"post_title": "Both", "post_content": CONTENT, "post_excerpt": "Short"})
    editor = wordpress.users["editor"]
    with contextlib.closing(opened(wordpress.url, "editor", editor.application_password)) as xmlrpc:
        assert xmlrpc.post(made.id) == made


def test_the_plugin_shows_what_was_made_over_xmlrpc() -> None:
    with WordPress("newest", plugins=[PLUGIN]) as wordpress:
        with contextlib.closing(opened(wordpress.url, "editor", wordpress.users["editor"].application_password)) as old:
            made = old.create(new_page(), {"post_title": "Before", "post_content": CONTENT})
        with over_rest(wordpress) as blog:
            assert blog.site().plugin
            also = blog.create(new_page(), {"post_title": "After"})
            assert [(post.id, post.page_id) for post in blog.scan(0).posts] == [
                (made.id, made.page_id),
                (also.id, also.page_id),
            ]
        assert wordpress.php(f"return get_post_meta({also.id}, '_notion_page_id');") == [also.page_id]


# --- fields ----------------------------------------------------------------------------------------------------


def test_words_of_a_picture_are_set_without_a_plugin(wordpress: WordPress, blog: RestBlog) -> None:
    media = blog.upload("boats-0123456789ab.png", PIXEL, "image/png")
    assert blog.describe(media.id, title="Harbour", caption="At <em>dusk</em>", alt='Boats & "nets"')
    assert wordpress.php(f"return get_post_meta({media.id}, '_wp_attachment_image_alt', true);") == 'Boats & "nets"'
    assert wordpress.php(f"return get_post({media.id})->post_excerpt;") == "At <em>dusk</em>"


def test_a_post_of_another_type_gets_its_own_terms(blog: RestBlog) -> None:
    genre, tag = blog.create_term("genre", "Sea stories"), blog.create_term("post_tag", "salt")
    made = blog.create(new_page(), {"post_title": "A book", "post_type": "book"})
    now = blog.update(made.id, {"terms": {"genre": [genre.id], "post_tag": [tag.id]}, "sticky": False})
    assert now.fields["terms"] == {"genre": [genre.id], "post_tag": [tag.id]}
    with pytest.raises(Refused, match=r"of the type book: there is no such taxonomy \(categories\)"):
        blog.update(made.id, {"terms": {"category": ["1"]}})


def test_what_rest_passes_over_in_silence_is_refused(blog: RestBlog) -> None:
    made = blog.create(new_page(), {"post_title": "Whole"})
    with pytest.raises(Refused, match="no term 99999 in post_tag"):
        blog.update(made.id, {"terms": {"post_tag": ["99999"]}})
    with pytest.raises(Refused, match="no picture 99999"):
        blog.update(made.id, {"post_thumbnail": "99999"})


def test_a_post_whose_categories_are_emptied_has_the_default_one(blog: RestBlog) -> None:
    news = blog.create_term("category", "News")
    made = blog.create(new_page(), {"post_title": "Filed", "terms": {"category": [news.id]}})
    assert made.fields["terms"]["category"] == [news.id]
    assert blog.update(made.id, {"terms": {"category": []}}).fields["terms"]["category"] == ["1"]


def test_a_custom_field_that_is_registered_is_written_and_taken_away(wordpress: WordPress, blog: RestBlog) -> None:
    made = blog.create(new_page(), {"post_title": "Fields"})
    for value in ("Low \\ water", "High", ""):
        blog.update(made.id, {"custom_fields": {"subtitle": value}})
        assert wordpress.php(f"return get_post_meta({made.id}, 'subtitle');") == ([value] if value else [])
    with pytest.raises(Refused, match=r"custom field mood over REST.*show_in_rest"):
        blog.update(made.id, {"custom_fields": {"mood": "calm"}})


def test_a_type_that_rest_does_not_have_is_refused_with_the_setting(blog: RestBlog) -> None:
    with pytest.raises(Refused, match=r"no such post type.*WP_POST_TYPE"):
        blog.create(new_page(), {"post_title": "x", "post_type": "secret"})


def test_a_post_that_was_deleted_under_our_feet_is_missing(wordpress: WordPress, blog: RestBlog) -> None:
    made = blog.create(new_page(), {"post_title": "Gone"})
    wordpress.php(f"return (bool) wp_delete_post({made.id}, true);")
    with pytest.raises(Missing):
        blog.update(made.id, {"post_title": "x"})


# --- who we are, where it is ----------------------------------------------------------------------------------


def test_a_user_who_may_too_little_is_told_so(wordpress: WordPress) -> None:
    with over_rest(wordpress, "subscriber") as blog, pytest.raises(Refused, match="role Editor"):
        blog.create(new_page(), {"post_title": "x"})
    with over_rest(wordpress, "contributor") as blog, pytest.raises(Refused, match="role Editor"):
        blog.upload("x.png", PIXEL, "image/png")


def test_a_wrong_password_is_told_from_a_closed_door(wordpress: WordPress) -> None:
    with contextlib.closing(opened(wordpress.url, "editor", "wrong", over=RestBlog)) as blog:
        with pytest.raises(Refused, match="does not accept the user editor") as raised:
            blog.create(new_page(), {"post_title": "x"})
        assert not isinstance(raised.value, Closed)


def test_an_administrator_sees_logins_and_addresses(wordpress: WordPress) -> None:
    with over_rest(wordpress, "admin") as blog:
        assert ("editor", "editor@example.test") in {(user.login, user.email) for user in blog.users()}


@pytest.mark.parametrize("flags", [(), ("silent",), ("plain",), ("silent", "plain")], ids=str)
def test_the_api_is_found_with_and_without_permalinks_and_links(wordpress: WordPress, flags: tuple[str, ...]) -> None:
    with contextlib.ExitStack() as stack:
        for name in flags:
            path = wordpress.site / "wp-content" / name
            path.touch()
            stack.callback(path.unlink)
        blog = stack.enter_context(over_rest(wordpress, url=f"{wordpress.url}/wp-admin/"))
        site = blog.site()
        made = blog.create(new_page(), {"post_title": "Found"})
        assert ids(blog.find(made.page_id or new_page(), int(made.id) - 1).posts) == [made.id]
    assert site.url == wordpress.url
    # Where the site keeps its version to itself, its blocks tell which forms it knows.
    assert site.version == ("6.9" if "silent" in flags else wordpress.release)


def test_a_site_without_rest_says_what_to_do(wordpress: WordPress) -> None:
    with FaultProxy(wordpress.url) as proxy, over_rest(wordpress, url=proxy.url) as blog:
        proxy.spoil("wp-json|rest_route", "answer", status=403, body=b"<h1>Forbidden</h1>", times=9)
        with pytest.raises(Closed, match=r"closed.*403.*Forbidden.*security plugin"):
            blog.create(new_page(), {"post_title": "x"})


# --- XML-RPC is closed ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
def test_auto_goes_over_rest_where_xmlrpc_is_closed(wordpress: WordPress, way: str) -> None:
    memory = FakeMemory()
    with FaultProxy(wordpress.url) as proxy, closed(wordpress, way):
        with contextlib.closing(chosen(wordpress, proxy.url, memory)) as blog:
            made = blog.create(new_page(), {"post_title": "Anyway", "post_content": CONTENT})
            assert made.fields["post_content"] == CONTENT
        proxy.passed.clear()
        with contextlib.closing(chosen(wordpress, proxy.url, memory)) as blog:
            assert blog.post(made.id) == made
        assert all(passed.name.startswith("GET /wp-json") for passed in proxy.passed)


def test_auto_stays_with_xmlrpc_while_it_is_open(wordpress: WordPress) -> None:
    with FaultProxy(wordpress.url) as proxy:
        with contextlib.closing(chosen(wordpress, proxy.url, FakeMemory())) as blog:
            blog.create(new_page(), {"post_title": "As ever"})
        assert proxy.count("wp.newPost") == 1
        assert not [passed.name for passed in proxy.passed if "wp-json" in passed.name]


def test_where_both_are_closed_both_are_named(wordpress: WordPress) -> None:
    with FaultProxy(wordpress.url) as proxy, closed(wordpress, "by filter"):
        proxy.spoil("wp-json|rest_route", "answer", status=403, body=b"<h1>Forbidden</h1>", times=9)
        blog = chosen(wordpress, proxy.url, FakeMemory())
        with contextlib.closing(blog), pytest.raises(Closed, match=r"XML-RPC is switched off.*REST API .* is closed"):
            blog.create(new_page(), {"post_title": "x"})


def chosen(wordpress: WordPress, url: str, memory: FakeMemory) -> either.EitherBlog:
    password = wordpress.users["editor"].application_password
    values = {"WP_URL": url, "WP_USERNAME": "editor", "WP_APP_PASSWORD": password, "WP_TRANSPORT": "auto"}
    blog = either.blog(Config.parse(values), memory, Event())
    assert isinstance(blog, either.EitherBlog)
    return blog

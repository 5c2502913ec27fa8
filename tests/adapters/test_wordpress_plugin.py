"""The companion plugin's XML-RPC methods, and the adapter that uses them, on SQLite and on MariaDB."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import subprocess
import sys
import xmlrpc.client
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from PIL import Image

from sidecar.adapters.wordpress import XmlRpcBlog
from sidecar.adapters.wordpress.content_marker import marked
from sidecar.adapters.wordpress_rest import RestBlog
from sidecar.blocks import PageId
from sidecar.model import MediaId, PostState
from tests.contracts.blogs import opened
from tests.contracts.test_blog import PIXEL, new_page
from tests.stage.mariadb import MariaDb
from tests.stage.wordpress import Account, WordPress

PLUGIN = Path(__file__).parents[2] / "wp-plugin-stub"
SLOW = """<?php
if (get_option('stage_seo')) { define(get_option('stage_seo'), '1'); }
if (get_option('stage_no_editors')) { add_filter('wp_image_editors', '__return_empty_array'); }
add_filter('notion_sidecar_wait_seconds', function ($seconds) { return (int) get_option('stage_wait', $seconds); });
add_filter('xmlrpc_wp_insert_post_data', function ($post) {
    if (0 === strpos($post['post_title'], 'Slow')) { usleep(200000); }
    return $post;
});
"""
"""Makes it certain that callers meet, and lets a test wait for less than a real one would."""

CALLER = """
import json, sys, xmlrpc.client
url, user, password, page_id, title = sys.argv[1:]
with xmlrpc.client.ServerProxy(url + "/xmlrpc.php") as server:
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(server.notion_sidecar.upsert(0, user, password, page_id, {"post_title": title})))
"""
CALLERS = 8


@pytest.fixture(scope="module", params=["SQLite", "MariaDB"])
def wordpress(request: pytest.FixtureRequest) -> Iterator[WordPress]:
    with contextlib.ExitStack() as stack:
        database = None
        if request.param == "MariaDB":
            database = stack.enter_context(stack.enter_context(MariaDb()).database())
        site = WordPress("newest", plugins=[PLUGIN], mu_plugins={"slow.php": SLOW}, workers=CALLERS, database=database)
        yield stack.enter_context(site)


@pytest.fixture
def blog(wordpress: WordPress) -> Iterator[XmlRpcBlog]:
    editor = wordpress.users["editor"]
    with contextlib.closing(opened(wordpress.url, editor.login, editor.application_password)) as blog:
        yield blog


def meta(wordpress: WordPress, post_id: str, key: str) -> Any:
    return wordpress.php(f"return get_post_meta({int(post_id)}, '{key}');")


def call(wordpress: WordPress, method: str, *arguments: Any, user: str = "editor", password: str = "") -> Any:
    """What a method of the plugin answers, or the code of its fault."""
    given = password or wordpress.users[user].application_password
    with xmlrpc.client.ServerProxy(f"{wordpress.url}/xmlrpc.php") as server:
        try:
            return getattr(server, f"notion_sidecar.{method}")(0, user, given, *arguments)
        except xmlrpc.client.Fault as fault:
            return fault.faultCode


def upsert(wordpress: WordPress, page_id: str, user: str = "editor", **content: Any) -> Any:
    return call(wordpress, "upsert", page_id, content, user=user)


def written(wordpress: WordPress, author: str = "editor", **fields: str) -> str:
    """The id of a post that somebody wrote in WordPress; `marker` is its Notion page, in the old field."""
    marker = fields.pop("marker", "")
    values = {"post_title": "Old", "post_content": "x", "post_status": "publish", **fields}
    made = wordpress.php(
        f"$id = wp_insert_post(json_decode('{json.dumps(values)}', true)"
        f" + ['post_author' => get_user_by('login', '{author}')->ID]);"
        f"if ('{marker}') {{ add_post_meta($id, 'notion_page_id', '{marker}'); }} return $id;"
    )
    return str(made)


# --- one post per page ---------------------------------------------------------------------------------------


def test_eight_callers_at_once_make_one_post(wordpress: WordPress) -> None:
    page_id = new_page()
    answers = at_once(wordpress, page_id)
    assert len({answer["post_id"] for answer in answers}) == 1
    assert sorted(answer["created"] for answer in answers) == [False] * (CALLERS - 1) + [True]
    assert [post["post_id"] for post in call(wordpress, "find", [page_id])[page_id]] == [answers[0]["post_id"]]
    assert (
        wordpress.php("return count(get_posts(['post_status' => 'any', 'title' => 'Slow', 'numberposts' => -1]));") == 1
    )


def at_once(wordpress: WordPress, page_id: str) -> list[Any]:
    """The answers to as many processes as there are callers, which all write to one page in the same moment."""
    editor = wordpress.users["editor"]
    command = [sys.executable, "-c", CALLER, wordpress.url, editor.login, editor.application_password, page_id, "Slow"]
    with contextlib.ExitStack() as stack:
        callers = [
            stack.enter_context(
                subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
                )
            )
            for _ in range(CALLERS)
        ]
        for caller in callers:
            assert caller.stdout is not None
            assert caller.stdout.readline() == "ready\n"
        for caller in callers:
            assert caller.stdin is not None
            caller.stdin.write("\n")
            caller.stdin.flush()
        answers = [caller.communicate(timeout=60) for caller in callers]
    assert [errors for _, errors in answers] == [""] * CALLERS
    return [json.loads(printed) for printed, _ in answers]


HOLD = """
require '%s/wp-load.php';
NotionSidecar\\locked('page %s', function () { echo "held\\n"; flush(); sleep(60); });
"""


def test_a_caller_who_waits_too_long_is_told_to_come_again_and_a_dead_one_is_not_waited_for(
    wordpress: WordPress,
) -> None:
    page_id = new_page()
    wordpress.php("return update_option('stage_wait', 1);")
    command = ["php", "-r", HOLD % (wordpress.site, page_id)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=wordpress.variables()) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            assert upsert(wordpress, page_id, post_title="x") == 409
        finally:
            holder.kill()
    age_row_locks(wordpress)
    assert upsert(wordpress, page_id, post_title="x")["created"] is True
    wordpress.php("return delete_option('stage_wait');")


def age_row_locks(wordpress: WordPress) -> None:
    """As if the time that a lock holds had passed; a lock of MariaDB's is gone with whoever held it."""
    wordpress.php(
        "global $wpdb; return $wpdb->query(\"UPDATE $wpdb->options SET option_value = '1000000000 x'"
        " WHERE option_name LIKE 'notion_sidecar_lock_%'\");"
    )


def test_a_lock_that_became_anothers_is_left_to_them(wordpress: WordPress) -> None:
    left = wordpress.php(
        """global $wpdb; $give_back = NotionSidecar\\take_row_lock('a name');
        $wpdb->update($wpdb->options, ['option_value' => '9999999999 theirs'], ['option_name' => 'a name']);
        $give_back();
        $left = $wpdb->get_var("SELECT option_value FROM $wpdb->options WHERE option_name = 'a name'");
        $wpdb->delete($wpdb->options, ['option_name' => 'a name']); return $left;"""
    )
    assert left == "9999999999 theirs"


def test_a_second_write_keeps_custom_fields_single_and_the_type_as_it_is(wordpress: WordPress) -> None:
    page_id = new_page()
    made = upsert(wordpress, page_id, post_title="x", custom_fields=[{"key": "mood", "value": "calm"}])
    again = upsert(
        wordpress, page_id, post_title="y", post_type="page", custom_fields=[{"key": "mood", "value": "st\\orm'y"}]
    )
    assert again == {"post_id": made["post_id"], "created": False}
    assert meta(wordpress, made["post_id"], "mood") == ["st\\orm'y"]
    assert meta(wordpress, made["post_id"], "_notion_page_id") == [page_id]


def test_of_two_posts_the_one_out_of_the_trash_is_written_to(wordpress: WordPress) -> None:
    page_id = new_page()
    written(wordpress, marker=page_id, post_status="trash")
    alive = written(wordpress, marker=page_id)
    assert upsert(wordpress, page_id, post_title="New") == {"post_id": alive, "created": False}


def test_a_post_with_the_old_marker_gains_the_protected_one(wordpress: WordPress) -> None:
    page_id = new_page()
    old = written(wordpress, marker=page_id)
    assert upsert(wordpress, page_id, post_title="New") == {"post_id": old, "created": False}
    assert meta(wordpress, old, "_notion_page_id") == [page_id]


def test_markers_are_protected_when_the_plugin_comes_and_seen_without_it_when_it_goes(wordpress: WordPress) -> None:
    page_ids = [new_page(), new_page()]
    old, new = written(wordpress, marker=page_ids[0]), upsert(wordpress, page_ids[1], post_title="x")["post_id"]
    wordpress.deactivate(PLUGIN)
    try:
        assert [meta(wordpress, post_id, "notion_page_id") for post_id in (old, new)] == [[one] for one in page_ids]
    finally:
        wordpress.activate(PLUGIN)
    assert [meta(wordpress, post_id, "_notion_page_id") for post_id in (old, new)] == [[one] for one in page_ids]


def test_a_post_that_was_made_over_rest_before_the_plugin_came_is_found_and_not_made_again(
    wordpress: WordPress,
) -> None:
    page_id, quoted = new_page(), new_page()
    wordpress.deactivate(PLUGIN)
    try:
        made = written(
            wordpress, post_content=marked("<!-- wp:paragraph --><p>x</p><!-- /wp:paragraph -->", PageId(page_id))
        )
        written(wordpress, post_content=f'<p>How it is marked: "notionPageId":"{quoted}"</p>')
    finally:
        wordpress.activate(PLUGIN)
    found = call(wordpress, "find", [page_id, quoted])
    assert {page: [post["post_id"] for post in posts] for page, posts in found.items()} == {page_id: [made]}
    assert upsert(wordpress, page_id, post_title="New") == {"post_id": made, "created": False}


def test_a_hundred_pages_are_looked_up_with_their_links_and_permissions_in_one_query(wordpress: WordPress) -> None:
    page_ids = [new_page() for _ in range(100)]
    wordpress.php(
        f"foreach (json_decode('{json.dumps(page_ids)}') as $page) {{"
        "$id = wp_insert_post(['post_title' => $page, 'post_status' => 'publish', 'post_author' => 1]);"
        "add_post_meta($id, '_notion_page_id', $page); add_post_meta($id, 'notion_page_id', $page); } return true;"
    )
    found, queries = wordpress.php(
        "global $wpdb; wp_set_current_user(get_user_by('login', 'editor')->ID); current_user_can('edit_posts');"
        f"$before = $wpdb->num_queries; $pages = json_decode('{json.dumps(page_ids)}'); $found = 0;"
        "foreach (NotionSidecar\\posts_of_pages($pages) as $rows) { foreach ($rows as $row) {"
        "    $found += current_user_can('edit_post', $row->ID) && get_permalink((int) $row->ID); } }"
        "return [$found, $wpdb->num_queries - $before];"
    )
    assert (found, queries) == (100, 1)


# --- who may what --------------------------------------------------------------------------------------------


def test_a_call_without_a_right_password_is_refused(wordpress: WordPress) -> None:
    page_id = new_page()
    for method, arguments in (
        ("version", ()),
        ("find", ([page_id],)),
        ("upsert", (page_id, {"post_title": "x"})),
        ("media_find", (["0" * 64],)),
    ):
        assert call(wordpress, method, *arguments, password="wrong") == 403


def test_a_subscriber_may_read_and_write_nothing(wordpress: WordPress) -> None:
    page_id = new_page()
    assert set(call(wordpress, "version", user="subscriber")) == {"plugin", "wordpress", "seo", "filters", "avif"}
    assert call(wordpress, "find", [page_id], user="subscriber") == 401
    assert upsert(wordpress, page_id, user="subscriber", post_title="x") == 401
    assert call(wordpress, "media_find", ["0" * 64], user="subscriber") == 401


def test_an_author_sees_and_writes_own_posts_only(wordpress: WordPress) -> None:
    theirs, own = new_page(), new_page()
    upsert(wordpress, theirs, post_title="Of the editor")
    made = upsert(wordpress, own, user="author", post_title="Of the author")
    assert list(call(wordpress, "find", [theirs, own], user="author")) == [own]
    assert upsert(wordpress, theirs, user="author", post_title="Mine now") == 401
    assert upsert(wordpress, own, user="author", post_title="Still mine")["post_id"] == made["post_id"]


def test_a_contributor_may_not_publish_through_the_method(wordpress: WordPress) -> None:
    assert upsert(wordpress, new_page(), user="contributor", post_title="x", post_status="publish") == 401


def test_a_password_with_quotes_is_right_where_it_is_for_wordpress(wordpress: WordPress) -> None:
    secret = 'it\'s \\ "quoted"'
    # As the profile page does, which hands on what PHP was given with its quotes escaped.
    wordpress.php(f"wp_set_password(wp_slash({json.dumps(secret)}), get_user_by('login', 'editor')->ID); return 1;")
    editor = wordpress.users["editor"]
    wordpress.users["editor"] = Account(editor.login, secret, editor.application_password)
    with xmlrpc.client.ServerProxy(f"{wordpress.url}/xmlrpc.php") as server:
        assert server.wp.getProfile(0, "editor", secret)["username"] == "editor"
    assert call(wordpress, "upsert", new_page(), {"post_title": "x"}, password=secret)["created"] is True


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        pytest.param("find", [], id="no ids"),
        pytest.param("find", ["x"], id="ids that are no list"),
        pytest.param("find", [[str(one) for one in range(201)]], id="too many ids"),
        pytest.param("media_find", ["0" * 64], id="a hash that is no list"),
        pytest.param("upsert", ["no page id", {"post_title": "x"}], id="no page id"),
        pytest.param("upsert", ["0" * 32, "x"], id="content that is no struct"),
    ],
)
def test_arguments_that_are_none_are_refused(wordpress: WordPress, method: str, arguments: list[Any]) -> None:
    assert call(wordpress, method, *arguments) == 400


def test_what_wordpress_says_to_a_write_is_handed_on_and_nothing_is_left(wordpress: WordPress) -> None:
    page_id = new_page()
    assert upsert(wordpress, page_id, post_title="") == 500
    assert call(wordpress, "find", [page_id]) == {}
    assert upsert(wordpress, page_id, post_title="x")["created"] is True


def test_the_version_is_that_of_the_plugin_wordpress_and_php(wordpress: WordPress) -> None:
    said = call(wordpress, "version")
    assert (said["wordpress"], said["memory_limit"]) == (wordpress.release, "512M")
    assert said["php"] == wordpress.php("return PHP_VERSION;")
    assert said["plugin"] == wordpress.php("return NotionSidecar\\VERSION;")
    assert said["seo"] == ""


@pytest.mark.parametrize(
    ("constant", "name"),
    [
        ("WPSEO_VERSION", "yoast"),
        ("RANK_MATH_VERSION", "rank-math"),
        ("SEOPRESS_VERSION", "seopress"),
        ("AIOSEO_VERSION", "aioseo"),
    ],
)
def test_the_sites_seo_plugin_is_named(wordpress: WordPress, constant: str, name: str) -> None:
    wordpress.php(f"return update_option('stage_seo', '{constant}');")
    try:
        assert call(wordpress, "version")["seo"] == name
    finally:
        wordpress.php("return delete_option('stage_seo');")


@pytest.mark.parametrize(("login", "is_filtered"), [("editor", False), ("author", True)])
def test_the_plugin_says_whose_markup_wordpress_filters(wordpress: WordPress, login: str, is_filtered: bool) -> None:
    assert call(wordpress, "version", user=login)["filters"] == ("yes" if is_filtered else "no")
    password = wordpress.users[login].application_password
    with contextlib.closing(opened(wordpress.url, login, password)) as blog:
        assert blog.site().filters is is_filtered


def test_the_plugin_says_that_nobody_may_write_any_markup(wordpress: WordPress, blog: XmlRpcBlog) -> None:
    switch = wordpress.site / "wp-content/mu-plugins/strict.php"
    switch.write_text("<?php define('DISALLOW_UNFILTERED_HTML', true);")
    try:
        assert blog.site().filters
    finally:
        switch.unlink()


def test_readers_see_neither_marker_nor_seo_fields_over_rest_and_editors_do(wordpress: WordPress) -> None:
    page_id = new_page()
    keys = ["_notion_page_id", "_yoast_wpseo_title"]
    fields = [{"key": "_yoast_wpseo_title", "value": "Boats"}]
    post_id = upsert(wordpress, page_id, post_title="x", post_status="publish", custom_fields=fields)["post_id"]
    where, editor = f"{wordpress.url}/wp-json/wp/v2/posts/{post_id}", wordpress.users["admin"]
    assert requests.get(where, timeout=20).json()["meta"].keys().isdisjoint(keys)
    login = (editor.login, editor.application_password)
    seen = requests.get(f"{where}?context=edit", auth=login, timeout=20).json()["meta"]
    assert [seen[key] for key in keys] == [page_id, "Boats"]
    written = {"meta": {"_yoast_wpseo_title": "Ships"}}
    assert requests.post(where, json=written, auth=login, timeout=20).status_code == 200
    assert meta(wordpress, post_id, "_yoast_wpseo_title") == ["Ships"]


# --- the adapter -----------------------------------------------------------------------------------------------


def test_the_site_names_the_plugin(blog: XmlRpcBlog) -> None:
    assert blog.site().plugin


@pytest.mark.parametrize("over", [XmlRpcBlog, RestBlog])
def test_avif_is_taken_where_smaller_sizes_of_it_are_made(wordpress: WordPress, over: Any) -> None:
    editor = wordpress.users["editor"]
    out = io.BytesIO()
    Image.new("RGB", (400, 300), "red").save(out, "AVIF")

    def takes_avif() -> bool:
        with contextlib.closing(opened(wordpress.url, editor.login, editor.application_password, over=over)) as blog:
            media = blog.upload(f"red-{uuid4().hex[:12]}.avif", out.getvalue(), "image/avif")
            sizes = wordpress.php(f"return count(wp_get_attachment_metadata({media.id})['sizes'] ?? []);")
            said = blog.site().takes_avif
        assert said is (sizes > 0)
        return said

    assert takes_avif() is wordpress.php("return wp_image_editor_supports(['mime_type' => 'image/avif']);")
    wordpress.php("return update_option('stage_no_editors', '1');")
    try:
        assert not takes_avif()
    finally:
        wordpress.php("return delete_option('stage_no_editors');")


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


# --- files by their hash --------------------------------------------------------------------------------------


def picture(color: int) -> tuple[str, bytes]:
    """The name that a picture is uploaded under, and its bytes: another one for each colour."""
    data = PIXEL + color.to_bytes(4, "big")
    return f"boats-{hashlib.sha256(data).hexdigest()[:12]}.png", data


def test_a_file_is_found_by_its_hash_under_any_name_as_the_stock_way_finds_it(
    wordpress: WordPress, blog: XmlRpcBlog
) -> None:
    name, data = picture(1)
    assert blog.find_media(name) is None
    media = blog.upload(name, data, "image/png")
    assert meta(wordpress, media.id, "_notion_sha256") == [hashlib.sha256(data).hexdigest()]
    before = blog.calls()
    assert blog.find_media(name.replace("boats", "harbour")) == media
    assert blog.calls() == before + 1
    whole = hashlib.sha256(data).hexdigest()
    assert call(wordpress, "media_find", [whole, "0" * 64])[whole]["attachment_id"] == media.id


CLOSED = (
    "<?php add_filter('rest_authentication_errors', fn() => new WP_Error('closed', 'No.', array('status' => 401)));"
)


def test_items_are_known_to_be_there_in_one_question_where_rest_is_closed(
    wordpress: WordPress, blog: XmlRpcBlog
) -> None:
    items = [blog.upload(*picture(color), mime="image/png") for color in (7, 8)]
    there = {item.id: item.url for item in items}
    closed = wordpress.site / "wp-content/mu-plugins/closed.php"
    closed.write_text(CLOSED)
    try:
        assert blog.there([*there, MediaId("999999")]) == there
        before = blog.calls()
        assert blog.there(list(there)) == there
        assert blog.calls() == before + 1
    finally:
        closed.unlink()


def test_a_file_from_before_the_plugin_is_found_by_the_hash_in_its_name(wordpress: WordPress, blog: XmlRpcBlog) -> None:
    name, data = picture(2)
    media = blog.upload(name, data, "image/png")
    wordpress.php(f"return delete_post_meta({media.id}, '_notion_sha256');")
    assert blog.find_media(name) == media


def test_a_picture_that_was_edited_in_the_library_is_another_one(wordpress: WordPress, blog: XmlRpcBlog) -> None:
    name, data = picture(3)
    media = blog.upload(name, data, "image/png")
    edited = name.replace(".png", "-e1700000000000.png")
    wordpress.php(f"return update_post_meta({media.id}, '_wp_attached_file', '2026/11/{edited}');")
    assert blog.find_media(name) is None


def test_a_file_of_somebody_elses_is_given_no_hash(wordpress: WordPress, blog: XmlRpcBlog) -> None:
    media = blog.upload("holiday-0123456789ab.png", PIXEL, "image/png")
    assert meta(wordpress, media.id, "_notion_sha256") == []

"""The adapter on a real WordPress whose host, plugins and network misbehave, and for users who may do little."""

from __future__ import annotations

import contextlib
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from sidecar.adapters.wordpress import XmlRpcBlog
from sidecar.adapters.wordpress_rest import RestBlog
from sidecar.blocks import PageId
from sidecar.errors import Refused, SidecarError, Unavailable
from sidecar.model import PostId
from tests.adapters.far_end import Script, answer, far_end
from tests.contracts.blogs import opened
from tests.contracts.test_blog import PIXEL, new_page
from tests.stage.wordpress import WordPress

HOSTILE = """<?php
if (defined('XMLRPC_REQUEST')) {
    $mode = trim((string) @file_get_contents(WP_CONTENT_DIR . '/mode'));
    $say = function ($status, $text = '<html><title>Go away</title></html>', ...$headers) {
        http_response_code($status); array_map('header', $headers); echo $text; exit;
    };
    match ($mode) {
        'notice' => print("<br />\\n<b>Warning</b>: Undefined variable in <b>/srv/x.php</b><br />\\n"),
        'blank lines' => print("\\n\\n \\r\\n"),
        'byte order mark' => print("\\xEF\\xBB\\xBF"),
        'text after' => register_shutdown_function(fn () => print("<b>Notice</b>: too late")),
        'comment after' => register_shutdown_function(fn () => print("<!-- cached -->")),
        'disabled' => add_filter('xmlrpc_enabled', '__return_false'),
        'no methods' => add_filter('xmlrpc_methods', fn () => []),
        'check page' => $say(200, '<!doctype html><title>Just a moment...</title>'),
        '403' => $say(403), '404' => $say(404), '429' => $say(429, '', 'Retry-After: 60'), '500' => $say(500),
        '502' => $say(502), '503' => $say(503, '', 'Retry-After: 17'),
        'moved' => $say(301, '', 'Location: https://www.blog.example/xmlrpc.php'),
        'control characters' => add_filter('xmlrpc_prepare_post', fn ($post) => ['post_title' => "a\\x0Bb"] + $post),
        'bomb' => $say(200, '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aa">]><methodResponse/>'),
        'little memory' => ini_set('memory_limit', '64M'),
        default => null,
    };
}
"""


@pytest.fixture(scope="module")
def wordpress() -> Iterator[WordPress]:
    with WordPress("newest", mu_plugins={"hostile.php": HOSTILE}) as wordpress:
        yield wordpress


@pytest.fixture(scope="module")
def theirs(wordpress: WordPress) -> PostId:
    """The oldest of many posts of the administrator."""
    return PostId(str(wordpress.php(f"{THEIRS} return min($ids);")))


THEIRS = """
    $post = ['post_title' => 'Hello', 'post_content' => 'x', 'post_status' => 'publish', 'post_author' => 1];
    $ids = array_map(fn () => wp_insert_post($post), range(1, 25));
"""


@pytest.fixture
def mode(wordpress: WordPress) -> Iterator[Path]:
    """What the host does wrong: written by the test, taken back after it."""
    switch = wordpress.site / "wp-content/mode"
    switch.write_text("")
    yield switch
    switch.unlink()


@contextlib.contextmanager
def as_user(wordpress: WordPress, login: str = "editor", url: str = "", seconds: float = 30.0) -> Iterator[XmlRpcBlog]:
    password = wordpress.users[login].application_password
    with contextlib.closing(opened(url or wordpress.url, login, password, seconds=seconds)) as blog:
        yield blog


# --- users who may not do everything ---------------------------------------------------------------------


def draft(blog: XmlRpcBlog) -> PostId:
    return blog.create(new_page(), {"post_title": "x"}).id


@pytest.mark.parametrize(
    ("login", "act", "words"),
    [
        pytest.param("subscriber", draft, "may not create posts", id="a subscriber writes"),
        pytest.param("subscriber", lambda blog: blog.scan(0), "may not do this", id="a subscriber looks"),
        pytest.param(
            "contributor",
            lambda blog: blog.update(draft(blog), {"post_status": "publish"}),
            "may not publish posts",
            id="a contributor publishes",
        ),
        pytest.param(
            "contributor",
            lambda blog: blog.upload("a.png", PIXEL, "image/png"),
            "may not upload files",
            id="a contributor uploads",
        ),
        pytest.param(
            "author", lambda blog: blog.create_term("category", "x"), "may not create or assign", id="an author's term"
        ),
    ],
)
def test_who_lacks_a_right_is_told_the_role(wordpress: WordPress, login: str, act: object, words: str) -> None:
    assert callable(act)
    with as_user(wordpress, login) as blog, pytest.raises(Refused) as caught:
        act(blog)
    assert re.search(rf"the user {login} {words}.*role Editor", str(caught.value))


@pytest.fixture
def strict(wordpress: WordPress) -> Iterator[None]:
    """The site filters the markup of everybody, as one in a network does for all but the network's administrators."""
    switch = wordpress.site / "wp-content/mu-plugins/strict.php"
    switch.write_text("<?php define('DISALLOW_UNFILTERED_HTML', true);")
    yield
    switch.unlink()


@pytest.fixture
def kept(wordpress: WordPress) -> Iterator[None]:
    """A role that the site has changed: its authors may write any markup."""
    wordpress.php("get_role('author')->add_cap('unfiltered_html'); return true;")
    yield
    wordpress.php("get_role('author')->remove_cap('unfiltered_html'); return true;")


OVER = pytest.mark.parametrize("over", [XmlRpcBlog, RestBlog])


def takes_away(wordpress: WordPress, login: str, over: type[XmlRpcBlog] | type[RestBlog]) -> tuple[bool, bool]:
    """What a site says before anything is written, and what it then does."""
    page_id, typed = new_page(), "<p>x</p><form>y</form>"
    password = wordpress.users[login].application_password
    with contextlib.closing(opened(wordpress.url, login, password, over=over)) as blog:
        said = blog.site().filters
        made = blog.create(page_id, {"post_title": "x", "post_content": typed})
        return said, "<form>" not in made.fields["post_content"]


@OVER
def test_what_an_editor_loses_where_nobody_may_write_any_markup_is_known_before(wordpress, theirs, strict, over):
    assert takes_away(wordpress, "editor", over) == (True, True)


@OVER
def test_a_role_that_may_write_any_markup_is_known_for_it(wordpress, kept, over):
    with as_user(wordpress, "author") as blog:
        draft(blog)
    assert takes_away(wordpress, "author", over) == (False, False)


@OVER
def test_roles_keep_or_lose_markup_as_they_are_known_to(wordpress, theirs, over):
    assert takes_away(wordpress, "editor", over) == (False, False)
    assert takes_away(wordpress, "author", over) == (True, True)


def test_an_author_may_not_edit_the_posts_of_others(wordpress: WordPress, theirs: PostId) -> None:
    with as_user(wordpress, "author") as blog, pytest.raises(Refused, match=r"author may not edit this.*role Editor"):
        blog.update(theirs, {"post_title": "x"})


def test_an_author_finds_own_posts_below_those_of_others(wordpress: WordPress) -> None:
    page_id = new_page()
    with as_user(wordpress, "author") as blog:
        made = blog.create(page_id, {"post_title": "Mine"})
        wordpress.php(f"{THEIRS} return true;")
        assert [post.id for post in blog.find(page_id, 0).posts if post.page_id == page_id] == [made.id]


def test_a_wrong_password_is_told(wordpress: WordPress) -> None:
    with (
        contextlib.closing(opened(wordpress.url, "editor", "abcd efgh ijkl mnop qrst uvwx")) as blog,
        pytest.raises(Refused, match=r"does not accept the user editor.*make a new application password"),
    ):
        blog.site()


def test_a_site_in_production_without_https_says_that_application_passwords_are_off() -> None:
    with (
        WordPress("newest", environment="production") as production,
        as_user(production) as blog,
        pytest.raises(Refused, match=r"Application passwords are switched off.*https"),
    ):
        blog.site()


# --- hosts and plugins ---------------------------------------------------------------------------------------

WRONG = [
    ("notice", Refused, r"before its answer.*Undefined variable.*WP_DEBUG_DISPLAY"),
    ("text after", Refused, r"after its answer.*too late"),
    ("disabled", Refused, r"switched off"),
    ("no methods", Refused, r"disables XML-RPC"),
    ("check page", Refused, r"Just a moment"),
    ("bomb", Refused, r"not safe"),
    ("403", Refused, r"blocked.*403.*security plugin"),
    ("404", Refused, r"no xmlrpc\.php"),
    ("moved", Refused, r"Set WP_URL to https://www\.blog\.example in your settings\. Run sidecar doctor\.$"),
    ("429", Unavailable, r"busy.*429"),
    ("500", Unavailable, r"error log"),
    ("502", Unavailable, r"busy.*502"),
    ("503", Unavailable, r"busy.*503"),
]


@pytest.mark.parametrize(("wrong", "kind", "words"), WRONG, ids=[wrong for wrong, _, _ in WRONG])
def test_a_host_that_misbehaves_from_the_start_is_described(
    wordpress: WordPress, theirs: PostId, mode: Path, wrong: str, kind: type[SidecarError], words: str
) -> None:
    mode.write_text(wrong)
    with as_user(wordpress) as blog, pytest.raises(kind, match=words):
        blog.post(theirs)


CLEAN_NO = {"disabled", "no methods", "403", "404", "moved", "429"}
"""What says no before WordPress does anything."""


@pytest.mark.parametrize("wrong", [wrong for wrong, _, _ in WRONG])
def test_a_write_that_gets_no_clean_answer_may_have_been_done(wordpress: WordPress, mode: Path, wrong: str) -> None:
    with as_user(wordpress) as blog:
        newest = blog.scan(0).newest
        mode.write_text(wrong)
        with pytest.raises(SidecarError) as caught:
            blog.create(new_page(), {"post_title": wrong})
        mode.write_text("")
        made = len(blog.scan(newest).posts)
    maybe_done = isinstance(caught.value, Unavailable) and caught.value.maybe_done
    assert maybe_done is (wrong not in CLEAN_NO)
    assert made <= int(maybe_done)


@pytest.mark.parametrize("wrong", ["blank lines", "byte order mark", "comment after", "control characters"])
def test_what_does_no_harm_does_none(wordpress: WordPress, theirs: PostId, mode: Path, wrong: str) -> None:
    mode.write_text(wrong)
    with as_user(wordpress) as blog:
        post = blog.post(theirs)
    assert post is not None
    assert post.fields["post_title"] == ("ab" if wrong == "control characters" else "Hello")


def test_a_file_that_exhausts_php_says_what_it_needs(wordpress: WordPress, mode: Path) -> None:
    mode.write_text("little memory")
    with as_user(wordpress) as blog, pytest.raises(Unavailable, match=r"12\.0 MB needs a PHP memory_limit") as caught:
        blog.upload("large.pdf", b"%PDF-1.4" + bytes(12_000_000), "application/pdf")
    assert caught.value.maybe_done


# --- a network that loses answers ------------------------------------------------------------------------------


def lossy(wordpress: WordPress, method: bytes) -> Script:
    """Hands everything on to WordPress, and loses the answer to this method after WordPress has done it."""

    def script(connection: socket.socket, body: bytes) -> None:
        if not body:
            answer(b"<html></html>")(connection, body)
            return
        given = requests.post(
            f"{wordpress.url}/xmlrpc.php", data=body, headers={"Content-Type": "text/xml"}, timeout=20
        )
        if method not in body:
            answer(given.content, f"{given.status_code} {given.reason}")(connection, body)

    return script


def test_a_create_whose_answer_is_lost_has_made_one_post_and_it_is_found(wordpress: WordPress) -> None:
    page_id = new_page()
    with far_end(lossy(wordpress, b"wp.newPost")) as end, as_user(wordpress, url=end.url) as blog:
        newest = blog.scan(0).newest
        with pytest.raises(Unavailable) as caught:
            blog.create(page_id, {"post_title": "Once"})
        found = blog.find(page_id, newest).posts
    assert caught.value.maybe_done
    assert [(post.page_id, post.status) for post in found] == [(page_id, "draft")]


def test_an_upload_whose_answer_is_lost_has_made_one_item_and_it_is_found(wordpress: WordPress) -> None:
    name = f"pic-{new_page()[:13]}.png"
    with far_end(lossy(wordpress, b"wp.uploadFile")) as end, as_user(wordpress, url=end.url) as blog:
        with pytest.raises(Unavailable) as caught:
            blog.upload(name, PIXEL, "image/png")
        found = blog.find_media(name)
    assert caught.value.maybe_done
    assert found is not None
    assert wordpress.php(f"return count(get_posts(['post_type' => 'attachment', 's' => '{name}']));") == 1


def test_a_trashing_whose_answer_is_lost_leaves_the_post_in_the_trash(wordpress: WordPress) -> None:
    with far_end(lossy(wordpress, b"wp.deletePost")) as end, as_user(wordpress, url=end.url) as blog:
        post_id = draft(blog)
        with pytest.raises(Unavailable):
            blog.trash(post_id)
        blog.trash(post_id)  # the next attempt looks first
        found = blog.post(post_id)
    assert found is not None
    assert found.status == "trash"


def test_a_create_whose_reading_back_is_lost_keeps_its_post(wordpress: WordPress) -> None:
    page_id = PageId(new_page())
    with far_end(lossy(wordpress, b"wp.getPost<")) as end, as_user(wordpress, url=end.url) as blog:
        made = blog.create(page_id, {"post_title": "Kept", "post_content": "x"})
    with as_user(wordpress) as blog:
        now = blog.post(made.id)
    assert now is not None
    assert now.page_id == made.page_id == page_id


def test_many_threads_upload_and_edit_at_once(wordpress: WordPress) -> None:
    with as_user(wordpress) as blog, ThreadPoolExecutor(6) as pool:
        posts = list(pool.map(lambda _: draft(blog), range(6)))
        names = [f"many-{number}-{new_page()[:13]}.png" for number in range(6)]
        uploads = [pool.submit(blog.upload, name, PIXEL, "image/png") for name in names]
        edits = [pool.submit(blog.update, post, {"post_title": f"Title {post}"}) for post in posts]
        assert [upload.result().name for upload in uploads] == names
        assert [edit.result().fields["post_title"] for edit in edits] == [f"Title {post}" for post in posts]

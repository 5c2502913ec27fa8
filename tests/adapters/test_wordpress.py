"""The adapter against hosts that misbehave: what it sends, what it believes, and the words a person gets."""

from __future__ import annotations

import contextlib
import re
import threading
import time
import xmlrpc.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sidecar.adapters.wordpress import XmlRpcBlog
from sidecar.blocks import PageId
from sidecar.errors import Missing, Refused, SidecarError, Unavailable
from sidecar.model import MediaId, PostId
from tests.adapters.scripted_site import METHODS, Answer, Site, post_list, post_struct, scripted_site
from tests.contracts.blogs import opened
from tests.fakes.memory import FakeMemory

PASSWORD = "abcd efgh ijkl mnop qrst uvwx"
PAGE = PageId("11111111-1111-4111-8111-111111111111")
PLUGIN_METHODS = [*METHODS, "notion_sidecar.version", "notion_sidecar.find"]
Fault = xmlrpc.client.Fault


@contextlib.contextmanager
def on(site: Site, **more: Any) -> Iterator[XmlRpcBlog]:
    with contextlib.closing(opened(more.pop("url", site.url), "editor", PASSWORD, seconds=5.0, **more)) as blog:
        yield blog


@pytest.fixture
def site() -> Iterator[Site]:
    with scripted_site() as site:
        site.answers["wp.getPost"] = lambda post_id, _fields: post_struct(int(post_id), PAGE)
        yield site


# --- where xmlrpc.php is -----------------------------------------------------------------------------------


def home(href: str) -> Answer:
    return Answer(f'<html><head><link rel="EditURI" type="application/rsd+xml" href="{href}"></head>'.encode())


def test_nothing_is_asked_before_it_is_needed(site: Site) -> None:
    with on(site) as blog:
        assert blog.calls() == 0
    assert site.calls == []


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(home("https://elsewhere.example/wp/xmlrpc.php?rsd"), id="a link in the head, whatever its host"),
        pytest.param(home("/wp/xmlrpc.php?rsd"), id="a link without a host"),
        pytest.param(Answer(headers={"X-Pingback": "http://blog.example/wp/xmlrpc.php"}), id="a header"),
    ],
)
def test_the_home_page_tells_where_xmlrpc_is_on_its_own_host(site: Site, page: Answer) -> None:
    site.endpoint, site.pages["/"] = "/wp/xmlrpc.php", page
    with on(site) as blog:
        assert blog.post(PostId("7")) is not None
    assert site.calls == ["GET /", "mt.supportedMethods", "wp.getPost"]


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(Answer(b"<html>no link</html>"), id="no link"),
        pytest.param(Answer(b"<html>members only</html>", 403), id="not for us"),
        pytest.param(Answer(b"", 302, {"Location": "/en/"}), id="sent on to another page of the site"),
        pytest.param(home("https://elsewhere.example/feed"), id="a link to something else"),
    ],
)
def test_a_home_page_that_does_not_tell_means_the_usual_place(site: Site, page: Answer) -> None:
    site.pages["/"] = page
    with on(site) as blog:
        assert blog.post(PostId("7")) is not None


@pytest.mark.parametrize("suffix", ["/", "/xmlrpc.php", "/wp-admin/", "/wp-admin/edit.php", "/wp-login.php"])
def test_an_address_copied_from_inside_the_site_will_do(site: Site, suffix: str) -> None:
    with on(site, url=site.url + suffix) as blog:
        assert blog.post(PostId("7")) is not None


def test_a_site_in_a_folder_is_asked_there(site: Site) -> None:
    site.endpoint = "/blog/xmlrpc.php"
    with on(site, url=site.url + "/blog") as blog:
        assert blog.post(PostId("7")) is not None
    assert site.calls[0] == "GET /blog/"


def test_what_was_found_is_remembered(site: Site) -> None:
    memory = FakeMemory()
    for _ in range(2):
        with on(site, memory=memory) as blog:
            blog.post(PostId("7"))
    assert site.times("GET /") == 1


def test_what_was_remembered_wrongly_is_found_anew(site: Site) -> None:
    memory = FakeMemory()
    with on(site, memory=memory) as blog:
        blog.post(PostId("7"))
    site.endpoint, site.pages["/"] = "/wp/xmlrpc.php", home("/wp/xmlrpc.php?rsd")
    with on(site, memory=memory) as blog:
        assert blog.post(PostId("7")) is not None


def test_a_site_that_moves_while_we_run_is_found_anew_with_the_next_call(site: Site) -> None:
    with on(site) as blog:
        blog.post(PostId("7"))
        site.endpoint, site.pages["/"] = "/wp/xmlrpc.php", home("/wp/xmlrpc.php?rsd")
        with pytest.raises(Refused, match=r"no xmlrpc\.php"):
            blog.post(PostId("7"))
        assert blog.post(PostId("7")) is not None


def test_what_the_site_can_do_is_asked_once(site: Site) -> None:
    with on(site) as blog, ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: blog.post(PostId(str(number))), range(1, 9)))
    assert site.times("mt.supportedMethods") == 1


@pytest.mark.parametrize("where", ["the home page", "xmlrpc.php"])
def test_a_site_that_has_moved_to_https_says_what_to_configure(site: Site, where: str) -> None:
    moved = {"Location": "https://www.blog.example" + ("/" if where == "the home page" else "/xmlrpc.php")}
    if where == "the home page":
        site.pages["/"] = Answer(b"", 301, moved)
    else:
        site.everything = Answer(b"", 301, moved)
    with on(site) as blog, pytest.raises(Refused, match=r"Set WP_URL to https://www\.blog\.example$"):
        blog.post(PostId("7"))


# --- what went wrong, in words -------------------------------------------------------------------------------


def fault(code: int, text: str, status: int = 200) -> Answer:
    return Answer(xmlrpc.client.dumps(Fault(code, text)).encode(), status)


FINE = xmlrpc.client.dumps(("7",), methodresponse=True).encode()
NOTICE = b"<br />\n<b>Warning</b>: Undefined array key in <b>/srv/plugin.php</b> on line <b>3</b><br />\n"
BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><methodResponse><params/></methodResponse>'

REFUSALS = [
    pytest.param(fault(403, "Incorrect username or password."), "does not accept the user editor", id="wrong password"),
    pytest.param(fault(403, "Benutzername oder Passwort falsch."), "does not accept the user", id="the same in German"),
    pytest.param(fault(403, "Incorrect username or password.", 403), "does not accept the user", id="with HTTP 403"),
    pytest.param(fault(401, "Sorry, you are not allowed to post on this site."), "role Editor", id="a subscriber"),
    pytest.param(fault(401, "Sorry, you are not allowed to publish posts."), "role Editor", id="a contributor"),
    pytest.param(fault(401, "Sorry, you are not allowed to edit this post."), "may not edit this post", id="an author"),
    pytest.param(fault(401, "Vous ne pouvez pas faire cela."), "may not do this", id="a right missing, in French"),
    pytest.param(fault(403, "Invalid post type."), "WP_POST_TYPE", id="no such post type"),
    pytest.param(fault(405, "XML-RPC services are disabled on this site.", 405), "switched off", id="disabled"),
    pytest.param(fault(405, "XML-RPC services are disabled on this site."), "switched off", id="with HTTP 200"),
    pytest.param(fault(500, "Could not update post in the database."), "65,000", id="a title beyond the column"),
    pytest.param(fault(500, "Content, title, and excerpt are empty."), "Give the page a title", id="an empty post"),
    pytest.param(fault(-32700, "parse error. not well formed"), "could not read", id="a request damaged on its way"),
    pytest.param(fault(-32601, "requested method does not exist."), "disables XML-RPC", id="a method taken away"),
    pytest.param(Answer(b"<html>Forbidden</html>", 403), "blocked.*403.*security plugin", id="403 of a firewall"),
    pytest.param(Answer(b"", 405), "blocked.*405", id="405 of a web server"),
    pytest.param(Answer(b"<html>", 406), "blocked.*406", id="406 of mod_security"),
    pytest.param(Answer(b"<html>", 404), "no xmlrpc.php", id="404"),
    pytest.param(Answer(b"", 401, {"WWW-Authenticate": "Basic"}), "second password", id="a password before the site"),
    pytest.param(Answer(b"", 302, {"Location": "/wp-login.php"}), "login page", id="sent to the login page"),
]  # fmt: skip
"""What a host may answer that means no, and words a person needs to see."""

GARBAGE = [
    pytest.param(Answer(b"<!doctype html><title>Just a moment...</title>"), "Just a moment.*WP_URL", id="a check page"),
    pytest.param(Answer(NOTICE + FINE), "before its answer.*Undefined array key.*WP_DEBUG_DISPLAY", id="a PHP notice"),
    pytest.param(
        Answer(FINE + b"<!-- cached --> Notice: x"), "after its answer.*Notice: x", id="text after the answer"
    ),
    pytest.param(Answer(b"{}"), "cannot be understood", id="JSON"),
    pytest.param(Answer(BOMB), "not safe", id="an entity bomb"),
]
"""What a host may answer with status 200 that is no answer."""

TROUBLES = [
    pytest.param(Answer(b"<html>Bad gateway</html>", 502), "busy.*502", None, id="502"),
    pytest.param(Answer(b"", 503, {"Retry-After": "17"}), "busy.*503", 17.0, id="503 with a time"),
    pytest.param(Answer(b"", 504), "busy.*504", None, id="504"),
    pytest.param(Answer(b"There has been a critical error", 500), "PHP error log", None, id="500"),
    pytest.param(fault(500, "There has been a critical error.", 500), "critical error", None, id="500 with a fault"),
    pytest.param(Answer(b"", 521), "error of its own", None, id="Cloudflare cannot reach the site"),
    pytest.param(Answer(b""), "empty answer", None, id="nothing at all"),
]  # fmt: skip
"""What a host may answer that passes by itself."""


@pytest.mark.parametrize(("answer", "words"), REFUSALS)
@pytest.mark.parametrize("what", ["a read", "a write"])
def test_a_no_is_refused_in_words_that_help(site: Site, answer: Answer, words: str, what: str) -> None:
    error = failed(site, answer, what)
    assert isinstance(error, Refused)
    assert_words(error, site, words)


@pytest.mark.parametrize(("answer", "words"), GARBAGE)
def test_garbage_is_refused_when_nothing_was_to_be_changed(site: Site, answer: Answer, words: str) -> None:
    error = failed(site, answer, "a read")
    assert isinstance(error, Refused)
    assert_words(error, site, words)


@pytest.mark.parametrize(("answer", "words"), GARBAGE)
def test_garbage_after_a_write_leaves_open_whether_it_was_done(site: Site, answer: Answer, words: str) -> None:
    error = failed(site, answer, "a write")
    assert isinstance(error, Unavailable)
    assert error.maybe_done
    assert_words(error, site, words)


@pytest.mark.parametrize(("answer", "words", "wait"), TROUBLES)
@pytest.mark.parametrize("what", ["a read", "a write"])
def test_trouble_passes_and_a_write_may_have_been_done(
    site: Site, answer: Answer, words: str, wait: float | None, what: str
) -> None:
    error = failed(site, answer, what)
    assert isinstance(error, Unavailable)
    assert error.maybe_done is (what == "a write")
    assert error.retry_after == wait
    assert_words(error, site, words)


def test_too_many_requests_means_that_nothing_was_done(site: Site) -> None:
    error = failed(site, Answer(b"slow down", 429, {"Retry-After": "30"}), "a write")
    assert isinstance(error, Unavailable)
    assert (error.maybe_done, error.retry_after) == (False, 30.0)


def test_a_time_to_come_back_may_be_a_date(site: Site) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=60)
    error = failed(site, Answer(b"", 503, {"Retry-After": moment.strftime("%a, %d %b %Y %H:%M:%S GMT")}), "a read")
    assert isinstance(error, Unavailable)
    assert error.retry_after is not None
    assert 50 < error.retry_after <= 60


def failed(site: Site, answer: Answer, what: str) -> SidecarError:
    """The error of one call that gets this answer, on a connection that worked until then."""
    with on(site) as blog:
        blog.post(PostId("7"))
        before = site.times("wp.newPost")
        site.everything = answer
        with pytest.raises(SidecarError) as caught:
            blog.scan(0) if what == "a read" else blog.create(PAGE, {"post_title": "x"})
        assert site.times("wp.newPost") - before == (0 if what == "a read" else 1)
    return caught.value


def assert_words(error: SidecarError, site: Site, words: str) -> None:
    assert re.search(words, str(error), re.DOTALL)
    assert site.url in str(error)
    chain: BaseException | None = error
    while chain is not None:
        assert PASSWORD not in f"{chain!r} {chain} {vars(chain)}"
        chain = chain.__cause__ or chain.__context__


def test_a_password_inside_the_address_is_used_and_not_shown(site: Site) -> None:
    site.everything = Answer(b"<html>", 404)
    with on(site, url=site.url.replace("http://", "http://gate:s3cret@")) as blog, pytest.raises(Refused) as caught:
        blog.post(PostId("7"))
    assert_words(caught.value, site, r"no xmlrpc\.php")
    assert "s3cret" not in str(caught.value)
    assert {head["Authorization"] for head in site.heads} == {"Basic Z2F0ZTpzM2NyZXQ="}


# --- logging in --------------------------------------------------------------------------------------------

NO_LOGIN = fault(403, "Incorrect username or password.")


def index(body: bytes) -> dict[str, Answer]:
    return {"/?rest_route=/&_fields=authentication": Answer(body)}


def test_application_passwords_that_are_off_are_told_from_a_wrong_password(site: Site) -> None:
    site.pages |= index(b'{"authentication": []}')
    site.answers["wp.getPost"] = NO_LOGIN
    with on(site) as blog, pytest.raises(Refused, match=r"Application passwords are switched off.*https"):
        blog.post(PostId("7"))


def test_a_password_that_is_just_wrong_says_how_to_make_one(site: Site) -> None:
    site.pages |= index(b'{"authentication": {"application-passwords": {}}}')
    site.answers["wp.getPost"] = NO_LOGIN
    with on(site) as blog, pytest.raises(Refused, match=r"WP_USERNAME.*Application Passwords"):
        blog.post(PostId("7"))


def test_the_password_of_the_login_page_is_recognised_as_such(site: Site) -> None:
    site.answers["wp.getPost"] = NO_LOGIN
    with (
        contextlib.closing(opened(site.url, "editor", "hunter2", seconds=5.0)) as blog,
        pytest.raises(Refused, match="does not look like an application password"),
    ):
        blog.post(PostId("7"))


def test_why_a_login_fails_is_looked_up_once(site: Site) -> None:
    site.answers["wp.getPost"] = NO_LOGIN
    with on(site) as blog:
        for _ in range(3):
            with pytest.raises(Refused):
                blog.post(PostId("7"))
    assert site.times("GET /?rest_route=/&_fields=authentication") == 1


# --- once means once ---------------------------------------------------------------------------------------


def test_a_post_whose_reading_back_fails_keeps_its_id(site: Site) -> None:
    site.answers |= {"wp.newPost": "41", "wp.getPost": Answer(b"", 502)}
    with on(site) as blog:
        made = blog.create(PAGE, {"post_title": "A title"})
    assert (made.id, made.status, made.page_id) == ("41", "draft", PAGE)
    assert made.fields["post_title"] == "A title"
    assert site.times("wp.newPost") == 1


def test_a_create_is_a_draft_whatever_is_asked(site: Site) -> None:
    site.answers["wp.newPost"] = "41"
    with on(site) as blog:
        blog.create(PAGE, {"post_title": "x", "post_status": "publish", "custom_fields": [{"key": "a", "value": "b"}]})
    sent = next(given[3] for given in site.arguments if len(given) == 4 and "post_title" in given[3])
    assert sent == {
        "post_title": "x",
        "post_type": "post",
        "post_status": "draft",
        "custom_fields": [{"key": "a", "value": "b"}, {"key": "notion_page_id", "value": PAGE}],
    }


def test_the_second_deletion_that_means_for_good_is_not_sent_when_an_answer_was_lost(site: Site) -> None:
    site.answers["wp.deletePost"] = Answer(b"", 502)
    with on(site) as blog, pytest.raises(Unavailable):
        blog.trash(PostId("7"))
    assert site.times("wp.deletePost") == 1


def test_a_term_is_sent_once(site: Site) -> None:
    site.answers["wp.newTerm"] = Answer(b"", 502)
    with on(site) as blog, pytest.raises(Unavailable) as caught:
        blog.create_term("category", "News")
    assert caught.value.maybe_done
    assert site.times("wp.newTerm") == 1


# --- uploads -----------------------------------------------------------------------------------------------

TOO_LARGE = Answer(b"<html>413 Request Entity Too Large</html>", 413)
LARGE = bytes(2_000_000)


def test_an_upload_that_is_too_large_says_what_to_raise(site: Site) -> None:
    site.answers["wp.uploadFile"] = TOO_LARGE
    with on(site) as blog, pytest.raises(Refused, match=r"film\.mp4, 2\.0 MB.*client_max_body_size.*at least 3 MB"):
        blog.upload("film.mp4", LARGE, "video/mp4")


def test_a_limit_that_was_met_is_remembered_for_a_while(site: Site) -> None:
    site.answers["wp.uploadFile"] = TOO_LARGE
    memory, now = FakeMemory(), datetime(2026, 11, 24, tzinfo=UTC)
    with on(site, memory=memory, now=lambda: now) as blog, pytest.raises(Refused):
        blog.upload("film.mp4", LARGE, "video/mp4")
    site.answers["wp.uploadFile"] = {"id": "9", "url": "https://blog.example/small.mp4", "type": "video/mp4"}
    with on(site, memory=memory, now=lambda: now + timedelta(minutes=5)) as blog:
        with pytest.raises(Refused, match="client_max_body_size"):
            blog.upload("larger.mp4", LARGE + b"x", "video/mp4")
        assert blog.upload("small.mp4", LARGE[1:], "video/mp4").id == "9"
    with on(site, memory=memory, now=lambda: now + timedelta(minutes=15)) as blog:
        assert blog.upload("larger.mp4", LARGE + b"x", "video/mp4").id == "9"
    assert site.times("wp.uploadFile") == 3


def test_a_file_that_exhausts_php_names_the_memory_it_needs(site: Site) -> None:
    site.answers["wp.uploadFile"] = Answer(b"", 500)
    with on(site) as blog, pytest.raises(Unavailable, match="memory_limit of about 76 MB") as caught:
        blog.upload("film.mp4", LARGE, "video/mp4")
    assert caught.value.maybe_done


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Could not write file a.svg (Sorry, you are not allowed to upload this file type.).", "this kind of file"),
        ("Could not write file a.jpg (Could not write file /srv/a.jpg).", "disk of the site full"),
        ("Unable to create directory wp-content/uploads/2026/11.", "wp-content/uploads"),
    ],
)
def test_a_file_that_wordpress_does_not_store_says_why(site: Site, text: str, words: str) -> None:
    site.answers["wp.uploadFile"] = fault(500, text)
    with on(site) as blog, pytest.raises(Refused, match=words):
        blog.upload("a.jpg", b"x", "image/jpeg")


def test_a_user_who_may_not_upload_is_told_the_role(site: Site) -> None:
    site.answers["wp.uploadFile"] = fault(401, "Sorry, you are not allowed to upload files.")
    with on(site) as blog, pytest.raises(Refused, match=r"editor may not upload files.*role Editor"):
        blog.upload("a.jpg", b"x", "image/jpeg")


def test_three_uploads_are_under_way_at_most(site: Site) -> None:
    lock, under_way, most = threading.Lock(), 0, 0

    def upload(_struct: dict[str, Any]) -> dict[str, str]:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.05)
        with lock:
            under_way -= 1
        return {"id": "9", "url": "https://blog.example/a.jpg"}

    site.answers["wp.uploadFile"] = upload
    with on(site) as blog, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: blog.upload(f"{number}.jpg", b"x", "image/jpeg"), range(9)))
    assert most == 3


def test_the_smaller_copy_of_a_large_picture_is_found_by_the_name_that_was_uploaded(site: Site) -> None:
    url = "https://blog.example/uploads/pic-0123456789ab"
    site.answers |= {
        "wp.getPosts": lambda _wanted, _fields: [{"post_id": "9", "guid": f"{url}.jpg"}],
        "wp.getMediaItem": {
            "attachment_id": "9",
            "link": f"{url}-scaled.jpg",
            "metadata": {"width": 2560, "height": 9},
        },
    }
    with on(site) as blog:
        found = blog.find_media("pic-0123456789ab.jpg")
    assert found is not None
    assert (found.id, found.width, found.height) == ("9", 2560, 9)


def test_an_item_that_is_deleted_while_we_look_is_not_found(site: Site) -> None:
    site.answers |= {
        "wp.getPosts": lambda _wanted, _fields: [{"post_id": "9", "guid": "https://blog.example/pic.jpg"}],
        "wp.getMediaItem": fault(404, "Invalid attachment ID."),
    }
    with on(site) as blog:
        assert blog.find_media("pic.jpg") is None


# --- looking for markers ---------------------------------------------------------------------------------------

EDITOR = {"roles": ["editor"]}


def scanned(site: Site, above: int) -> tuple[int, list[int]]:
    with on(site) as blog:
        scan = blog.scan(above)
    return scan.newest, [int(post.id) for post in scan.posts]


def test_a_look_at_the_newest_posts_is_one_question(site: Site) -> None:
    site.answers["wp.getPosts"] = post_list(list(range(1, 1000)), {990: PAGE, 995: PAGE})
    assert scanned(site, 992) == (999, [995])
    assert site.times("wp.getPosts") == 1


def test_a_thousand_posts_are_gone_through_in_few_questions(site: Site) -> None:
    marked = {number: PAGE for number in range(3, 1000, 7)}
    site.answers |= {"wp.getPosts": post_list(list(range(1, 1000)), marked), "wp.getProfile": EDITOR}
    assert scanned(site, 0) == (999, sorted(marked))
    assert site.times("wp.getPosts") <= 9


def test_posts_deleted_while_we_page_make_us_begin_again_and_none_is_missed(site: Site) -> None:
    ids = list(range(1, 200))
    listed = post_list(ids, {165: PAGE, 100: PAGE})

    def shrinking(wanted: dict[str, Any], fields: list[str]) -> Any:
        page = listed(wanted, fields)
        if len(ids) == 199:  # somebody empties the trash after our first page
            del ids[175:]
        return page

    site.answers |= {"wp.getPosts": shrinking, "wp.getProfile": EDITOR}
    assert scanned(site, 0)[1] == [100, 165]


def test_a_list_that_never_holds_still_is_given_up_for_now(site: Site) -> None:
    ids = list(range(1, 3000))
    listed = post_list(ids)

    def shrinking(wanted: dict[str, Any], fields: list[str]) -> Any:
        page = listed(wanted, fields)
        del ids[-300:]
        return page

    site.answers |= {"wp.getPosts": shrinking, "wp.getProfile": EDITOR}
    with pytest.raises(Unavailable, match="disappear"):
        scanned(site, 0)


def test_a_site_that_shows_one_page_for_ever_is_not_believed(site: Site) -> None:
    listed = post_list(list(range(1, 1000)))
    site.answers["wp.getPosts"] = lambda wanted, fields: listed({**wanted, "offset": 0}, fields)
    with pytest.raises(Refused, match="same posts again and again"):
        scanned(site, 0)


def test_a_site_that_caps_the_length_of_a_page_is_gone_through_all_the_same(site: Site) -> None:
    listed = post_list(list(range(1, 200)), {5: PAGE, 150: PAGE})
    site.answers |= {
        "wp.getPosts": lambda wanted, fields: listed({**wanted, "number": min(wanted["number"], 25)}, fields),
        "wp.getProfile": EDITOR,
    }
    assert scanned(site, 0)[1] == [5, 150]


def test_a_user_who_sees_only_own_posts_is_not_taken_in_by_a_short_page(site: Site) -> None:
    """WordPress cuts the page first, and then leaves out the posts of others."""
    own = {5: PAGE, 700: PAGE}
    listed = post_list(list(range(1, 1000)), own)
    site.answers |= {
        "wp.getPosts": lambda wanted, fields: [one for one in listed(wanted, fields) if int(one["post_id"]) in own],
        "wp.getProfile": {"roles": ["author"]},
    }
    assert scanned(site, 0)[1] == [5, 700]


# --- the companion plugin ------------------------------------------------------------------------------------


@pytest.fixture
def plugin(site: Site) -> Site:
    site.methods = list(PLUGIN_METHODS)
    row = {"post_id": "7", "post_status": "trash", "post_type": "post", "post_name": "x", "link": "https://x/?p=7"}
    site.answers |= {
        "notion_sidecar.version": {"plugin": "1.2", "wordpress": "7.1"},
        "notion_sidecar.find": lambda ids: {
            ids[0]: [{**row, "modified_gmt": xmlrpc.client.DateTime("20260102T00:00:00")}]
        },
        "wp.newPost": "41",
        "wp.editPost": True,
    }
    return site


def test_the_plugin_finds_a_page_in_one_question(plugin: Site) -> None:
    with on(plugin) as blog:
        scan = blog.find(PAGE, 100)
    assert [(post.id, post.status, post.page_id) for post in scan.posts] == [("7", "trash", PAGE)]
    assert scan.newest == 100
    assert plugin.times("wp.getPosts") == 0


def test_a_page_that_the_plugin_does_not_know_has_no_posts(plugin: Site) -> None:
    plugin.answers["notion_sidecar.find"] = []  # what PHP makes of an empty struct
    with on(plugin) as blog:
        assert blog.find(PAGE, 100).posts == ()


def test_the_plugin_takes_the_marker_out_of_sight(plugin: Site) -> None:
    with on(plugin) as blog:
        blog.create(PAGE, {"post_title": "x"})
    sent = next(given[3] for given in plugin.arguments if len(given) == 4 and "post_title" in given[3])
    assert sent["custom_fields"] == [{"key": "_notion_page_id", "value": PAGE}]


def test_with_the_plugin_the_alternative_text_is_set_and_not_added_a_second_time(plugin: Site) -> None:
    known = [{"id": "5", "key": "_wp_attachment_image_alt", "value": "old"}]
    plugin.answers["wp.getPost"] = lambda post_id, _fields: {"post_id": post_id, "custom_fields": known}
    with on(plugin) as blog:
        assert blog.describe(MediaId("9"), title="T", caption="C", alt="new") is True
    sent = next(given[4] for given in plugin.arguments if len(given) == 5 and "post_title" in given[4])
    assert sent["custom_fields"] == [{"id": "5", "key": "_wp_attachment_image_alt", "value": "new"}]


# --- the site, people ----------------------------------------------------------------------------------------


def options(**values: str) -> dict[str, Any]:
    return {name: {"desc": "", "readonly": True, "value": value} for name, value in values.items()}


@pytest.mark.parametrize(
    ("index", "hours", "zone"),
    [
        (b'{"timezone_string": "Europe/Vienna"}', "1", "Europe/Vienna"),
        (b'{"timezone_string": ""}', "5.5", "+05:30"),
        (b'{"timezone_string": ""}', "-3.5", "-03:30"),
        (b"<html>REST is closed</html>", "2", "+02:00"),
        (b"<html>REST is closed</html>", "", "UTC"),
    ],
)
def test_the_time_zone_has_a_name_where_there_is_one(site: Site, index: bytes, hours: str, zone: str) -> None:
    site.pages["/?rest_route=/&_fields=timezone_string"] = Answer(index)
    site.answers["wp.getOptions"] = options(
        software_version="6.8.2", blog_title="Salt &amp; Pepper", home_url="https://blog.example", time_zone=hours
    )
    with on(site) as blog:
        found = blog.site()
        assert blog.site() is found
    assert (found.title, found.version, found.url, found.time_zone) == (
        "Salt & Pepper",
        "6.8.2",
        "https://blog.example",
        zone,
    )
    assert site.times("wp.getOptions") == 1


def test_the_plugins_version_is_part_of_the_site(plugin: Site) -> None:
    plugin.answers["wp.getOptions"] = options(software_version="6.8.2")
    with on(plugin) as blog:
        assert blog.site().plugin == "1.2"


def test_an_administrator_is_shown_e_mail_addresses_and_others_are_asked_once(site: Site) -> None:
    site.answers["wp.getAuthors"] = [{"user_id": "3", "user_login": "ann", "display_name": "Ann &amp; Co"}]
    site.answers["wp.getUsers"] = lambda _wanted, _fields: [{"user_id": "3", "email": "ann@example.test"}]
    with on(site) as blog:
        assert [(user.name, user.email) for user in blog.users()] == [("Ann & Co", "ann@example.test")]
    site.answers["wp.getUsers"] = fault(401, "Sorry, you are not allowed to list users.")
    before = site.times("wp.getUsers")
    with on(site) as blog:
        assert [user.email for user in [*blog.users(), *blog.users()]] == ["", ""]
    assert site.times("wp.getUsers") - before == 1


def test_all_terms_are_read_page_by_page_with_their_names_as_people_write_them(site: Site) -> None:
    every = [{"term_id": str(number), "name": f"R&amp;D {number}", "parent": "0"} for number in range(1, 701)]
    site.answers["wp.getTerms"] = lambda _taxonomy, wanted: every[
        wanted["offset"] : wanted["offset"] + wanted["number"]
    ]
    with on(site) as blog:
        found = blog.terms("category")
    assert (len(found), found[0].name) == (700, "R&D 1")


def test_who_may_not_make_a_term_is_told_that_and_no_more(site: Site) -> None:
    site.answers["wp.newTerm"] = fault(401, "Sorry, you are not allowed to create terms in this taxonomy.")
    with on(site) as blog, pytest.raises(Refused, match="may not create or assign terms"):
        blog.create_term("category", "News")
    assert site.times("wp.getTerms") == 0


def test_a_missing_post_is_missing_in_any_language(site: Site) -> None:
    site.answers |= {"wp.getPost": fault(404, "ID d’article non valide."), "wp.editPost": fault(404, "Non valide.")}
    with on(site) as blog:
        assert blog.post(PostId("7")) is None
        with pytest.raises(Missing):
            blog.update(PostId("7"), {"post_title": "x"})


def test_large_numbers_and_times_are_sent_in_a_form_that_wordpress_takes(site: Site) -> None:
    site.answers["wp.editPost"] = True
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    with on(site) as blog:
        blog.update(
            PostId("7"), {"post_parent": 2**40, "post_date_gmt": noon, "sticky": True, "terms": {"post_tag": ()}}
        )
    sent = next(given[4] for given in site.arguments if len(given) == 5)
    assert sent == {
        "post_parent": str(2**40),
        "post_date_gmt": "20261124T12:00:00",
        "sticky": True,
        "terms": {"post_tag": []},
    }

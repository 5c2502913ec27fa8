"""What a host may answer instead of doing what it was asked, and the words a person gets."""

from __future__ import annotations

import contextlib
import re
import xmlrpc.client
from datetime import UTC, datetime, timedelta

import pytest

from sidecar.errors import Refused, SidecarError, Unavailable
from sidecar.model import PostId
from tests.adapters.scripted_site import PAGE, PASSWORD, Answer, Site, fault, on
from tests.contracts.blogs import opened

# --- what went wrong, in words -------------------------------------------------------------------------------


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

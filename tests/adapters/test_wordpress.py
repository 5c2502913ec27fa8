"""The adapter against hosts that misbehave: what it sends, what it believes, where it looks for xmlrpc.php."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sidecar.errors import Missing, Refused, Unavailable
from sidecar.model import PostId
from tests.adapters.scripted_site import PAGE, Answer, Site, fault, on, post_struct
from tests.fakes.memory import FakeMemory

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
    with (
        on(site) as blog,
        pytest.raises(Refused, match=r"Set WP_URL to https://www\.blog\.example in your settings\. Run sidecar doctor"),
    ):
        blog.post(PostId("7"))


# --- patience ----------------------------------------------------------------------------------------------


def after(troubles: list[Answer], value: Any) -> Any:
    """Answers with these first, and with the value then."""
    return lambda *_: troubles.pop(0) if troubles else value


@pytest.mark.parametrize("trouble", [Answer(b"", 502), Answer(b"", 503, {"Retry-After": "0"}), Answer(b"", 500)])
def test_a_trouble_that_passes_is_sat_out_by_what_may_be_repeated(site: Site, trouble: Answer) -> None:
    site.answers["wp.getPost"] = after([trouble, trouble], post_struct(7, PAGE))
    site.answers["wp.editPost"] = after([trouble], True)
    with on(site) as blog:
        assert blog.update(PostId("7"), {"post_title": "x"}).id == "7"
    assert (site.times("wp.editPost"), site.times("wp.getPost")) == (2, 3)


def test_patience_ends(site: Site) -> None:
    site.answers["wp.getPost"] = Answer(b"", 502)
    with on(site) as blog, pytest.raises(Unavailable):
        blog.post(PostId("7"))
    assert site.times("wp.getPost") == 3


def test_a_long_pause_that_is_asked_for_is_not_slept_through(site: Site) -> None:
    site.answers["wp.getPost"] = Answer(b"", 503, {"Retry-After": "60"})
    with on(site) as blog, pytest.raises(Unavailable) as caught:
        blog.post(PostId("7"))
    assert caught.value.retry_after == 60
    assert site.times("wp.getPost") == 1


def test_nothing_is_repeated_once_we_are_to_leave(site: Site) -> None:
    stop = threading.Event()
    stop.set()
    site.answers["wp.getPost"] = Answer(b"", 502)
    with on(site, stop=stop) as blog, pytest.raises(Unavailable):
        blog.post(PostId("7"))
    assert site.times("wp.getPost") == 1


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
        blog.create(PAGE, {"post_title": "x", "post_status": "publish", "custom_fields": {"a": "b"}})
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


@pytest.mark.parametrize(
    ("page", "language"),
    [
        (b'<!doctype html><html dir="rtl" class="no-js" lang="fa-IR"><html lang="en">', "fa-IR"),
        (b"<HTML LANG='pt-BR'>", "pt-BR"),
        (b"<html data-lang='de'><body lang='fr'>", None),
        (b"\xff\xfe no page at all", None),
        (b"", None),
    ],
)
def test_the_home_page_says_the_language(site: Site, page: bytes, language: str | None) -> None:
    site.pages["/"] = Answer(page)
    site.answers["wp.getOptions"] = options(software_version="6.8.2")
    memory = FakeMemory()
    for _process in range(2):
        with on(site, memory=memory) as blog:
            assert blog.site().language == language
    assert site.times("GET /") == 2, "once to find xmlrpc.php, once to be read"


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


# --- what a site says of itself ----------------------------------------------------------------------------


def test_what_a_site_says_of_itself_is_remembered_for_the_next_processes_for_a_while(site: Site) -> None:
    site.answers["wp.getOptions"] = {"software_version": {"value": "7.1.4"}, "time_zone": {"value": "1"}}
    memory, moment = FakeMemory(), [datetime(2026, 11, 24, 12, 0, tzinfo=UTC)]

    def asked() -> str:
        with on(site, memory=memory, now=lambda: moment[0]) as blog:
            return f"{blog.site().version} {blog.site().time_zone}"

    assert [asked(), asked()] == ["7.1.4 +01:00"] * 2
    assert site.times("wp.getOptions") == 1
    site.answers["wp.getOptions"] = {"software_version": {"value": "7.2"}, "time_zone": {"value": "1"}}
    moment[0] += timedelta(minutes=11)
    assert asked() == "7.2 +01:00"
    moment[0] -= timedelta(days=1)  # a clock that was set back
    assert asked() == "7.2 +01:00"
    assert site.times("wp.getOptions") == 3

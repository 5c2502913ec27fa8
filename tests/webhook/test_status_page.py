"""The status page as a browser without JavaScript gets it: who is let in, what is shown, what the forms do."""

import html
import re
import time

import pytest

from sidecar.adapters.ledger import open_store
from sidecar.errors import Unavailable
from sidecar.ledger import Trigger
from sidecar.model import BlockWarning, Intent
from sidecar.running import SharedCircuit
from tests.webhook.lived_in import DAY, HOUR, TOKEN, Office, Pace, fortnight, page_id
from webhook.app import create_app
from webhook.session import COOKIE

EVIL = "<script>alert('page')</script>"
HOME = "/notion-sidecar"


@pytest.fixture
def store(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/ledger.db")
    yield store
    store.close()


@pytest.fixture
def office(store):
    return Office(store, time.time())


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    return fortnight(tmp_path_factory.mktemp("fortnight"))


@pytest.fixture
def busy(tmp_path, lived):
    """An office in the middle of its work."""
    (tmp_path / "busy").mkdir()
    store = lived.moved_into(tmp_path / "busy")
    yield Office(store, lived.now)
    store.close()


@pytest.fixture
def onlooker(busy):
    """Somebody who is signed in there."""
    client = create_app(busy.service).test_client()
    sign_in(client)
    return client


@pytest.fixture
def stranger(office):
    return create_app(office.service).test_client()


@pytest.fixture
def editor(stranger):
    sign_in(stranger)
    return stranger


def sign_in(client, token=TOKEN, **more):
    return client.post("/login", data={"token": token, **more})


def seen(response):
    """The words of a page, without tags."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.text)))


def csrf(client, path="/"):
    return re.search(r'name="csrf" value="([0-9a-f]+)"', client.get(path).text)[1]


def press(client, path, **more):
    return client.post(path, data={"csrf": csrf(client), **more})


# --- who is let in ---------------------------------------------------------------------------------------


def test_a_stranger_is_asked_to_sign_in(stranger):
    answer = stranger.get("/")
    assert (answer.status_code, answer.location) == (303, "/login")
    assert "SYNC_TOKEN" in seen(stranger.get("/login"))


def test_the_right_token_opens_the_page(stranger):
    answer = sign_in(stranger)
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Sync now" in seen(stranger.get("/"))


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("wrong", id="another text"),
        pytest.param("", id="nothing"),
        pytest.param(TOKEN[:-1], id="a part of it"),
        pytest.param("ключ", id="letters that are not ASCII"),
    ],
)
def test_a_wrong_token_opens_nothing_and_says_so(stranger, token):
    answer = sign_in(stranger, token)
    assert answer.status_code == 401
    assert "That is not the SYNC_TOKEN" in seen(answer)
    assert stranger.get("/").status_code == 303


def test_whoever_keeps_guessing_has_to_wait_but_never_with_the_right_token(stranger):
    codes = [sign_in(stranger, "wrong").status_code for _ in range(12)]
    assert codes[0] == 401
    assert codes[-1] == 429
    assert sign_in(stranger).status_code == 303


def test_without_a_token_in_the_settings_the_page_says_how_to_set_one(store):
    client = create_app(Office(store, time.time(), sync_token="").service).test_client()
    for path in ("/", "/login"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert "Set SYNC_TOKEN to a long random text" in seen(answer)
    assert sign_in(client, "").status_code == 503


def test_a_cookie_is_kept_from_scripts_and_from_other_sites(stranger):
    cookie = sign_in(stranger).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


@pytest.mark.parametrize(
    ("settings", "base"),
    [
        pytest.param({}, "https://blog.example/", id="the request came by https"),
        pytest.param({"public_url": "https://blog.example"}, "http://blog.example/", id="PUBLIC_URL says https"),
    ],
)
def test_over_https_a_cookie_never_travels_in_the_clear(store, settings, base):
    client = create_app(Office(store, time.time(), **settings).service).test_client()
    assert "Secure" in client.post("/login", data={"token": TOKEN}, base_url=base).headers["Set-Cookie"]


def test_another_token_ends_all_sessions(store, editor):
    cookie = editor.get_cookie(COOKIE).value
    client = create_app(Office(store, time.time(), sync_token="the next one").service).test_client()
    client.set_cookie(COOKIE, cookie)
    assert client.get("/").status_code == 303


@pytest.mark.parametrize("change", [lambda text: text[:-2] + "xx", lambda text: "x" + text[1:], lambda text: ""])
def test_a_cookie_that_was_tampered_with_opens_nothing(editor, change):
    editor.set_cookie(COOKIE, change(editor.get_cookie(COOKIE).value))
    assert editor.get("/").status_code == 303


def test_a_session_ends_after_two_weeks(office, editor):
    office.clock.now += 13 * DAY
    assert editor.get("/").status_code == 200
    office.clock.now += 2 * DAY
    assert editor.get("/").status_code == 303
    assert editor.get("/live").status_code == 401


def test_signing_out_ends_the_session_here(editor):
    assert press(editor, "/logout").location == "/login"
    assert editor.get("/").status_code == 303


def test_after_signing_in_one_is_where_one_wanted_to_go(office, stranger):
    job_id = office.publish("Night trains")
    browser = {"Accept": "text/html"}
    first = stranger.get(f"/jobs/{job_id}", headers=browser)
    assert first.location == f"/login?next=jobs/{job_id}"
    assert f'name="next" value="jobs/{job_id}"' in stranger.get(first.location).text
    assert sign_in(stranger, next=f"jobs/{job_id}").location == f"/jobs/{job_id}"


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "jobs/1@evil.example", "../x"])
def test_the_login_leads_nowhere_else(stranger, wanted):
    assert sign_in(stranger, next=wanted).location == "/"


# --- forms -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [{}, {"csrf": "0" * 64}, {"csrf": "\u2603"}])
@pytest.mark.parametrize("path", ["/sync-now", f"/retry/{page_id('Night trains')}", "/logout"])
def test_a_form_that_is_not_ours_does_nothing(office, editor, path, given):
    office.give_up("Night trains", "It is too big.")
    answer = editor.post(path, data=given)
    assert answer.status_code == 403
    assert "nothing was done" in seen(answer)
    assert (office.woken.listings, office.woken.waiting, office.ledger.pages.due()) == ([], [], [])
    assert editor.get("/").status_code == 200


def test_a_form_of_another_session_does_nothing(office, editor):
    theirs = create_app(office.service).test_client()
    sign_in(theirs)
    assert editor.post("/sync-now", data={"csrf": csrf(theirs)}).status_code == 403


def test_a_form_does_nothing_for_a_stranger(office, stranger):
    assert stranger.post("/sync-now", data={"csrf": "0" * 64}).status_code == 303
    assert office.woken.listings == []


def test_sync_now_opens_a_listing_and_wakes_a_worker(office, editor):
    answer = press(editor, "/sync-now")
    (job_id,) = office.ledger.jobs.listings()
    assert office.woken.listings == [(job_id, True)]
    assert (answer.status_code, answer.location) == (303, "/?said=sync")
    after = seen(editor.get(answer.location))
    assert "Asked for." in after
    assert "Looking for pages" in after
    assert "Sync now" in after


def test_each_press_is_a_run_of_its_own(office, editor):
    press(editor, "/sync-now")
    press(editor, "/sync-now")
    assert len(office.ledger.jobs.listings()) == 2


def test_retry_makes_a_page_that_was_given_up_due_at_once(office, editor):
    office.give_up("Night trains", "It is too big.")
    answer = press(editor, f"/retry/{page_id('Night trains')}")
    ((waiting, urgent),) = office.woken.waiting
    assert (waiting.page_id, urgent) == (page_id("Night trains"), True)
    assert [one.page_id for one in office.ledger.pages.due()] == [page_id("Night trains")]
    claim = office.claim("Night trains")
    assert (claim.intent, claim.attempts) == (Intent.ASKED, 0)
    assert "The page is tried again." in seen(editor.get(answer.location))


def test_the_notion_side_of_a_conflict_is_taken_only_by_its_own_button(office, editor):
    office.conflict("The museum of keys", "The post was edited in WordPress.")
    page = editor.get("/").text
    assert "Take the Notion side" in page
    assert 'name="side" value="notion"' in page
    press(editor, f"/retry/{page_id('The museum of keys')}", side="notion")
    assert office.claim("The museum of keys").intent is Intent.FORCED


@pytest.mark.parametrize("path", [f"/retry/{page_id('never heard of')}", "/retry/nonsense", "/retry/%F0%9F%92%A9"])
def test_a_page_that_nobody_knows_cannot_be_retried(office, editor, path):
    answer = press(editor, path)
    assert "That page is not known here" in seen(editor.get(answer.location))
    assert office.ledger.pages.due() == []


# --- what is shown ---------------------------------------------------------------------------------------


def test_before_the_first_run_the_page_says_how_to_begin(editor):
    words = seen(editor.get("/"))
    assert "Ready for the first page" in words
    assert "Status to Adding" in words
    assert "No run so far" in words


def test_a_full_fortnight_is_all_there(onlooker):
    words = seen(onlooker.get("/"))
    for shown in (
        "2 pages need you Meanwhile 2 pages are being worked on.",
        "Spring at the market hall Storing files, 3 of 7",
        "How we print the winter issue Reading the page",
        "Night trains, a love story in 75 s",
        "answered 503 while making a post. 1 attempt so far.",
        "A picture is 61.2 MB, more than the 50 MB that are taken over.",
        "Edited on both sides",
        "Edit in Notion",
        "The embed from miro.com is shown as a link. embed",
        "that Notion does not hand out was left out. (2 times)",
        "41 of 180 calls in a minute",
        "In process, without Redis",
        "46 pages written, 4 failed",
        "12 s at most",
    ):
        assert shown in words, shown


def test_a_failure_links_to_both_sides(office, editor):
    office.publish("Night trains")
    office.give_up("Night trains", "It is too big.", post_url="https://blog.example/night-trains/")
    page = editor.get("/").text
    assert f'href="https://app.notion.com/p/{page_id("Night trains").replace("-", "")}"' in page
    assert 'href="https://blog.example/night-trains/"' in page


def test_runs_lead_to_their_pages(office, editor):
    notes = (BlockWarning("b", "embed", "The embed is shown as a link."),)
    job_id = office.publish("Night trains", warnings=notes)
    assert f'href="/jobs/{job_id}"' in editor.get("/").text
    words = seen(editor.get(f"/jobs/{job_id}", headers={"Accept": "text/html"}))
    for shown in (f"Run {job_id}: 1 published", "Night trains Published", "The embed is shown as a link.", "2.4 MB"):
        assert shown in words, shown


def test_the_page_of_a_run_under_way_shows_its_progress_and_its_failures_a_retry(office, editor):
    job_id = office.want("Night trains")
    office.claim("Night trains")
    office.begin("Night trains", job_id, files=4, stored=1)
    office.end("Letters", job_id, "Failed", error="It is too big.")
    page = editor.get(f"/jobs/{job_id}", headers={"Accept": "text/html"})
    assert "Storing files, 1 of 4" in seen(page)
    assert f'action="/retry/{page_id("Letters")}"' in page.text
    assert f'action="/retry/{page_id("Night trains")}"' not in page.text


@pytest.mark.parametrize(
    ("reason", "headline"),
    [
        ("Notion is not working at the moment (502).", "Notion is not answering"),
        ("https://blog.example cannot be reached: refused.", "WordPress is not answering"),
    ],
)
def test_a_far_end_that_is_down_is_the_headline(office, editor, reason, headline):
    circuit = SharedCircuit(office.ledger.memory, office.clock)
    for number in range(3):
        circuit.note(page_id(str(number)), Unavailable(reason))
    words = seen(editor.get("/"))
    assert headline in words
    assert f"Not answering {reason}" in words


def test_a_listing_that_failed_is_the_headline_until_one_works(office, editor):
    office.look(error="Notion does not accept the token.")
    words = seen(editor.get("/"))
    assert "Pages could not be looked for Notion does not accept the token." in words
    assert re.search(r"Notion Trouble just now Notion does not accept", words)
    office.look()
    assert "could not be looked for" not in seen(editor.get("/"))


def test_pages_that_nobody_works_on_ask_for_a_worker(office, editor):
    office.want("Night trains")
    assert "1 page waits" in seen(editor.get("/"))
    office.clock.now += 200
    assert "No worker seems to be running" in seen(editor.get("/"))


def test_when_all_went_well_the_page_says_so(office, editor):
    office.publish("Night trains")
    office.clock.now += 3 * HOUR
    assert "All is well The last page was written 3 h ago." in seen(editor.get("/"))


def test_redis_that_does_not_answer_is_said_to_lose_nothing(store):
    office = Office(store, time.time(), redis_url="redis://localhost:1/0")
    client = create_app(office.service).test_client()
    sign_in(client)
    assert "Redis does not answer Nothing is lost" in seen(client.get("/"))
    office.woken.queues = {"high": 2, "default": 40}
    assert "high 2, default 40" in seen(client.get("/"))


def test_a_held_limiter_says_for_how_long(office):
    office.service = office.with_pace(Pace(180, 180, 31.0))
    client = create_app(office.service).test_client()
    sign_in(client)
    assert "Held back for 31 s" in seen(client.get("/"))


def test_a_ledger_that_cannot_be_read_is_said_in_words(store, editor):
    store.database.execute_sql("ALTER TABLE page RENAME TO lost")
    answer = editor.get("/")
    assert answer.status_code == 503
    assert "The ledger cannot be read" in seen(answer)
    assert "no such table" in seen(answer)


# --- live ------------------------------------------------------------------------------------------------


def test_the_live_part_is_sent_only_when_something_changed(office, editor):
    office.publish("Night trains")
    first = editor.get("/live")
    assert "Night trains" in first.text
    assert "<html" not in first.text
    tag = {"If-None-Match": first.headers["ETag"]}
    assert editor.get("/live", headers=tag).status_code == 304
    office.publish("Letters")
    assert editor.get("/live", headers=tag).status_code == 200


def test_a_look_changes_nothing_and_wakes_nobody(busy, onlooker):
    before = (busy.ledger.jobs.recent(99), busy.ledger.pages.due(), busy.ledger.records.all())
    onlooker.get("/")
    onlooker.get("/live")
    assert (busy.ledger.jobs.recent(99), busy.ledger.pages.due(), busy.ledger.records.all()) == before
    assert (busy.woken.listings, busy.woken.waiting) == ([], [])


# --- safety ----------------------------------------------------------------------------------------------


def test_what_comes_from_notion_and_wordpress_is_text(office, editor):
    notes = (BlockWarning("b", EVIL, EVIL),)
    noted = office.publish(EVIL, EVIL, warnings=notes)
    office.give_up(EVIL + "2", EVIL)
    office.defer(EVIL + "3", EVIL, 60)
    job_id = office.want(EVIL + "4")
    office.claim(EVIL + "4")
    office.begin(EVIL + "4", job_id)
    office.look(error=EVIL)
    browser = {"Accept": "text/html"}
    for path in ("/", "/live", f"/jobs/{noted}", f"/jobs/{job_id}"):
        page = editor.get(path, headers=browser).text
        assert "<script>" not in page, path
        assert "&lt;script&gt;" in page, path


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", " JavaScript:alert(1)", "//evil.example/x"])
def test_only_the_web_is_linked_to(office, editor, url):
    job_id = office.give_up("Night trains", "no", page_url=url, post_url="https://blog.example/night-trains/")
    for path in ("/", f"/jobs/{job_id}"):
        page = editor.get(path, headers={"Accept": "text/html"}).text
        assert "https://blog.example/night-trains/" in page
        assert url.strip() not in page


@pytest.mark.parametrize("path", ["/", "/login", "/live", "/jobs/1"])
def test_nothing_but_our_own_files_may_run_or_frame_a_page(office, editor, path):
    office.publish("Night trains")
    headers = editor.get(path, headers={"Accept": "text/html"}).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Cache-Control"] == "no-store"


def test_no_page_holds_a_script_or_a_style_of_its_own(onlooker):
    for path in ("/", "/login", "/jobs/1"):
        page = onlooker.get(path, headers={"Accept": "text/html"}).text
        assert re.findall(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", page) == []


def test_below_a_folder_every_address_stays_below_it(busy):
    stranger = create_app(busy.service).test_client()
    base = f"https://blog.example{HOME}"
    answer = stranger.post("/login", data={"token": TOKEN}, base_url=base)
    assert answer.location == f"{HOME}/"
    assert f"Path={HOME}/;" in answer.headers["Set-Cookie"]
    for path in ("/", "/jobs/1"):
        page = stranger.get(path, base_url=base, headers={"Accept": "text/html"}).text
        ours = [url for url in re.findall(r'(?:href|src|action|data-source)="([^"]*)"', page) if url[0] == "/"]
        assert len(ours) > 5
        assert [url for url in ours if not url.startswith(f"{HOME}/")] == []


def test_another_sites_pages_cannot_be_retried(store, office, editor):
    other = Office(store, time.time(), site="other")
    other.ledger.pages.accept(Trigger(page_id("Theirs"), Intent.ASKED, "button", "1"))
    answer = press(editor, f"/retry/{page_id('Theirs')}")
    assert answer.location == "/?said=unknown"

"""The status page in a real Chromium: signed in, looked at, pressed; live with JavaScript, complete without it."""

import itertools
import threading
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.stage import chromium as stage
from tests.webhook.lived_in import TOKEN, Office, fortnight
from webhook.app import create_app

FOLDER = "/notion-sidecar"


class Quiet(WSGIRequestHandler):
    def log_request(self, *_, **__): ...


def nothing_else(_environ, start_response):
    start_response("404 Not Found", [("Content-Type", "text/plain")])
    return [b"Only the sidecar's folder is served."]


@pytest.fixture(scope="module")
def chromium():
    with stage.chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    return fortnight(tmp_path_factory.mktemp("fortnight"))


@pytest.fixture
def office(tmp_path, lived):
    store = lived.moved_into(tmp_path)
    yield Office(store, lived.now)
    store.close()


@pytest.fixture
def url(office):
    """The service below a folder, as beside a WordPress."""
    mounted = DispatcherMiddleware(nothing_else, {FOLDER: create_app(office.service)})
    server = make_server("127.0.0.1", 0, mounted, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}{FOLDER}/"
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def window(chromium, url, **options):
    """Somebody's window, signed in. At the end nothing may have been complained about."""
    context = stage.patient(chromium, **{"viewport": {"width": 1280, "height": 900}, **options})
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type != "log" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(url)
    page.get_by_label("SYNC_TOKEN").fill(TOKEN)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("need you")
    page.wait_for_load_state()  # The heading is there before the style sheet and the script are.
    yield page
    context.close()
    assert complaints == []


def mark(page):
    """Leaves a sign in the window that a reload would wipe away."""
    page.evaluate("window.stayed = true")


def stayed(page):
    return page.evaluate("window.stayed === true")


def test_sync_now_is_seen_to_run_without_a_reload(chromium, url, office):
    with window(chromium, url) as page:
        mark(page)
        page.get_by_role("button", name="Sync now").click()
        expect(page.get_by_text("Asked for.")).to_be_visible()
        (job_id,) = office.ledger.jobs.listings()
        expect(page.get_by_role("row", name=f"Run {job_id}")).to_contain_text("looking for pages")
        assert office.woken.listings == [(job_id, True)]
        assert stayed(page)


def test_what_a_worker_does_appears_by_itself(chromium, url, office):
    with window(chromium, url) as page:
        mark(page)
        bar = page.get_by_role("progressbar", name="Spring at the market hall")
        expect(page.get_by_text("Storing files, 3 of 7")).to_be_visible()
        before = bar.evaluate("bar => bar.value")
        office.begin("Spring at the market hall", office.ledger.jobs.unsettled()[0], files=7, stored=6)
        expect(page.get_by_text("Storing files, 6 of 7")).to_be_visible()
        assert bar.evaluate("bar => bar.value") > before
        assert stayed(page)


def test_retry_takes_the_page_off_the_list_and_the_keyboard_is_not_lost(chromium, url, office):
    with window(chromium, url) as page:
        mark(page)
        expect(page.locator("#troubles-title")).to_contain_text("2")
        page.get_by_role("button", name="Retry").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("The page is tried again.")).to_be_visible()
        expect(page.locator("#troubles-title")).to_contain_text("1")
        assert page.evaluate("document.activeElement.tagName") != "BODY"
        assert stayed(page)


def test_a_button_is_pressed_once_however_often_it_is_clicked(chromium, url, office):
    with window(chromium, url) as page:
        page.get_by_role("button", name="Sync now").dblclick()
        expect(page.get_by_text("Asked for.")).to_be_visible()
        assert len(office.ledger.jobs.listings()) == 1


def test_an_error_that_is_being_copied_stays_under_the_mouse(chromium, url, office):
    with window(chromium, url) as page:
        page.get_by_text("A picture is 61.2 MB").select_text()
        office.give_up("Another page", "Another reason.")
        expect(page.locator("#headline")).to_contain_text("3 pages need you")
        assert "A picture is 61.2 MB" in page.evaluate("getSelection().toString()")
        expect(page.get_by_text("Another reason.")).to_have_count(0)
        page.evaluate("getSelection().removeAllRanges()")
        expect(page.get_by_text("Another reason.")).to_be_visible()


def test_a_session_that_ended_leads_to_the_login(chromium, url, office):
    with window(chromium, url) as page:
        page.context.clear_cookies()
        page.get_by_role("button", name="Sync now").click()
        expect(page.get_by_label("SYNC_TOKEN")).to_be_visible()


def test_a_run_under_way_keeps_its_own_page_up_to_date_until_it_ends(chromium, url, office):
    with window(chromium, url) as page:
        job_id = office.ledger.jobs.unsettled()[0]
        page.goto(f"{url}jobs/{job_id}")
        mark(page)
        expect(page.get_by_text("Storing files, 3 of 7")).to_be_visible()
        for title in ("Spring at the market hall", "How we print the winter issue"):
            office.end(title, job_id, action="update")
        expect(page.get_by_role("heading", level=1)).to_contain_text("2 updated")
        assert stayed(page)
        page.get_by_role("link", name="Status").click()
        expect(page.get_by_role("heading", name="Last runs")).to_be_visible()


def test_without_javascript_everything_is_there_and_works(chromium, url, office):
    with window(chromium, url, java_script_enabled=False) as page:
        expect(page.get_by_text("Storing files, 3 of 7")).to_be_visible()
        expect(page.get_by_text("Reload the page to see what is new.")).to_be_visible()
        page.get_by_role("button", name="Sync now").click()
        expect(page.get_by_text("Asked for.")).to_be_visible()
        page.get_by_role("button", name="Retry").click()
        expect(page.get_by_text("The page is tried again.")).to_be_visible()
        assert len(office.ledger.jobs.listings()) == 1
        assert len(office.woken.waiting) == 1
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_label("SYNC_TOKEN")).to_be_visible()


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_sticks_out_on_any_screen(chromium, url, office, width, scheme):
    office.give_up("Donaudampfschifffahrtsgesellschaft" * 4, "https://blog.example/" + "a" * 300 + " does not answer.")
    with window(chromium, url, viewport={"width": width, "height": 700}, color_scheme=scheme) as page:
        for path in ("", f"jobs/{office.ledger.jobs.unsettled()[0]}", "login"):
            page.goto(url + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out_from_what_is_behind_it(chromium, url, scheme):
    with window(chromium, url, color_scheme=scheme) as page:
        assert page.evaluate(FAINT) == []


def test_dark_is_dark_and_light_is_light(chromium, url):
    shades = {}
    for scheme in ("light", "dark"):
        with window(chromium, url, color_scheme=scheme) as page:
            colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
            shades[scheme] = sum(int(part) for part in colour.strip("rgb()").split(","))
    assert shades["light"] > 600
    assert shades["dark"] < 150


def test_everything_can_be_reached_and_named_without_a_mouse(chromium, url):
    with window(chromium, url) as page:
        page.goto(url)
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        assert page.evaluate("[...document.querySelectorAll('a, button')].filter(e => !e.innerText.trim()).length") == 0
        expect(page.get_by_role("table")).to_have_count(1)
        expect(page.get_by_role("img", name="Pages per day")).to_be_visible()
        levels = [int(name[1]) for name in page.evaluate(HEADINGS)]
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


HEADINGS = "[...document.querySelectorAll('h1,h2,h3,h4')].filter(e => e.offsetParent).map(e => e.tagName)"

# WCAG 2.2, 1.4.3: 4.5 to 1 for text, 3 to 1 for large text.
FAINT = """() => {
    const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
    const light = ([r, g, b]) => [r, g, b]
        .map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = element => {
        for (let e = element; e; e = e.parentElement) {
            const colour = rgb(getComputedStyle(e).backgroundColor);
            if (colour.length === 3 || colour[3] > 0) return colour;
        }
        return [255, 255, 255];
    };
    const faint = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement, style = getComputedStyle(element);
        if (!walker.currentNode.data.trim() || !element.offsetParent || element.closest('svg')) continue;
        const [a, b] = [light(rgb(style.color)), light(behind(element))].sort((x, y) => y - x);
        const enough = parseFloat(style.fontSize) >= 24 ? 3 : 4.5;
        if ((a + 0.05) / (b + 0.05) < enough) faint.push(walker.currentNode.data.trim());
    }
    return faint;
}"""

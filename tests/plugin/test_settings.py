"""Settings > Notion Sidecar in a real browser, on the newest and the oldest WordPress, beside a real sidecar."""

import contextlib
import re
import socket
import threading

import pytest
from playwright.sync_api import expect

from tests.plugin.desk import TOKEN, keep
from tests.stage.notion import build as b
from tests.stage.service import free_port


def type_settings(page, url, token=""):
    page.get_by_label("Address of the sidecar").fill(url)
    page.get_by_label("Token", exact=True).fill(token)
    save(page)


def save(page):
    with page.expect_navigation():
        page.get_by_role("button", name="Save changes").click()


def test_from_an_empty_page_to_published_posts(browser, any_desk):
    desk = any_desk
    with desk.window(browser) as page:
        desk.settings(page)
        assert page.locator("#notion-sidecar-now").count() == 0
        type_settings(page, "127.0.0.1 is the address", "x")
        expect(page.locator(".notice-error")).to_contain_text("That is no address of a sidecar")

        type_settings(page, f"{desk.service.url}/", "not-the-token")
        expect(page.locator(".notice-success")).to_contain_text("Settings saved.")
        page.get_by_role("button", name="Test connection").click()
        expect(page.locator("#notion-sidecar-verdict")).to_contain_text("it does not know this token")
        keep(page, f"wrong-token-{desk.wordpress.version}", full_page=True)

        type_settings(page, desk.service.url, TOKEN)
        page.get_by_role("button", name="Test connection").click()
        verdict = page.locator("#notion-sidecar-verdict")
        expect(verdict).to_contain_text("The sidecar answers and the token is right")
        expect(verdict).to_contain_text("The sidecar reaches this site: XML-RPC and its application password work")
        assert desk.option()["token"] == TOKEN
        assert TOKEN not in page.content()

        first = desk.page("Tides at the old quay", b.paragraph("Water comes and goes."))
        second = desk.page("A boat for two")
        page.get_by_role("link", name="Sync now").click()
        expect(page.locator("#notion-sidecar-progress progress")).to_be_visible()
        progress = page.locator("#notion-sidecar-progress")
        expect(progress).to_contain_text("Finished. Published: 2")
        assert (desk.notion.status(first), desk.notion.status(second)) == ("Done", "Done")
        expect(progress.get_by_role("link", name="Notion: Tides at the old quay")).to_be_visible()
        jobs = page.locator("#notion-sidecar-list")
        expect(jobs).to_contain_text("Published: 2")
        keep(page, f"settings-{desk.wordpress.version}", full_page=True)
        jobs.get_by_role("link", name="Post: A boat for two").first.evaluate("link => link.target = ''")
        jobs.get_by_role("link", name="Post: A boat for two").first.click()
        expect(page.get_by_role("heading", name="A boat for two").first).to_be_visible()

        page.locator("#wp-admin-bar-notion-sidecar a").click()
        expect(page.locator("#notion-sidecar-progress")).to_contain_text("Finished. Nothing to do")


def test_an_empty_token_keeps_the_stored_one_and_forget_forgets_it(browser, any_desk):
    any_desk.set_up()
    with any_desk.window(browser) as page:
        any_desk.settings(page)
        save(page)
        expect(page.locator(".notice-success")).to_be_visible()
        assert any_desk.option()["token"] == TOKEN
        page.get_by_label("Forget it").check()
        save(page)
        expect(page.locator(".notice-success")).to_be_visible()
        assert any_desk.option()["token"] == ""


def test_a_constant_wins_over_what_is_stored(browser, any_desk):
    any_desk.set_up(token="another-token")
    constant = any_desk.wordpress.site / "wp-content/mu-plugins/token.php"
    constant.write_text(f"<?php define('NOTION_SIDECAR_TOKEN', '{TOKEN}');")
    try:
        with any_desk.window(browser) as page:
            any_desk.settings(page)
            expect(page.get_by_text("Set in wp-config.php")).to_be_visible()
            expect(page.locator("#notion-sidecar-list table")).to_be_visible()
            assert TOKEN not in page.content()
            save(page)
            expect(page.locator(".notice-success")).to_be_visible()
            assert any_desk.option()["token"] == "another-token"
    finally:
        constant.unlink()


class Mute:
    """A server that takes every connection and never says a word: `asked` holds them."""

    def __enter__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.server.settimeout(0.1)
        self.url = f"http://127.0.0.1:{self.server.getsockname()[1]}"
        self.asked, self.end = [], threading.Event()
        self.thread = threading.Thread(target=self.hold)
        self.thread.start()
        return self

    def hold(self):
        while not self.end.is_set():
            with contextlib.suppress(TimeoutError):
                self.asked.append(self.server.accept()[0])

    def __exit__(self, *_):
        self.end.set()
        self.thread.join()
        for connection in [*self.asked, self.server]:
            connection.close()


def test_a_sidecar_that_is_down_or_silent_costs_a_notice_and_no_page(browser, any_desk):
    with Mute() as mute:
        any_desk.set_up(url=mute.url)
        with any_desk.window(browser, java_script_enabled=False) as page:
            any_desk.settings(page)
            expect(page.get_by_role("heading", name="Notion Sidecar")).to_be_visible()
            assert mute.asked == [], "the page waits for nobody"
        with any_desk.window(browser) as page:
            any_desk.settings(page)
            expect(page.locator("#notion-sidecar-list")).to_contain_text("did not answer within 6 seconds")
            keep(page, f"silent-{any_desk.wordpress.version}", full_page=True)
            page.locator("#wp-admin-bar-notion-sidecar a").click()
            expect(page.locator(".notice-error").first).to_contain_text("did not answer within 6 seconds")
            any_desk.set_up(url=f"http://127.0.0.1:{free_port()}")
            page.get_by_role("link", name="Sync now").click()
            expect(page.locator("#notion-sidecar-progress .notice-error")).to_contain_text("cannot be reached")


@pytest.mark.parametrize("path", ["", "wp-login.php", "wp-json/"])
def test_what_is_no_sidecar_is_said_to_be_none(any_desk, path):
    any_desk.set_up(url=f"{any_desk.wordpress.url}/{path}".rstrip("/"))
    signs = any_desk.wordpress.php("return \\NotionSidecar\\check_connection();")
    assert signs[0]["tone"] == "bad"
    assert re.search(r"it is not the sidecar|leads on to", signs[0]["more"])


def test_without_scripts_sync_now_still_syncs(browser, any_desk):
    any_desk.set_up()
    wanted = any_desk.page("Asked without scripts")
    with any_desk.window(browser, "editor", java_script_enabled=False) as page:
        any_desk.settings(page)
        page.get_by_role("link", name="Sync now").click()
        expect(page.get_by_text("The jobs are shown by a script")).to_be_visible()
    assert any_desk.post_of(wanted)

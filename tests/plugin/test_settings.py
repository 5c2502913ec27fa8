"""Settings > Notion Sidecar in a real browser, beside a real sidecar: what test_at_home.py leaves out."""

import contextlib
import re
import socket
import threading

import pytest
from playwright.sync_api import expect

from sidecar import catalogue
from tests.plugin.desk import TOKEN, keep, save
from tests.stage.ports import free_port


def test_an_empty_token_keeps_the_stored_one_and_forget_forgets_it(browser, desk):
    desk.set_up()
    with desk.window(browser) as page:
        desk.settings(page)
        save(page)
        expect(page.locator(".notice-success")).to_be_visible()
        assert desk.option()["token"] == TOKEN
        page.get_by_label("Forget it").check()
        save(page)
        expect(page.locator(".notice-success")).to_be_visible()
        assert desk.option()["token"] == ""


def test_a_constant_wins_over_what_is_stored(browser, desk):
    desk.set_up(token="another-token")
    constant = desk.wordpress.site / "wp-content/mu-plugins/token.php"
    constant.write_text(f"<?php define('NOTION_SIDECAR_TOKEN', '{TOKEN}');")
    try:
        with desk.window(browser) as page:
            desk.settings(page)
            expect(page.get_by_text("Set in wp-config.php")).to_be_visible()
            expect(page.locator("#notion-sidecar-list table")).to_be_visible()
            assert TOKEN not in page.content()
            save(page)
            expect(page.locator(".notice-success")).to_be_visible()
            assert desk.option()["token"] == "another-token"
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


def test_a_sidecar_that_is_down_or_silent_costs_a_notice_and_no_page(browser, desk):
    with Mute() as mute:
        desk.set_up(url=mute.url)
        with desk.window(browser, java_script_enabled=False) as page:
            desk.settings(page)
            expect(page.get_by_role("heading", name="Notion Sidecar")).to_be_visible()
            assert mute.asked == [], "the page waits for nobody"
        with desk.window(browser) as page:
            desk.settings(page)
            expect(page.locator("#notion-sidecar-list")).to_contain_text("did not answer within 6 seconds")
            keep(page, "silent", full_page=True)
            desk.set_up(url=f"http://127.0.0.1:{free_port()}")
            page.get_by_role("link", name="Sync now").click()
            expect(page.locator("#notion-sidecar-progress .notice-error")).to_contain_text("cannot be reached")
            page.locator("#wp-admin-bar-notion-sidecar a").click()
            expect(page.locator(".notice-error").first).to_contain_text("cannot be reached")


@pytest.mark.parametrize("path", ["", "wp-login.php", "wp-json/"])
def test_what_is_no_sidecar_is_said_to_be_none(desk, path):
    desk.set_up(url=f"{desk.wordpress.url}/{path}".rstrip("/"))
    signs = desk.wordpress.php("return \\NotionSidecar\\check_connection();")
    assert signs[0]["tone"] == "bad"
    assert re.search(
        r"it is not the sidecar.* \[plugin-stranger\]$|leads on to.* \[plugin-redirects\]$", signs[0]["more"]
    )


def test_what_goes_wrong_is_said_in_the_words_of_the_catalogue(browser, desk):
    """The sidecar's application password was revoked: to be read in the test of the connection, and in the job."""
    desk.set_up()
    wanted = desk.page("Nobody lets it in")
    desk.wordpress.php(PASSWORDS % "update_user_meta($id, 'was', $now); delete_user_meta($id, $key);")
    try:
        with desk.window(browser) as page:
            desk.settings(page)
            page.get_by_role("button", name="Test connection").click()
            verdict = page.locator("#notion-sidecar-verdict")
            expect(verdict).to_contain_text(f"{catalogue.WP_LOGIN.do} [wp-login]")
            expect(verdict).to_contain_text("does not accept the user editor")
            page.get_by_role("link", name="Sync now").click()
            notice = page.locator("#notion-sidecar-progress .notice-error")
            expect(notice).to_have_text("Finished. Failed: 1")
            expect(page.locator("#notion-sidecar-list")).to_contain_text(catalogue.WP_LOGIN.do)
            keep(page, "trouble", full_page=True)
        assert catalogue.WP_LOGIN.do in desk.notion.content.said(wanted, "WordPress Message")
    finally:
        desk.wordpress.php(PASSWORDS % "update_user_meta($id, $key, get_user_meta($id, 'was', true));")


PASSWORDS = """$id = get_user_by('login', 'editor')->ID; $key = '_application_passwords';
    $now = get_user_meta($id, $key, true); %s"""


def test_without_scripts_sync_now_still_syncs(browser, desk):
    desk.set_up()
    wanted = desk.page("Asked without scripts")
    with desk.window(browser, "editor", java_script_enabled=False) as page:
        desk.settings(page)
        page.get_by_role("link", name="Sync now").click()
        expect(page.get_by_text("The jobs are shown by a script")).to_be_visible()
    assert desk.post_of(wanted)

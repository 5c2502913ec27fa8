"""A real WordPress with the plugin, a real sidecar beside it as a process of its own, and somebody's browser."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.stage.chromium import patient
from tests.stage.notion import NotionStandIn
from tests.stage.notion import build as b
from tests.stage.service import Processes, until
from tests.stage.wordpress import WordPress

PLUGIN = Path(__file__).parents[2] / "wp-plugin-stub"
TOKEN = "token-that-nobody-may-see-7c1f"
PATIENCE = 60.0
BLOCKS = [
    b.callout("Bring boots.", icon="🥾"),
    b.callout("The path floods.", icon="🌊", color="blue_background"),
    b.bookmark("https://www.example.com/tides", caption="How tides work"),
    b.to_do("Boots", checked=True),
    b.to_do("A lamp, and somebody who knows the way back along the wall when the lights of the town are out for good"),
    b.equation(r"\omega = \frac{2\pi}{T}"),
    b.paragraph("Leave two hours before low water."),
]
"""A page with everything that our styles are for."""
RADIUS = "document.querySelector('.notion-callout').computedStyleMap().get('border-top-left-radius').value"
"""How round a callout is: 6 with our styles."""


@dataclass
class Desk:
    wordpress: WordPress
    notion: NotionStandIn
    service: Processes
    pages: list[str] = field(default_factory=list)
    sessions: dict[str, Any] = field(default_factory=dict)

    # --- what happens elsewhere --------------------------------------------------------------------------

    def page(self, title: str, *blocks: Any, status: str = "Adding") -> str:
        self.pages.append(self.notion.add_page(title, list(blocks) or [b.paragraph("Text")], status=status))
        return self.pages[-1]

    def set_up(self, **changes: str) -> None:
        """Stores the plugin's settings without a browser."""
        values = {"url": self.service.url, "token": TOKEN} | changes
        pairs = ", ".join(f"'{name}' => '{value}'" for name, value in values.items())
        self.wordpress.php(f"\\NotionSidecar\\save_options([{pairs}]); delete_transient('notion_sidecar_down');")

    def forget(self) -> None:
        """As if the plugin had just been installed."""
        self.wordpress.php("delete_option('notion_sidecar');")

    def option(self) -> dict[str, Any]:
        found: dict[str, Any] = self.wordpress.php("return \\NotionSidecar\\options();")
        return found

    def post_of(self, page: str) -> int:
        """The post of a page, published by now."""
        until(lambda: self.notion.status(page) == "Done", PATIENCE, "the page is published")
        return int(
            self.wordpress.php(f"return array_key_first(\\NotionSidecar\\posts_of_pages(['{page}'])['{page}']);")
        )

    def until_post_says(self, post_id: int, words: str) -> None:
        content = f"return get_post({post_id})->post_content;"
        until(lambda: words in self.wordpress.php(content), PATIENCE, f"the post says {words}")

    # --- somebody's browser ------------------------------------------------------------------------------

    @contextlib.contextmanager
    def window(self, browser: Browser, login: str = "admin", **options: Any) -> Iterator[Page]:
        """Somebody's window, signed in. At the end nothing may have been complained about."""
        if login not in self.sessions:
            self.sessions[login] = self._sign_in(browser, login)
        shown = {"viewport": {"width": 1280, "height": 900}, "storage_state": self.sessions[login]}
        context = patient(browser, **{**shown, **options})
        page = context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        try:
            yield page
        finally:
            context.close()
        # Leaving a page while WordPress's own animation between two pages still runs is no mistake of ours.
        assert not [words for words in complaints if "ransition" not in words], complaints

    def _sign_in(self, browser: Browser, login: str) -> Any:
        """Without typing: the script of WordPress's form moves the cursor while somebody types."""
        context = patient(browser)
        form = f"{self.wordpress.url}/wp-login.php"
        context.request.get(form)  # its cookie shows that cookies are kept
        context.request.post(form, form={"log": login, "pwd": self.wordpress.users[login].password, "testcookie": "1"})
        page = context.new_page()
        self.admin(page, "profile.php")
        expect(page.locator("#wpadminbar")).to_be_visible()
        state = context.storage_state()
        context.close()
        return state

    def admin(self, page: Page, path: str) -> None:
        page.goto(f"{self.wordpress.url}/wp-admin/{path}")

    def settings(self, page: Page) -> None:
        self.admin(page, "options-general.php?page=notion-sidecar")


@contextlib.contextmanager
def opened(version: str) -> Iterator[Desk]:
    with (
        tempfile.TemporaryDirectory(prefix="sidecar-desk-") as folder,
        WordPress(version, plugins=[PLUGIN]) as wordpress,
        NotionStandIn() as notion,
        Processes(Path(folder), settings(wordpress, notion, folder)) as service,
    ):
        service.start("service", "up")
        until(service.is_up, PATIENCE, "the service is up")
        yield Desk(wordpress, notion, service)


def settings(wordpress: WordPress, notion: NotionStandIn, folder: str) -> dict[str, str]:
    editor = wordpress.users["editor"]
    return {
        "NOTION_TOKEN": notion.token,
        "NOTION_DATA_SOURCE_ID": notion.data_source_id,
        "NOTION_BASE_URL": notion.url,
        "WP_URL": wordpress.url,
        "WP_USERNAME": editor.login,
        "WP_APP_PASSWORD": editor.application_password,
        "WP_POST_STATUS": "publish",
        "SYNC_TOKEN": TOKEN,
        "SYNC_SCHEDULE": "3600",
        "DATABASE_URL": f"sqlite:///{folder}/ledger.db",
        "MEDIA_ALLOWED_PRIVATE_HOSTS": notion.url.removeprefix("http://"),
    }


def keep(page: Page, name: str, **options: Any) -> None:
    """A picture of the window, where SCREENSHOTS names a folder to keep it in."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), **options)


def type_settings(page: Page, url: str, token: str = "") -> None:
    page.get_by_label("Address of the sidecar").fill(url)
    page.get_by_label("Token", exact=True).fill(token)
    save(page)


def save(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Save changes").click()


def state(page: Page, post_id: int) -> Locator:
    """How a post stands, in the list."""
    return page.locator(f'.notion-sidecar-state[data-post="{post_id}"]')


EDITOR_IS_READY = "window.wp?.data?.select('core/block-editor')?.getBlockCount() > 0"
WITHOUT_GUIDE = """() => {
    wp.data.dispatch('core/preferences')?.set('core/edit-post', 'welcomeGuide', false);
    const guide = wp.data.select('core/edit-post').isFeatureActive('welcomeGuide');
    guide && wp.data.dispatch('core/edit-post').toggleFeature('welcomeGuide');
}"""
PANEL_IS_THERE = """() => {
    const panel = document.querySelector('.notion-sidecar-panel');
    panel || wp.data.dispatch('core/edit-post').openGeneralSidebar('edit-post/document');
    return !!panel;
}"""
"""Asks for the sidebar until it stays: an editor that is still being set up closes it again, or shows the block's."""


def open_panel(page: Page) -> Locator:
    """Our panel in the block editor, which greets newcomers first, and remembers which panels stand open."""
    page.wait_for_function(EDITOR_IS_READY)
    page.evaluate(WITHOUT_GUIDE)
    page.wait_for_function(PANEL_IS_THERE, polling=300)
    panel = page.locator(".notion-sidecar-panel")
    if panel.get_by_role("button", name="Notion").get_attribute("aria-expanded") == "false":
        panel.get_by_role("button", name="Notion").click()
    return panel

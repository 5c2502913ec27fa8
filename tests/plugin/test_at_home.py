"""From an empty settings page to a post in the block editor, in a real browser, on the newest and the oldest WordPress,
beside a real sidecar. What is the same on both is in test_settings.py and test_posts.py."""

import subprocess

import pytest
from playwright.sync_api import expect

from tests.plugin.desk import BLOCKS, PLUGIN, RADIUS, TOKEN, keep, open_panel, state, type_settings
from tests.stage.notion import build as b

INVALID = """(function walk(blocks) {
    return blocks.flatMap(block => [...(block.isValid ? [] : [block.name]), ...walk(block.innerBlocks)]);
})(wp.data.select('core/block-editor').getBlocks())"""


def test_from_an_empty_page_to_published_posts(browser, any_desk):
    desk = any_desk
    desk.forget()
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
        second = desk.page("A boat for two", *BLOCKS)
        page.get_by_role("link", name="Sync now").click()
        progress = page.locator("#notion-sidecar-progress")
        expect(progress.locator("progress")).to_be_visible()
        expect(progress).to_contain_text("Finished. Published: 2")
        assert (desk.notion.status(first), desk.notion.status(second)) == ("Done", "Done")
        expect(progress.get_by_role("link", name="Notion: Tides at the old quay")).to_be_visible()
        jobs = page.locator("#notion-sidecar-list")
        expect(jobs).to_contain_text("Published: 2")
        keep(page, f"settings-{desk.wordpress.version}", full_page=True)
        page.goto(jobs.get_by_role("link", name="Post: A boat for two").first.get_attribute("href"))
        expect(page.get_by_role("heading", name="A boat for two").first).to_be_visible()
        assert page.evaluate(RADIUS) == 6

        page.locator("#wp-admin-bar-notion-sidecar a").click()
        expect(page.locator("#notion-sidecar-progress")).to_contain_text("Finished. Nothing to do")


@pytest.fixture(scope="module")
def post(any_desk):
    """A page, and its post."""
    any_desk.set_up()
    page_id = any_desk.page("Walking to the causeway", *BLOCKS)
    any_desk.wordpress.php("return \\NotionSidecar\\start_sync();")
    return page_id, any_desk.post_of(page_id)


def test_the_list_has_a_column_and_a_row_action(browser, any_desk, post):
    page_id, post_id = post
    with any_desk.window(browser) as page:
        any_desk.admin(page, "edit.php?notion=any")
        expect(state(page, post_id)).to_contain_text("Up to date")
        any_desk.notion.content.replace_blocks(page_id, [*BLOCKS, b.paragraph("Mind the mud.")])
        row = page.locator(f"#post-{post_id}")
        row.hover()
        row.get_by_role("link", name="Sync from Notion: Walking to the causeway").click()
        any_desk.until_post_says(post_id, "Mind the mud.")
        expect(state(page, post_id)).to_contain_text("Up to date")
        row.hover()
        keep(page, f"list-{any_desk.wordpress.version}")


def test_the_block_editor_has_a_panel_and_no_invalid_block(browser, any_desk, post):
    page_id, post_id = post
    with any_desk.window(browser, viewport={"width": 1280, "height": 1000}) as page:
        any_desk.admin(page, f"post.php?post={post_id}&action=edit")
        panel = open_panel(page)
        assert page.evaluate(INVALID) == []
        words = "This post is written in Notion; edits here will be kept and reported as a conflict."
        expect(page.get_by_text(words).first).to_be_visible()
        expect(panel).to_contain_text("Up to date")
        expect(panel).to_contain_text("Last sync")
        link = panel.get_by_role("link", name="Open in Notion")
        assert link.get_attribute("href") == f"https://www.notion.so/{page_id.replace('-', '')}"
        panel.scroll_into_view_if_needed()
        keep(page, f"editor-{any_desk.wordpress.version}")
        any_desk.notion.content.replace_blocks(page_id, [*BLOCKS, b.paragraph("And back in time.")])
        panel.get_by_role("button", name="Sync this page now").click()
        expect(page.get_by_text("The post has come anew from Notion").first).to_be_visible()
        keep(page, f"editor-synced-{any_desk.wordpress.version}")
        any_desk.until_post_says(post_id, "And back in time.")


def test_a_translation_in_the_plugins_own_folder_is_used(any_desk, tmp_path):
    words = tmp_path / "de.po"
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
    words.write_text(f'{head}\nmsgid "Sync now"\nmsgstr "Jetzt abgleichen"\n')
    languages = any_desk.wordpress.site / "wp-content/plugins" / PLUGIN.name / "languages"
    mo = languages / "notion-sidecar-de_DE.mo"
    german = any_desk.wordpress.site / "wp-content/mu-plugins/german.php"
    subprocess.run(["msgfmt", "-o", str(mo), str(words)], check=True)
    german.write_text("<?php add_filter('locale', fn() => 'de_DE');")
    try:
        assert any_desk.wordpress.php("return __('Sync now', 'notion-sidecar');") == "Jetzt abgleichen"
    finally:
        german.unlink()
        mo.unlink()

"""A network of two sites: the plugin comes to both at once, each has its own sidecar, and both are left clean."""

import shutil
import tempfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.plugin.desk import PATIENCE, PLUGIN, TOKEN, Desk, keep, settings, state, type_settings
from tests.plugin.stand_in import PAGE, Sidecar
from tests.stage.notion import NotionStandIn
from tests.stage.service import Processes, until
from tests.stage.wordpress import WordPress

NETWORK = """
    define('WP_ALLOW_MULTISITE', true);
    require_once ABSPATH . 'wp-admin/includes/upgrade.php';
    require_once ABSPATH . 'wp-admin/includes/network.php';
    foreach ($GLOBALS['wpdb']->tables('ms_global') as $name => $table) { $GLOBALS['wpdb']->$name = $table; }
    install_network();
    return populate_network(1, 'HOST', 'admin@example.test', 'Network', '/', false);
"""
OF_A_NETWORK = """
define('MULTISITE', true); define('SUBDOMAIN_INSTALL', false); define('DOMAIN_CURRENT_SITE', 'HOST');
define('PATH_CURRENT_SITE', '/'); define('SITE_ID_CURRENT_SITE', 1); define('BLOG_ID_CURRENT_SITE', 1);
"""
SECOND = """
    $editor = get_user_by('login', 'editor')->ID;
    add_user_to_blog(wpmu_create_blog('HOST', '/second/', 'Second', 1), $editor, 'editor');
    WP_Application_Passwords::create_new_application_password($editor, array('name' => 'of the network'));
    return get_site(2)->path;
"""
"""A password of before the network does only when there is one of the network: WordPress counts them anew."""
LEFT = """
    $left = array();
    foreach (array(1, 2) as $site) {
        switch_to_blog($site);
        global $wpdb;
        $left[] = array(
            $wpdb->get_col("SELECT option_name FROM $wpdb->options WHERE option_name LIKE '%notion_sidecar%'"),
            $wpdb->get_col("SELECT DISTINCT meta_key FROM $wpdb->postmeta WHERE meta_key LIKE '%notion%'"),
            wp_list_pluck(get_posts(array('meta_key' => 'notion_page_id')), 'post_title'),
        );
        restore_current_blog();
    }
    return $left;
"""


@pytest.fixture(scope="module")
def network():
    with WordPress("newest") as wordpress:
        host = wordpress.url.removeprefix("http://")
        assert wordpress.php(NETWORK.replace("HOST", host)) is True
        config = wordpress.site / "wp-config.php"
        config.write_text(config.read_text().replace("<?php", "<?php" + OF_A_NETWORK.replace("HOST", host), 1))
        assert wordpress.php(SECOND.replace("HOST", host)) == "/second/"
        shutil.copytree(PLUGIN, wordpress.site / "wp-content/plugins" / PLUGIN.name)
        yield wordpress


def test_each_site_has_its_own_sidecar_and_all_are_taken_away(browser, network):
    first, second = f"{network.url}/wp-admin", f"{network.url}/second/wp-admin"
    ours = "options-general.php?page=notion-sidecar"
    with (
        tempfile.TemporaryDirectory(prefix="sidecar-network-") as folder,
        NotionStandIn() as notion,
        Processes(Path(folder), settings(network, notion, folder) | {"WP_URL": f"{network.url}/second"}) as service,
        Sidecar() as other,
        Desk(network, notion, service).window(browser) as page,
    ):
        service.start("service", "up")
        desk = Desk(network, notion, service)
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"{first}/network/plugins.php")
        page.get_by_role("link", name="Network Activate Notion Sidecar").click()
        expect(page.get_by_role("link", name="Network Deactivate Notion Sidecar")).to_be_visible()

        page.goto(f"{first}/{ours}")
        type_settings(page, other.url, "token-of-the-first")
        page.goto(f"{second}/{ours}")
        expect(page.get_by_label("Address of the sidecar")).to_have_value("")
        until(service.is_up, PATIENCE, "the service is up")
        type_settings(page, service.url, TOKEN)
        page.get_by_role("button", name="Test connection").click()
        reached = "The sidecar reaches this site: XML-RPC and its application password work"
        expect(page.locator("#notion-sidecar-verdict")).to_contain_text(reached)
        wanted = desk.page("Tides of the second")
        page.get_by_role("link", name="Sync now").click()
        expect(page.locator("#notion-sidecar-progress")).to_contain_text("Finished. Published: 1")
        keep(page, "network-settings", full_page=True)
        page.goto(f"{second}/edit.php")
        post = int(page.locator(".notion-sidecar-state").get_attribute("data-post"))
        expect(state(page, post)).to_contain_text("Up to date")
        keep(page, "network-posts")
        assert notion.status(wanted) == "Done"
        assert {token for _, _, token in other.asked} == {"Bearer token-of-the-first"}
        asked = len(other.asked)

        page.goto(f"{first}/edit.php")
        assert page.locator(".column-notion-sidecar").count() == 0
        network.php(
            f"$id = wp_insert_post(array('post_title' => 'Of the first', 'post_status' => 'publish'));"
            f"return update_post_meta($id, '_notion_page_id', '{PAGE}');"
        )
        page.goto(f"{first}/{ours}")
        page.get_by_role("link", name="Sync now").click()
        expect(page.locator("#notion-sidecar-progress")).to_contain_text("Finished")
        assert ("POST", "/sync", "Bearer token-of-the-first") in other.asked[asked:]

        page.goto(f"{first}/network/plugins.php")
        with page.expect_navigation():  # the script that deletes without asking on a page of its own is there then
            page.get_by_role("link", name="Network Deactivate Notion Sidecar").click()
        page.get_by_role("link", name="Delete Notion Sidecar").click()
        expect(page.locator("tr.deleted, .plugin-deleted-tr").first).to_be_visible()
    posts = [["Of the first"], ["Tides of the second"]]
    assert network.php(LEFT) == [[[], ["notion_page_id"], titles] for titles in posts]

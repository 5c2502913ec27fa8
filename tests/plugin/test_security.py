"""Who may do what in the plugin, and what becomes of hostile words from the sidecar's side."""

import re

import pytest
from playwright.sync_api import expect

from tests.plugin.desk import PLUGIN, TOKEN, Desk, open_panel
from tests.plugin.stand_in import EVIL, PAGE, Sidecar
from tests.plugin.visitor import ROUTES, Visitor
from tests.stage.wordpress import WordPress


@pytest.fixture(scope="module")
def wordpress():
    with WordPress("newest", plugins=[PLUGIN]) as wordpress:
        yield wordpress


@pytest.fixture
def sidecar(wordpress):
    with Sidecar() as sidecar:
        values = f"array('url' => '{sidecar.url}', 'token' => '{TOKEN}', 'styles' => true)"
        wordpress.php(f"\\NotionSidecar\\save_options({values}); delete_transient('notion_sidecar_down');")
        yield sidecar


@pytest.fixture(scope="module")
def posts(wordpress):
    """The editor's post from Notion, and the author's."""
    return wordpress.php(f"""
        $made = array();
        foreach (array('editor', 'author') as $name) {{
            $id = wp_insert_post(array('post_title' => "Of the $name", 'post_status' => 'publish',
                'post_content' => 'x', 'post_author' => get_user_by('login', $name)->ID));
            update_post_meta($id, 'notion_page_id', '{PAGE}');
            $made[$name] = $id;
        }}
        return $made;
    """)


@pytest.fixture(scope="module")
def visitors(wordpress):
    return {login: Visitor(wordpress, login) for login in ("", *wordpress.users)}


@pytest.mark.parametrize(("method", "path", "may"), ROUTES, ids=[f"{method} {path}" for method, path, _ in ROUTES])
def test_a_route_is_for_who_may_and_means_it(wordpress, visitors, posts, sidecar, method, path, may):
    path = path.format(**posts)
    for login, visitor in visitors.items():
        nonce = visitor.nonce() if login else "0"
        answer = visitor.ask(method, path, nonce if login else None)
        assert (answer.status_code == 200) == (login in may), (login, answer.status_code, answer.text[:200])
        if login not in may:
            assert answer.status_code in (401, 403)
            assert sidecar.asked == []
            continue
        sidecar.asked.clear()
        assert visitor.ask(method, path, None).status_code == 401, "no nonce"
        assert visitor.ask(method, path, "0123456789").status_code == 403, "a wrong nonce"
        assert sidecar.asked == []


def test_the_state_of_a_post_is_told_to_who_may_edit_it(visitors, posts, sidecar):
    ids = ",".join(str(post) for post in posts.values())
    author = visitors["author"].ask("GET", f"/posts?ids={ids}", visitors["author"].nonce()).json()
    assert [post["id"] for post in author["posts"]] == [posts["author"]]
    contributor = visitors["contributor"].ask("GET", f"/posts?ids={ids}", visitors["contributor"].nonce()).json()
    assert contributor["posts"] == []


def test_settings_are_stored_for_administrators_who_mean_it(wordpress, visitors, sidecar):
    typed = {"action": "notion_sidecar_save", "url": "http://127.0.0.1:1", "token": "stolen"}
    right = visitors["admin"].field_nonce()
    for login, visitor in visitors.items():
        for nonce in ({}, {"_wpnonce": "0123456789"}, {"_wpnonce": right}):
            if (login, nonce) != ("admin", {"_wpnonce": right}):
                answer = visitor.send(**typed, **nonce)
                assert answer.status_code in (302, 400, 403), login
    assert wordpress.php("return \\NotionSidecar\\options();")["token"] == TOKEN
    crooked = {"action": "notion_sidecar_save", "url[]": "x", "token[]": "x", "_wpnonce": right}
    assert visitors["admin"].send(**crooked).status_code == 302
    assert wordpress.php("return \\NotionSidecar\\options();")["token"] == TOKEN
    assert visitors["admin"].send(**typed, _wpnonce=right).status_code == 302
    assert wordpress.php("return \\NotionSidecar\\options();")["token"] == "stolen"


def test_the_link_that_syncs_is_for_who_may_and_for_its_own_post(visitors, posts, sidecar):
    page = visitors["editor"].page("wp-admin/edit.php").text.replace("&amp;", "&").replace("&#038;", "&")
    right = re.search(rf"admin-post\.php\?action=notion_sidecar_sync&post={posts['editor']}&_wpnonce=(\w+)", page)[1]
    wrong = [
        {"post": posts["author"], "_wpnonce": right},
        {"_wpnonce": right},
        {"post": posts["editor"]},
        {"post": posts["editor"], "_wpnonce": "0123456789"},
    ]
    for fields in wrong:
        assert visitors["editor"].send(action="notion_sidecar_sync", **fields).status_code == 403
    for login in ("", "subscriber", "contributor", "author"):
        answer = visitors[login].send(action="notion_sidecar_sync", post=posts["editor"], _wpnonce=right)
        assert answer.status_code in (302, 400, 403)
    assert [path for _, path, _ in sidecar.asked if path == "/sync"] == []
    answer = visitors["editor"].send(action="notion_sidecar_sync", post=posts["editor"], _wpnonce=right)
    assert answer.status_code == 302
    assert [path for _, path, _ in sidecar.asked] == ["/sync"]


def test_the_token_is_in_no_page_and_goes_to_the_sidecar_alone(wordpress, visitors, posts, sidecar):
    admin = visitors["admin"]
    paths = [
        "wp-admin/",
        "wp-admin/options-general.php?page=notion-sidecar",
        "wp-admin/options.php",
        "wp-admin/edit.php",
        f"wp-admin/post.php?post={posts['editor']}&action=edit",
        "wp-admin/plugins.php",
        "wp-admin/site-health.php?tab=debug",
        "wp-json/wp/v2/settings",
        "wp-json/notion-sidecar/v1",
        f"?p={posts['editor']}",
    ]
    for path in paths:
        answer = admin.page(path)
        assert TOKEN not in answer.text, path
    for method, path, _ in ROUTES:
        answer = admin.ask(method, path.format(**posts), admin.nonce())
        assert TOKEN not in answer.text + str(answer.headers), path
    assert {authorization for _, _, authorization in sidecar.asked} == {f"Bearer {TOKEN}"}
    with Sidecar() as elsewhere:
        sidecar.redirect = f"{elsewhere.url}/jobs"
        answer = admin.ask("GET", "/jobs", admin.nonce())
        assert (answer.status_code, elsewhere.asked) == (502, [])
        assert "leads on to" in answer.json()["message"]


def test_a_page_for_readers_asks_nobody(visitors, posts, sidecar):
    for path in ("", f"?p={posts['editor']}", "feed/", "wp-admin/", "wp-admin/edit.php"):
        assert visitors["admin"].page(path).status_code == 200
    assert sidecar.asked == []


def test_words_of_the_sidecar_are_text_on_every_screen(browser, wordpress, posts, sidecar):
    desk = Desk(wordpress, None, None)
    classic = wordpress.site / "wp-content/mu-plugins/classic.php"
    post = f"post.php?post={posts['editor']}&action=edit"
    with desk.window(browser) as page:
        desk.settings(page)
        expect(page.locator("#notion-sidecar-list")).to_contain_text(EVIL)
        page.get_by_role("link", name="Sync now").click()
        expect(page.locator("#notion-sidecar-progress")).to_contain_text(EVIL)
        page.get_by_role("button", name="Test connection").click()
        expect(page.locator("#notion-sidecar-verdict")).to_contain_text(EVIL)
        assert page.locator("a[href^='javascript:window']").count() == 0
        assert page.evaluate("window.owned") is None
        desk.admin(page, "edit.php")
        expect(page.locator(f"#post-{posts['editor']} .notion-sidecar-state")).to_contain_text("with notes")
        assert page.evaluate("window.owned") is None
        desk.admin(page, post)
        expect(open_panel(page)).to_contain_text(EVIL)
        assert page.evaluate("window.owned") is None
        classic.write_text("<?php add_filter('use_block_editor_for_post', '__return_false');")
        try:
            desk.admin(page, post)
            expect(page.locator("#notion-sidecar.postbox")).to_contain_text(EVIL)
            assert page.evaluate("window.owned") is None
        finally:
            classic.unlink()


def test_a_title_of_a_post_is_text_in_what_we_print(wordpress, posts):
    """What is stored on a post may come from a sidecar of long ago, or from somebody who may write fields."""
    shown = wordpress.php(f"""
        update_post_meta({posts["editor"]}, '_notion_outcome', wp_slash(wp_json_encode(array('status' => 'Failed',
            'error' => '<script>1</script>', 'at' => 5, 'warnings' => array(array('message' => '<b>'))))));
        update_post_meta({posts["editor"]}, '_notion_status', '<script>');
        require_once ABSPATH . 'wp-admin/includes/template.php';
        ob_start();
        \\NotionSidecar\\meta_box(get_post({posts["editor"]}));
        return ob_get_clean();
    """)
    assert "&lt;script&gt;1&lt;/script&gt;" in shown
    assert "<script>" not in shown
    assert "<b>" not in shown

"""Posts from Notion in the list and in the classic editor, in a real browser beside a real sidecar; and how they look
to readers. The block editor is in test_at_home.py."""

import contextlib

import pytest
from playwright.sync_api import expect

from tests.plugin.desk import BLOCKS, RADIUS, keep, state
from tests.stage.notion import build as b


@pytest.fixture(scope="module")
def guide(desk):
    """A post from Notion and one that is not."""
    desk.set_up()
    desk.wordpress.php("return wp_insert_post(array('post_title' => 'Ours alone', 'post_status' => 'publish'));")
    page = desk.page("Walking to the island", *BLOCKS)
    desk.wordpress.php("return \\NotionSidecar\\start_sync();")
    return page, desk.post_of(page)


def ours(desk):
    return desk.wordpress.php("return get_posts(array('title' => 'Ours alone'))[0]->ID;")


def test_the_list_shows_how_posts_stand_filters_them_and_syncs_one(browser, desk, guide):
    page_id, post_id = guide
    with desk.window(browser) as page:
        desk.admin(page, "edit.php")
        expect(state(page, post_id)).to_contain_text("Up to date")
        expect(state(page, post_id)).to_contain_text("ago")
        expect(page.get_by_role("row", name="Ours alone").first).to_contain_text("Not from Notion")
        desk.wordpress.php(f"return wp_update_post(array('ID' => {post_id}, 'post_title' => 'Walking there'));")
        desk.admin(page, "edit.php?notion=Edited")
        expect(state(page, post_id)).to_contain_text("Edited here since")
        expect(page.get_by_text("Ours alone")).to_have_count(0)
        desk.admin(page, "edit.php?notion=none")
        expect(page.get_by_text("Ours alone").first).to_be_visible()
        expect(page.locator(f"#post-{post_id}")).to_have_count(0)

        desk.notion.content.replace_blocks(page_id, [*BLOCKS, b.paragraph("Mind the mud.")])
        desk.admin(page, "edit.php?notion=any")
        row = page.locator(f"#post-{post_id}")
        row.hover()
        row.get_by_role("link", name="Sync from Notion").click()
        expect(state(page, post_id)).to_contain_text("Edited on both sides")
        row.hover()
        keep(page, "list")
        desk.admin(page, "edit.php?notion=Conflict")
        expect(state(page, post_id)).to_be_visible()

        desk.wordpress.php(f"return wp_update_post(array('ID' => {post_id}, 'post_title' => 'Walking to the island'));")
        desk.notion.set_status(page_id, "Adding")
        desk.admin(page, "edit.php")
        row = page.locator(f"#post-{post_id}")
        row.hover()
        row.get_by_role("link", name="Sync from Notion").click()
        expect(state(page, post_id)).to_contain_text("Up to date")


def test_the_classic_editor_has_a_box(browser, desk, guide):
    _, post_id = guide
    classic = desk.wordpress.site / "wp-content/mu-plugins/classic.php"
    classic.write_text("<?php add_filter('use_block_editor_for_post', '__return_false');")
    try:
        with desk.window(browser) as page:
            desk.admin(page, f"post.php?post={post_id}&action=edit")
            box = page.locator("#notion-sidecar.postbox")
            expect(box).to_contain_text("Up to date")
            expect(page.get_by_text("This post is written in Notion; edits here").first).to_be_visible()
            keep(page, "classic")
            box.get_by_role("link", name="Sync this page now").click()
            expect(box).to_contain_text("Load this page again before you edit")
    finally:
        classic.unlink()


def test_a_post_that_is_ours_alone_is_left_alone(browser, desk, guide):
    with desk.window(browser) as page:
        desk.admin(page, f"post.php?post={ours(desk)}&action=edit")
        page.wait_for_function("window.wp?.data?.select('core/editor')?.getCurrentPostId() > 0")
        assert "notion-sidecar-editor" not in page.content()


FAINT = """() => {
    const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
    const light = ([r, g, b]) => [r, g, b]
        .map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = element => {
        for (let e = element; e; e = e.parentElement) {
            const colour = rgb(getComputedStyle(e).backgroundColor);
            if (colour.length === 3 || colour[3] > 0.5) return colour;
        }
        return [255, 255, 255];
    };
    const words = '.notion-callout p, .notion-card p, .notion-card a, .notion-todo li';
    return [...document.querySelectorAll(words)].filter(e => {
        const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
        return (a + 0.05) / (b + 0.05) < 4.5;
    }).map(e => e.textContent);
}"""
"""What a reader could hardly tell from what is behind it: WCAG 2.2, 1.4.3."""

MIRRORED = """() => {
    const item = document.querySelector('.notion-todo > li');
    const sides = () => [getComputedStyle(item).paddingLeft, getComputedStyle(item).paddingRight];
    const [left, right] = sides();
    document.documentElement.dir = 'rtl';
    const mirrored = sides();
    document.documentElement.dir = 'ltr';
    return left !== '0px' && String(mirrored) === String([right, left]);
}"""
"""Whether lines of a to-do begin under its text also where people write from right to left."""

LOOKS = {
    "a block theme": "",
    "a dark block theme": "<style>:root,body{--wp--preset--color--base:#16181a;--wp--preset--color--contrast:#eceff1}"
    "body{background:#16181a!important;color:#eceff1!important}</style>",
    "a classic theme": "<style>body{font:18px/1.6 Georgia,serif;max-width:40em;margin:2em auto}</style>",
}
BEHIND = {
    "a block theme": "rgb(255, 255, 255)",
    "a dark block theme": "rgb(22, 24, 26)",
    "a classic theme": "rgba(0, 0, 0, 0)",
}
CLASSIC = """<?php /* A theme of before there were blocks. */ ?><!DOCTYPE html>
<html><head><meta name="viewport" content="width=device-width"><?php wp_head(); ?></head><body <?php body_class(); ?>>
<?php while (have_posts()) { the_post(); the_title('<h1>', '</h1>'); the_content(); } wp_footer(); ?></body></html>"""


@contextlib.contextmanager
def wearing(wordpress, look):
    """The site in another look, without the emoji that would come from elsewhere."""
    theme = wordpress.site / "wp-content/themes/plain"
    # A name for each look: PHP goes on with what it has compiled under a name for some seconds.
    extra = wordpress.site / "wp-content/mu-plugins" / f"{look.replace(' ', '-')}.php"
    theme.mkdir(exist_ok=True)
    (theme / "style.css").write_text("/* Theme Name: Plain */")
    (theme / "index.php").write_text(CLASSIC)
    extra.write_text(
        f"<?php add_action('wp_head', fn() => print('{LOOKS[look]}'));"
        "add_action('init', fn() => remove_action('wp_head', 'print_emoji_detection_script', 7));"
    )
    before = wordpress.php("return get_stylesheet();")
    wordpress.php(f"switch_theme('{'plain' if 'classic' in look else before}');")
    try:
        yield
    finally:
        wordpress.php(f"switch_theme('{before}'); \\NotionSidecar\\save_options(array('styles' => true));")
        extra.unlink()


@pytest.mark.parametrize("look", LOOKS)
def test_a_reader_sees_styled_blocks_until_styles_are_switched_off(browser, desk, guide, look):
    _, post_id = guide
    with wearing(desk.wordpress, look), desk.window(browser) as page:
        page.goto(f"{desk.wordpress.url}/?p={post_id}")
        assert page.evaluate(RADIUS) == 6
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == BEHIND[look]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.locator(".notion-todo").evaluate("list => getComputedStyle(list).listStyleType") == "none"
        assert page.evaluate(FAINT) == []
        keep(page, f"post-{look.replace(' ', '-')}")
        assert page.evaluate(MIRRORED)
        desk.wordpress.php("\\NotionSidecar\\save_options(array('styles' => false));")
        page.reload()
        assert page.evaluate(RADIUS) == 0


def test_a_page_without_such_blocks_is_spared_the_styles(browser, desk, guide):
    with desk.window(browser) as page:
        page.goto(f"{desk.wordpress.url}/?p={ours(desk)}")
        expect(page.get_by_text("Ours alone").first).to_be_visible()
        assert "notion-sidecar-content" not in page.content()


def test_the_filter_says_what_the_column_says(desk, guide):
    """Every state that a post can be in, once in the words of the column and once as a question to the database."""
    found = desk.wordpress.php("""
        $rows = array();
        $fields = array('_notion_status' => array('', 'Failed', 'Conflict', 'Deferred', 'Notes', 'Success'),
            '_notion_edited_here' => array('', '1'), '_notion_last_sync' => array('', '5'));
        foreach ($fields['_notion_status'] as $s) foreach ($fields['_notion_edited_here'] as $e)
            foreach ($fields['_notion_last_sync'] as $t) foreach (array('_notion_page_id', 'notion_page_id', '') as $m)
            {
                $id = wp_insert_post(array('post_title' => 'x', 'post_status' => 'private'));
                if ($m) update_post_meta($id, $m, '22222222-2222-4222-8222-222222222222');
                if ($m && $s) update_post_meta($id, '_notion_status', $s);
                if ($m && $e) update_post_meta($id, '_notion_edited_here', $e);
                if ($m && ($t || $s)) update_post_meta($id, '_notion_last_sync', 5);
                $rows[$id] = $m ? \\NotionSidecar\\state_of_post($id) : 'none';
            }
        $found = array();
        foreach (array_keys(\\NotionSidecar\\filter_choices()) as $choice) {
            if ($choice === '') continue;
            $found[$choice] = get_posts(array('post_status' => 'private', 'numberposts' => -1, 'fields' => 'ids',
                'orderby' => 'ID', 'order' => 'ASC', 'meta_query' => array(\\NotionSidecar\\chosen_query($choice))));
        }
        foreach (array_keys($rows) as $id) wp_delete_post($id, true);
        return array($rows, $found);
    """)
    rows, by_choice = found
    expected = {choice: [] for choice in by_choice}
    for post_id, shown in rows.items():
        expected["none" if shown == "none" else "any"].append(int(post_id))
        if shown not in ("none", ""):
            expected[shown].append(int(post_id))
    assert by_choice == expected
    assert all(by_choice.values())


def test_an_edit_here_is_noted_and_a_save_of_the_same_is_none(desk, guide):
    _, post_id = guide
    edit = (
        "wp_set_current_user(1); wp_update_post(array('ID' => %d, 'post_title' => '%s'));"
        " return \\NotionSidecar\\state_of_post(%d);"
    )
    assert desk.wordpress.php(edit % (post_id, "Walking to the island", post_id)) == "Success"
    assert desk.wordpress.php(edit % (post_id, "Walking there", post_id)) == "Edited"
    assert desk.wordpress.php(edit % (post_id, "Walking to the island", post_id)) == "Success"


def test_a_list_joins_the_fields_of_posts_once_however_many_there_are(desk):
    """Two joins without a name of a field make nine hundred rows of thirty fields: a list that takes ten seconds."""
    asked = desk.wordpress.php("""
        \\NotionSidecar\\has_posts_from_notion('page');
        $column = $GLOBALS['wpdb']->last_query;
        $query = new \\WP_Query(array('meta_query' => array(\\NotionSidecar\\chosen_query('any'))));
        return array($column, $query->request);
    """)
    assert [query.count("JOIN") for query in asked] == [1, 1]
    assert all("_notion_page_id" in query for query in asked)

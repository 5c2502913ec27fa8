"""Posts from Notion in the list and in the editors, in a real browser beside a real sidecar; and how they look."""

import contextlib

import pytest
from playwright.sync_api import expect

from tests.plugin.desk import keep, open_panel
from tests.stage.notion import build as b

INVALID = """(function walk(blocks) {
    return blocks.flatMap(block => [...(block.isValid ? [] : [block.name]), ...walk(block.innerBlocks)]);
})(wp.data.select('core/block-editor').getBlocks())"""
BLOCKS = [
    b.callout("Bring boots.", icon="🥾"),
    b.callout("The path floods.", icon="🌊", color="blue_background"),
    b.bookmark("https://www.example.com/tides", caption="How tides work"),
    b.to_do("Boots", checked=True),
    b.to_do("A lamp, and somebody who knows the way back along the wall when the lights of the town are out for good"),
    b.equation(r"\omega = \frac{2\pi}{T}"),
    b.paragraph("Leave two hours before low water."),
]


@pytest.fixture(scope="module")
def guide(any_desk):
    """A post from Notion and one that is not."""
    any_desk.set_up()
    any_desk.wordpress.php("return wp_insert_post(array('post_title' => 'Ours alone', 'post_status' => 'publish'));")
    page = any_desk.page("Walking to the island", *BLOCKS)
    any_desk.wordpress.php("return \\NotionSidecar\\start_sync();")
    return page, any_desk.post_of(page)


def ours(desk):
    return desk.wordpress.php("return get_posts(array('title' => 'Ours alone'))[0]->ID;")


def state(page, post_id):
    return page.locator(f'.notion-sidecar-state[data-post="{post_id}"]')


def test_the_list_shows_how_posts_stand_filters_them_and_syncs_one(browser, any_desk, guide):
    page_id, post_id = guide
    with any_desk.window(browser) as page:
        any_desk.admin(page, "edit.php")
        expect(state(page, post_id)).to_contain_text("Up to date")
        expect(state(page, post_id)).to_contain_text("ago")
        expect(page.get_by_role("row", name="Ours alone").first).to_contain_text("Not from Notion")
        any_desk.wordpress.php(f"return wp_update_post(array('ID' => {post_id}, 'post_title' => 'Walking there'));")
        any_desk.admin(page, "edit.php?notion=Edited")
        expect(state(page, post_id)).to_contain_text("Edited here since")
        expect(page.get_by_text("Ours alone")).to_have_count(0)
        any_desk.admin(page, "edit.php?notion=none")
        expect(page.get_by_text("Ours alone").first).to_be_visible()
        expect(page.locator(f"#post-{post_id}")).to_have_count(0)

        any_desk.notion.content.replace_blocks(page_id, [*BLOCKS, b.paragraph("Mind the mud.")])
        any_desk.admin(page, "edit.php?notion=any")
        row = page.locator(f"#post-{post_id}")
        row.hover()
        row.get_by_role("link", name="Sync from Notion").click()
        expect(state(page, post_id)).to_contain_text("Edited on both sides")
        row.hover()
        keep(page, f"list-{any_desk.wordpress.version}")
        any_desk.admin(page, "edit.php?notion=Conflict")
        expect(state(page, post_id)).to_be_visible()

        any_desk.wordpress.php(
            f"return wp_update_post(array('ID' => {post_id}, 'post_title' => 'Walking to the island'));"
        )
        any_desk.notion.set_status(page_id, "Adding")
        any_desk.admin(page, "edit.php")
        row = page.locator(f"#post-{post_id}")
        row.hover()
        row.get_by_role("link", name="Sync from Notion").click()
        expect(state(page, post_id)).to_contain_text("Up to date")


def test_the_block_editor_has_a_panel_and_no_invalid_block(browser, any_desk, guide):
    page_id, post_id = guide
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
        assert "And back in time." in any_desk.wordpress.php(f"return get_post({post_id})->post_content;")


def test_the_classic_editor_has_a_box(browser, any_desk, guide):
    _, post_id = guide
    classic = any_desk.wordpress.site / "wp-content/mu-plugins/classic.php"
    classic.write_text("<?php add_filter('use_block_editor_for_post', '__return_false');")
    try:
        with any_desk.window(browser) as page:
            any_desk.admin(page, f"post.php?post={post_id}&action=edit")
            box = page.locator("#notion-sidecar.postbox")
            expect(box).to_contain_text("Up to date")
            expect(page.get_by_text("This post is written in Notion; edits here").first).to_be_visible()
            keep(page, f"classic-{any_desk.wordpress.version}")
            box.get_by_role("link", name="Sync this page now").click()
            expect(box).to_contain_text("Load this page again before you edit")
    finally:
        classic.unlink()


def test_a_post_that_is_ours_alone_is_left_alone(browser, any_desk, guide):
    with any_desk.window(browser) as page:
        any_desk.admin(page, f"post.php?post={ours(any_desk)}&action=edit")
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

LOOKS = {
    "a block theme": "",
    "a dark block theme": "<style>:root,body{--wp--preset--color--base:#16181a;--wp--preset--color--contrast:#eceff1}"
    "body{background:#16181a!important;color:#eceff1!important}</style>",
    "a classic theme": "<style>body{font:18px/1.6 Georgia,serif;max-width:40em;margin:2em auto}</style>",
}
CLASSIC = """<?php /* A theme of before there were blocks. */ ?><!DOCTYPE html>
<html><head><meta name="viewport" content="width=device-width"><?php wp_head(); ?></head><body <?php body_class(); ?>>
<?php while (have_posts()) { the_post(); the_title('<h1>', '</h1>'); the_content(); } wp_footer(); ?></body></html>"""


@contextlib.contextmanager
def wearing(wordpress, look):
    """The site in another look, without the emoji that would come from elsewhere."""
    theme, extra = wordpress.site / "wp-content/themes/plain", wordpress.site / "wp-content/mu-plugins/look.php"
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
def test_a_reader_sees_styled_blocks_until_styles_are_switched_off(browser, any_desk, guide, look):
    _, post_id = guide
    radius = "document.querySelector('.notion-callout').computedStyleMap().get('border-top-left-radius').value"
    with wearing(any_desk.wordpress, look), any_desk.window(browser) as page:
        page.goto(f"{any_desk.wordpress.url}/?p={post_id}")
        assert page.evaluate(radius) == 6
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.locator(".notion-todo").evaluate("list => getComputedStyle(list).listStyleType") == "none"
        assert page.evaluate(FAINT) == []
        keep(page, f"post-{look.replace(' ', '-')}-{any_desk.wordpress.version}")
        any_desk.wordpress.php("\\NotionSidecar\\save_options(array('styles' => false));")
        page.reload()
        assert page.evaluate(radius) == 0


def test_a_page_without_such_blocks_is_spared_the_styles(browser, any_desk, guide):
    with any_desk.window(browser) as page:
        page.goto(f"{any_desk.wordpress.url}/?p={ours(any_desk)}")
        expect(page.get_by_text("Ours alone").first).to_be_visible()
        assert "notion-sidecar-content" not in page.content()


def test_the_filter_says_what_the_column_says(any_desk, guide):
    """Every state that a post can be in, once in the words of the column and once as a question to the database."""
    found = any_desk.wordpress.php("""
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


def test_an_edit_here_is_noted_and_a_save_of_the_same_is_none(any_desk, guide):
    _, post_id = guide
    edit = (
        "wp_set_current_user(1); wp_update_post(array('ID' => %d, 'post_title' => '%s'));"
        " return \\NotionSidecar\\state_of_post(%d);"
    )
    assert any_desk.wordpress.php(edit % (post_id, "Walking to the island", post_id)) == "Success"
    assert any_desk.wordpress.php(edit % (post_id, "Walking there", post_id)) == "Edited"
    assert any_desk.wordpress.php(edit % (post_id, "Walking to the island", post_id)) == "Success"

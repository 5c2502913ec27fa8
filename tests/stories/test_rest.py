"""The main job where XML-RPC is closed: the same stories over the REST API, on a real WordPress."""

import re

from sidecar.adapters.wordpress.content_marker import marker_in
from tests.stage.notion import art
from tests.stage.notion import build as b
from tests.stage.notion.magazine import fill
from tests.stage.wordpress.closed import closed
from tests.stories.magazine import by_title


def is_write(passed):
    return passed.name.startswith("POST")


def picture(magazine):
    return magazine.notion.content.add_file("boat.jpg", art.jpeg(art.landscape(4, (300, 200))))


def alternative_texts(magazine):
    return magazine.wordpress.php(
        "return array_map(fn($p) => get_post_meta($p->ID, '_wp_attachment_image_alt', true),"
        " get_posts(['numberposts' => -1, 'post_type' => 'attachment', 'post_mime_type' => 'image']));"
    )


def test_the_magazine_is_published_and_a_second_run_writes_nothing(magazine):
    ids = fill(magazine.notion.content)
    with closed(magazine.wordpress, "by filter"):
        report = magazine.sync(WP_TRANSPORT="rest", WP_POST_STATUS="publish")
        assert {outcome.title: outcome.error for outcome in report.outcomes if outcome.status != "Success"} == {}
        assert len(report.outcomes) == len(ids)
        before = magazine.posts(), magazine.library()
        assert sorted(marker_in(post["content"]) for post in before[0]) == sorted(ids.values())
        assert {post["status"] for post in before[0]} == {"publish"}
        assert all(magazine.notion.content.status(page_id) == "Done" for page_id in ids.values())
        assert "Fish soup with fennel and saffron." in alternative_texts(magazine)
        magazine.proxy.passed.clear()
        assert magazine.sync(WP_TRANSPORT="rest").outcomes == ()
        assert magazine.proxy.passed == []
        for page_id in ids.values():
            magazine.notion.content.set_status(page_id, "Adding")
        again = magazine.sync(WP_TRANSPORT="rest")
        assert {outcome.status for outcome in again.outcomes} == {"Success"}
        assert not list(filter(is_write, magazine.proxy.passed))
    assert (magazine.posts(), magazine.library()) == before


def test_auto_finds_by_itself_that_a_page_stands_before_xmlrpc(magazine):
    page = magazine.notion.content.add_page("Anyway", [b.paragraph("One"), b.image(picture(magazine), "A boat")])
    with closed(magazine.wordpress, "by a 403 page"):
        assert by_title(magazine.sync(WP_TRANSPORT="auto"))["Anyway"].status == "Success"
        magazine.proxy.passed.clear()
        magazine.notion.content.set_status(page, "Adding")
        assert by_title(magazine.sync(WP_TRANSPORT="auto"))["Anyway"].status == "Success"
        assert magazine.proxy.passed
        assert not [passed.name for passed in magazine.proxy.passed if "wp-json" not in passed.name]
    assert len(magazine.posts()) == len(magazine.library()) == 1


def test_an_edited_page_updates_its_post_and_an_edit_in_wordpress_is_a_conflict(magazine):
    content = magazine.notion.content
    page = content.add_page("Low water", [b.paragraph("One")])
    magazine.sync(WP_TRANSPORT="rest", WP_POST_STATUS="publish")
    content.edit(page, title="High water", blocks=[b.paragraph("Two")])
    content.set_status(page, "Adding")
    assert by_title(magazine.sync(WP_TRANSPORT="rest"))["High water"].action == "update"
    (post,) = magazine.posts()
    assert (post["title"], post["status"], marker_in(post["content"])) == ("High water", "publish", page)
    assert re.sub(r" \{.*?\} ", " ", post["content"]) == "<!-- wp:paragraph -->\n<p>Two</p>\n<!-- /wp:paragraph -->"
    magazine.wordpress.php(f"return wp_update_post(['ID' => {post['id']}, 'post_title' => 'By hand']);")
    content.set_status(page, "Adding")
    assert [outcome.status for outcome in magazine.sync(WP_TRANSPORT="rest").outcomes] == ["Conflict"]
    # Over XML-RPC it is the same post in the same state: no second conflict comes of the change.
    content.set_status(page, "Adding")
    assert by_title(magazine.sync())["High water"].status == "Success"
    assert [post["title"] for post in magazine.posts()] == ["High water"]


def test_answers_that_are_lost_cost_no_second_post_and_no_second_picture(magazine):
    magazine.notion.content.add_page("Lost", [b.paragraph("One"), b.image(picture(magazine), "A boat")])
    magazine.proxy.spoil("POST .*/posts", "lost reply")
    magazine.proxy.spoil("POST .*/media", "lost reply")
    report = magazine.sync(WP_TRANSPORT="rest")
    assert by_title(report)["Lost"].status == "Success"
    assert len(magazine.posts()) == len(magazine.library()) == 1


def test_a_ledger_that_was_lost_finds_its_posts_again(magazine, tmp_path):
    page = magazine.notion.content.add_page("Known", [b.paragraph("One")])
    magazine.sync(WP_TRANSPORT="rest")
    magazine.notion.content.set_status(page, "Adding")
    report = magazine.sync(WP_TRANSPORT="rest", DATABASE_URL=f"sqlite:///{tmp_path}/new.db")
    assert by_title(report)["Known"].status == "Success"
    assert len(magazine.posts()) == 1

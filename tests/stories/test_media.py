"""The media library over the life of a page, told on a real WordPress: how many items, and what is said of them."""

from __future__ import annotations

import xmlrpc.client
from typing import Any

import pytest
import requests
from PIL import Image

from tests.deploy.fronts import nginx
from tests.stage.notion import art
from tests.stage.notion import build as b
from tests.stories.magazine import Magazine

WRITES = {"wp.uploadFile", "wp.editPost", "wp.newPost", "wp.deletePost"}
ALT = "Two boats lie dry on the mud"


def picture(magazine: Magazine, name: str, seed: int = 1) -> str:
    return magazine.notion.add_file(name, art.jpeg(art.landscape(seed, (120, 80))))


def again(magazine: Magazine, page: str, **more: Any) -> set[str]:
    """What WordPress was told when a page is published once more."""
    magazine.proxy.passed.clear()
    magazine.notion.downloads.clear()
    magazine.notion.set_status(page, "Adding")
    assert magazine.sync(**more).status == "Completed"
    return {passed.name for passed in magazine.proxy.passed} & WRITES


def words(item: dict[str, Any]) -> tuple[str, str, str]:
    return item["title"], item["caption"], item["description"]


def test_each_item_has_title_caption_and_description_and_an_edited_caption_uploads_nothing(magazine: Magazine) -> None:
    name = picture(magazine, "IMG_0042.jpg")
    page = magazine.notion.add_page("Low water", [b.image(name, f"The <old> harbour\nalt: {ALT}")])
    magazine.sync()
    (item,) = magazine.library()
    file = item["url"].rpartition("/")[2]
    assert file.startswith("the-old-harbour-")
    assert words(item) == ("The &lt;old&gt; harbour", "The &lt;old&gt; harbour", f"{ALT}\n\n{file}")
    assert again(magazine, page) == set()
    magazine.notion.edit(page, blocks=[b.image(name, f"The harbour at dusk\nalt: {ALT}")])
    assert again(magazine, page) == {"wp.editPost"}
    assert magazine.notion.downloads == []
    (item,) = magazine.library()
    assert words(item) == ("The harbour at dusk", "The harbour at dusk", f"{ALT}\n\n{file}")
    assert again(magazine, page) == set()


def test_the_library_holds_exactly_the_pictures_that_were_sent_whatever_a_page_goes_through(magazine: Magazine) -> None:
    one, two, three = (picture(magazine, f"{word}.jpg", seed) for seed, word in enumerate(("one", "two", "three"), 1))
    page = magazine.notion.add_page("Low water", [b.image(one, "One"), b.image(two, "Two")], cover=one)
    assert magazine.sync().metrics.media_uploaded == 2
    sent = [item["id"] for item in magazine.library()]
    assert len(sent) == 2

    def counts() -> tuple[list[int], int, int]:
        """The items, how many of them were sent by the last run, and how many files were fetched for it."""
        fetched = len(magazine.notion.downloads)
        return [item["id"] for item in magazine.library()], magazine.reports[-1].metrics.media_uploaded, fetched

    assert again(magazine, page) == set()
    assert counts() == (sent, 0, 0)
    magazine.notion.edit(page, blocks=[b.image(one, "One, at dusk"), b.image(two, "Two")])
    again(magazine, page)
    assert counts() == (sent, 0, 0)
    magazine.notion.edit(page, blocks=[b.image(one, "One, at dusk"), b.image(three, "Three")])
    again(magazine, page)
    ids, *work = counts()
    assert (ids[:2], len(ids), work) == (sent, 3, [1, 1])
    # The same picture under nine more names, as it is when somebody uploads it to Notion again and again.
    copies = [picture(magazine, f"copy {number}.jpg", 3) for number in range(9)]
    for number, name in enumerate(copies):
        magazine.notion.add_page(f"Page {number}", [b.image(name, f"Caption {number}")])
    magazine.notion.downloads.clear()
    assert magazine.sync().status == "Completed"
    assert counts() == (ids, 0, 9)
    shown = {item["id"]: item["url"] for item in magazine.library()}[ids[2]]
    assert [post["content"].count(shown) for post in magazine.posts()] == [1] * 10


def test_what_somebody_writes_in_the_library_stays_until_the_page_says_something_new(magazine: Magazine) -> None:
    name = picture(magazine, "pier.jpg")
    page = magazine.notion.add_page("Low water", [b.image(name, "The pier")])
    magazine.sync()
    (item,) = magazine.library()
    by_hand = "'post_title' => 'By hand', 'post_content' => 'Mine'"
    magazine.wordpress.php(f"return wp_update_post(['ID' => {item['id']}, {by_hand}]);")
    assert again(magazine, page) == set()
    magazine.notion.edit(page, blocks=[b.image(name, f"The pier\nalt: {ALT}")])
    again(magazine, page)
    (item,) = magazine.library()
    assert (item["title"], item["caption"], item["description"].partition("\n")[0]) == ("By hand", "The pier", ALT)


def test_one_picture_in_ten_pages_is_one_item_in_the_words_of_the_first(magazine: Magazine) -> None:
    name = picture(magazine, "pier.jpg")
    first = magazine.notion.add_page("Page 0", [b.image(name, "Caption 0")])
    magazine.sync()
    pages = [magazine.notion.add_page(f"Page {n}", [b.image(name, f"Caption {n}")]) for n in range(1, 10)]
    assert magazine.sync().metrics.media_uploaded == 0
    (item,) = magazine.library()
    assert item["caption"] == "Caption 0"
    magazine.notion.edit(pages[3], blocks=[b.image(name, "Another")])
    again(magazine, pages[3])
    (item,) = magazine.library()
    assert item["caption"] == "Caption 0"
    magazine.notion.edit(first, blocks=[b.paragraph("No picture any more")])
    again(magazine, first)
    (next_one,) = [page for page in pages if again(magazine, page)]
    (item,) = magazine.library()
    assert item["caption"] in {f"Caption {pages.index(next_one) + 1}", "Another"}
    assert {words for page in pages for words in again(magazine, page)} == set()


def test_a_lost_ledger_uploads_nothing_again_though_captions_and_names_have_changed(
    magazine: Magazine, tmp_path: Any
) -> None:
    name = picture(magazine, "pier.jpg")
    page = magazine.notion.add_page("Low water", [b.image(name, "The pier")])
    magazine.proxy.spoil("rest_route=/wp/v2/media", "answer", status=403, times=99)  # as security plugins do
    magazine.sync()
    for path in tmp_path.glob("ledger.db*"):
        path.unlink()
    magazine.notion.edit(page, blocks=[b.image(name, "The pier in winter")])
    again(magazine, page)
    (item,) = magazine.library()
    assert item["caption"] == "The pier in winter"


@pytest.mark.parametrize("caption", ["The pier", "The pier in winter"], ids=["same words", "new words"])
def test_an_item_that_was_deleted_in_wordpress_is_uploaded_again(magazine: Magazine, caption: str) -> None:
    name = picture(magazine, "pier.jpg")
    page = magazine.notion.add_page("Low water", [b.image(name, "The pier")])
    magazine.sync()
    (item,) = magazine.library()
    magazine.wordpress.php(f"wp_delete_attachment({item['id']}, true); return 1;")
    magazine.notion.edit(page, blocks=[b.image(name, caption)])
    again(magazine, page)
    (new,) = magazine.library()
    (post,) = magazine.posts()
    assert new["url"] in post["content"]
    assert f"wp-image-{new['id']}" in post["content"]


def test_words_that_the_library_does_not_take_are_a_note(magazine: Magazine) -> None:
    magazine.notion.add_page("Low water", [b.image(picture(magazine, "pier.jpg"), "The pier")])
    no = xmlrpc.client.dumps(xmlrpc.client.Fault(401, "Sorry, you are not allowed to edit this post."))
    magazine.proxy.spoil("^wp.editPost$", "answer", status=200, body=no.encode(), headers={"Content-Type": "text/xml"})
    report = magazine.sync()
    (outcome,) = report.outcomes
    assert outcome.status == "Success"
    assert "media library did not take" in outcome.warnings[0].message


@pytest.mark.parametrize("caption", ["", "pier " * 40])
def test_a_title_is_the_files_name_or_a_short_form_of_the_caption(magazine: Magazine, caption: str) -> None:
    magazine.notion.add_page("Low water", [b.image(picture(magazine, "Pier, east.jpg"), caption)])
    magazine.sync()
    (item,) = magazine.library()
    assert item["title"] == (f"{' '.join(['pier'] * 15)} pier…" if caption else "Pier, east")


# --- the featured image ------------------------------------------------------------------------------------


def featured(magazine: Magazine, name: str) -> str:
    """The address of the item that was made of a file."""
    return next((item["url"] for item in magazine.library() if name in item["url"]), "")


def test_a_featured_image_that_was_replaced_leaves_the_library_unless_something_else_uses_it(
    magazine: Magazine,
) -> None:
    names = [picture(magazine, f"{word}.jpg", seed) for seed, word in enumerate(("one", "two", "three", "four"), 1)]
    page = magazine.notion.add_page("Low water", [b.paragraph("x")], cover=names[0])
    magazine.sync()
    magazine.notion.edit(page, cover=names[1])
    assert "wp.deletePost" in again(magazine, page)
    assert [featured(magazine, word) != "" for word in ("one", "two")] == [False, True]
    # In the text of somebody's post.
    show = f"'post_content' => '<img src=\"{featured(magazine, 'two').replace('.jpg', '-300x200.jpg')}\">'"
    other = f"wp_insert_post(['post_type' => 'page', 'post_status' => 'draft', 'post_title' => 'Theirs', {show}])"
    theirs = magazine.wordpress.php(f"return {other};")
    magazine.notion.edit(page, cover=names[2])
    assert "wp.deletePost" not in again(magazine, page)
    # The featured image of somebody's post that lies in the trash.
    (item,) = [item for item in magazine.library() if "three" in item["url"]]
    magazine.wordpress.php(
        f"wp_update_post(['ID' => {theirs}, 'post_content' => 'x']); set_post_thumbnail({theirs}, {item['id']});"
        f"wp_trash_post({theirs}); return 1;"
    )
    magazine.notion.edit(page, cover=names[3])
    assert "wp.deletePost" not in again(magazine, page)
    # In the page itself.
    magazine.notion.edit(page, cover=names[0], blocks=[b.image(names[3])])
    assert "wp.deletePost" not in again(magazine, page)
    assert [featured(magazine, word) != "" for word in ("one", "two", "three", "four")] == [True] * 4


def test_a_featured_image_that_somebody_chose_in_wordpress_stays_when_the_page_takes_its_place(
    magazine: Magazine,
) -> None:
    page = magazine.notion.add_page("Low water", [b.paragraph("x")], cover=picture(magazine, "one.jpg"))
    magazine.sync()
    with magazine.world() as world:
        theirs = world.blog.upload("theirs.jpg", art.jpeg(art.landscape(9, (60, 40))), "image/jpeg")
    (post,) = magazine.posts()
    magazine.wordpress.php(f"return set_post_thumbnail({post['id']}, {theirs.id});")
    magazine.notion.edit(page, cover=picture(magazine, "two.jpg", 2))
    again(magazine, page, ON_CONFLICT="overwrite")
    assert featured(magazine, "theirs") != ""
    assert featured(magazine, "two") != ""


# --- limits of the site ------------------------------------------------------------------------------------


def test_behind_nginx_as_it_comes_a_large_picture_is_made_to_fit_and_a_large_film_is_a_note(
    magazine: Magazine, tmp_path: Any
) -> None:
    notion = magazine.notion
    photo = art.jpeg(Image.effect_noise((1400, 1000), 90).convert("RGB"))
    assert 900_000 < len(photo) < 3_000_000
    film = b"\0\0\0\x20ftypisom" + bytes(1_500_000)
    blocks = [b.image(notion.add_file("noise.jpg", photo)), b.media("video", notion.add_file("film.mp4", film))]
    page = notion.add_page("Large", [b.paragraph("Words"), *blocks])
    with nginx("notion-sidecar", "http://127.0.0.1:9", magazine.proxy.url) as front:
        report = magazine.sync(WP_URL=front)
        magazine.sync(page, force=True, WP_URL=front)
    (outcome,) = report.outcomes
    assert outcome.status == "Success", outcome.error
    said = " ".join(warning.message for warning in outcome.warnings)
    assert "The server accepts 1.0 MB, a file of 0.8 MB." in said
    assert "client_max_body_size" in said
    assert "made smaller" in said
    assert "client_max_body_size" in notion.said(page, "WordPress Message")
    (item,) = magazine.library()
    assert (len(requests.get(item["url"], timeout=20).content) < 790_000, "noise" in item["url"]) == (True, True)
    assert "Words" in magazine.posts()[0]["content"]

"""What every `Blog` promises: the one in memory, and both adapters on WordPress 6.1 and the newest, stock; the one for
XML-RPC with the companion plugin as well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest

from sidecar.blocks import PageId
from sidecar.errors import Missing, Refused
from sidecar.model import PostId, PostState
from tests.contracts.blogs import Stand

CONTENT = "<!-- wp:paragraph -->\n<p>Words \\ with “quotes” &amp; 👩‍👩‍👧‍👦 -- <em>more</em></p>\n<!-- /wp:paragraph -->"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


def new_page() -> PageId:
    return PageId(str(uuid4()))


def draft(stand: Stand, title: str = "A title", **fields: object) -> PostState:
    return stand.blog.create(new_page(), {"post_title": title, "post_content": CONTENT, **fields})


def ids(posts: tuple[PostState, ...]) -> list[str]:
    return [post.id for post in posts]


# --- posts -----------------------------------------------------------------------------------------------


def test_a_blog_says_what_it_is(stand: Stand) -> None:
    site = stand.blog.site()
    assert site.url == stand.url
    assert site.version == stand.version
    assert (site.plugin is not None) is stand.has_plugin
    assert site.time_zone == "Europe/Lisbon"
    assert site.language == "de-DE"
    assert not site.filters, "an Editor's"
    assert not (site.takes_avif and (site.plugin is None or stand.version.startswith("6.1")))


def test_a_new_post_is_a_draft_that_carries_its_page(stand: Stand) -> None:
    page_id = new_page()
    made = stand.blog.create(page_id, {"post_title": "Tïtle & more", "post_content": CONTENT, "post_status": "publish"})
    assert (made.status, made.page_id, made.type) == ("draft", page_id, "post")
    assert made.fields["post_title"] == "Tïtle & more"
    assert made.fields["post_content"] == CONTENT
    assert stand.blog.post(made.id) == made


def test_a_post_with_no_words_at_all_is_refused_with_words(stand: Stand) -> None:
    with pytest.raises(Refused, match=r"post would be empty.*title"):
        stand.blog.create(new_page(), {"post_title": "", "post_content": " "})


def test_characters_that_xml_forbids_are_left_out(stand: Stand) -> None:
    made = draft(stand, "No\x00 vertical\x0b tab\ufffe")
    assert made.fields["post_title"] == "No vertical tab"


def test_an_update_changes_what_it_names_and_nothing_else(stand: Stand) -> None:
    made = draft(stand, "Kept")
    now = stand.blog.update(made.id, {"post_excerpt": "Short"})
    assert now.fields == {**made.fields, "post_excerpt": "Short"}
    assert (now.status, now.page_id) == ("draft", made.page_id)
    assert now.modified >= made.modified


def test_a_slug_that_is_taken_gets_a_number_and_says_so(stand: Stand) -> None:
    slug = f"tide-{uuid4().hex}"
    made = [draft(stand, "One"), draft(stand, "Another")]
    slugs = [stand.blog.update(one.id, {"post_name": slug, "post_status": "publish"}).slug for one in made]
    assert slugs == [slug, f"{slug}-2"]


def test_reading_does_not_change_the_modified_time(stand: Stand) -> None:
    made = draft(stand)
    stand.blog.scan(int(made.id) - 1)
    again = stand.blog.post(made.id)
    assert again is not None
    assert again.modified == made.modified


def test_a_published_post_has_a_link_of_its_own(stand: Stand) -> None:
    made = draft(stand, f"Link {uuid4().hex[:8]}")
    now = stand.blog.update(made.id, {"post_status": "publish"})
    assert now.status == "publish"
    assert now.link.startswith(f"{stand.url}/link-")
    assert made.link == f"{stand.url}/?p={made.id}"


def test_two_posts_of_one_title_get_two_links(stand: Stand) -> None:
    title = f"Twin {uuid4().hex[:8]}"
    first = stand.blog.update(draft(stand, title).id, {"post_status": "publish"})
    second = stand.blog.update(draft(stand, title).id, {"post_status": "publish"})
    assert second.link == first.link.rstrip("/") + "-2/"


def test_a_post_that_is_to_appear_later_is_future(stand: Stand) -> None:
    later = datetime.now(UTC) + timedelta(days=2)
    made = draft(stand)
    now = stand.blog.update(made.id, {"post_status": "publish", "post_date_gmt": later})
    assert now.status == "future"
    assert ids(stand.blog.find(made.page_id or new_page(), int(made.id) - 1).posts) == [made.id]


def test_a_time_of_another_zone_means_the_same_moment(stand: Stand) -> None:
    moment = datetime.now(timezone(timedelta(hours=9))) - timedelta(hours=5)  # by its wall clock still to come
    now = stand.blog.update(draft(stand).id, {"post_status": "publish", "post_date_gmt": moment})
    assert now.status == "publish"


def test_a_post_that_is_not_there_is_none_and_cannot_be_written(stand: Stand) -> None:
    made = draft(stand)
    stand.blog.delete(made.id)
    assert stand.blog.post(made.id) is None
    with pytest.raises(Missing):
        stand.blog.update(made.id, {"post_title": "x"})


def test_a_post_can_be_trashed_twice_and_is_still_there(stand: Stand) -> None:
    made = draft(stand)
    stand.blog.trash(made.id)
    stand.blog.trash(made.id)
    found = stand.blog.post(made.id)
    assert found is not None
    assert (found.status, found.page_id) == ("trash", made.page_id)


def test_an_edit_does_not_bring_a_post_back_from_the_trash_but_a_status_does(stand: Stand) -> None:
    made = stand.blog.update(draft(stand, f"Back {uuid4().hex[:8]}").id, {"post_status": "publish"})
    stand.blog.trash(made.id)
    assert stand.blog.update(made.id, {"post_content": CONTENT + "\n"}).status == "trash"
    now = stand.blog.update(made.id, {"post_status": "publish"})
    assert (now.status, now.link) == ("publish", made.link)


@pytest.mark.parametrize("first", ["a draft", "a trashed post"])
def test_a_deleted_post_is_gone_for_good_and_may_be_deleted_again(stand: Stand, first: str) -> None:
    made = draft(stand)
    if first == "a trashed post":
        stand.blog.trash(made.id)
    stand.blog.delete(made.id)
    stand.blog.delete(made.id)
    stand.blog.trash(made.id)
    assert stand.blog.post(made.id) is None


# --- looking for markers -----------------------------------------------------------------------------------


def test_a_scan_finds_marked_posts_of_every_status_in_order_of_id(stand: Stand) -> None:
    floor = int(draft(stand).id)
    made = [draft(stand) for _ in range(3)]
    stand.blog.trash(made[0].id)
    stand.blog.update(made[1].id, {"post_status": "private"})
    scan = stand.blog.scan(floor)
    assert ids(scan.posts) == [post.id for post in made]
    assert [post.page_id for post in scan.posts] == [post.page_id for post in made]
    assert [post.status for post in scan.posts] == ["trash", "private", "draft"]
    assert scan.newest == int(made[-1].id)


def test_posts_of_others_are_no_part_of_a_scan_but_move_its_end(stand: Stand) -> None:
    ours = draft(stand)
    theirs = stand.somebody_writes("Not ours")
    scan = stand.blog.scan(int(ours.id) - 1)
    assert ids(scan.posts) == [ours.id]
    assert scan.newest == int(theirs)


def test_a_scan_above_the_newest_post_finds_nothing_and_stays_there(stand: Stand) -> None:
    newest = stand.blog.scan(0).newest
    assert stand.blog.scan(newest).posts == ()
    assert stand.blog.scan(newest).newest == newest


def test_a_scan_from_the_beginning_goes_through_every_page_of_the_list(stand: Stand) -> None:
    oldest = draft(stand)
    stand.somebody_writes_much(27)
    newest = draft(stand)
    found = ids(stand.blog.scan(0).posts)
    assert {oldest.id, newest.id} <= set(found)
    assert found == sorted(set(found), key=int)
    assert ids(stand.blog.scan(int(oldest.id)).posts) == [newest.id]


def test_the_posts_of_a_page_are_found_by_its_id(stand: Stand) -> None:
    made = draft(stand)
    assert made.page_id is not None
    assert made.id in ids(stand.blog.find(made.page_id, int(made.id) - 1).posts)
    assert stand.blog.find(made.page_id, int(made.id)).posts == ()


def test_the_posts_of_many_pages_are_found_at_once_or_not_at_all(stand: Stand) -> None:
    trashed, made = draft(stand), draft(stand)
    stand.blog.trash(trashed.id)
    assert trashed.page_id is not None
    assert made.page_id is not None
    before = stand.blog.calls()
    found = stand.blog.find_all([made.page_id, new_page(), trashed.page_id])
    if not stand.has_plugin:
        assert found is None
        return
    assert found is not None
    assert [(one.id, one.page_id, one.status) for one in found] == [
        (trashed.id, trashed.page_id, "trash"),
        (made.id, made.page_id, "draft"),
    ]
    assert found[1].modified == made.modified
    assert found[1].link == made.link
    assert stand.blog.calls() == before + 1
    assert stand.blog.find_all([new_page()]) == ()


def test_a_post_of_somebody_else_is_signed_and_otherwise_as_it_was(stand: Stand) -> None:
    theirs, page_id = PostId(stand.somebody_writes("Taken over")), new_page()
    before = stand.blog.post(theirs)
    assert before is not None
    stand.blog.sign(theirs, page_id)
    stand.blog.sign(theirs, page_id)
    assert [(post.id, post.page_id) for post in stand.blog.scan(int(theirs) - 1).posts] == [(theirs, page_id)]
    now = stand.blog.post(theirs)
    assert now is not None
    assert (now.status, now.link, now.fields) == (before.status, before.link, before.fields)


# --- terms, people ---------------------------------------------------------------------------------------


def test_terms_are_set_by_id_and_can_be_emptied(stand: Stand) -> None:
    tag = stand.blog.create_term("post_tag", f"tag {uuid4().hex[:8]}")
    made = stand.blog.update(draft(stand).id, {"terms": {"post_tag": [tag.id]}})
    assert made.fields["terms"] == {"category": ["1"], "post_tag": [tag.id]}
    assert stand.blog.update(made.id, {"terms": {"post_tag": []}}).fields["terms"] == {"category": ["1"]}


def test_a_term_that_is_there_is_given_back(stand: Stand) -> None:
    name = f"Food & <Drink> {uuid4().hex[:8]}".replace("<", "‹").replace(">", "›")
    made = stand.blog.create_term("category", name)
    assert made.name == name
    assert stand.blog.create_term("category", name) == made
    assert made in stand.blog.terms("category")


def test_one_name_under_two_parents_is_two_terms(stand: Stand) -> None:
    word = uuid4().hex[:8]
    north, south = (stand.blog.create_term("category", f"{side} {word}") for side in ("north", "south"))
    inner = [stand.blog.create_term("category", f"news {word}", parent.id) for parent in (north, south)]
    assert inner[0].id != inner[1].id
    assert [term.parent for term in inner] == [north.id, south.id]
    assert stand.blog.create_term("category", f"news {word}", north.id) == inner[0]


def test_terms_of_a_taxonomy_that_is_not_there_are_refused(stand: Stand) -> None:
    with pytest.raises(Refused):
        stand.blog.terms("no-such-taxonomy")


def test_authors_are_listed_by_login(stand: Stand) -> None:
    assert {"admin", "editor"} <= {user.login for user in stand.blog.users()}


# --- media -----------------------------------------------------------------------------------------------


def test_an_upload_is_served_and_found_by_its_name(stand: Stand) -> None:
    name = f"pic-{uuid4().hex[:12]}.png"
    assert stand.blog.find_media(name) is None
    media = stand.blog.upload(name, PIXEL, "image/png")
    assert media.name == name
    assert stand.served(media.url) == PIXEL
    found = stand.blog.find_media(name)
    assert found is not None
    assert (found.id, found.url) == (media.id, media.url)
    assert stand.blog.library_item(media.id) == media


def test_a_large_file_arrives_byte_for_byte(stand: Stand) -> None:
    data = b"%PDF-1.4\n" + bytes(range(256)) * 2000 + b"end"
    media = stand.blog.upload(f"doc-{uuid4().hex[:12]}.pdf", data, "application/pdf")
    assert stand.served(media.url) == data


def test_a_second_upload_of_one_name_gets_another_and_the_first_is_found(stand: Stand) -> None:
    name = f"pic-{uuid4().hex[:12]}.png"
    first = stand.blog.upload(name, PIXEL, "image/png")
    second = stand.blog.upload(name, PIXEL, "image/png")
    assert second.name == name.replace(".png", "-1.png")
    found = stand.blog.find_media(name)
    assert found is not None
    assert found.id == first.id


def test_a_described_item_is_still_found_by_its_name(stand: Stand) -> None:
    name = f"pic-{uuid4().hex[:12]}.png"
    media = stand.blog.upload(name, PIXEL, "image/png")
    can_set_alt = stand.blog.describe(media.id, title="The harbour", caption="At <em>dusk</em>", alt="Boats")
    assert can_set_alt is stand.sets_alt
    found = stand.blog.find_media(name)
    assert found is not None
    assert found.id == media.id


def test_a_file_is_found_by_its_hash_whatever_its_name_was_made_of_at_first(stand: Stand) -> None:
    """Captions change, and so do the rules by which they become names."""
    word = uuid4().hex[:12]
    media = stand.blog.upload(f"image-{word}.png", PIXEL, "image/png")
    found = stand.blog.find_media(f"zhong-wen-{word}.png")
    assert found is not None
    assert (found.id, found.url) == (media.id, media.url)


def test_part_of_a_name_is_no_name(stand: Stand) -> None:
    word = uuid4().hex[:12]
    stand.blog.upload(f"pic-{word}.png", PIXEL, "image/png")
    assert stand.blog.find_media(f"{word}.png") is None
    assert stand.blog.find_media(f"pic-{word}.jpg") is None


def test_a_kind_of_file_that_wordpress_does_not_take_is_refused(stand: Stand) -> None:
    with pytest.raises(Refused, match="does not take this kind of file"):
        stand.blog.upload("evil.php", b"<?php", "application/x-php")


def test_a_picture_is_set_as_featured_and_taken_away(stand: Stand) -> None:
    media = stand.blog.upload(f"pic-{uuid4().hex[:12]}.png", PIXEL, "image/png")
    made = draft(stand, post_thumbnail=media.id)
    assert made.fields["post_thumbnail"] == media.id
    assert stand.blog.update(made.id, {"post_thumbnail": ""}).fields["post_thumbnail"] == ""


def test_an_item_is_shown_by_whichever_post_has_it_in_its_text_or_features_it(stand: Stand) -> None:
    media = stand.blog.upload(f"pic-{uuid4().hex[:12]}.png", PIXEL, "image/png")
    made = draft(stand)
    assert not stand.blog.is_shown(media)
    stand.blog.update(made.id, {"post_thumbnail": media.id})
    assert stand.blog.is_shown(media)
    stand.blog.update(made.id, {"post_thumbnail": "", "post_content": f'<img src="{media.url}">'})
    stand.blog.trash(made.id)
    assert stand.blog.is_shown(media)
    stand.blog.delete(made.id)
    assert not stand.blog.is_shown(media)


def test_a_deleted_item_is_gone_and_may_be_deleted_again(stand: Stand) -> None:
    name = f"pic-{uuid4().hex[:12]}.png"
    media = stand.blog.upload(name, PIXEL, "image/png")
    assert (stand.blog.delete_media(media.id), stand.blog.delete_media(media.id)) == (True, False)
    assert stand.blog.library_item(media.id) is None
    other = stand.blog.upload(f"pic-{uuid4().hex[:12]}.png", PIXEL, "image/png")
    assert stand.blog.there([media.id, other.id]) == {other.id: other.url}
    assert stand.blog.there([other.id]) == {other.id: other.url}
    assert stand.blog.find_media(name) is None


def test_ids_grow_over_posts_and_library_items(stand: Stand) -> None:
    post = draft(stand)
    media = stand.blog.upload(f"pic-{uuid4().hex[:12]}.png", PIXEL, "image/png")
    assert int(post.id) < int(media.id) < int(draft(stand).id)


def test_calls_are_counted(stand: Stand) -> None:
    before = stand.blog.calls()
    stand.blog.post(draft(stand).id)
    assert stand.blog.calls() >= before + 2

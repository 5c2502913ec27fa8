"""Looking for markers: every post is seen, in few questions; with the companion plugin in one."""

from __future__ import annotations

import xmlrpc.client
from typing import Any

import pytest

from sidecar.blocks import PageId
from sidecar.errors import Refused, Unavailable
from sidecar.model import MediaId, PostId
from tests.adapters.scripted_site import METHODS, PAGE, Site, fault, on, post_list

# --- looking for markers ---------------------------------------------------------------------------------------

PLUGIN_METHODS = [*METHODS, "notion_sidecar.version", "notion_sidecar.find", "notion_sidecar.upsert"]
EDITOR = {"roles": ["editor"]}


def scanned(site: Site, above: int) -> tuple[int, list[int]]:
    with on(site) as blog:
        scan = blog.scan(above)
    return scan.newest, [int(post.id) for post in scan.posts]


def test_a_look_at_the_newest_posts_is_one_question(site: Site) -> None:
    site.answers["wp.getPosts"] = post_list(list(range(1, 1000)), {990: PAGE, 995: PAGE})
    assert scanned(site, 992) == (999, [995])
    assert site.times("wp.getPosts") == 1


def test_a_thousand_posts_are_gone_through_in_few_questions(site: Site) -> None:
    marked = {number: PAGE for number in range(3, 1000, 7)}
    site.answers |= {"wp.getPosts": post_list(list(range(1, 1000)), marked), "wp.getProfile": EDITOR}
    assert scanned(site, 0) == (999, sorted(marked))
    assert site.times("wp.getPosts") <= 9


def test_posts_deleted_while_we_page_make_us_begin_again_and_none_is_missed(site: Site) -> None:
    ids = list(range(1, 200))
    listed = post_list(ids, {165: PAGE, 100: PAGE})

    def shrinking(wanted: dict[str, Any], fields: list[str]) -> Any:
        page = listed(wanted, fields)
        if len(ids) == 199:  # somebody empties the trash after our first page
            del ids[175:]
        return page

    site.answers |= {"wp.getPosts": shrinking, "wp.getProfile": EDITOR}
    assert scanned(site, 0)[1] == [100, 165]


def test_a_list_that_never_holds_still_is_given_up_for_now(site: Site) -> None:
    ids = list(range(1, 3000))
    listed = post_list(ids)

    def shrinking(wanted: dict[str, Any], fields: list[str]) -> Any:
        page = listed(wanted, fields)
        del ids[-300:]
        return page

    site.answers |= {"wp.getPosts": shrinking, "wp.getProfile": EDITOR}
    with pytest.raises(Unavailable, match="disappear"):
        scanned(site, 0)


def test_a_site_that_shows_one_page_for_ever_is_not_believed(site: Site) -> None:
    listed = post_list(list(range(1, 1000)))
    site.answers["wp.getPosts"] = lambda wanted, fields: listed({**wanted, "offset": 0}, fields)
    with pytest.raises(Refused, match="same posts again and again"):
        scanned(site, 0)


def test_a_site_that_caps_the_length_of_a_page_is_gone_through_all_the_same(site: Site) -> None:
    listed = post_list(list(range(1, 200)), {5: PAGE, 150: PAGE})
    site.answers |= {
        "wp.getPosts": lambda wanted, fields: listed({**wanted, "number": min(wanted["number"], 25)}, fields),
        "wp.getProfile": EDITOR,
    }
    assert scanned(site, 0)[1] == [5, 150]


def test_a_user_who_sees_only_own_posts_is_not_taken_in_by_a_short_page(site: Site) -> None:
    """WordPress cuts the page first, and then leaves out the posts of others."""
    own = {5: PAGE, 700: PAGE}
    listed = post_list(list(range(1, 1000)), own)
    site.answers |= {
        "wp.getPosts": lambda wanted, fields: [one for one in listed(wanted, fields) if int(one["post_id"]) in own],
        "wp.getProfile": {"roles": ["author"]},
    }
    assert scanned(site, 0)[1] == [5, 700]


# --- the companion plugin ------------------------------------------------------------------------------------


@pytest.fixture
def plugin(site: Site) -> Site:
    site.methods = list(PLUGIN_METHODS)
    row = {"post_id": "7", "post_status": "trash", "post_type": "post", "post_name": "x", "link": "https://x/?p=7"}
    site.answers |= {
        "notion_sidecar.version": {"plugin": "1.2", "wordpress": "7.1"},
        "notion_sidecar.find": lambda ids: {
            ids[0]: [{**row, "modified_gmt": xmlrpc.client.DateTime("20260102T00:00:00")}]
        },
        "wp.newPost": "41",
        "wp.editPost": True,
    }
    return site


def test_the_plugin_finds_a_page_in_one_question(plugin: Site) -> None:
    with on(plugin) as blog:
        scan = blog.find(PAGE, 5)
    assert [(post.id, post.status, post.page_id) for post in scan.posts] == [("7", "trash", PAGE)]
    assert scan.newest == 5
    assert plugin.times("wp.getPosts") == 0


def test_as_many_pages_as_the_plugin_takes_are_one_question(plugin: Site) -> None:
    asked: list[int] = []
    plugin.answers["notion_sidecar.find"] = lambda ids: asked.append(len(ids)) or []
    with on(plugin) as blog:
        assert blog.find_all([PageId(f"{number:032x}") for number in range(401)]) == ()
    assert asked == [200, 200, 1]


def test_a_plugin_that_was_switched_off_meanwhile_is_done_without(plugin: Site) -> None:
    """The site says so when its method is called; nothing was done then, and the stock way is taken."""
    plugin.answers |= {"wp.getPosts": post_list([7, 41], {41: PAGE}), "wp.getProfile": EDITOR}
    plugin.answers["wp.getOptions"] = {"software_version": {"desc": "", "readonly": True, "value": "6.8.2"}}
    with on(plugin) as blog:
        assert blog.site().plugin == "1.2"
        for name in ("version", "find", "upsert"):
            plugin.methods.remove(f"notion_sidecar.{name}")
            plugin.answers.pop(f"notion_sidecar.{name}", None)
        assert blog.create(PAGE, {"post_title": "x"}).id == "41"
        assert blog.find_all([PAGE]) is None
        assert [post.id for post in blog.find(PAGE, 5).posts] == ["41"]
        assert blog.site().plugin is None
    sent = next(given[3] for given in plugin.arguments if len(given) == 4 and "post_title" in given[3])
    assert sent["custom_fields"] == [{"key": "notion_page_id", "value": PAGE}]
    assert plugin.times("notion_sidecar.upsert") == 1
    assert plugin.times("notion_sidecar.find") == 0


def test_a_page_that_the_plugin_does_not_know_has_no_posts(plugin: Site) -> None:
    plugin.answers["notion_sidecar.find"] = []  # what PHP makes of an empty struct
    with on(plugin) as blog:
        assert blog.find(PAGE, 100).posts == ()


def test_the_plugin_creates_under_its_lock_and_marks_the_post(plugin: Site) -> None:
    plugin.answers["notion_sidecar.upsert"] = {"post_id": "41", "created": True}
    with on(plugin) as blog:
        made = blog.create(PAGE, {"post_title": "x", "post_status": "publish"})
    sent = next(given[3:] for given in plugin.arguments if len(given) == 5)
    assert sent == (PAGE, {"post_title": "x", "post_type": "post"})
    assert made.id == "41"
    assert plugin.times("wp.newPost") == 0


def test_a_page_that_another_call_writes_is_for_later(plugin: Site) -> None:
    plugin.answers["notion_sidecar.upsert"] = fault(409, "This page is being written by another call.")
    with on(plugin) as blog, pytest.raises(Unavailable) as caught:
        blog.create(PAGE, {"post_title": "x"})
    assert not caught.value.maybe_done


def test_with_the_plugin_the_alternative_text_is_set_and_not_added_a_second_time(plugin: Site) -> None:
    known = [{"id": "5", "key": "_wp_attachment_image_alt", "value": "old"}]
    plugin.answers["wp.getPost"] = lambda post_id, _fields: {"post_id": post_id, "custom_fields": known}
    with on(plugin) as blog:
        assert blog.describe(MediaId("9"), title="T", caption="C", alt="new") is True
    sent = next(given[4] for given in plugin.arguments if len(given) == 5 and "post_title" in given[4])
    assert sent["custom_fields"] == [{"id": "5", "key": "_wp_attachment_image_alt", "value": "new"}]


ALT = "_wp_attachment_image_alt"


def sent_fields(plugin: Site) -> list[Any]:
    contents = [given[-1] for given in plugin.arguments if given and isinstance(given[-1], dict)]
    return [content["custom_fields"] for content in contents if "custom_fields" in content]


def test_of_two_alternative_texts_the_first_is_ours_for_it_alone_is_shown(plugin: Site) -> None:
    """Another plugin has named the item in the moment of its upload."""
    plugin.answers["wp.uploadFile"] = {"id": "9", "file": "a.png", "url": "http://x/a.png", "type": "image/png"}
    both = [{"id": "5", "key": ALT, "value": "a.png"}, {"id": "6", "key": ALT, "value": "new"}]
    plugin.answers["wp.getPost"] = lambda post_id, _fields: {"post_id": post_id, "custom_fields": both}
    with on(plugin) as blog:
        assert blog.describe(blog.upload("a.png", b"x", "image/png").id, alt="new") is True
    assert sent_fields(plugin) == [[{"key": ALT, "value": "new"}], [{"id": "5", "key": ALT, "value": "new"}]]


def test_an_alternative_text_that_wordpress_drops_is_not_taken(plugin: Site) -> None:
    """The plugin has gone since we were told of it."""
    plugin.answers["wp.getPost"] = lambda post_id, _fields: {"post_id": post_id, "custom_fields": []}
    with on(plugin) as blog:
        assert blog.describe(MediaId("9"), title="T", alt="new") is False


def test_a_protected_field_that_wordpress_drops_is_refused(plugin: Site) -> None:
    key = "_yoast_wpseo_title"
    plugin.answers["wp.getPost"] = lambda post_id, _fields: {"post_id": post_id, "custom_fields": []}
    with on(plugin) as blog, pytest.raises(Refused, match=f"dropped {key} .*is the plugin switched on"):
        blog.update(PostId("9"), {"custom_fields": {key: "Low water", "mood": "calm"}})


def test_the_plugins_version_is_part_of_the_site(plugin: Site) -> None:
    plugin.answers["wp.getOptions"] = {"software_version": {"desc": "", "readonly": True, "value": "6.8.2"}}
    with on(plugin) as blog:
        assert blog.site().plugin == "1.2"

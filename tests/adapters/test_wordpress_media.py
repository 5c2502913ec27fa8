"""Uploads: limits in words, three at a time, found again by their names."""

from __future__ import annotations

import json
import threading
import time
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sidecar.errors import NotStored, Refused, Unavailable
from sidecar.model import MediaId
from tests.adapters.scripted_site import Answer, Site, fault, on
from tests.fakes.memory import FakeMemory

# --- uploads -----------------------------------------------------------------------------------------------

TOO_LARGE = Answer(b"<html>413 Request Entity Too Large</html>", 413)
LARGE = bytes(2_000_000)
IDS = [MediaId("7"), MediaId("8"), MediaId("9")]
THREE = "/?rest_route=/wp/v2/media&include=7,8,9&per_page=3&_fields=id,source_url"


def test_an_upload_that_is_too_large_says_what_to_raise(site: Site) -> None:
    site.answers["wp.uploadFile"] = TOO_LARGE
    with on(site) as blog, pytest.raises(Refused, match=r"film\.mp4, 2\.0 MB.*client_max_body_size.*at least 3 MB"):
        blog.upload("film.mp4", LARGE, "video/mp4")


def test_a_limit_that_was_met_is_remembered_for_a_while(site: Site) -> None:
    site.answers["wp.uploadFile"] = TOO_LARGE
    memory, now = FakeMemory(), datetime(2026, 11, 24, tzinfo=UTC)
    with on(site, memory=memory, now=lambda: now) as blog, pytest.raises(Refused):
        blog.upload("film.mp4", LARGE, "video/mp4")
    site.answers["wp.uploadFile"] = {"id": "9", "url": "https://blog.example/small.mp4", "type": "video/mp4"}
    with on(site, memory=memory, now=lambda: now + timedelta(minutes=5)) as blog:
        with pytest.raises(Refused, match="client_max_body_size"):
            blog.upload("larger.mp4", LARGE + b"x", "video/mp4")
        assert site.times("wp.uploadFile") == 1
        assert blog.upload("small.mp4", LARGE[1:], "video/mp4").id == "9"
    with on(site, memory=memory, now=lambda: now + timedelta(minutes=15)) as blog:
        assert blog.upload("larger.mp4", LARGE + b"x", "video/mp4").id == "9"
    assert site.times("wp.uploadFile") == 3


def test_a_file_that_exhausts_php_names_the_memory_it_needs(site: Site) -> None:
    site.answers["wp.uploadFile"] = Answer(b"", 500)
    with on(site) as blog, pytest.raises(Unavailable, match="memory_limit of about 76 MB") as caught:
        blog.upload("film.mp4", LARGE, "video/mp4")
    assert caught.value.maybe_done


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Could not write file a.svg (Sorry, you are not allowed to upload this file type.).", "this kind of file"),
        ("Could not write file a.jpg (Could not write file /srv/a.jpg).", "disk of the site full"),
        ("Unable to create directory wp-content/uploads/2026/11.", "wp-content/uploads"),
    ],
)
def test_a_file_that_wordpress_does_not_store_says_why(site: Site, text: str, words: str) -> None:
    site.answers["wp.uploadFile"] = fault(500, text)
    with on(site) as blog, pytest.raises(Refused, match=words):
        blog.upload("a.jpg", b"x", "image/jpeg")


def test_a_folder_that_cannot_be_made_is_known_in_any_language_and_may_be_so_for_a_moment_only(site: Site) -> None:
    words = "Das Verzeichnis wp-content/uploads/2026/11 kann nicht angelegt werden."
    site.answers["wp.uploadFile"] = fault(500, f"Die Datei a.jpg konnte nicht geschrieben werden ({words})")
    with on(site) as blog, pytest.raises(NotStored, match="disk of the site full"):
        blog.upload("a.jpg", b"x", "image/jpeg")


def test_a_user_who_may_not_upload_is_told_the_role(site: Site) -> None:
    site.answers["wp.uploadFile"] = fault(401, "Sorry, you are not allowed to upload files.")
    with on(site) as blog, pytest.raises(Refused, match=r"editor may not upload files.*role Editor"):
        blog.upload("a.jpg", b"x", "image/jpeg")


def test_three_uploads_are_under_way_at_most(site: Site) -> None:
    lock, under_way, most = threading.Lock(), 0, 0

    def upload(_struct: dict[str, Any]) -> dict[str, str]:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.05)
        with lock:
            under_way -= 1
        return {"id": "9", "url": "https://blog.example/a.jpg"}

    site.answers["wp.uploadFile"] = upload
    with on(site) as blog, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: blog.upload(f"{number}.jpg", b"x", "image/jpeg"), range(9)))
    assert most == 3


def test_the_smaller_copy_of_a_large_picture_is_found_by_the_name_that_was_uploaded(site: Site) -> None:
    url = "https://blog.example/uploads/pic-0123456789ab"
    site.answers |= {
        "wp.getPosts": lambda _wanted, _fields: [{"post_id": "9", "guid": f"{url}.jpg"}],
        "wp.getMediaItem": {
            "attachment_id": "9",
            "link": f"{url}-scaled.jpg",
            "metadata": {"width": 2560, "height": 9},
        },
    }
    with on(site) as blog:
        found = blog.find_media("pic-0123456789ab.jpg")
    assert found is not None
    assert (found.id, found.width, found.height) == ("9", 2560, 9)


def test_an_item_that_is_deleted_while_we_look_is_not_found(site: Site) -> None:
    site.answers |= {
        "wp.getPosts": lambda _wanted, _fields: [{"post_id": "9", "guid": "https://blog.example/pic.jpg"}],
        "wp.getMediaItem": fault(404, "Invalid attachment ID."),
    }
    with on(site) as blog:
        assert blog.find_media("pic.jpg") is None


def test_a_rest_interface_that_is_closed_is_asked_once(site: Site) -> None:
    site.answers["wp.getPosts"] = []
    with on(site) as blog:
        assert [blog.find_media(name) for name in ("a.jpg", "b.jpg", "c.jpg")] == [None, None, None]
    assert len([call for call in site.calls if "rest_route" in call]) == 1


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_rest_interface_that_says_no_is_not_asked_again(site: Site, status: int) -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    site.pages[THREE] = Answer(b'{"code": "rest_forbidden"}', status)
    site.answers["wp.getMediaItem"] = {"attachment_id": "7", "link": "https://blog.example/7.jpg"}
    with on(site, now=lambda: now) as blog:
        assert list(blog.there(IDS)) == IDS
        now += timedelta(hours=1)
        assert list(blog.there(IDS)) == IDS
    assert len([call for call in site.calls if "rest_route" in call]) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_rest_interface_that_is_in_trouble_is_asked_again_after_a_while(site: Site, status: int) -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    site.pages[THREE] = Answer(b"<html>Briefly unavailable</html>", status)
    site.answers["wp.getMediaItem"] = {"attachment_id": "7", "link": "https://blog.example/7.jpg"}
    with on(site, now=lambda: now) as blog:
        assert [list(blog.there(IDS)) for _ in range(2)] == [IDS, IDS]
        assert (site.times("wp.getMediaItem"), len([call for call in site.calls if "rest_route" in call])) == (6, 1)
        site.pages[THREE] = Answer(
            json.dumps(
                [{"id": number, "source_url": f"https://blog.example/{number}.jpg"} for number in (7, 8, 9)]
            ).encode()
        )
        now += timedelta(minutes=3)
        assert list(blog.there(IDS)) == IDS
    assert site.times("wp.getMediaItem") == 6


def test_a_rest_interface_that_hangs_up_is_asked_again_after_a_while(site: Site) -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    site.pages[THREE] = Answer(b"cut", headers={"Content-Length": "300"})
    site.answers["wp.getMediaItem"] = {"attachment_id": "7", "link": "https://blog.example/7.jpg"}
    with on(site, now=lambda: now) as blog:
        assert list(blog.there(IDS)) == IDS
        now += timedelta(minutes=3)
        assert list(blog.there(IDS)) == IDS
    assert len([call for call in site.calls if "rest_route" in call]) == 2


def test_what_was_deleted_is_found_in_one_question_while_rest_is_open(site: Site) -> None:
    shown = [{"id": number, "source_url": f"https://blog.example/{number}.jpg"} for number in (7, 9)]
    site.pages[THREE] = Answer(json.dumps(shown).encode())
    site.answers["wp.getMediaItem"] = fault(404, "Invalid attachment ID.")
    with on(site) as blog:
        assert list(blog.there(IDS)) == ["7", "9"]
    assert site.times("wp.getMediaItem") == 1


def test_where_rest_is_closed_or_hides_items_they_are_looked_at_one_by_one(site: Site) -> None:
    def item(number: str) -> dict[str, str]:
        if str(number) == "8":
            raise xmlrpc.client.Fault(404, "Invalid attachment ID.")
        return {"attachment_id": str(number), "link": f"https://blog.example/{number}.jpg", "type": "image/jpeg"}

    site.answers["wp.getMediaItem"] = item
    with on(site) as blog:
        assert [blog.there([MediaId("7"), MediaId("8")]) for _ in range(2)] == [{"7": "https://blog.example/7.jpg"}] * 2
    assert len([call for call in site.calls if "rest_route" in call]) == 1

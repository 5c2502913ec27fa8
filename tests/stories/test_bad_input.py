"""Odd and bad input: each ends in words on the page, the run and the summary; the other pages are done."""

from __future__ import annotations

import json
import re
import shutil
import xmlrpc.client
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest

from sidecar.errors import Unavailable
from sidecar.uploading import TRIES
from tests.stage.notion import art, web
from tests.stage.notion import build as b
from tests.stage.telegram import TelegramStandIn
from tests.stories.magazine import Magazine, by_title, database_of

EMOJI = "😀 👩‍👩‍👧‍👦 🏳️‍🌈 🇵🇹 👋🏽 ❤️‍🔥 🧑🏿‍🦽‍➡️ 1️⃣ 🫩"


@pytest.fixture
def telegram() -> Iterator[TelegramStandIn]:
    with TelegramStandIn() as telegram:
        yield telegram


def words(content: str) -> str:
    """What a reader sees of a post."""
    return unescape(re.sub(r"<!--.*?-->|<[^>]+>", "", content, flags=re.DOTALL))


# --- odd pages -------------------------------------------------------------------------------------------


def only_a_picture(magazine: Magazine) -> list[Any]:
    return [b.image(magazine.notion.add_file("harbour.jpg", art.jpeg(art.landscape(1, (300, 200)))))]


@pytest.mark.parametrize(
    ("title", "blocks", "seen"),
    [
        pytest.param("Empty", lambda _: [], "", id="an empty page"),
        pytest.param("", lambda _: [b.paragraph("Words")], "Words", id="an untitled page"),
        pytest.param("Picture", only_a_picture, "", id="only a picture"),
        pytest.param("Long", lambda _: [b.paragraph(*["x" * 2000] * 3)], "x" * 6000, id="runs of 2,000 characters"),
        pytest.param("Control", lambda _: [b.paragraph("a\x00b\x0bc\x1fd")], "abcd", id="control characters"),
        pytest.param(EMOJI, lambda _: [b.paragraph(EMOJI)], EMOJI, id="every kind of emoji"),
        pytest.param(
            "<b>Bold?</b> & <script>", lambda _: [b.paragraph("<script>alert(1)</script>")],
            "<script>alert(1)</script>", id="typed HTML",
        ),
    ],
)  # fmt: skip
def test_an_odd_page_is_published_as_it_is(
    magazine: Magazine, title: str, blocks: Callable[[Magazine], list[Any]], seen: str
) -> None:
    page = magazine.notion.add_page(title, blocks(magazine))
    report = magazine.sync(WP_POST_STATUS="publish")
    assert [outcome.status for outcome in report.outcomes] == ["Success"]
    (post,) = magazine.posts()
    assert unescape(post["title"]) == (title or "Untitled")
    assert re.sub(r"\s+", "", words(post["content"])).replace("\n", "") == re.sub(r"\s+", "", seen)
    assert magazine.notion.status(page) == "Done"


# --- bad pictures ----------------------------------------------------------------------------------------


def html(magazine: Magazine, name: str) -> None:
    magazine.notion.web[name] = web.html()


def truncated(magazine: Magazine, name: str) -> None:
    data = art.jpeg(art.landscape(1, (600, 400)))
    magazine.notion.add_file(name, data[: len(data) // 2])


def huge(magazine: Magazine, name: str) -> None:
    magazine.notion.web[name] = web.huge(60_000_000)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        pytest.param(lambda *_: None, "no longer", id="404"),
        pytest.param(html, "web page", id="HTML"),
        pytest.param(truncated, "incomplete or damaged", id="truncated"),
        pytest.param(huge, "60 MB; at most 50 MB", id="60 MB"),
    ],
)
def test_a_bad_picture_fails_its_page_alone_and_leaves_nothing(
    magazine: Magazine, telegram: TelegramStandIn, make: Callable[[Magazine, str], None], says: str
) -> None:
    make(magazine, "bad.jpg")
    good = magazine.notion.add_page("Good", only_a_picture(magazine))
    bad = magazine.notion.add_page("Bad", [b.paragraph("Words"), *only_a_picture(magazine), b.image("bad.jpg")])
    report = magazine.sync(**telegram.settings)
    assert report.status == "Failed"
    assert by_title(report)["Good"].status == "Success"
    failed = by_title(report)["Bad"]
    assert failed.status == "Failed"
    assert says in (failed.error or "")
    assert magazine.notion.status(good) == "Done"
    assert magazine.notion.status(bad) == "Error"
    assert says in magazine.notion.said(bad, "WordPress Message")
    assert [post["title"] for post in magazine.posts()] == ["Good"]
    assert len(magazine.library()) == 1
    (message,) = telegram.messages
    assert says in unescape(message)
    assert failed.page_url in unescape(message)


# --- a Notion that is set up otherwise -------------------------------------------------------------------


def without_the_property(magazine: Magazine) -> None:
    magazine.notion.content.rename_property("Status", "State")


def without_the_option(magazine: Magazine) -> None:
    magazine.notion.content.remove_option("Adding")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        pytest.param(without_the_property, "no property 'Status'", id="no status property"),
        pytest.param(without_the_option, "no option 'Adding'", id="no such option"),
    ],
)
def test_a_data_source_that_is_not_set_up_is_one_clear_error(
    magazine: Magazine, telegram: TelegramStandIn, spoil: Callable[[Magazine], None], says: str
) -> None:
    magazine.notion.add_page("Waiting", [b.paragraph("x")], status="Draft")
    spoil(magazine)
    report = magazine.sync(**telegram.settings)
    assert (report.status, report.outcomes) == ("Failed", ())
    assert says in (report.error or "")
    assert magazine.posts() == []
    (message,) = telegram.messages
    assert says in unescape(message)


def test_a_status_option_that_is_renamed_meanwhile_is_said_and_the_post_stays(
    magazine: Magazine, telegram: TelegramStandIn
) -> None:
    page = magazine.notion.add_page("Renamed", [b.paragraph("x")])
    magazine.notion.content.remove_option("Done")
    report = magazine.sync(**telegram.settings)
    failed = by_title(report)["Renamed"]
    assert failed.status == "Failed"
    assert "'Done'" in (failed.error or "")
    assert magazine.notion.status(page) == "Error"
    assert "'Done'" in unescape(telegram.messages[0])


# --- a WordPress that answers otherwise ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        pytest.param({"status": 200, "body": b"<html><title>Just a moment</title></html>"}, "web page", id="HTML"),
        pytest.param({"status": 403, "body": b"<html>Forbidden</html>"}, "403", id="403"),
        pytest.param({"status": 500, "body": b"<html>Error</html>"}, "500", id="500"),
    ],
)
def test_a_wordpress_that_does_not_take_a_picture_is_said_and_the_others_are_done(
    magazine: Magazine, telegram: TelegramStandIn, answer: dict[str, Any], says: str
) -> None:
    good = magazine.notion.add_page("Good", [b.paragraph("x")])
    bad = magazine.notion.add_page("Bad", [*only_a_picture(magazine), b.paragraph("x")])
    magazine.proxy.spoil("^wp.uploadFile$", "answer", times=99, **answer)
    report = magazine.sync(**telegram.settings)
    assert magazine.notion.status(good) == "Done"
    assert magazine.notion.status(bad) == "Error"
    assert says in (by_title(report)["Bad"].error or "").lower()
    assert says in unescape(telegram.messages[0]).lower()
    assert [post["title"] for post in magazine.posts()] == ["Good"]
    assert magazine.library() == []


@pytest.mark.parametrize(("transport", "upload"), [("xmlrpc", "^wp.uploadFile$"), ("rest", "^POST .*media")])
def test_a_folder_that_wordpress_cannot_make_is_said_and_one_that_it_is_just_making_is_not(
    magazine: Magazine, transport: str, upload: str
) -> None:
    page = magazine.notion.add_page("A shore", [*only_a_picture(magazine), b.paragraph("x")])
    in_the_way = magazine.wordpress.site / "wp-content/uploads" / datetime.now(UTC).strftime("%Y")
    shutil.rmtree(in_the_way, ignore_errors=True)
    in_the_way.parent.mkdir(exist_ok=True)
    in_the_way.write_text("no folder")
    said = by_title(magazine.sync(WP_TRANSPORT=transport))["A shore"].error or ""
    assert "WordPress cannot store the file" in said
    sent = [passed.name for passed in magazine.proxy.passed if re.search(upload, passed.name)]
    assert len(sent) == TRIES
    in_the_way.unlink()
    said = f"Unable to create directory {in_the_way}. Is its parent directory writable by the server?"
    answer = {
        "xmlrpc": {"status": 200, "body": xmlrpc.client.dumps(xmlrpc.client.Fault(500, said)).encode()},
        "rest": {"status": 500, "body": json.dumps({"code": "rest_upload_sideload_error", "message": said}).encode()},
    }
    magazine.proxy.spoil(upload, "answer", times=TRIES - 1, **answer[transport])
    magazine.notion.set_status(page, "Adding")
    assert by_title(magazine.sync(WP_TRANSPORT=transport))["A shore"].status == "Success"
    assert len(magazine.library()) == 1


def test_a_picture_that_is_too_large_for_the_server_is_said_and_its_page_published_without_it(
    magazine: Magazine,
) -> None:
    page = magazine.notion.add_page("Too large", [*only_a_picture(magazine), b.paragraph("x")])
    magazine.proxy.spoil("^wp.uploadFile$", "answer", times=99, status=413, body=b"<html>413</html>")
    report = magazine.sync()
    assert magazine.notion.status(page) == "Done"
    said = " ".join(warning.message for warning in by_title(report)["Too large"].warnings)
    assert "no upload of this size" in said
    assert [post["title"] for post in magazine.posts()] == ["Too large"]
    assert magazine.library() == []


NOTICE = b"<br />\n<b>Notice</b>:  Undefined index: x in <b>/srv/blog/plugin.php</b> on line <b>7</b><br />\n"


def test_a_php_notice_before_every_answer_is_a_clear_error(magazine: Magazine, telegram: TelegramStandIn) -> None:
    page = magazine.notion.add_page("Noisy", [*only_a_picture(magazine), b.paragraph("x")])
    magazine.proxy.spoil(r"^(wp|mt)\.", "prefix", times=10_000, prefix=NOTICE)
    report = magazine.sync(**telegram.settings)
    failed = by_title(report)["Noisy"]
    assert failed.status == "Failed"
    assert "PHP" in (failed.error or "")
    assert magazine.notion.status(page) == "Error"
    assert "PHP" in unescape(telegram.messages[0])
    assert magazine.posts() == magazine.library() == []


def test_a_php_notice_before_one_answer_does_no_harm(magazine: Magazine) -> None:
    page = magazine.notion.add_page("Noisy", [*only_a_picture(magazine), b.paragraph("x")])
    for method in ("wp.newPost", "wp.uploadFile", "wp.editPost"):
        magazine.proxy.spoil(f"^{method}$", "prefix", prefix=NOTICE)
    assert magazine.sync().status == "Completed"
    assert magazine.notion.status(page) == "Done"
    assert len(magazine.posts()) == len(magazine.library()) == 1


def test_a_wrong_password_is_one_sentence_with_the_remedy_and_no_page_is_touched_twice(
    magazine: Magazine, telegram: TelegramStandIn
) -> None:
    page = magazine.notion.add_page("Locked out", [b.paragraph("x")])
    report = magazine.sync(WP_APP_PASSWORD="wrong wrong wrong", **telegram.settings)
    failed = by_title(report)["Locked out"]
    assert failed.status == "Failed"
    assert "WP_APP_PASSWORD" in (failed.error or "")
    assert magazine.notion.status(page) == "Error"
    assert magazine.posts() == []


# --- a ledger without room -------------------------------------------------------------------------------


def sync_on_a_full_disk(magazine: Magazine, pages_left: int) -> str:
    """A run whose ledger can grow by so many pages of 4 KB and no more. What it said in the end."""
    with magazine.world(LEASE_SECONDS="5") as world:
        db = database_of(world)
        world.ledger.memory.put("open", "yes")
        db.pragma("max_page_count", db.pragma("page_count") + pages_left, permanent=True)
        try:
            return magazine.run(world).error or ""
        except Unavailable as error:
            return str(error)


@pytest.mark.parametrize("pages_left", [0, 1, 2])
def test_a_full_disk_is_named_and_the_next_run_finishes_without_a_second_post(
    magazine: Magazine, pages_left: int
) -> None:
    pages = [magazine.notion.add_page(f"Page {number}" + " x" * 400, [b.paragraph("x")]) for number in range(6)]
    assert "no room left on the disk" in sync_on_a_full_disk(magazine, pages_left)
    for page in pages:
        magazine.notion.set_status(page, "Adding")
    assert magazine.sync().status == "Completed"
    assert sorted(post["marker"] for post in magazine.posts()) == sorted(pages)

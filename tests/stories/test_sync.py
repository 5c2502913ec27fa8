"""The main job, told as stories: a Notion over HTTP, a real WordPress, the real sync between them."""

import json
import re
import subprocess
import sys
import time

import pytest
import requests

from sidecar import orchestrator
from sidecar.blocks import PageId
from sidecar.ledger import Trigger
from sidecar.model import Intent
from sidecar.orchestrator import Request
from sidecar.running import Watch
from tests.stage.notion import art
from tests.stage.notion import build as b
from tests.stage.notion.magazine import fill
from tests.stories.magazine import by_title

READS = {
    *("wp.getPost", "wp.getOptions", "wp.getProfile", "mt.supportedMethods"),
    *("GET /?rest_route=/&_fields=timezone_string", "GET /"),
    "GET /?rest_route=/wp/v2/posts&context=edit&status=any&per_page=10&_fields=_links",
}
"""What WordPress is asked by a process that has nothing to write."""
NOTION_HOSTED = re.compile(r"notion\.so|notion\.com|amazonaws|X-Amz-|/files/[0-9a-f-]{36}/")


def calls(magazine):
    """What Notion was asked, without ids."""
    return [f"{call.method} {re.sub('[0-9a-f-]{36}', '*', call.path)}" for call in magazine.notion.calls]


# --- success ---------------------------------------------------------------------------------------------


def test_every_page_becomes_one_draft_with_its_images_in_the_library(magazine):
    ids = fill(magazine.notion.content)
    report = magazine.sync()
    assert report.status == "Completed"
    assert [outcome.status for outcome in report.outcomes] == ["Success"] * len(ids)
    posts = magazine.posts()
    assert sorted(post["marker"] for post in posts) == sorted(ids.values())
    assert {post["status"] for post in posts} == {"draft"}
    assert all(magazine.notion.content.status(page_id) == "Done" for page_id in ids.values())
    assert not [post["title"] for post in posts if NOTION_HOSTED.search(post["content"])]
    for item in magazine.library():
        answer = requests.get(item["url"], timeout=20)
        assert answer.status_code == 200
        assert b"Exif" not in answer.content[:4096]


def test_the_page_says_done_with_a_link_to_its_post(magazine):
    page = magazine.notion.content.add_page("Low water", [b.paragraph("Text")])
    magazine.sync(WP_POST_STATUS="publish")
    assert magazine.notion.content.said(page, "WordPress URL") == f"{magazine.wordpress.url}/low-water/"
    assert requests.get(f"{magazine.wordpress.url}/low-water/", timeout=20).status_code == 200


def test_notion_is_asked_no_more_than_it_must_be(magazine):
    content = magazine.notion.content
    ids = fill(content)
    # It links to the others: should it be published before one of these, it is read once more, for its links.
    content.set_status(ids["In this issue"], "Draft")
    magazine.sync()
    containers = [id for id in content.blocks if content.children_of(id)]
    floor = 1 + 2 * (len(content.pages) - 1) + len(containers)
    assert len(magazine.notion.calls) == floor


def test_a_second_run_makes_one_query_and_no_write(magazine):
    fill(magazine.notion.content)
    magazine.sync()
    before = magazine.posts(), magazine.library()
    magazine.notion.calls.clear()
    magazine.proxy.passed.clear()
    report = magazine.sync()
    assert (report.status, report.outcomes) == ("Completed", ())
    assert calls(magazine) == ["POST /v1/data_sources/*/query"]
    assert magazine.proxy.passed == []
    assert (magazine.posts(), magazine.library()) == before


def test_adding_a_page_again_updates_the_same_post(magazine):
    page = magazine.notion.content.add_page("First title", [b.paragraph("One"), b.image(picture(magazine))])
    magazine.sync()
    (post,) = magazine.posts()
    magazine.notion.content.edit(page, title="Second title", blocks=[b.paragraph("Two"), b.image(picture(magazine))])
    magazine.notion.content.set_status(page, "Adding")
    report = magazine.sync()
    assert [outcome.action for outcome in report.outcomes] == ["update"]
    (again,) = magazine.posts()
    assert (again["id"], again["title"]) == (post["id"], "Second title")
    assert "Two" in again["content"]
    assert len(magazine.library()) == 1


def test_adding_an_unchanged_page_again_writes_nothing_to_wordpress(magazine):
    page = magazine.notion.content.add_page("Same", [b.paragraph("One"), b.image(picture(magazine))])
    magazine.sync()
    (post,) = magazine.posts()
    magazine.notion.content.set_status(page, "Adding")
    magazine.proxy.passed.clear()
    magazine.notion.downloads.clear()
    magazine.sync()
    assert magazine.notion.content.status(page) == "Done"
    asked = [passed.name for passed in magazine.proxy.passed]
    is_it_there = "GET /?rest_route=/wp/v2/media&include="
    assert {name for name in asked if not name.startswith(is_it_there)} <= READS
    assert sum(name.startswith(is_it_there) for name in asked) == 1
    assert magazine.notion.downloads == []
    assert magazine.posts() == [post]


def test_pages_with_the_same_title_are_two_posts(magazine):
    for _ in range(2):
        magazine.notion.content.add_page("Twins", [b.paragraph("One")])
    magazine.sync()
    assert len(magazine.posts(title="Twins")) == 2


@pytest.mark.parametrize("transport", ["xmlrpc", "rest"])
def test_a_date_is_written_in_the_language_and_the_time_zone_of_the_site(magazine, transport):
    page = [b.paragraph("Bis ", b.date_mention("2026-07-14T16:30:00.000+00:00"), ".")]
    magazine.notion.content.add_page("Ebbe", page)
    german = magazine.wordpress.site / f"wp-content/mu-plugins/german-{transport}.php"
    german.write_text("<?php add_filter('language_attributes', fn () => 'lang=\"de-DE\"');")
    try:
        magazine.sync(WP_TRANSPORT=transport)
    finally:
        german.unlink()
    (post,) = magazine.posts()
    assert "<p>Bis 14. Juli 2026, 17:30.</p>" in post["content"], "Lisbon, in summer"


def test_the_same_bytes_under_many_names_are_one_library_item(magazine):
    data = art.jpeg(art.landscape(3, (300, 200)))
    for number in range(4):
        name = magazine.notion.content.add_file(f"copy-{number}.jpg", data)
        magazine.notion.content.add_page(f"Page {number}", [b.image(name), b.image(name)])
    report = magazine.sync()
    assert len(magazine.library()) == 1
    assert report.metrics.media_uploaded == 1


def test_a_page_of_250_blocks_and_five_levels_is_complete_and_in_order(magazine):
    nested = [b.bullet("level 5")]
    for level in (4, 3, 2, 1):
        nested = [b.bullet(f"level {level}", children=nested)]
    blocks = [b.paragraph(f"paragraph {number}") for number in range(249)]
    magazine.notion.content.add_page("Long", [*blocks, *nested])
    magazine.sync()
    (post,) = magazine.posts()
    found = re.findall(r"(?:paragraph|level) \d+", post["content"])
    assert found == [f"paragraph {n}" for n in range(249)] + [f"level {n}" for n in range(1, 6)]
    assert len(magazine.notion.calls) == 1 + 3 + 4 + 1


def test_a_status_property_of_type_select_works_too(magazine):
    magazine.notion.content.schema["Status"] = "select"
    page = magazine.notion.content.add_page("Selected", [b.paragraph("x")])
    magazine.sync()
    assert magazine.notion.content.status(page) == "Done"
    magazine.notion.calls.clear()
    magazine.sync()
    assert calls(magazine) == ["POST /v1/data_sources/*/query"]


@pytest.mark.parametrize("form", ["{database}", "https://www.notion.so/team/Magazine-{digits}?v=1", "{digits}"])
def test_a_database_id_or_a_link_is_as_good_as_the_data_source_id(magazine, form):
    database = magazine.notion.content.database_id
    magazine.notion.content.add_page("Found", [b.paragraph("x")])
    given = form.format(database=database, digits=database.replace("-", ""))
    assert magazine.sync(NOTION_DATA_SOURCE_ID=given).status == "Completed"
    assert len(magazine.posts()) == 1


def test_the_command_prints_one_json_object_and_the_history_knows_the_run(magazine, tmp_path):
    fill(magazine.notion.content)
    command = [sys.executable, "-m", "sidecar"]
    done = subprocess.run(
        [*command, "sync", "--json"], env=magazine.settings, cwd=tmp_path, capture_output=True, text=True
    )
    printed = json.loads(done.stdout)
    assert (done.returncode, printed["status"]) == (0, "Completed")
    assert {page["status"] for page in printed["pages"]} == {"Success"}
    assert printed["metrics"]["notion_calls"] == len(magazine.notion.calls)
    history = subprocess.run(
        [*command, "history", "--json"], env=magazine.settings, cwd=tmp_path, capture_output=True, text=True
    )
    (job,) = json.loads(history.stdout)["jobs"]
    assert job["job_id"] == printed["job_id"]
    assert len(job["pages"]) == len(printed["pages"])


def test_plan_says_what_a_sync_would_do_and_writes_nothing(magazine, tmp_path):
    magazine.notion.content.add_page("Planned", [b.paragraph("x")])
    command = [sys.executable, "-m", "sidecar", "plan", "--json"]
    done = subprocess.run(command, env=magazine.settings, cwd=tmp_path, capture_output=True, text=True)
    (page,) = json.loads(done.stdout)["pages"]
    assert (page["title"], page["action"]) == ("Planned", "create")
    assert magazine.notion.writes() == []
    assert magazine.posts() == []


# --- failure and rollback --------------------------------------------------------------------------------


def picture(magazine, name="picture.jpg"):
    return magazine.notion.content.add_file(name, art.jpeg(art.landscape(1, (400, 300))))


def test_one_bad_page_leaves_nothing_behind_and_the_others_are_done(magazine):
    content = magazine.notion.content
    good = content.add_page("Good", [b.paragraph("x")])
    bad = content.add_page("Bad", [b.image(picture(magazine)), b.image("gone.jpg")])
    report = magazine.sync()
    assert report.status == "Failed"
    assert (content.status(good), content.status(bad)) == ("Done", "Error")
    assert [post["title"] for post in magazine.posts()] == ["Good"]
    assert magazine.library() == []
    failed = by_title(report)["Bad"]
    assert "no longer" in failed.error
    assert failed.error in content.said(bad, "WordPress Message")


def test_a_picture_that_another_page_shows_is_not_taken_back(magazine):
    content = magazine.notion.content
    shared = picture(magazine)
    content.add_page("Good", [b.image(shared)])
    magazine.sync()
    content.add_page("Bad", [b.image(shared), b.image("gone.jpg")])
    magazine.sync()
    assert len(magazine.library()) == 1


def test_setting_adding_again_after_the_fault_is_mended_publishes(magazine):
    content = magazine.notion.content
    page = content.add_page("Mended", [b.image("late.jpg")])
    magazine.sync()
    content.add_file("late.jpg", art.jpeg(art.landscape(1, (400, 300))))
    content.set_status(page, "Adding")
    magazine.sync()
    assert content.status(page) == "Done"
    assert content.said(page, "WordPress Message") == ""
    assert len(magazine.posts()) == 1


def test_a_lost_answer_to_the_create_makes_one_post(magazine):
    page = magazine.notion.content.add_page("Once", [b.paragraph("x")])
    magazine.proxy.spoil("^wp.newPost$", "lost reply")
    report = magazine.sync(WP_POST_STATUS="publish")
    assert report.status == "Completed"
    (post,) = magazine.posts()
    assert (post["status"], post["marker"]) == ("publish", page)
    assert magazine.proxy.count("wp.newPost") == 1


def test_a_lost_answer_to_an_upload_makes_one_library_item(magazine):
    magazine.notion.content.add_page("Once", [b.image(picture(magazine))])
    magazine.proxy.spoil("^wp.uploadFile$", "lost reply")
    assert magazine.sync().status == "Completed"
    assert len(magazine.library()) == 1


def test_every_create_is_preceded_by_a_look_up(magazine):
    fill(magazine.notion.content)
    magazine.sync()
    names = [passed.name for passed in magazine.proxy.passed]
    assert names.index("wp.getPosts") < names.index("wp.newPost")


def test_a_lost_ledger_makes_no_second_post(magazine, tmp_path):
    page = magazine.notion.content.add_page("Known", [b.paragraph("x"), b.image(picture(magazine))])
    magazine.sync()
    for path in tmp_path.glob("ledger.db*"):
        path.unlink()
    magazine.notion.content.set_status(page, "Adding")
    report = magazine.sync()
    assert [outcome.action for outcome in report.outcomes] == ["update"]
    assert len(magazine.posts()) == 1
    assert len(magazine.library()) == 1


def test_a_lost_ledger_is_rebuilt_from_wordpress_by_a_command_that_writes_nothing(magazine, tmp_path):
    """Whatever became of the posts: one is scheduled by now, one lies in the trash."""
    titles = ("Standing", "Scheduled", "Trashed")
    pages = [magazine.notion.add_page(title, [b.paragraph("x")]) for title in titles]
    magazine.sync()
    magazine.wordpress.php(
        "foreach (get_posts(['post_status' => 'any', 'numberposts' => -1]) as $p) {"
        " if ($p->post_title == 'Trashed') wp_trash_post($p->ID);"
        " if ($p->post_title == 'Scheduled') wp_update_post(['ID' => $p->ID, 'post_status' => 'future',"
        " 'post_date' => '2099-01-01 00:00:00', 'post_date_gmt' => '2099-01-01 00:00:00', 'edit_date' => true]); }"
        "return 0;"
    )
    before = magazine.posts()
    assert sorted(post["status"] for post in before) == ["draft", "future", "trash"]
    for path in tmp_path.glob("ledger.db*"):
        path.unlink()
    command = [sys.executable, "-m", "sidecar", "adopt", "--json"]
    for found in (3, 0):
        done = subprocess.run(command, env=magazine.settings, cwd=tmp_path, capture_output=True, text=True)
        assert (done.returncode, json.loads(done.stdout)) == (0, {"adopted": found})
    assert magazine.posts() == before
    for page in pages:
        magazine.notion.set_status(page, "Adding")
    assert {outcome.action for outcome in magazine.sync().outcomes} == {"update"}
    assert [post["id"] for post in magazine.posts()] == [post["id"] for post in before]


# --- a bad network ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        pytest.param("query", {"status": 502, "html": True}, id="an HTML 502 on the query"),
        pytest.param("children", {"status": 503}, id="a 503 in the middle of a page"),
        pytest.param("children", {"status": 429, "retry_after": 1}, id="a 429 with its Retry-After"),
        pytest.param("children", {"kind": "reset"}, id="a reset"),
        pytest.param("children", {"kind": "garbage"}, id="an answer that is no JSON"),
        pytest.param("children", {"kind": "truncated"}, id="an answer that breaks off"),
        pytest.param("pages", {"kind": "lost reply"}, id="a lost answer to the status"),
    ],
)
def test_a_stumble_of_notion_is_sat_out(magazine, path, fault):
    page = magazine.notion.content.add_page("Patient", [b.bullet("a", children=[b.bullet("b")])])
    magazine.notion.faults.add(path, **fault)
    started = time.monotonic()
    report = magazine.sync()
    assert report.status == "Completed"
    assert magazine.notion.content.status(page) == "Done"
    assert len(magazine.posts()) == 1
    if fault.get("retry_after"):
        assert time.monotonic() - started >= fault["retry_after"]
        assert report.metrics.notion_429 == 1


def test_a_list_that_goes_round_in_a_circle_publishes_nothing(magazine):
    page = magazine.notion.content.add_page("Circle", [b.paragraph("x")])
    magazine.notion.faults.add("children", "same cursor", times=99)
    report = magazine.sync()
    assert report.outcomes[0].status == "Failed"
    assert "circle" in report.outcomes[0].error
    assert magazine.posts() == []
    assert magazine.notion.content.status(page) == "Error"


def test_a_notion_that_is_down_is_one_clear_error(magazine):
    magazine.notion.content.add_page("Later", [b.paragraph("x")])
    magazine.notion.faults.add("query", times=99)
    report = magazine.sync()
    assert (report.status, report.outcomes) == ("Failed", ())
    assert "Notion is not working" in report.error


def test_a_wordpress_that_is_down_stops_the_run_and_uses_up_nothing(magazine):
    for number in range(9):
        magazine.notion.content.add_page(f"Page {number}", [b.paragraph("x")])
    magazine.proxy.spoil(".", "answer", status=503, times=10_000)
    report = magazine.sync()
    assert report.status == "Failed"
    assert {outcome.status for outcome in report.outcomes} == {"Deferred"}
    magazine.proxy.heal()
    assert magazine.sync().status == "Completed"
    assert len(magazine.posts()) == 9


def test_a_telegram_that_is_down_fails_nothing(magazine):
    magazine.notion.content.add_page("Fine", [b.paragraph("x")])
    report = magazine.sync(TELEGRAM_BOT_TOKEN="1:x", TELEGRAM_CHAT_ID="1", TELEGRAM_BASE_URL="http://127.0.0.1:9")
    assert report.status == "Completed"


# --- runs beside each other ------------------------------------------------------------------------------


def test_two_runs_at_once_make_one_post_a_page_and_both_end_well(magazine, tmp_path):
    pages = [magazine.notion.add_page(f"Page {number}", [b.paragraph("x")]) for number in range(8)]
    command = [sys.executable, "-m", "sidecar", "sync", "--json"]
    runs = [
        subprocess.Popen(command, env=magazine.settings, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    printed = [json.loads(run.communicate(timeout=240)[0]) for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert {report["status"] for report in printed} == {"Completed"}
    assert sorted(post["marker"] for post in magazine.posts()) == sorted(pages)


def test_a_run_waits_for_a_page_whose_worker_died_and_then_does_it(magazine):
    page = magazine.notion.add_page("Orphaned", [b.paragraph("x")])
    with magazine.world(LEASE_SECONDS="5") as world:
        world.ledger.pages.accept(Trigger(PageId(page), Intent.ASKED, "button", "1"))
        assert world.ledger.pages.claim(PageId(page), "a worker that dies") is not None
    report = magazine.sync()
    assert [outcome.status for outcome in report.outcomes] == ["Success"]


def test_a_page_that_waits_for_another_attempt_is_tried_at_once_when_somebody_syncs(magazine):
    page = magazine.notion.add_page("Patient", [b.paragraph("x")])
    with magazine.world() as world:
        world.ledger.pages.accept(Trigger(PageId(page), Intent.ASKED, "button", "1"))
        claim = world.ledger.pages.claim(PageId(page), "a worker")
        world.ledger.pages.fail(claim, "WordPress did not answer.", 3600)
    assert magazine.sync().status == "Completed"
    assert magazine.notion.status(page) == "Done"


class StopsWhenListed(Watch):
    """Tells a run to stop as soon as it knows its pages."""

    def __init__(self, world):
        self.world = world

    def found(self, pages):
        self.world.stop.set()


def test_a_run_that_is_stopped_says_which_pages_it_left_and_the_next_one_does_them(magazine):
    pages = [magazine.notion.add_page(f"Page {number}", [b.paragraph("x")]) for number in range(3)]
    with magazine.world() as world:
        report = orchestrator.sync(world, Request(), StopsWhenListed(world))
    assert [outcome.status for outcome in report.outcomes] == ["Deferred"] * len(pages)
    assert "stopped" in report.outcomes[0].error
    assert magazine.sync().status == "Completed"
    assert sorted(post["marker"] for post in magazine.posts()) == sorted(pages)


# --- links that run out ----------------------------------------------------------------------------------


def test_a_link_that_has_run_out_is_signed_anew_and_only_that_costs_a_call(magazine):
    magazine.notion.content.file_lifetime = -10.0
    magazine.notion.add_page("Late", [b.image(picture(magazine))])
    with magazine.world() as world:
        slow = world.source.blocks

        def blocks(page_id):
            read = slow(page_id)
            magazine.notion.content.file_lifetime = 3600.0
            return read

        world.source.blocks = blocks
        assert magazine.run(world).status == "Completed"
    assert len(magazine.library()) == 1
    assert len([call for call in magazine.notion.calls if re.fullmatch("/v1/blocks/[0-9a-f-]+", call.path)]) == 1


def test_a_file_that_is_refused_for_what_it_is_costs_no_call(magazine):
    magazine.notion.add_page("Too big", [b.image(picture(magazine))])
    assert magazine.sync(MEDIA_MAX_BYTES="1000").status == "Failed"
    assert not [call for call in magazine.notion.calls if re.fullmatch("/v1/blocks/[0-9a-f-]+", call.path)]
    assert len(magazine.notion.downloads) == 1


# --- a writer who goes on meanwhile ----------------------------------------------------------------------


def test_a_title_that_is_changed_during_the_run_reaches_the_post_in_the_same_run(magazine):
    page = magazine.notion.add_page("Low water", [b.paragraph("x")])
    with magazine.world() as world:
        read = world.source.blocks

        def blocks(page_id):
            if magazine.notion.content.title(page) == "Low water":
                magazine.notion.edit(page, title="High water")
            return read(page_id)

        world.source.blocks = blocks
        assert magazine.run(world).status == "Completed"
    (post,) = magazine.posts()
    assert post["title"] == "High water"
    assert magazine.notion.status(page) == "Done"


def test_a_link_to_another_page_bears_the_title_and_the_address_of_its_post(magazine):
    other = magazine.notion.add_page("Low water", [b.paragraph("Text")], status="Adding")
    magazine.sync(WP_POST_STATUS="publish")
    magazine.notion.add_page("Pointing", [b.link_to_page(other)], status="Adding")
    report = magazine.sync(WP_POST_STATUS="publish")
    assert [outcome.warnings for outcome in report.outcomes] == [()]
    first, pointing = magazine.posts()
    link = magazine.wordpress.php(f"return get_permalink({first['id']});")
    assert f'href="{link}">Low water</a>' in pointing["content"]

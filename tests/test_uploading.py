"""Files of a page on their way: too large ones, links that run out on the way, how many go side by side."""

from __future__ import annotations

import dataclasses
import io
import itertools
import re
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from sidecar import holding, orchestrator, uploading
from sidecar.errors import NotStored
from sidecar.model import Media
from sidecar.orchestrator import Request
from tests.jobs.desk import desk
from tests.stage.notion import Clock, NotionStandIn, web
from tests.stage.notion import build as b

FILM = b"\0\0\0\x20ftypisom" + bytes(1_500_000)


@pytest.mark.parametrize("kind", ["video", "audio", "file", "pdf"])
def test_a_large_file_is_a_note_and_linked_where_its_link_lasts(tmp_path: Path, kind: str) -> None:
    with NotionStandIn() as notion, desk(notion, tmp_path, MEDIA_MAX_BYTES="1000000") as at_desk:
        notion.web["far.bin"] = web.answer(200, FILM, "video/mp4")
        far = notion.web_url("far.bin")
        blocks = [b.media(kind, notion.add_file("near.bin", FILM)), b.media(kind, far), b.paragraph("Words")]
        notion.add_page("Low water", blocks)
        (outcome,) = orchestrator.sync(at_desk.world, Request()).outcomes
        (row,) = at_desk.blog.posts.values()
    assert outcome.status == "Success"
    said = [warning.message for warning in outcome.warnings]
    assert sum("at most 1 MB are taken over" in message and "MEDIA_MAX_BYTES" in message for message in said) == 2
    content = row.texts["post_content"]
    assert f'href="{far}"' in content
    assert ("near.bin" in content, "X-Amz" in content, "Words" in content) == (True, False, True)
    assert at_desk.blog.media == {}


def photograph(kind: str) -> bytes:
    """One that says where it was taken."""
    out, notes = io.BytesIO(), Image.Exif()
    notes[0x010F], notes[0x8825] = "Camera maker", {1: "N", 2: (38.0, 42.0, 0.0), 3: "W", 4: (9.0, 8.0, 0.0)}
    Image.new("RGB", (30, 20), "red").save(out, kind, exif=notes.tobytes())
    return out.getvalue()


@pytest.mark.parametrize(("kind", "extension"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"), ("AVIF", "jpg")])
def test_a_picture_in_a_file_block_is_taken_over_and_does_not_say_where_it_was_taken(
    tmp_path: Path, kind: str, extension: str
) -> None:
    with NotionStandIn() as notion, desk(notion, tmp_path) as at_desk:
        notion.add_page("Low water", [b.media("file", notion.add_file("for the press.bin", photograph(kind)))])
        (outcome,) = orchestrator.sync(at_desk.world, Request()).outcomes
        ((url, data),) = at_desk.blog.files.items()
        (row,) = at_desk.blog.posts.values()
    assert (outcome.status, outcome.warnings) == ("Success", ())
    assert re.search(rf"/for-the-press-[0-9a-f]{{12}}\.{extension}$", url)
    assert f'href="{url}"' in row.texts["post_content"]
    assert b"Camera maker" in photograph(kind)
    assert not dict(Image.open(io.BytesIO(data)).getexif())
    assert b"Camera maker" not in data


def test_half_a_picture_in_a_file_block_is_a_note(tmp_path: Path) -> None:
    with NotionStandIn() as notion, desk(notion, tmp_path) as at_desk:
        half = photograph("JPEG")[:-200]
        notion.add_page("Low water", [b.media("file", notion.add_file("half.jpg", half)), b.paragraph("Words")])
        (outcome,) = orchestrator.sync(at_desk.world, Request()).outcomes
    assert outcome.status == "Success"
    assert "incomplete or damaged" in outcome.warnings[0].message
    assert at_desk.blog.media == {}


def dot(number: int) -> bytes:
    """A picture like no other one."""
    out = io.BytesIO()
    Image.new("RGB", (1, 1), (number, 0, 255 - number)).save(out, "PNG")
    return out.getvalue()


def test_links_that_run_out_in_the_middle_of_a_page_of_100_pictures_are_signed_anew(tmp_path: Path) -> None:
    """Their hour ends at the 30th upload: each link not used by then costs one call, and no file comes twice."""
    with (
        NotionStandIn(clock=Clock()) as notion,
        desk(notion, tmp_path, NOTION_RATE_PER_MINUTE="6000") as at_desk,
    ):
        names = [notion.add_file(f"{number}.png", dot(number)) for number in range(100)]
        notion.add_page("Low water", [b.image(name) for name in names])
        upload, sent, turn = at_desk.blog.upload, Counter[str](), itertools.count(1)

        def upload_for_long(name: str, data: bytes, mime: str) -> Media:
            sent[name] += 1
            if next(turn) == 30:
                notion.content.clock.advance(notion.content.file_lifetime + 1)
            return upload(name, data, mime)

        at_desk.blog.upload = upload_for_long
        (outcome,) = orchestrator.sync(at_desk.world, Request()).outcomes
        (row,) = at_desk.blog.posts.values()
        given = Counter(one.name for one in notion.downloads if one.status == 200)
        refused = Counter(one.name for one in notion.downloads if one.status == 403)
        renewed = [call for call in notion.calls if re.fullmatch("/v1/blocks/[0-9a-f-]+", call.path)]
    assert (outcome.status, outcome.warnings) == ("Success", ())
    assert given == Counter(names)
    assert len(renewed) == refused.total() >= 100 - 30 - 4
    assert set(refused.values()) == {1}
    assert (len(at_desk.blog.media), set(sent.values())) == (100, {1})
    content = row.texts["post_content"]
    assert [url for url in at_desk.blog.files if url not in content] == []
    assert notion.url not in content


@pytest.mark.parametrize("is_there", [False, True], ids=["nothing was stored", "it was stored all the same"])
def test_a_file_that_was_not_stored_in_the_first_moment_becomes_one_item(tmp_path: Path, *, is_there: bool) -> None:
    with NotionStandIn() as notion, desk(notion, tmp_path) as at_desk:
        notion.add_page("Low water", [b.image(notion.add_file("shore.png", dot(1)))])
        at_desk.blog.trouble("upload", NotStored("Unable to create directory uploads/2026/11."), after=is_there)
        (outcome,) = orchestrator.sync(at_desk.world, Request()).outcomes
    assert (outcome.status, len(at_desk.blog.media)) == ("Success", 1)


def test_four_files_at_a_time_go_to_a_site_however_many_processes_there_are(tmp_path: Path) -> None:
    with NotionStandIn() as notion, desk(notion, tmp_path, NOTION_RATE_PER_MINUTE="6000") as at_desk:
        for page in range(12):
            names = [notion.add_file(f"{page}-{number}.png", dot(4 * page + number)) for number in range(4)]
            notion.add_page(f"Page {page}", [b.image(name) for name in names])
        upload, lock, going, together = at_desk.blog.upload, threading.Lock(), set[str](), list[int]()
        are_four = threading.Event()

        def upload_slowly(name: str, data: bytes, mime: str) -> Media:
            """The first ones wait for a fourth; a fifth would come while the four go on."""
            with lock:
                going.add(name)
                together.append(len(going))
                if len(going) == 4:
                    are_four.set()
            are_four.wait(60)
            time.sleep(0.05)
            with lock:
                going.remove(name)
                return upload(name, data, mime)

        at_desk.blog.upload = upload_slowly
        world = dataclasses.replace(at_desk.world, sleep=lambda seconds: time.sleep(seconds / 10))
        worlds = [world, dataclasses.replace(world, owner="another process")]
        with ThreadPoolExecutor(len(worlds)) as processes:
            reports = list(processes.map(lambda world: orchestrator.sync(world, Request()), worlds))
    assert {outcome.status for report in reports for outcome in report.outcomes} == {"Success"}
    assert len(at_desk.blog.media) == len(together) == 48
    assert max(together) == 4


def test_a_place_of_a_process_that_was_killed_at_its_upload_is_free_after_half_a_minute(tmp_path: Path) -> None:
    with NotionStandIn() as notion, desk(notion, tmp_path) as at_desk:
        for place in uploading.PLACES:
            assert holding.take(at_desk.world, place, "the dead")
        notion.add_page("Low water", [b.image(notion.add_file("a.png", dot(1)))])
        began = at_desk.clock()
        waiting = dataclasses.replace(at_desk.world, sleep=at_desk.clock.advance)
        (outcome,) = orchestrator.sync(waiting, Request()).outcomes
        waited = at_desk.clock() - began
    assert outcome.status == "Success"
    assert 29 < waited < 31


def test_a_place_is_kept_for_as_long_as_the_upload_takes(tmp_path: Path) -> None:
    """The clock goes on by more than a place is given for, and a turn that was renewed is nobody else's."""
    with NotionStandIn() as notion, desk(notion, tmp_path, LEASE_SECONDS="5") as at_desk:
        notion.add_page("Low water", [b.image(notion.add_file("a.png", dot(1)))])
        world, upload, taken = at_desk.world, at_desk.blog.upload, list[str]()
        leases, renewed = world.ledger.leases, threading.Semaphore(0)

        class Watched:
            """The turns of the ledger, and word of each that was taken again."""

            def take(self, name: str, owner: str, seconds: float) -> bool:
                is_ours = leases.take(name, owner, seconds)
                if threading.current_thread().name == name in uploading.PLACES:
                    renewed.release()
                return is_ours

            def give_back(self, name: str, owner: str) -> None:
                leases.give_back(name, owner)

        def upload_for_long(name: str, data: bytes, mime: str) -> Media:
            at_desk.clock.advance(4)
            # The first may have begun before.
            assert renewed.acquire(timeout=20)
            assert renewed.acquire(timeout=20)
            at_desk.clock.advance(4)
            taken.extend(place for place in uploading.PLACES if leases.take(place, "another", 5))
            return upload(name, data, mime)

        at_desk.blog.upload = upload_for_long
        watched = dataclasses.replace(world, ledger=dataclasses.replace(world.ledger, leases=Watched()))
        (outcome,) = orchestrator.sync(watched, Request()).outcomes
    assert outcome.status == "Success"
    assert taken == list(uploading.PLACES[1:])

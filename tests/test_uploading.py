"""Files that are larger than MEDIA_MAX_BYTES: the page is published without them, and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from sidecar import orchestrator
from sidecar.orchestrator import Request
from tests.jobs.desk import desk
from tests.stage.notion import NotionStandIn, web
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

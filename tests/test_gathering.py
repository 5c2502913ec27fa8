"""The page's icon before the title of its post, where WP_TITLE_ICON asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sidecar import orchestrator
from sidecar.blocks import Emoji, FileRef, Icon, NotionIcon
from sidecar.gathering import with_icon
from sidecar.orchestrator import Request
from sidecar.wanted import Wanted
from tests.jobs.desk import Desk, desk
from tests.make import page
from tests.stage.notion import NotionStandIn
from tests.stage.notion import build as b

PICTURE = FileRef("https://pictures.example/logo.png", "image", hosted=False)


@pytest.mark.parametrize(
    ("icon", "title", "shown", "said"),
    [
        pytest.param(Emoji("📖"), None, "📖 A page", "", id="an emoji"),
        pytest.param(Emoji("📖"), "By a property", "📖 By a property", "", id="an emoji before a property's title"),
        pytest.param(Emoji("📖"), "", "📖 A page", "", id="an emoji, and a property that is empty"),
        pytest.param(NotionIcon("book"), None, "📖 A page", "became the emoji 📖", id="a drawing of Notion's"),
        pytest.param(NotionIcon("gauge"), "Mine", "Mine", "was left out", id="a drawing that no emoji stands for"),
        pytest.param(PICTURE, None, None, "a picture, which cannot stand in a title", id="a picture"),
        pytest.param(None, "Mine", "Mine", "", id="no icon"),
    ],
)
def test_what_stands_in_the_title_for_an_icon(icon: Icon | None, title: str | None, shown: str, said: str) -> None:
    made = with_icon(page(icon=icon), Wanted(title=title))
    assert made.title == shown
    assert [said in warning.message for warning in made.warnings] == ([True] if said else [])


@pytest.fixture
def with_emoji(tmp_path: Path) -> Iterator[Desk]:
    with NotionStandIn() as notion, desk(notion, tmp_path, WP_TITLE_ICON="emoji") as at_desk:
        yield at_desk


def test_the_slug_is_made_once_and_without_the_icon(with_emoji: Desk) -> None:
    page_id = with_emoji.notion.add_page("Low water", [b.paragraph("x")], icon="📖")
    orchestrator.sync(with_emoji.world, Request())
    (row,) = with_emoji.blog.posts.values()
    assert (row.texts["post_title"], row.name) == ("📖 Low water", "Low water")  # WordPress makes low-water of it
    row.name = "a-slug-by-hand"
    with_emoji.notion.edit(page_id, title="High water")
    with_emoji.notion.set_status(page_id, "Adding")
    orchestrator.sync(with_emoji.world, Request())
    assert (row.texts["post_title"], row.name) == ("📖 High water", "a-slug-by-hand")


def test_no_icon_stands_in_a_title_by_itself(tmp_path: Path) -> None:
    with NotionStandIn() as notion, desk(notion, tmp_path) as at_desk:
        notion.add_page("Low water", [b.paragraph("x")], icon="📖")
        orchestrator.sync(at_desk.world, Request())
        (row,) = at_desk.blog.posts.values()
        assert row.texts["post_title"] == "Low water"

"""A Notion and a WordPress side by side, and the sync between them, as a story needs it: one object."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sidecar import orchestrator
from sidecar.adapters.connect import connected
from sidecar.blocks import PageId
from sidecar.config import Config
from sidecar.model import Outcome, Report
from sidecar.orchestrator import Request
from sidecar.ports import World
from tests.stage.notion import NotionStandIn
from tests.stage.proxy import FaultProxy
from tests.stage.wordpress import WordPress


@dataclass
class Magazine:
    """Everything a story says something about. Settings may be overridden by name for one run."""

    notion: NotionStandIn
    wordpress: WordPress
    proxy: FaultProxy
    settings: dict[str, str]
    reports: list[Report] = field(default_factory=list)

    def sync(self, *pages: str, force: bool = False, **settings: str) -> Report:
        """One run of the real thing in this process: real adapters, real far ends, waiting made short."""
        confirm = settings.pop("confirm", "") == "yes"
        with self.world(**settings) as world:
            ids = tuple(PageId(page) for page in pages)
            return self.run(world, Request("cli", ids, force, confirm))

    def run(self, world: World, request: Request | None = None) -> Report:
        """One run in a world that is open."""
        self.reports.append(orchestrator.sync(world, request or Request()))
        return self.reports[-1]

    @contextmanager
    def world(self, **settings: str) -> Iterator[World]:
        config = Config.parse({**self.settings, **settings})
        with connected(config) as world:
            yield dataclasses.replace(world, patience=(0.05, 0.1), look_again=(0.05, 0.1, 0.3))

    # --- what became of it -------------------------------------------------------------------------------

    def posts(self, **fields: Any) -> list[dict[str, Any]]:
        """Every post there is, trashed ones too, straight from WordPress's database."""
        found = self.wordpress.php(
            "return array_map(fn($p) => ['id' => $p->ID, 'title' => $p->post_title, 'content' => $p->post_content,"
            " 'status' => $p->post_status, 'modified' => $p->post_modified_gmt,"
            " 'marker' => get_post_meta($p->ID, 'notion_page_id', true)],"
            " get_posts(['numberposts' => -1, 'post_type' => 'post', 'orderby' => 'ID', 'order' => 'ASC',"
            " 'post_status' => ['publish','draft','pending','private','future','trash','auto-draft']]));"
        )
        return [post for post in found if all(post[name] == value for name, value in fields.items())]

    def library(self) -> list[dict[str, Any]]:
        """Every item of the media library."""
        found: list[dict[str, Any]] = self.wordpress.php(
            "return array_map(fn($p) => ['id' => $p->ID, 'title' => $p->post_title,"
            " 'caption' => $p->post_excerpt, 'description' => $p->post_content,"
            " 'url' => wp_get_attachment_url($p->ID), 'mime' => $p->post_mime_type],"
            " get_posts(['numberposts' => -1, 'post_type' => 'attachment', 'post_status' => 'inherit',"
            " 'orderby' => 'ID', 'order' => 'ASC']));"
        )
        return found


def by_title(report: Report) -> dict[str, Outcome]:
    return {outcome.title: outcome for outcome in report.outcomes}


def database_of(world: World) -> Any:
    """The database beneath a run's ledger, to make it misbehave: no port leads there, on purpose."""
    return world.ledger.jobs._store.database  # type: ignore[attr-defined]  # see above

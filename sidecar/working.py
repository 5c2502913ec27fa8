"""One attempt at one page: what is known of it so far, and the guard that goes before every write."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from sidecar import compose
from sidecar.errors import Stopped
from sidecar.ledger import Claim, ItemId, JobId, Phase, Waiting
from sidecar.model import (
    ActionName,
    BlockWarning,
    Outcome,
    Page,
    Record,
)
from sidecar.plan import Rules
from sidecar.ports import World
from sidecar.running import Tally


@dataclass
class Work:
    """One attempt at one page. `created` is True when this attempt, or one before it, made the post."""

    world: World
    claim: Claim
    job_id: JobId
    pool: Executor
    tally: Tally
    page: Page | None = None
    item_id: ItemId | None = None
    action: ActionName = "skip"
    record: Record | None = None
    created: bool = False
    wrote: bool = False
    """A write to a far end may have gone out."""
    may_withdraw: bool = False
    """A person has agreed that this run takes back as many posts as it is asked to."""
    warnings: tuple[BlockWarning, ...] = ()
    follows: tuple[Waiting, ...] = ()
    """Pages that are wanted because of what became of this one."""
    refused: tuple[str, ...] = ()
    """Fields that WordPress did not take, and that the post has to do without."""

    def guard(self, phase: Phase | None = None, floor: int | None = None) -> None:
        """Goes before every write to a far end: the page is still ours, and nobody has told us to leave."""
        if self.world.stop.is_set():
            raise Stopped("The sync was stopped; the next one goes on from here.")
        self.world.ledger.pages.guard(self.claim, phase, floor)
        self.wrote = True

    def outcome(self, status: Any, error: str | None = None) -> Outcome:
        page, record = self.page, self.record
        return Outcome(
            page_id=self.claim.page_id,
            title=compose.words(page) if page else "",
            action=self.action,
            status=status,
            page_url=page.url if page else "",
            post_id=record.post_id if record else None,
            post_url=record.link if record else None,
            error=error,
            warnings=self.warnings,
        )


def rules(world: World) -> Rules:
    config = world.config
    return Rules(
        ready=config.notion_status_ready,
        done=config.notion_status_done,
        withdraw=config.notion_status_withdraw,
        on_edit=config.on_edit,
        on_conflict=config.on_conflict,
    )

"""What asks for publication: one query to Notion, and every page that it gives is made due in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sidecar import compose, summarise
from sidecar.blocks import PageId
from sidecar.finding import adopt_listed
from sidecar.ledger import JobId, Trigger, Waiting
from sidecar.model import Intent, Json, Outcome
from sidecar.parse.page import page as parse_page
from sidecar.ports import World
from sidecar.running import Watch
from sidecar.withdrawing import withdraw_limit

# Notion rounds `last_edited_time` down to the minute, and answers may lag: an edit made while the last listing was
# under way is found by the next one only when it looks back over this much.
OVERLAP = timedelta(minutes=2)


def listing(
    world: World,
    job_id: JobId,
    intent: Intent = Intent.LISTED,
    watch: Watch | None = None,
    confirm_withdrawals: bool = False,
    at_once: bool = False,
) -> list[Waiting]:
    """Asks Notion once for all pages that want something, and makes them due; `at_once`: whatever they wait for."""
    since = world.ledger.jobs.last_listing() if world.config.on_edit == "update" else None
    pages = world.source.listed(since - OVERLAP if since else None)
    held = [] if confirm_withdrawals else too_many_withdrawals(world, pages)
    for raw in held:
        hold_back(world, job_id, raw, len(held))
    wanted = [raw for raw in pages if raw not in held]
    adopt_listed(world, [PageId(raw["id"]) for raw in wanted])
    accepted = [world.ledger.pages.accept(_trigger(job_id, raw, intent, at_once), job_id) for raw in wanted]
    world.ledger.jobs.listed(job_id)
    if watch is not None:
        watch.found(len(pages))
    return [one.waiting for one in accepted if one.waiting is not None]


def too_many_withdrawals(world: World, pages: Sequence[Json]) -> list[Json]:
    """The pages that ask for their posts to be taken back, when they are too many to believe; else none."""
    withdraw = world.config.notion_status_withdraw
    if not withdraw:
        return []
    asking = []
    for raw in pages:
        page = parse_page(raw, world.config.notion_status_property)
        record = world.ledger.records.get(page.id)
        if page.status == withdraw and record is not None and record.withdrawn_from is None:
            asking.append(raw)
    return asking if len(asking) > withdraw_limit(world) else []


def hold_back(world: World, job_id: JobId, raw: Json, number: int) -> None:
    """Writes down that a withdrawal was not done, and why."""
    page = parse_page(raw, world.config.notion_status_property)
    record = world.ledger.records.get(page.id)
    item = world.ledger.jobs.begin_item(job_id, page.id, compose.words(page), page.url)
    outcome = Outcome(
        page_id=page.id,
        title=compose.words(page),
        action="withdraw",
        status="Deferred",
        page_url=page.url,
        post_id=record.post_id if record else None,
        post_url=record.link if record else None,
        error=summarise.too_many_withdrawals(number, withdraw_limit(world)),
    )
    world.ledger.jobs.finish_item(item, outcome, 0)


def _trigger(job_id: JobId, raw: Json, intent: Intent, at_once: bool) -> Trigger:
    return Trigger(PageId(raw["id"]), intent, "listing", f"{job_id}:{raw['id']}", snapshot=raw, at_once=at_once)

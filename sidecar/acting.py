"""One page: look at both sides, decide with `plan`, have it done. How it is done is in the modules beside.

Nothing is caught here but what has a meaning of its own.
"""

from __future__ import annotations

import dataclasses
from typing import assert_never

from sidecar import compose, rerendering, summarise
from sidecar.errors import Missing
from sidecar.finding import look_up
from sidecar.model import (
    Action,
    Conflict,
    Create,
    Intent,
    Outcome,
    Page,
    PostState,
    Record,
    Restore,
    Skip,
    Update,
    Withdraw,
)
from sidecar.parse.page import page as parse_page
from sidecar.plan import is_wanted, plan
from sidecar.ports import Mark, Scan
from sidecar.publishing import publish
from sidecar.relinking import leave, relink
from sidecar.withdrawing import restore, withdraw
from sidecar.working import Work, rules


def act(work: Work) -> Outcome:
    """Looks at the page, decides, does it. Raises what the far ends raise."""
    try:
        page = look(work)
    except Missing as error:
        match work.claim.intent:
            case Intent.RELINKED:
                return leave(work, str(error))
            case Intent.RERENDERED:
                return rerendering.leave(work, str(error))
            case _:
                raise
    ledger = work.world.ledger
    work.record = ledger.records.get(page.id)
    intent = work.claim.intent
    scan: Scan | None = None
    post, changed = read_back(work)
    if post is None and is_wanted(page, None, intent, rules(work.world)):
        scan = look_up(work, page.id)
        post, changed = read_back(work)
    action = plan(page, work.record, post, intent, rules(work.world), changed)
    return carry_out(work, page, action, post, scan)


def look(work: Work) -> Page:
    """The page as the listing just gave it, or as Notion has it now; its item in this run."""
    world, claim = work.world, work.claim
    raw = claim.snapshot or world.source.page(claim.page_id)
    page = parse_page(raw, world.config.notion_status_property)
    work.page = page
    work.item_id = world.ledger.jobs.begin_item(work.job_id, page.id, compose.words(page), page.url)
    return page


def read_back(work: Work) -> tuple[PostState | None, tuple[str, ...]]:
    """The record's post as it is now, and which of our fields somebody changed since we wrote them.

    The content is compared even when WordPress names the same modified time: it has only seconds, and a person may
    have saved in the second of our last write.
    """
    record = work.record
    if record is None:
        return None, ()
    post = work.world.blog.post(record.post_id)
    return post, compose.changed(record.fields_hash, post.fields) if post else ()


def carry_out(work: Work, page: Page, action: Action, post: PostState | None, scan: Scan | None) -> Outcome:
    match action:
        case Skip(reason=reason) if work.claim.intent is Intent.RELINKED:
            return leave(work, reason)
        case Skip(reason=reason):
            work.world.ledger.pages.complete(work.claim)
            return work.outcome("Skipped", reason)
        case Create():
            work.action = "create"
            return publish(work, page, None, scan)
        case Update(over_conflict=over):
            work.action = "update"
            if is_for_us(work, page):
                assert post is not None
                is_relinked = work.claim.intent is Intent.RELINKED
                return relink(work, page, post) if is_relinked else rerendering.rerender(work, page, post)
            return publish(work, page, post, None, over)
        case Withdraw(record=record):
            work.action = "withdraw"
            return withdraw(work, record)
        case Restore(record=record):
            work.action = "restore"
            return restore(work, record, post)
        case Conflict(record=record, changed=changed):
            work.action = "conflict"
            if work.claim.intent is Intent.RERENDERED and page.status != work.world.config.notion_status_ready:
                return rerendering.report_conflict(work, changed)
            return report_conflict(work, page, record, changed)
        case _:
            assert_never(action)


def is_for_us(work: Work, page: Page) -> bool:
    """True when only its links, or its markup, are to be put right, and nobody asks for the rest of the page."""
    is_ours = work.claim.intent in (Intent.RELINKED, Intent.RERENDERED)
    return is_ours and not rerendering.is_asked_for(work.world, page)


def report_conflict(work: Work, page: Page, record: Record, changed: tuple[str, ...]) -> Outcome:
    """Writes nothing to the post; the page says what changed and how to consent.

    Only what the page says makes the next Adding a consent: it is remembered after the page was told, not before.
    """
    world = work.world
    message = summarise.conflict(changed, world.config.notion_status_ready)
    work.guard()
    world.source.mark(page, Mark(world.config.notion_status_error, None, message))
    world.ledger.records.put(work.claim, dataclasses.replace(record, conflicted=True))
    world.ledger.records.let_be(page.id)
    world.ledger.pages.complete(work.claim)
    return work.outcome("Conflict", message)

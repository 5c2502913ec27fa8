"""One page: look at both sides, decide with `plan`, have it done. How it is done is in the modules beside.

Nothing is caught here but what has a meaning of its own.
"""

from __future__ import annotations

import dataclasses
from typing import assert_never

from sidecar import compose, rerendering, summarise
from sidecar.errors import Missing
from sidecar.finding import Found, look_up, own_post
from sidecar.model import (
    Action,
    Conflict,
    Create,
    Intent,
    Outcome,
    Page,
    PostState,
    Restore,
    Skip,
    Update,
    Withdraw,
)
from sidecar.parse.page import page as parse_page
from sidecar.plan import is_wanted, plan
from sidecar.ports import Scan
from sidecar.publishing import publish, report_conflict, was_cut_short
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
    found = read_back(work)
    if (found.post is None or found.is_doubtful) and is_wanted(page, None, intent, rules(work.world)):
        scan = look_up(work, page.id)
        found = read_back(work)
    action = plan(page, work.record, found.post, intent, rules(work.world), found.changed, found.is_doubtful)
    return carry_out(work, page, action, found.post, scan)


def look(work: Work) -> Page:
    """The page as the listing just gave it, or as Notion has it now; its item in this run."""
    world, claim = work.world, work.claim
    raw = claim.snapshot or world.source.page(claim.page_id)
    page = parse_page(raw, world.config.notion_status_property)
    work.page = page
    work.item_id = world.ledger.jobs.begin_item(work.job_id, page.id, compose.words(page), page.url)
    return page


def read_back(work: Work) -> Found:
    """The record's post as it is now. One that an earlier attempt made and did not finish is ours without a doubt."""
    record = work.record
    if record is None:
        return Found()
    found = own_post(work.world, record)
    return dataclasses.replace(found, is_doubtful=False) if was_cut_short(work.claim, record) else found


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
        case Conflict(record=record, changed=changed, is_doubtful=is_doubtful):
            work.action = "conflict"
            ready = work.world.config.notion_status_ready
            if work.claim.intent is Intent.RERENDERED and page.status != ready:
                return rerendering.report_conflict(work, changed)
            words = summarise.anothers(record, ready) if is_doubtful else summarise.conflict(changed, ready)
            return report_conflict(work, page, words)
        case _:
            assert_never(action)


def is_for_us(work: Work, page: Page) -> bool:
    """True when only its links, or its markup, are to be put right, and nobody asks for the rest of the page."""
    is_ours = work.claim.intent in (Intent.RELINKED, Intent.RERENDERED)
    return is_ours and not rerendering.is_asked_for(work.world, page)

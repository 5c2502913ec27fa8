"""Posts that are taken back, and brought back. Never on absence, never many at once without asking."""

from __future__ import annotations

import dataclasses

from sidecar import summarise
from sidecar.model import (
    Intent,
    Outcome,
    Record,
)
from sidecar.ports import World
from sidecar.working import Work


def withdraw(work: Work, record: Record) -> Outcome:
    """Takes the post back: to draft or trash, or only in our memory when it is to be kept."""
    world, way = work.world, work.world.config.on_withdraw
    if work.claim.intent is Intent.TRASHED:
        trashed = world.ledger.pages.count(work.job_id, Intent.TRASHED)
        if trashed > withdraw_limit(world):
            return hold_back(work, trashed)
    post = world.blog.post(record.post_id)
    was = post.status if post is not None and post.status != "trash" else "draft"
    if post is not None and post.status != "trash" and way != "keep":
        work.guard()
        if way == "trash":
            world.blog.trash(post.id)
        elif post.status != "draft":
            post = world.blog.update(post.id, {"post_status": "draft"})
    record = dataclasses.replace(record, withdrawn_from=was, modified=post.modified if post else record.modified)
    work.record = record
    world.ledger.records.put(work.claim, record)
    world.ledger.pages.complete(work.claim)
    return work.outcome("Success")


def withdraw_limit(world: World) -> int:
    """How many posts one run may take back without asking: the larger of 5 and a tenth of ours."""
    limit = world.config.withdraw_limit
    return max(5, len(world.ledger.records.all()) // 10) if limit is None else limit


def hold_back(work: Work, number: int) -> Outcome:
    """Takes nothing back, because this run would take back too much. The next ask for the page looks again."""
    work.world.ledger.pages.complete(work.claim)
    return work.outcome("Deferred", summarise.too_many_withdrawals(number, withdraw_limit(work.world)))


def restore(work: Work, record: Record) -> Outcome:
    world = work.world
    work.guard()
    post = world.blog.update(record.post_id, {"post_status": record.withdrawn_from})
    record = dataclasses.replace(record, withdrawn_from=None, link=post.link, modified=post.modified)
    work.record = record
    world.ledger.records.put(work.claim, record)
    world.ledger.pages.complete(work.claim)
    return work.outcome("Success")

"""Posts that show another page otherwise than it is now: they are asked for anew. No post is read or written here."""

from __future__ import annotations

from uuid import uuid4

from sidecar.blocks import PageId
from sidecar.ledger import JobId, Shown, Trigger, Waiting
from sidecar.model import Intent
from sidecar.ports import World
from sidecar.render import Context, Rendered
from sidecar.working import Work


def links_shown(rendered: Rendered, context: Context) -> dict[PageId, Shown]:
    """The pages that a post links to, as it shows them."""
    return {page: Shown(context.links.get(page, ""), context.titles.get(page, "")) for page in rendered.links}


def follow(work: Work) -> None:
    """Has the links to this page's post put right, and its own.

    Goes between the memory of the post and the end of the page: who dies in between is followed by one who comes here
    again. Of two pages that link to each other and are published side by side, the one whose memory is stored last
    sees both.
    """
    work.follows = (*work.follows, *ask_anew(work.world, work.job_id, work.claim.page_id))


def ask_anew(world: World, job_id: JobId | None = None, page_id: PageId | None = None, run: str = "") -> list[Waiting]:
    """Wants the pages whose posts show this one otherwise than it is, or any; in this run, or the open one of a kind.

    Gives those to wake.
    """
    ledger = world.ledger
    triggers = [
        Trigger(outdated, Intent.RELINKED, "sidecar", uuid4().hex, kind="links")
        for outdated in ledger.records.outdated(page_id)
    ]
    accepted = [ledger.pages.accept(trigger, job_id, run or None) for trigger in triggers]
    return [one.waiting for one in accepted if one.waiting is not None]

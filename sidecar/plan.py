"""What to do with one page, as data. Pure: no I/O, nothing about how it is done.

    page in Notion          intent             no record   record
    status ready            any but trashed    Create      Update
    other status            asked, forced      Create      Update
    other status            listed, edited     Skip        Skip; Update when edits count and the status is Done
    status withdraw         any                Skip        Withdraw
    in the trash            any                Skip        Withdraw
    restored                restored           Skip        Restore, if it was withdrawn
    Done                    reread             -           Update; a conflict is left for the next ask
    Done                    relinked           -           Update, of its links only; any other status, trash: Skip
    Done                    rerendered         Skip        Update, of its markup only; any other status, trash: Skip

The rows of trash and withdrawal go before the others. A post that somebody deleted in WordPress, or moved to the trash
there, is made again or brought back only for a page that is ready or asked for. A page that is absent is no input here:
absence never takes a post away. A post that is likely to be somebody else's by now is never written to: who consents
to a conflict with it gets a post of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sidecar.model import Action, Conflict, Create, Intent, Page, PostState, Record, Restore, Skip, Update, Withdraw

ASKED = frozenset({Intent.ASKED, Intent.FORCED})
AGAIN = frozenset({Intent.REREAD, Intent.RELINKED, Intent.RERENDERED})
"""Reasons of our own to look at a page once more."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings that decide what is done."""

    ready: str = "Adding"
    done: str = "Done"
    withdraw: str = ""
    on_edit: Literal["ignore", "update"] = "ignore"
    on_conflict: Literal["stop", "overwrite"] = "stop"


def plan(
    page: Page,
    record: Record | None,
    post: PostState | None,
    intent: Intent,
    rules: Rules,
    changed: Sequence[str] = (),
    is_doubtful: bool = False,
) -> Action:
    """The action for a page.

    `post` is what the record's post is now, None when it was deleted for good (and when there is no record).
    `changed` are the content fields of that post which somebody changed in WordPress since we wrote them.
    `is_doubtful`: the post that has the record's id is likely to be another one by now.
    """
    if intent is Intent.RELINKED and (page.in_trash or not is_wanted(page, record, intent, rules)):
        return Skip(f"links in its post are out of date, but it is not {rules.done} now")
    if intent is Intent.RERENDERED and (page.in_trash or record is None or not is_wanted(page, record, intent, rules)):
        return Skip(f"only what is {rules.done} and has a post is rendered anew")
    if page.in_trash:
        return _withdraw(record, "it is in Notion's trash")
    if rules.withdraw and page.status == rules.withdraw:
        return _withdraw(record, f"its status is {page.status}")
    if intent is Intent.RESTORED and record is not None and record.withdrawn_from and post is not None:
        return _restore(record, is_doubtful)
    if not is_wanted(page, record, intent, rules):
        return Skip(f"its status is {page.status or 'empty'}, not {rules.ready}")
    if record is None:
        return Create(page)
    is_asked = page.status == rules.ready or intent in ASKED
    if post is None:
        return Create(page) if is_asked else _gone("was deleted in WordPress", rules)
    if post.status == "trash" and not is_asked:
        return _gone("is in WordPress's trash", rules)
    return _update(page, record, intent, rules, changed, is_doubtful)


def is_wanted(page: Page, record: Record | None, intent: Intent, rules: Rules) -> bool:
    """True when somebody asked for this page to be published as it is now."""
    if page.status == rules.ready or intent in ASKED:
        return True
    if page.status != rules.done or record is None:
        return False
    if intent in AGAIN:
        return record.withdrawn_from is None
    return rules.on_edit == "update" and intent is not Intent.TRASHED


def _withdraw(record: Record | None, why: str) -> Action:
    if record is None:
        return Skip(f"{why}, and it was never published")
    if record.withdrawn_from is not None:
        return Skip(f"{why}, and its post was taken back before")
    return Withdraw(record)


def _restore(record: Record, is_doubtful: bool) -> Action:
    return Skip(f"post {record.post_id} in WordPress is another one by now") if is_doubtful else Restore(record)


def _gone(how: str, rules: Rules) -> Skip:
    return Skip(f"its post {how}; set the page to {rules.ready} to publish it again")


def _update(
    page: Page, record: Record, intent: Intent, rules: Rules, changed: Sequence[str], is_doubtful: bool
) -> Action:
    if not changed and not is_doubtful:
        return Update(page, record)
    if intent is Intent.REREAD or (is_doubtful and intent in AGAIN):
        return Skip("its post was edited in WordPress since")
    if not consents(page, record, intent, rules):
        return Conflict(record, tuple(changed), is_doubtful)
    return Create(page) if is_doubtful else Update(page, record, over_conflict=True)


def consents(page: Page, record: Record, intent: Intent, rules: Rules) -> bool:
    """True when somebody wants the Notion side of a conflict."""
    asked_again = record.conflicted and page.status == rules.ready
    return asked_again or intent is Intent.FORCED or rules.on_conflict == "overwrite"

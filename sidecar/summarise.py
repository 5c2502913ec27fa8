"""A report -> the words a person reads: Telegram, the page in Notion, the terminal. Pure; sends nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

from sidecar.errors import SidecarError
from sidecar.model import BlockWarning, Outcome, Record, Report

TELEGRAM_LIMIT = 4096
"""Characters in one Telegram message, entities decoded or not (core.telegram.org/bots/api#sendmessage)."""

MOST_NOTES = 600
"""Characters for the notes of one page."""

SIGNS = {"Success": "✅", "Skipped": "➖", "Failed": "❌", "Conflict": "⚠️", "Deferred": "⏳", "Pending": "⏳"}
ORDER = ("Failed", "Conflict", "Deferred", "Success")


def is_worth_telling(report: Report) -> bool:
    """False when a run found nothing to do."""
    return report.status == "Failed" or any(outcome.status != "Skipped" for outcome in report.outcomes)


def counts(report: Report) -> str:
    """Such as: 3 published, 1 updated, 1 failed."""
    words = Counter(_word(outcome) for outcome in report.outcomes)
    return ", ".join(f"{number} {word}" for word, number in words.items()) or "nothing to do"


def _word(outcome: Outcome) -> str:
    if outcome.status == "Success":
        return {"create": "created", "update": "updated", "withdraw": "withdrawn", "restore": "restored"}.get(
            outcome.action, outcome.action
        )
    return outcome.status.lower()


def telegram(report: Report, site: str = "") -> str:
    """The summary of one run as Telegram's HTML, never too long, under the name of its site if there is one."""
    sign = "✅" if report.status == "Completed" else "❌"
    head = f"{sign} <b>{escape(site) or 'Notion → WordPress'}</b>: {escape(counts(report))}"
    if report.error and not report.outcomes:
        head += f"\n{escape(report.error)}"
    lines = [_line(outcome) for status in ORDER for outcome in report.outcomes if outcome.status == status]
    return _fit([head, *lines])


def _line(outcome: Outcome) -> str:
    name = escape(outcome.title or "Untitled")
    line = f'{SIGNS[outcome.status]} <a href="{escape(outcome.page_url)}">{name}</a>' if outcome.page_url else name
    if outcome.status == "Success" and outcome.post_url:
        line += f' → <a href="{escape(outcome.post_url)}">post</a>'
    if outcome.error:
        line += f"\n   {escape(_shorten(outcome.error, 600))}"
    if outcome.warnings:
        line += f"\n   {escape(counted_and_listed(outcome.warnings, MOST_NOTES))}"
    return line


def counted_and_listed(warnings: Sequence[BlockWarning], most: int) -> str:
    """Such as: 3 notes: A form was left out.; and 1 more. Each is said once; of those beyond so many characters the
    number is."""
    words = list(dict.fromkeys(warning.message for warning in warnings))
    kept = [_shorten(words[0], most)]
    for message in words[1:]:
        if len("; ".join([*kept, message])) > most:
            break
        kept.append(message)
    left = len(words) - len(kept)
    return f"{_notes(len(warnings))}: {'; '.join(kept)}{f'; and {left} more' if left else ''}"


def _notes(number: int) -> str:
    return "1 note" if number == 1 else f"{number} notes"


def _fit(lines: Sequence[str]) -> str:
    """As many whole lines as fit, and how many were left out. Lines are never cut: that would break a tag."""
    kept: list[str] = []
    room = TELEGRAM_LIMIT - len("\n… and 99999 more pages: sidecar history")
    for line in lines:
        if len(line) + 1 > room:
            break
        kept.append(line)
        room -= len(line) + 1
    left = len(lines) - len(kept)
    return "\n".join(kept + ([f"… and {left} more pages: sidecar history"] if left else []))


def _shorten(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def notes(warnings: Sequence[BlockWarning]) -> str:
    """What the page is told after it was published: empty when there is nothing to say."""
    if not warnings:
        return ""
    words = "; ".join(dict.fromkeys(warning.message for warning in warnings))
    return f"Published with {_notes(len(warnings))}: {words}"


def failure(error: SidecarError) -> str:
    """What went wrong and what to do, for the page, the item and the summary."""
    return str(error)


FIELDS = {
    "post_title": "the title",
    "post_content": "the text",
    "post_excerpt": "the excerpt",
    "terms": "categories or tags",
    "post_thumbnail": "the featured image",
}


def _named(fields: Sequence[str]) -> str:
    return ", ".join(FIELDS.get(name, name) for name in fields)


def conflict(changed: Sequence[str], ready: str) -> str:
    """What a page is told when its post was edited in WordPress."""
    return (
        f"The post was edited in WordPress since it was last synced ({_named(changed)}); it was not overwritten. "
        f"Copy that change into this page, then set the status to {ready} again: the Notion side is taken then, and "
        "WordPress keeps its version as a revision."
    )


def anothers(record: Record, ready: str) -> str:
    """What a page is told whose post's id belongs to what looks like somebody else's post."""
    return (
        f"Post {record.post_id} in WordPress does not look like this page's any more: it carries no mark of ours, and "
        "its title and its text are others. Was WordPress restored from a backup? Nothing was written to it. If it is "
        f"another one, set the status to {ready} again: the page becomes a new post. If it is this page's after all, "
        f"give it its old title there, then set {ready} again."
    )


def unknown(fields: Sequence[str], ready: str) -> str:
    """What a page is told whose post was found by its marker and reads otherwise than the page."""
    return (
        "The post of this page was found by its mark, and what was written to it last is not known: "
        f"{_named(fields)} may have been edited in WordPress. Was the ledger lost, or restored from a backup? Nothing "
        f"was overwritten. Set the status to {ready} again: the Notion side is taken then, and WordPress keeps its "
        "version as a revision."
    )


def left_over(is_held: bool, is_stopping: bool, down: str, last_error: str) -> str:
    """Why a run did not come to a page."""
    if is_stopping:
        return "The sync was stopped before it came to this page; the next one does."
    if is_held:
        return "Another process is working on this page; sidecar history says what becomes of it."
    reason = down or last_error
    return f"It was left for the next run. {reason}".rstrip()


def deadly(times: int, ready: str) -> str:
    """Why a page is not tried any more that nobody ever failed with in words."""
    return (
        f"The program was ended without a word in the midst of this page, {times} times in a row. It is not tried"
        " again, so that the other pages are done. Most often a picture needs more memory than the machine has: the"
        " system's log says so. Make the page's pictures smaller, or give it more memory, then set the page to"
        f" {ready} again."
    )


def too_many_withdrawals(number: int, limit: int) -> str:
    return (
        f"This run would take back {number} posts, more than {limit} at once, so it took back none. If that is what "
        "you want, run: sidecar sync --confirm-withdrawals"
    )

"""Times, sizes, states and steps in words, for people who look at a page. Pure; asks nobody."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from sidecar.ledger import Job, Working
from sidecar.model import Outcome

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0

STARTED_BY = {
    "automation": "Button in Notion",
    "button": "Button in Notion",
    "cli": "Command line",
    "comparison": "Daily comparison",
    "event": "Edit in Notion",
    "events": "Edit in Notion",
    "manual": "Sync now",
    "recovery": "Recovery",
    "schedule": "Schedule",
    "second reading": "Second reading",
}
"""What a run is called by what opened it. Others go by their own name."""

TONES = {
    "Success": "good",
    "Completed": "good",
    "Skipped": "idle",
    "Failed": "bad",
    "Conflict": "warn",
    "Deferred": "warn",
    "Pending": "busy",
    "Running": "busy",
}
"""How a status looks: a class of the style sheet."""

RESULTS = {"create": "Published", "update": "Updated", "withdraw": "Taken back", "restore": "Restored"}
STATES = {
    "Skipped": "Nothing to do",
    "Failed": "Failed",
    "Conflict": "Edited on both sides",
    "Deferred": "Will be tried again",
    "Pending": "Under way",
}

COUNTED = {
    "create": "published",
    "update": "updated",
    "withdraw": "taken back",
    "restore": "restored",
    "Skipped": "left as they were",
    "Failed": "failed",
    "Conflict": "edited on both sides",
    "Deferred": "to be tried again",
    "Pending": "under way",
}
"""A status, or for a success the action, after a number."""


def ago(seconds: float) -> str:
    """How long something is past, no finer than a person cares: a page that is looked at twice says the same."""
    if seconds < 45:
        return "just now"
    if seconds < 90 * MINUTE:
        return f"{max(1, round(seconds / MINUTE))} min ago"
    if seconds < 36 * HOUR:
        return f"{round(seconds / HOUR)} h ago"
    return f"{round(seconds / DAY)} days ago"


def ahead(seconds: float) -> str:
    """How far off something is."""
    if seconds < 1:
        return "as soon as a worker is free"
    return f"in {math.ceil(seconds)} s" if seconds < 100 else f"in {took(seconds)}"


def took(seconds: float) -> str:
    """A length of time."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 100:
        return f"{round(seconds)} s"
    if seconds < 100 * MINUTE:
        return f"{round(seconds / MINUTE)} min"
    if seconds < 48 * HOUR:
        return f"{round(seconds / HOUR)} h"
    return f"{round(seconds / DAY)} days"


def size(number: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if unit == "bytes" or number >= 9.95 else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} GB"


def plural(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}".replace(",", "\u202f")


def moment(seconds: float) -> datetime:
    """A time of the ledger on the clock of this machine."""
    return datetime.fromtimestamp(seconds).astimezone()


def full(when: datetime) -> str:
    return f"{when.astimezone():%-d %B %Y, %H:%M:%S %Z}"


def tone(status: str) -> str:
    return TONES.get(status, "idle")


def result(outcome: Outcome) -> str:
    """What became of a page."""
    return STATES.get(outcome.status) or RESULTS.get(outcome.action, outcome.action)


def started_by(type: str) -> str:
    return STARTED_BY.get(type, type)


def counts(job: Job) -> str:
    """What became of the pages of a run, such as: 3 published, 1 failed."""
    if job.status == "Running" and not job.outcomes:
        return "looking for pages"
    if job.error and not job.outcomes:
        return "could not begin"
    said = Counter(COUNTED.get(one.status) or COUNTED.get(one.action, one.action) for one in job.outcomes)
    return ", ".join(f"{number} {word}" for word, number in said.items()) or "nothing to do"


def run_tone(job: Job) -> str:
    """How a run looks: like the worst of its pages."""
    if job.status != "Completed":
        return tone(job.status)
    return "warn" if {one.status for one in job.outcomes} & {"Conflict", "Deferred"} else "good"


def titles(job: Job, limit: int = 2) -> str:
    """The first pages of a run by name, and how many more there are."""
    named = [outcome.title or "Untitled" for outcome in job.outcomes]
    left = len(named) - limit
    return ", ".join(named[:limit]) + (f" and {left} more" if left > 0 else "")


def notes(outcome: Outcome) -> Sequence[tuple[str, str, int]]:
    """The notes of a page as (type, message, how often), the same words once."""
    counted = Counter((warning.type, warning.message) for warning in outcome.warnings)
    return [(type, message, number) for (type, message), number in counted.items()]


def web_link(url: str | None) -> str:
    """The URL, if it leads to the web and nowhere else; else nothing. Whoever wrote it, a link is never a script."""
    try:
        parts = urlsplit((url or "").strip())
    except ValueError:
        return ""
    return (url or "").strip() if parts.scheme in ("http", "https") and parts.netloc else ""


def notion_link(page_id: str, url: str = "") -> str:
    """Where a page is in Notion, also one that has not been read yet."""
    return url or f"https://www.notion.so/{page_id.replace('-', '')}"


# --- a page on its way -----------------------------------------------------------------------------------


def progress(page: Working) -> tuple[int, str]:
    """How far a page has come, of 100, and what is being done."""
    if page.begun_at is None:
        return 4, "Looking at the page"
    if page.written_at is not None and page.written_at >= page.begun_at:
        return 92, "Telling Notion"
    if page.phase == "created":
        return 80, "Filling the post"
    if page.phase == "creating":
        return 72, "Making the post"
    if page.files_stored < page.files:
        return 20 + 48 * page.files_stored // page.files, f"Storing files, {page.files_stored} of {page.files}"
    if page.files:
        return 68, "Writing the post"
    return 12, "Reading the page"

"""What the ledger knows -> how each far end does, and one headline. Pure; asks nobody, least of all the far ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from sidecar.config import Config
from sidecar.ledger import Backlog, Job, Queued, Trouble
from webhook.wording import ago, plural

Tone = Literal["good", "busy", "warn", "bad", "idle"]
TONES: Sequence[Tone] = ("bad", "warn", "busy", "idle", "good")
"""The one that needs somebody most comes first."""

UNATTENDED = 180.0
"""Seconds that a page may be due without anybody working on anything before we ask whether a worker runs."""


@dataclass(frozen=True)
class Facts:
    """What was asked from the ledger, at one time."""

    config: Config
    now: float
    backlog: Backlog
    working: int
    queue: Sequence[Queued]
    troubles: Sequence[Trouble]
    runs: Sequence[Job]
    last_listing: float | None
    last_success: float | None
    circuit_open: bool
    circuit_reason: str


@dataclass(frozen=True)
class Sign:
    """How something does: a colour, a few words, and a sentence for who wants to know more."""

    tone: Tone
    words: str
    more: str = ""


@dataclass(frozen=True)
class FarEnd:
    name: str
    url: str
    sign: Sign


def far_ends(facts: Facts) -> tuple[FarEnd, ...]:
    config = facts.config
    return (
        FarEnd("Notion", "", _far_end(facts, "Notion", _latest(facts.last_listing, facts.last_success))),
        FarEnd("WordPress", config.wp_url, _far_end(facts, "WordPress", facts.last_success)),
    )


def _far_end(facts: Facts, name: str, heard: float | None) -> Sign:
    """An open circuit counts most, then whatever failed since the last success."""
    if facts.circuit_reason and blamed(facts.circuit_reason, facts.config) == name:
        if facts.circuit_open:
            return Sign("bad", "Not answering", facts.circuit_reason)
        return Sign("warn", "Unsteady", facts.circuit_reason)
    failure = _failure(facts, name, heard or 0.0)
    if failure is not None:
        at, words = failure
        return Sign("warn", f"Trouble {ago(facts.now - at)}", words)
    if heard is None:
        return Sign("idle", "Not heard from yet", "Nothing has been synced so far.")
    return Sign("good", f"Answered {ago(facts.now - heard)}")


def blamed(text: str, config: Config) -> str:
    """Which far end an error speaks of. Their adapters name them; anything else is nobody's."""
    if text.startswith("Notion") or "between here and Notion" in text:
        return "Notion"
    host = urlsplit(config.wp_url).netloc
    return "WordPress" if text.startswith("WordPress") or (host and host in text) else ""


def _failure(facts: Facts, name: str, since: float) -> tuple[float, str] | None:
    """The newest error since then that speaks of this far end."""
    runs = [(job.started_at.timestamp(), job.error) for job in facts.runs if job.error and not job.outcomes]
    pages = [(trouble.at, trouble.outcome.error) for trouble in facts.troubles if trouble.outcome.status == "Failed"]
    waiting = [(page.since, page.error) for page in facts.queue]
    said = [(at, text) for at, text in (*runs, *pages, *waiting) if text and at >= since]
    return max((one for one in said if blamed(one[1], facts.config) == name), default=None)


def headline(facts: Facts) -> Sign:
    """The one thing to know first."""
    return _trouble(facts) or _activity(facts)


def _trouble(facts: Facts) -> Sign | None:
    if facts.circuit_open:
        name = blamed(facts.circuit_reason, facts.config) or "A far end"
        waiting = plural(facts.backlog.waiting, "page waits", "pages wait")
        return Sign("bad", f"{name} is not answering", f"{waiting}. They go out as soon as it is back.")
    newest = next((job for job in facts.runs if job.status == "Failed" and not job.outcomes), None)
    if newest is not None and newest.started_at.timestamp() > (facts.last_listing or 0.0):
        return Sign("bad", "Pages could not be looked for", newest.error or "")
    if _is_unattended(facts):
        more = "They have been due for a while. Start one with `sidecar worker`, or everything with `sidecar up`."
        return Sign("bad", "No worker seems to be running", more)
    if facts.troubles:
        number = len(facts.troubles)
        words = "A page needs you" if number == 1 else f"{number} pages need you"
        return Sign("warn", words, _meanwhile(facts.working))
    return None


def _meanwhile(working: int) -> str:
    if working == 0:
        return "Nothing else is held up."
    return f"Meanwhile {plural(working, 'page is', 'pages are')} being worked on."


def _is_unattended(facts: Facts) -> bool:
    due = [page.not_before for page in facts.queue]
    listings = [job.started_at.timestamp() for job in facts.runs if job.status == "Running" and not job.outcomes]
    first = min([*due, *(listings if facts.backlog.listings else [])], default=facts.now)
    return facts.working == 0 and first < facts.now - UNATTENDED


def _activity(facts: Facts) -> Sign:
    waiting = facts.backlog.waiting
    more = f"{plural(waiting, 'more waits', 'more wait')}." if waiting else ""
    if facts.working:
        return Sign("busy", f"Working on {plural(facts.working, 'page')}", more)
    if facts.backlog.listings:
        return Sign("busy", "Looking for pages", "Notion is being asked what wants to be published.")
    if waiting:
        return Sign("busy", plural(waiting, "page waits", "pages wait"))
    if facts.last_success is None:
        status = f"{facts.config.notion_status_property} to {facts.config.notion_status_ready}"
        return Sign("idle", "Ready for the first page", f"Set a page's {status} in Notion, then press Sync now.")
    return Sign("good", "All is well", f"The last page was written {ago(facts.now - facts.last_success)}.")


def _latest(*times: float | None) -> float | None:
    return max((time for time in times if time is not None), default=None)

"""This machine and what runs on it: settings, ledger, disk, Redis, web service, schedule; and Telegram. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from sidecar.checks import Verdict, failed, failure, ok, warned, warning
from sidecar.config import Config
from sidecar.errors import SidecarError

FULL, TIGHT = 20_000_000, 500_000_000
"""Free bytes: less than the first and a sync cannot even write down what it does; pictures pass through memory."""
OLDEST_REDIS = (5,)
LATE = 120.0
"""Seconds that a look may come late: a worker may be busy."""


def settings(problem: str) -> Verdict:
    """One line of a ConfigError. The name of the setting stands in front."""
    return failure("settings", problem, "Set it in .env or in the environment; `sidecar init` asks for all of them.")


def misspelt(name: str, setting: str) -> Verdict:
    """A name in `.env` that nothing reads."""
    return warning(
        "settings", f".env says {name}, which is no setting.", f"Is {setting} meant? Correct it, or remove it."
    )


def ledger(error: SidecarError | None, where: str) -> Verdict:
    if error is not None:
        return failed("ledger", error)
    return ok("ledger", f"The ledger can be read and written ({where}).")


def disk(free: int, where: str) -> Verdict:
    check, says = "disk", f"{free / 1e6:,.0f} MB are free where the ledger is ({where})."
    if free < FULL:
        return failure(check, says, "Free some space: a sync stops when it cannot write down what it does.")
    if free < TIGHT:
        return warning(check, says, "Free some space before it is full.")
    return ok(check, says)


def redis(version: str | SidecarError | None) -> Verdict:
    """`version` of the Redis behind REDIS_URL; None: none is set."""
    check = "redis"
    if version is None:
        return ok(check, "REDIS_URL is not set: a sync needs none, and `sidecar up` brings its own if there is one.")
    if isinstance(version, SidecarError):
        return failed(check, version)
    if tuple(int(part) for part in version.split(".")[:1] if part.isdigit()) < OLDEST_REDIS:
        return failure(check, f"Redis {version} is too old.", "Use Redis 5 or newer, or Valkey.")
    return ok(check, f"Redis {version} answers.")


def telegram(name: str | SidecarError | None) -> Verdict:
    """`name` of the chat; None: Telegram is not set up."""
    if name is None:
        return ok("telegram", "Not set up: nobody gets a summary (TELEGRAM_BOT_TOKEN, TELEGRAM_CHAT_ID).")
    if isinstance(name, SidecarError):
        return failed("telegram", name)
    return ok("telegram", f"Summaries go to {name}.")


@dataclass(frozen=True, slots=True)
class Web:
    """How the web service was asked, and what came of it."""

    url: str
    error: SidecarError | None = None


def wants_service(config: Config) -> bool:
    """True when somebody has set up what only a running service can do."""
    secrets = (config.webhook_secret, config.sync_token, config.notion_verification_token)
    return bool(config.public_url or config.redis_url or any(one.get_secret_value() for one in secrets))


def web(seen: Web, config: Config) -> Verdict:
    check = "web service"
    if seen.error is None:
        return ok(check, f"The web service answers at {seen.url}.")
    if not wants_service(config):
        return ok(check, "Not running, and nothing is set up for it: pages wait for `sidecar sync`.")
    if config.public_url:
        return failed(check, seen.error)
    return warned(check, seen.error)


@dataclass(frozen=True, slots=True)
class Looks:
    """When pages were last looked for, and when the schedule would have looked next after that."""

    last: float | None
    due: float | None
    now: float


def schedule(looks: Looks | SidecarError, web_answers: bool, config: Config) -> Verdict:
    """Whether somebody keeps the schedule, seen from the last listing in the ledger."""
    check, do = "schedule", "Start `sidecar up`, or `sidecar worker` and `sidecar scheduler`; see their logs."
    if isinstance(looks, SidecarError):
        return failed(check, looks)
    if not (web_answers or wants_service(config)):
        return ok(check, "No service is set up: pages are looked for when you run `sidecar sync`.")
    if looks.last is None or looks.due is None:
        return warning(check, "Nobody has looked for pages so far.", do)
    if looks.now > looks.due + LATE:
        return failure(check, f"The last look for pages was {_ago(looks.now - looks.last)} ago; it is overdue.", do)
    return ok(check, f"Pages were looked for {_ago(looks.now - looks.last)} ago.")


def _ago(seconds: float) -> str:
    for size, word in ((86_400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {word}"
    return f"{max(0, seconds):.0f} seconds"

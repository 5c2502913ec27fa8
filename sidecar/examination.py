"""What the doctor looks at, and in which order: the nearest first, and nothing that an earlier failure makes moot.

Asks through the probes of `adapters/examine`, and lets `checks` judge. Shows nothing.
"""

from __future__ import annotations

import contextlib
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from jobs.beats import beats
from sidecar.adapters.connect import folder
from sidecar.adapters.examine import machine as machine_asks
from sidecar.adapters.examine.notion import NotionProbe
from sidecar.adapters.examine.wordpress import WordPressProbe
from sidecar.adapters.limiter import limiter
from sidecar.checks import Verdict, machine, notion, wordpress
from sidecar.config import Config
from sidecar.errors import ConfigError, SidecarError
from sidecar.model import Json

FOR_NOTION = ("notion_token", "notion_data_source_id")
FOR_WORDPRESS = ("wp_url", "wp_username", "wp_app_password")
AREAS = ("machine", "notion", "wordpress", "service")


@dataclass(frozen=True)
class Examined:
    """Who is examined, by which clock, and what may end it early."""

    config: Config
    stop: threading.Event
    now: Callable[[], float] = time.time


def examine(who: Examined) -> Iterator[tuple[str, Verdict]]:
    """Every verdict with its area, as soon as it is known. An area ends at the failure that hides the rest of it."""
    has_failed = False
    for verdict in _machine(who.config):
        has_failed = has_failed or verdict.is_failure
        yield "machine", verdict
    pace_folder = Path(tempfile.gettempdir()) if has_failed else folder(who.config)
    yield from (("notion", verdict) for verdict in _notion(who, pace_folder))
    yield from (("wordpress", verdict) for verdict in _wordpress(who))
    yield from (("service", verdict) for verdict in _service(who))


def _settings(config: Config, names: tuple[str, ...]) -> list[Verdict]:
    try:
        config.require(*names)
    except ConfigError as error:
        return [machine.settings(problem) for problem in error.problems]
    return []


# --- this machine ----------------------------------------------------------------------------------------


def _machine(config: Config) -> Iterator[Verdict]:
    """The disk goes first: a ledger that cannot be written says less than a disk that is full."""
    where = config.database_url.rpartition("@")[2]
    yield machine.disk(machine_asks.free_bytes(config), str(folder(config).resolve()))
    yield machine.ledger(machine_asks.ledger(config), where)
    yield machine.redis(machine_asks.redis_version(config))


def _service(who: Examined) -> Iterator[Verdict]:
    config = who.config
    yield machine.telegram(machine_asks.telegram_chat(config))
    seen = machine_asks.web(config)
    yield machine.web(seen, config)
    try:
        listing = beats(config)[0]
    except ConfigError as error:
        yield machine.settings(error.problems[0])
        return
    looks = machine_asks.looks(config, listing.next, who.now())
    yield machine.schedule(looks, seen.error is None, config)


# --- Notion ----------------------------------------------------------------------------------------------


def _notion(who: Examined, pace_folder: Path) -> Iterator[Verdict]:
    config = who.config
    missing = _settings(config, FOR_NOTION)
    yield from missing
    if missing:
        return
    with contextlib.ExitStack() as stack:
        pace = stack.enter_context(contextlib.closing(limiter(config, pace_folder)))
        probe = stack.enter_context(contextlib.closing(NotionProbe(config, pace, who.stop)))
        verdict = notion.token(probe.integration())
        yield verdict
        if verdict.is_failure:
            return
        yield notion.clock(probe.clock(who.now))
        schema = probe.schema()
        yield notion.data_source(schema)
        if not isinstance(schema, SidecarError):
            yield from _source(probe, schema, config)


def _source(probe: NotionProbe, schema: Mapping[str, Json], config: Config) -> Iterator[Verdict]:
    status = notion.status(schema, config)
    yield status
    if not status.is_failure:
        yield notion.reading(probe.waiting(), config)
    yield notion.writing(probe.writing())
    yield notion.link(schema, config)
    yield notion.message(schema, config)
    yield notion.properties(schema, config)


# --- WordPress -------------------------------------------------------------------------------------------


def _wordpress(who: Examined) -> Iterator[Verdict]:
    missing = _settings(who.config, FOR_WORDPRESS)
    yield from missing
    if missing:
        return
    with contextlib.closing(WordPressProbe(who.config, who.stop)) as probe:
        yield from _site(probe, who)


def _site(probe: WordPressProbe, who: Examined) -> Iterator[Verdict]:
    """Each step needs the one before it."""
    config, home = who.config, probe.home(who.now)
    verdict = wordpress.address(home, config)
    yield verdict
    if verdict.is_failure or isinstance(home, SidecarError):
        return
    verdict = wordpress.xmlrpc(probe.hello(), home, config)
    yield verdict
    if verdict.is_failure:
        return
    verdict = wordpress.methods(probe.methods())
    yield verdict
    if not verdict.is_failure:
        yield notion.clock(home.ahead, "WordPress", "wordpress clock")
        yield from _account(probe, config)


def _account(probe: WordPressProbe, config: Config) -> Iterator[Verdict]:
    profile = probe.profile()
    yield wordpress.login(profile, config)
    if isinstance(profile, SidecarError):
        return
    role = wordpress.role(profile, config)
    yield role
    yield wordpress.version(probe.options(), probe.plugin())
    if role.is_failure:
        return
    post_type = wordpress.post_type(probe.post_types(), config)
    yield post_type
    if not post_type.is_failure:
        yield wordpress.draft(probe.draft())
    yield wordpress.upload(probe.upload())
    yield wordpress.size(probe.sizes())

"""What the doctor looks at, and in which order: the nearest first, and nothing that an earlier failure makes moot.

Asks through the probes of `adapters/examine`, and lets `checks` judge. Shows nothing.
"""

from __future__ import annotations

import contextlib
import dataclasses
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jobs.beats import beats
from sidecar.adapters.connect import folder
from sidecar.adapters.examine import machine as machine_asks
from sidecar.adapters.examine.notion import NotionProbe
from sidecar.adapters.examine.trials import Trials
from sidecar.adapters.examine.wordpress import PATIENCE, WordPressProbe
from sidecar.adapters.examine.wordpress_rest import RestProbe
from sidecar.adapters.limiter import limiter
from sidecar.checks import Verdict, machine, notion, wordpress
from sidecar.checks.wordpress import Home
from sidecar.config import Config
from sidecar.errors import Closed, ConfigError, Refused, SidecarError
from sidecar.model import Json

FOR_NOTION = ("notion_token", "notion_data_source_id")
FOR_WORDPRESS = ("wp_url", "wp_username", "wp_app_password")

Area = Literal["machine", "notion", "wordpress", "service"]


@dataclass(frozen=True)
class Examined:
    """Who is examined, and by which clock."""

    config: Config
    stop: threading.Event
    now: Callable[[], float] = time.time


@dataclass(frozen=True)
class Finding:
    """A verdict, and whom it is about: everybody, or one site."""

    area: Area
    verdict: Verdict
    site: str = ""


def examine(
    shared: Config, sites: Sequence[Config], stop: threading.Event, now: Callable[[], float] = time.time
) -> Iterator[Finding]:
    """Every finding as soon as it is known. An area ends at the failure that hides the rest of it."""
    found = dict[str, Verdict]()
    for verdict in _machine(shared):
        found[verdict.check] = verdict
        yield Finding("machine", verdict)
    seen = machine_asks.web(shared)
    yield Finding("machine", machine.web(seen, shared))
    cannot_write = found["disk"].is_failure or found["ledger"].is_failure
    pace_folder = Path(tempfile.gettempdir()) if cannot_write else folder(shared)
    for config in sites:
        who = Examined(config, stop, now)
        name = config.site if len(sites) > 1 else ""
        yield from (Finding("notion", verdict, name) for verdict in _notion(who, pace_folder))
        yield from (Finding("wordpress", verdict, name) for verdict in _wordpress(who))
        yield from (Finding("service", verdict, name) for verdict in _service(who, seen.error is None))


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


def _service(who: Examined, web_answers: bool) -> Iterator[Verdict]:
    config = who.config
    yield machine.telegram(machine_asks.telegram_chat(config))
    try:
        listing = beats(config)[0]
    except ConfigError as error:
        yield machine.settings(error.problems[0])
        return
    looks = machine_asks.looks(config, listing.next, who.now())
    yield machine.schedule(looks, web_answers, config)


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
    with contextlib.ExitStack() as stack:
        probe = stack.enter_context(contextlib.closing(WordPressProbe(who.config, who.stop)))
        rest = stack.enter_context(contextlib.closing(RestProbe(who.config, who.stop)))
        home = probe.home(who.now)
        verdict = wordpress.address(home, who.config)
        yield verdict
        if verdict.is_failure or isinstance(home, SidecarError):
            return
        yield notion.clock(home.ahead, "WordPress", "wordpress clock")
        yield from _site(probe, rest, home, who)


def _site(probe: WordPressProbe, rest: RestProbe, home: Home, who: Examined) -> Iterator[Verdict]:
    """Over the way that a sync would take."""
    config = who.config
    closed = _closed(probe) if config.wp_transport != "rest" else None
    if config.wp_transport == "rest" or (config.wp_transport == "auto" and closed is not None):
        yield from [wordpress.goes_over_rest(closed)] if closed is not None else []
        yield from _account(rest, config, who, probe.why_no_login)
        return
    yield from _over_xmlrpc(probe, home, who)
    if closed is not None:
        yield wordpress.rest_instead(rest.profile())


def _closed(probe: WordPressProbe) -> Closed | None:
    """Why XML-RPC is shut for all; None when it is not, or when something else is wrong."""
    for ask in (probe.hello, probe.methods, probe.profile):
        said = ask()
        if isinstance(said, SidecarError):
            return said if isinstance(said, Closed) else None
    return None


def _over_xmlrpc(probe: WordPressProbe, home: Home, who: Examined) -> Iterator[Verdict]:
    """Each step needs the one before it."""
    verdict = wordpress.xmlrpc(probe.hello(), home, who.config)
    yield verdict
    if verdict.is_failure:
        return
    verdict = wordpress.methods(probe.methods())
    yield verdict
    if not verdict.is_failure:
        yield from _account(probe, who.config, who)


def _account(
    probe: WordPressProbe | RestProbe, config: Config, who: Examined, why: Callable[[], str] | None = None
) -> Iterator[Verdict]:
    profile = probe.profile()
    login = wordpress.login(profile, config)
    yield dataclasses.replace(login, do=why()) if login.is_failure and why and _is_no(profile) else login
    if isinstance(profile, SidecarError):
        return
    role = wordpress.role(profile, config)
    yield role
    yield wordpress.version(probe.site())
    if not role.is_failure:
        yield from _work(probe, who)


def _is_no(profile: object) -> bool:
    """True when WordPress spoke, and said no: only then is it the login."""
    return isinstance(profile, Refused) and not isinstance(profile, Closed)


def _work(probe: WordPressProbe | RestProbe, who: Examined) -> Iterator[Verdict]:
    """What a sync does there."""
    with contextlib.closing(Trials(who.config, who.stop, PATIENCE)) as trials:
        post_type = wordpress.post_type(probe.post_types(), who.config)
        yield post_type
        if not post_type.is_failure:
            yield wordpress.draft(trials.draft())
        yield wordpress.upload(trials.upload())
    yield wordpress.size(probe.sizes())

"""How log lines look, where mistakes are reported, and what never gets into either. Set once, by entry points."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Collection, MutableMapping
from importlib.metadata import version
from typing import Any

import structlog
from pydantic import SecretStr
from structlog.typing import Processor

from sidecar.config import Config

SHORTEST_SECRET = 6
"""A secret below this length is no secret, and would blot out ordinary words."""
LEAVING_SECONDS = 2
"""How long a process that ends waits for its last reports to be taken."""
TAGS = ("site", "page", "job", "request")

Blot = Callable[[Any], Any]


def begin(config: Config, *sites: Config) -> None:
    """What every process does first: its log lines go to the standard error, its mistakes to Sentry if there is one.

    The secrets of all `sites` are left out of both.
    """
    kept = secrets(config, *sites)
    is_reporting = to_sentry(config, kept)
    to_stderr(config, [report] if is_reporting else [], kept)
    if config.sentry_dsn.get_secret_value() and not is_reporting:
        remedy = "Install it: pip install 'notion-wordpress-sidecar[sentry]', or leave SENTRY_DSN empty."
        structlog.get_logger().warning(
            "SENTRY_DSN is set, but sentry-sdk is missing: nothing is reported", remedy=remedy
        )


def to_stderr(config: Config, also: Collection[Processor] = (), kept: Collection[str] | None = None) -> None:
    """From now on every log line of this process goes to the standard error, for people or as JSON."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            *also,
            structlog.processors.format_exc_info,
            without(secrets(config) if kept is None else kept),
            _renderer(config),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        # Looked up at each line: whoever replaces the stream, as tests do, is followed.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
    library = logging.getLogger("sidecar.notion")
    library.handlers, library.propagate = [Told()], False


class Told(logging.Handler):
    """What a library logs becomes a line like all others: as JSON if they are, and without secrets."""

    def emit(self, record: logging.LogRecord) -> None:
        told = {"exc_info": record.exc_info} if record.exc_info else {}
        structlog.get_logger(record.name).log(record.levelno, record.getMessage(), **told)


# --- secrets ---------------------------------------------------------------------------------------------


def secrets(*configs: Config) -> Collection[str]:
    """The values of all secret settings."""
    values = [value for config in configs for value in dict(config).values() if isinstance(value, SecretStr)]
    return {value.get_secret_value() for value in values if len(value.get_secret_value()) >= SHORTEST_SECRET}


def without(secrets: Collection[str]) -> Processor:
    """Blots out whatever of these would get into a line: an error of a far end may quote what it was sent."""
    blot = blotter(secrets)

    def process(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {name: blot(value) if isinstance(value, str) else value for name, value in line.items()}

    return process


def blotter(secrets: Collection[str]) -> Blot:
    """What takes these out of a text, and out of all texts in a piece of JSON."""

    def blot(value: Any) -> Any:
        match value:
            case str():
                for secret in secrets:
                    value = value.replace(secret, "[secret]")
            case dict():
                return {blot(name): blot(inner) for name, inner in value.items()}
            case list() | tuple():
                return [blot(inner) for inner in value]
        return value

    return blot


def _renderer(config: Config) -> Processor:
    if config.log_format == "json":
        return structlog.processors.JSONRenderer()
    has_colors = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    return structlog.dev.ConsoleRenderer(colors=has_colors, exception_formatter=structlog.dev.plain_traceback)


# --- mistakes --------------------------------------------------------------------------------------------


def to_sentry(config: Config, kept: Collection[str]) -> bool:
    """From now on mistakes of ours are reported to SENTRY_DSN. False when it is not set, or sentry-sdk is missing.

    What is sent is the traceback, without the values of variables: they hold what people write.
    """
    if not config.sentry_dsn.get_secret_value():
        return False
    try:
        import sentry_sdk
    except ImportError:
        return False
    blot = blotter(kept)
    sentry_sdk.init(
        config.sentry_dsn.get_secret_value(),
        release=f"notion-wordpress-sidecar@{version('notion-wordpress-sidecar')}",
        before_send=lambda event, _hint: blot(event),
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=_integrations(),
        include_local_variables=False,
        send_default_pii=False,
        max_breadcrumbs=0,
        auto_session_tracking=False,
        shutdown_timeout=LEAVING_SECONDS,
    )
    return True


def _integrations() -> list[Any]:
    """Where mistakes are seen that end a process, a thread or an RQ job. All others are lines of our log."""
    from sentry_sdk.integrations.atexit import AtexitIntegration
    from sentry_sdk.integrations.dedupe import DedupeIntegration
    from sentry_sdk.integrations.excepthook import ExcepthookIntegration
    from sentry_sdk.integrations.logging import LoggingIntegration
    from sentry_sdk.integrations.threading import ThreadingIntegration

    integrations: list[Any] = [
        AtexitIntegration(callback=lambda *_: None),
        DedupeIntegration(),
        ExcepthookIntegration(),
        LoggingIntegration(level=None, event_level=logging.ERROR),
        ThreadingIntegration(),
    ]
    # Where there is RQ, its work-horses end without a word: this one sends before they do.
    if "rq" in sys.modules:
        from sentry_sdk.integrations.rq import RqIntegration

        integrations.append(RqIntegration())
    return integrations


def report(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hands the error of a line to Sentry, if it has one, with the ids of what it is about."""
    if line.get("exc_info"):
        import sentry_sdk

        error = line["exc_info"] if line["exc_info"] is not True else sys.exc_info()
        sentry_sdk.capture_exception(error, tags={name: str(line[name]) for name in TAGS if name in line})
    return line

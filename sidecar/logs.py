"""How log lines look, and what never gets into them. Set once, by entry points."""

from __future__ import annotations

import logging
import sys
from collections.abc import Collection, MutableMapping
from typing import Any

import structlog
from pydantic import SecretStr
from structlog.typing import Processor

from sidecar.config import Config

SHORTEST_SECRET = 6
"""A secret below this length is no secret, and would blot out ordinary words."""


def to_stderr(config: Config) -> None:
    """From now on every log line of this process goes to the standard error, for people or as JSON."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            without(secrets(config)),
            _renderer(config),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        # Looked up at each line: whoever replaces the stream, as tests do, is followed.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def secrets(config: Config) -> Collection[str]:
    """The values of all secret settings."""
    values = [value for value in dict(config).values() if isinstance(value, SecretStr)]
    return {value.get_secret_value() for value in values if len(value.get_secret_value()) >= SHORTEST_SECRET}


def without(secrets: Collection[str]) -> Processor:
    """Blots out whatever of these would get into a line: an error of a far end may quote what it was sent."""

    def blot(text: object) -> object:
        for secret in secrets:
            text = text.replace(secret, "[secret]") if isinstance(text, str) else text
        return text

    def process(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {name: blot(value) for name, value in line.items()}

    return process


def _renderer(config: Config) -> Processor:
    if config.log_format == "json":
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)

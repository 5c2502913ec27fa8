"""What was known before and what has been answered so far, as settings. Asks nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sidecar.checks import Verdict
from sidecar.checks.machine import settings
from sidecar.config import Config
from sidecar.conversation import Conversation
from sidecar.errors import ConfigError


@dataclass
class Setup:
    """`known` comes from the environment and `.env`, `answers` from the conversation; both by the names of `.env`."""

    talk: Conversation
    known: Mapping[str, str]
    given: Mapping[str, str | None]
    """What was said with options."""
    mapping: tuple[tuple[str, str], ...] = ()
    answers: dict[str, str] = field(default_factory=dict)
    mapped: list[tuple[str, str]] = field(default_factory=list)
    """What is to stand in `sidecar.toml` in addition."""

    def config(self, **more: str) -> Config:
        """The settings so far, and some on trial. Raises ConfigError."""
        made = Config.parse({**self.known, **self.answers, **more})
        return made.model_copy(update={"property_mapping": (*self.mapping, *self.mapped)})

    def problems(self, **more: str) -> Sequence[Verdict]:
        """What is wrong with settings on trial, whatever they would say to a far end."""
        try:
            self.config(**more)
        except ConfigError as error:
            return [settings(problem) for problem in error.problems]
        return ()

    def value(self, name: str) -> str:
        """What is known of a setting; empty when nothing is."""
        return self.answers.get(name) or self.known.get(name) or ""

"""Fixtures of the web service's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from tests.webhook.reception import Reception


@pytest.fixture
def receptions(tmp_path: Path) -> Iterator[Callable[..., Reception]]:
    """Makes a service with other settings than usual."""
    made: list[Reception] = []

    def make(**settings: str) -> Reception:
        made.append(Reception(tmp_path, **settings))
        return made[-1]

    yield make
    for reception in made:
        reception.close()


@pytest.fixture
def reception(receptions: Callable[..., Reception]) -> Reception:
    return receptions()


@pytest.fixture(autouse=True)
def own_log_settings() -> Iterator[None]:
    """What other tests have told the log ends here."""
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()

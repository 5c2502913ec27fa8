"""Fixtures of the web service's tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from sidecar.adapters.ledger import open_store
from tests.webhook.reception import Reception


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger in which nothing has happened yet: to copy it is quicker than to make it."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def receptions(tmp_path: Path, empty_ledger: Path) -> Iterator[Callable[..., Reception]]:
    """Makes a service with other settings than usual. All of one test have the same ledger."""
    made: list[Reception] = []
    shutil.copy(empty_ledger, tmp_path / "ledger.db")

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

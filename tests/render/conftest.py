"""The editors of three WordPress versions, started once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import pytest

from tests.render.cases import VERSIONS
from tests.stage.editor import Editor


@pytest.fixture(scope="session")
def editors() -> Iterator[Mapping[str, Editor]]:
    """The editor of each WordPress that the markup is for, by its name on the stage."""
    with ExitStack() as stack:
        yield {version: stack.enter_context(Editor(version)) for version in VERSIONS}

"""What the tests of the plugin share: one browser, and a desk for each WordPress, started when it is first needed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.plugin.desk import Desk, opened
from tests.stage.chromium import chromium


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def desk() -> Iterator[Desk]:
    """With the newest WordPress. What one test leaves there the others have to bear."""
    with opened("newest") as desk:
        yield desk


@pytest.fixture(scope="module", params=["newest", "6.1"])
def any_desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """For what may differ between the newest WordPress and the oldest that is served."""
    if request.param == "newest":
        yield request.getfixturevalue("desk")
        return
    with opened(request.param) as desk:
        yield desk

"""What the tests of the plugin share: a desk for each WordPress, one browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.plugin.desk import FLAGS, Desk, desk


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # A machine that is busy with other tests is slow, not broken.
    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), headless=True, args=FLAGS)
        yield browser
        browser.close()
    expect.set_options(timeout=5_000)


@pytest.fixture(scope="module", params=["newest", "6.1"])
def any_desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    with desk(request.param) as found:
        yield found

"""A Chromium for tests, with patience: a machine that is busy with other tests is slow, not broken."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

PATIENCE = 60.0
PLAYWRIGHTS_OWN = 5.0
"""Seconds that playwright waits when it is told nothing."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), headless=True, args=FLAGS)
        yield browser
        browser.close()
    expect.set_options(timeout=PLAYWRIGHTS_OWN * 1000)


def patient(browser: Browser, **options: Any) -> BrowserContext:
    """Somebody's own session in the browser."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE * 1000)
    return context

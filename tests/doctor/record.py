"""Writes docs/first-post.md: `python -m tests.doctor.record`, or `make recording`. A test holds the page to it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.doctor.newcomer import TITLE, first_post, recorded
from tests.stage.notion import NotionStandIn
from tests.stage.telegram import TelegramStandIn
from tests.stage.wordpress import WordPress

DOCS = Path(__file__).parents[2] / "docs"

if __name__ == "__main__":
    with NotionStandIn() as notion, WordPress("newest", title=TITLE) as wordpress, TelegramStandIn() as telegram:
        with tempfile.TemporaryDirectory() as folder:
            who = first_post(notion, wordpress, telegram, Path(folder))
        (DOCS / "first-post.md").write_text(recorded(who, wordpress), encoding="utf-8")

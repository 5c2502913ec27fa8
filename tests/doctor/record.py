"""Writes docs/first-post.md: `python -m tests.doctor.record`, or `make recording`. Tests hold the page to it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.doctor.newcomer import PAGE, TITLE, clean_clone, demo, demo_recorded, first_post, post_recorded
from tests.stage.notion import NotionStandIn
from tests.stage.telegram import TelegramStandIn
from tests.stage.wordpress import WordPress

DOCS = Path(__file__).parents[2] / "docs"

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        shown = demo_recorded(demo(clean_clone(Path(folder))))
    with NotionStandIn() as notion, WordPress("newest", title=TITLE) as wordpress, TelegramStandIn() as telegram:
        with tempfile.TemporaryDirectory() as folder:
            who = first_post(notion, wordpress, telegram, Path(folder))
        page = PAGE.format(demo=shown, post=post_recorded(who, wordpress))
        (DOCS / "first-post.md").write_text(page, encoding="utf-8")

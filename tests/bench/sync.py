"""A whole sync of many pages with pictures: Notion calls against the least possible, seconds, peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time

from tests.stage.notion import NotionStandIn, art
from tests.stage.notion import build as b
from tests.stage.wordpress import WordPress

PAGES, PICTURES = 100, 3
NOTION_PER_MINUTE = 180
FAST = 6000
"""Calls a minute of a Notion that is not what a run waits for: then WordPress is."""


def main() -> None:
    with WordPress("newest") as wordpress:
        few = _measure(wordpress, PAGES // 10, PICTURES, FAST)
        many = _measure(wordpress, PAGES, PICTURES, FAST)
        _measure(wordpress, PAGES, 0, NOTION_PER_MINUTE)
        print(f"peak memory of {PAGES} pages to that of {PAGES // 10}: {many / few:.2f}")


def _measure(wordpress: WordPress, pages: int, pictures: int, per_minute: int) -> float:
    """One run in a process of its own. Gives its peak memory in MB."""
    wordpress.reset()
    with NotionStandIn(per_minute=per_minute) as notion, tempfile.TemporaryDirectory() as folder:
        for number in range(pages):
            notion.add_page(f"Page {number}", blocks(notion, number, pictures))
        report, seconds, peak = run(settings(wordpress, notion, folder, per_minute), folder)
        refused = sum(call.status == 429 for call in notion.calls)
        floor = 1 + 2 * pages
        print(f"{pages} pages with {pictures} pictures each, Notion allowing {per_minute} calls a minute:")
        print(f"  status          {report['status']}, {len(report['pages'])} pages")
        calls = len(notion.calls)
        print(f"  Notion calls    {calls}, at least {floor} are needed: {calls / floor:.2f}x; {refused} answered 429")
        waits = (floor - 1) // per_minute * 60
        print(f"  seconds         {seconds:.1f}, of which Notion's limit alone takes {waits}")
        print(f"  WordPress       {report['metrics']['wordpress_calls']} calls")
        print(f"  uploads         {report['metrics']['media_uploaded']} of {pages * pictures}")
        print(f"  peak memory     {peak:.0f} MB", flush=True)
        return peak


def blocks(notion: NotionStandIn, number: int, pictures: int) -> list[dict]:
    names = [
        notion.add_file(f"{number}-{one}.jpg", art.jpeg(art.landscape(number * 10 + one, (1200, 800))))
        for one in range(pictures)
    ]
    return [block for name in names for block in (b.paragraph("Words and words. " * 40), b.image(name, "A caption"))]


def settings(wordpress: WordPress, notion: NotionStandIn, folder: str, per_minute: int) -> dict[str, str]:
    editor = wordpress.users["editor"]
    return {
        "PATH": os.environ["PATH"],
        "NOTION_TOKEN": notion.token,
        "NOTION_DATA_SOURCE_ID": notion.data_source_id,
        "NOTION_BASE_URL": notion.url,
        "NOTION_RATE_PER_MINUTE": str(per_minute),
        "WP_URL": wordpress.url,
        "WP_USERNAME": editor.login,
        "WP_APP_PASSWORD": editor.application_password,
        "DATABASE_URL": f"sqlite:///{folder}/sidecar.db",
        "MEDIA_ALLOWED_PRIVATE_HOSTS": notion.url.removeprefix("http://"),
    }


def run(settings: dict[str, str], folder: str) -> tuple[dict, float, float]:
    """What `sidecar sync --json` printed, how long it took, and its peak memory in MB."""
    command = [sys.executable, "-m", "sidecar", "sync", "--json"]
    started = time.monotonic()
    process = subprocess.Popen(command, env=settings, cwd=folder, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    printed = process.stdout.read()
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return json.loads(printed), time.monotonic() - started, usage.ru_maxrss / 1024

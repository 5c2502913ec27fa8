"""One sync over XML-RPC and over REST, side by side: calls and seconds per page, new pages and pages that changed."""

from __future__ import annotations

import tempfile

from tests.bench.sync import FAST, blocks, run, settings
from tests.stage.notion import NotionStandIn
from tests.stage.notion import build as b
from tests.stage.wordpress import WordPress

PAGES, PICTURES = 10, 2
TRANSPORTS = ("xmlrpc", "rest")
LINES = ("new pages", "changed pages", "unchanged pages")


def main() -> None:
    """Each transport on the same WordPress, emptied between them, and each after a run that warms it up."""
    with WordPress("newest") as wordpress:
        measured = {transport: _measure(wordpress, transport) for transport in TRANSPORTS}
    print(f"{PAGES} pages with {PICTURES} pictures each; WordPress calls and seconds per page:")
    print(f"  {'':<16}" + "".join(f"{name + ', calls':>16}{'seconds':>10}" for name in TRANSPORTS))
    for number, line in enumerate(LINES):
        figures = [measured[transport][number] for transport in TRANSPORTS]
        print(f"  {line:<16}" + "".join(f"{calls:>16.1f}{seconds:>10.2f}" for calls, seconds in figures))


def _measure(wordpress: WordPress, transport: str) -> list[tuple[float, float]]:
    wordpress.reset()
    with NotionStandIn(per_minute=FAST) as notion, tempfile.TemporaryDirectory() as folder:
        given = {**settings(wordpress, notion, folder, FAST), "WP_TRANSPORT": transport}
        notion.add_page("Warm", [b.paragraph("up")])
        run(given, folder)
        pages = [notion.add_page(f"Page {number}", blocks(notion, number, PICTURES)) for number in range(PAGES)]
        figures = [_figures(given, folder)]
        for number, page in enumerate(pages):
            notion.content.edit(page, blocks=[*blocks(notion, number, PICTURES), b.paragraph("More words.")])
            notion.content.set_status(page, "Adding")
        figures.append(_figures(given, folder))
        for page in pages:
            notion.content.set_status(page, "Adding")
        return [*figures, _figures(given, folder)]


def _figures(given: dict[str, str], folder: str) -> tuple[float, float]:
    """WordPress calls and seconds per page of one `sidecar sync`."""
    report, _, _ = run(given, folder)
    assert len(report["pages"]) == PAGES, report
    return report["metrics"]["wordpress_calls"] / PAGES, report["metrics"]["seconds"] / PAGES

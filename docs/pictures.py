"""Takes the pictures of docs/pictures: `make pictures`. One page with every type of block is published to a real
WordPress, opened in its block editor, and each block is photographed there. A look at the product, not a test of it.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from sidecar import orchestrator  # noqa: E402
from sidecar.adapters.connect import connected  # noqa: E402
from sidecar.config import Config  # noqa: E402
from tests.demo import settings  # noqa: E402
from tests.stage.notion import NotionStandIn  # noqa: E402
from tests.stage.notion import build as b  # noqa: E402
from tests.stage.notion.magazine import fill  # noqa: E402
from tests.stage.wordpress import WordPress  # noqa: E402

Json = dict[str, Any]
Box = dict[str, float]
FLAGS = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
FOLDER = HERE / "pictures"
HEIGHT = 6000
"""Of the window, in pixels: the whole page without scrolling."""
BLOCKS = """() => {
    const blocks = wp.data.select('core/block-editor').getBlocks();
    return blocks.length && blocks.map((block) => [block.name, block.clientId]);
}"""
PATIENCE, SETTLED = 120_000, 2_000
"""Milliseconds: for the editor to open, and for its layout to come to rest."""
COLORS = 64
"""Of a picture's palette: enough for words, and small."""
MARGIN = 12


LINE = b.divider()
"""Stands after each sample, to tell where it ends."""


def samples(ids: dict[str, str]) -> dict[str, list[Json]]:
    """What a writer may have made of each type of block."""
    other = next(iter(ids.values()))
    return {
        "paragraph": [
            b.paragraph(
                "Twice a day the sea ",
                b.run("leaves", bold=True),
                " the harbour, ",
                b.run("and", italic=True),
                " comes ",
                b.run("back", color="red"),
                ", with ",
                b.run("a mark", color="yellow_background"),
                " on the ",
                b.run("wall", link="https://tides.example/wall"),
                ".",
                children=[b.paragraph("What is indented stays below it.")],
            )
        ],
        "bulleted_list_item": [
            b.bullet("The flats", children=[b.bullet("cockles"), b.bullet("lugworms")]),
            b.bullet("The channel"),
        ],
        "numbered_list_item": [
            b.number("Wait for the ebb.", list_start_index=3),
            b.number("Walk.", children=[b.number("Slowly.", list_format="letters")]),
        ],
        "to_do": [b.to_do("Boots", checked=True), b.to_do("A map", children=[b.to_do("of the flats")])],
        "heading_2": [b.heading(2, "A country with no border")],
        "toggle": [b.toggle("When is low water?", children=[b.paragraph("Ask the harbour master.")])],
        "quote": [b.quote("You do not go to the sea here.", children=[b.paragraph("You wait, and it arrives.")])],
        "callout": [b.callout("Bring ", b.run("boots", bold=True), ".", icon="🥾", color="yellow_background")],
        "code": [b.code("if tide < 1:\n    walk()", "python", "When to go")],
        "equation": [b.equation(r"h(t) = A \cos\left(\frac{2\pi t}{T}\right)")],
        "table_of_contents": [b.contents()],
        "table": [b.table(["Day", "Ebb", "Flood"], ["Monday", "06:12", "12:24"], ["Tuesday", "07:01", "13:15"])],
        "column_list": [b.columns([b.paragraph("The ebb takes six hours.")], [b.paragraph("So does the flood.")])],
        "image": [b.image("shore-1.jpg", "The flats at low water.")],
        "audio": [b.media("audio", "tide-bell.wav", "The tide bell")],
        "file": [b.media("file", "tide-tables.pdf")],
        "bookmark": [b.bookmark("https://tides.example/lisbon", "Tide tables of Lisbon")],
        "link_to_page": [b.link_to_page(other)],
        "tab": [b.tabs(Ebb=[b.paragraph("Six hours out.")], Flood=[b.paragraph("Six hours in.")])],
    }


def take() -> None:
    folder = Path(tempfile.mkdtemp(prefix="sidecar-pictures-"))
    try:
        with WordPress("newest") as wordpress, NotionStandIn() as notion:
            ids = fill(notion.content)
            made = samples(ids)
            blocks = [block for sample in made.values() for block in (*sample, LINE)]
            page_id = notion.content.add_page("Every block", blocks, properties={"Status": "Draft"})
            with connected(Config.parse(settings(wordpress, notion, folder))) as world:
                orchestrator.sync(world, orchestrator.Request())
                notion.set_status(page_id, "Adding")
                orchestrator.sync(world, orchestrator.Request())
            _photograph(wordpress, notion.said(page_id, "WordPress URL"), made)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _photograph(wordpress: WordPress, link: str, names: Iterable[str]) -> None:
    """One picture per sample, of the blocks between two separators; and one of a separator."""
    number = wordpress.php(f"return url_to_postid('{link}');")
    account = wordpress.users["admin"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), headless=True, args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": HEIGHT})
        page.set_default_timeout(PATIENCE)
        page.goto(f"{wordpress.url}/wp-login.php")
        page.fill("#user_login", account.login)
        page.fill("#user_pass", account.password)
        page.click("#wp-submit")
        page.goto(f"{wordpress.url}/wp-admin/post.php?post={number}&action=edit")
        page.evaluate("wp.data.dispatch('core/preferences').set('core/edit-post', 'welcomeGuide', false)")
        blocks = page.wait_for_function(BLOCKS).json_value()
        canvas = page.frame_locator('iframe[name="editor-canvas"]')
        canvas.locator(f'[data-block="{blocks[-1][1]}"]').wait_for()
        page.frame("editor-canvas").wait_for_function("[...document.images].every((image) => image.complete)")
        page.wait_for_timeout(SETTLED)
        whole = Image.open(io.BytesIO(page.screenshot()))
        boxes = [(kind, canvas.locator(f'[data-block="{block}"]').bounding_box()) for kind, block in blocks]
        browser.close()
    FOLDER.mkdir(exist_ok=True)
    for name, between in zip((*names, "divider"), [*_between(boxes), [boxes[-1][1]]], strict=True):
        _save(whole, between, FOLDER / f"{name}.png")


def _between(boxes: list[tuple[str, Box]]) -> list[list[Box]]:
    parts: list[list[Box]] = [[]]
    for kind, box in boxes:
        if kind == "core/separator":
            parts.append([])
        else:
            parts[-1].append(box)
    return parts[:-1]


def _save(whole: Image.Image, boxes: list[Box], path: Path) -> None:
    left, right = min(box["x"] for box in boxes), max(box["x"] + box["width"] for box in boxes)
    top, bottom = min(box["y"] for box in boxes), max(box["y"] + box["height"] for box in boxes)
    cut = whole.crop((int(left) - MARGIN, int(top) - MARGIN, int(right) + MARGIN, int(bottom) + MARGIN))
    cut.convert("RGB").quantize(COLORS).save(path, optimize=True)


if __name__ == "__main__":
    take()

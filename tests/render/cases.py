"""Golden cases: what there is under tests/golden/blocks and tests/golden/rich_text, and the world they stand in.

A case is two files: NAME.json, a list of blocks in Notion's shape, each with its children under `children`; and
NAME.html, the block markup. Where an older or newer WordPress has its own form, NAME.6.1.html or NAME.newest.html
stands beside it. NAME.warnings.txt holds what the writer is told, if anything, as `type: message`; it may have a
version in its name, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sidecar import parse, render
from sidecar.blocks import Block, Blocks, FileRef, PageId, walk
from sidecar.model import Media, MediaId
from sidecar.render import Context, Rendered
from sidecar.render.links import split

GOLDEN = Path(__file__).parents[1] / "golden"
VERSIONS: Mapping[str, tuple[int, int]] = {"6.1": (6, 1), "6.8": (6, 8), "newest": (7, 1)}
PUBLISHED = {
    PageId("22222222-2222-4222-8222-222222222222"): "https://blog.example/low-water/",
    PageId("33333333-3333-4333-8333-333333333333"): "https://blog.example/fish-soup/",
}
"""Pages that have a post already. Every other page has none."""


@dataclass(frozen=True)
class Case:
    path: Path

    def __str__(self) -> str:
        return f"{self.path.parent.name}/{self.path.stem}"

    @property
    def tree(self) -> Blocks:
        return parse.blocks(json.loads(self.path.read_text(encoding="utf-8")))

    def all_blocks(self) -> list[Block]:
        return list(walk(self.tree))

    def markup(self, version: str) -> str:
        return self._expected(version, "html") or ""

    def warnings(self, version: str) -> list[str]:
        return (self._expected(version, "warnings.txt") or "").splitlines()

    def _expected(self, version: str, ending: str) -> str | None:
        paths = (self.path.with_suffix(f".{version}.{ending}"), self.path.with_suffix(f".{ending}"))
        path = next((path for path in paths if path.exists()), None)
        return path.read_text(encoding="utf-8").removesuffix("\n") if path else None

    def rendered(self, version: str) -> Rendered:
        return rendered(self.tree, version)


def cases() -> list[Case]:
    return [Case(path) for folder in ("blocks", "rich_text") for path in sorted((GOLDEN / folder).glob("*.json"))]


def rendered(tree: Blocks, version: str) -> Rendered:
    """A tree as the post of a site on which every file of it has been stored."""
    return render.document(tree, Context(media=stored(tree), links=PUBLISHED, wordpress=VERSIONS[version]))


def stored(tree: Blocks) -> dict[str, Media]:
    """Library items for the files of a tree, numbered in order. A file named `refused...` was not taken over."""
    files = (file for file in render.files_to_store(tree) if not file.name.startswith("refused"))
    return {file.identity: _item(file, str(number)) for number, file in enumerate(files, 101)}


def _item(file: FileRef, number: str) -> Media:
    name = re.sub(r"[^\w.-]+", "-", split(file.url).path.rsplit("/", 1)[-1])
    return Media(MediaId(number), f"https://blog.example/wp-content/uploads/2026/11/{name}", name=name)

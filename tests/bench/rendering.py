"""How long rendering takes, and how it grows: `python -m tests.bench.rendering`. The blocks are the golden cases'."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Sequence
from typing import Any

from sidecar import parse, render
from sidecar.blocks import Blocks
from tests.render.cases import PUBLISHED, VERSIONS, cases, stored

SIZES = (1_000, 10_000)
ROUNDS = 5


def page(size: int) -> list[dict[str, Any]]:
    """A page of so many blocks, counting those inside others, as varied as the golden cases are."""
    every = [block for case in cases() for block in json.loads(case.path.read_text(encoding="utf-8"))]
    made, count = [], 0
    for block in itertools.cycle(every):
        if count >= size:
            return made
        made.append(block)
        count += weight(block)
    return made


def weight(block: dict[str, Any]) -> int:
    return 1 + sum(weight(child) for child in block.get("children", ()))


def seconds(raw: Sequence[dict[str, Any]]) -> tuple[float, float, int]:
    """The best of several rounds: seconds of processor to read the JSON, to render; how long the markup is."""
    tree = parse.blocks(raw)
    media = stored(tree)
    reading = min(_timed(lambda: parse.blocks(raw)) for _ in range(ROUNDS))
    return reading, min(_timed(lambda: _rendered(tree, media)) for _ in range(ROUNDS)), len(_rendered(tree, media))


def _rendered(tree: Blocks, media: dict[str, Any]) -> str:
    return render.document(tree, render.Context(media=media, links=PUBLISHED, wordpress=VERSIONS["6.8"])).html


def _timed(act: Any) -> float:
    begin = time.process_time()
    act()
    return time.process_time() - begin


def main() -> None:
    times = {}
    for size in SIZES:
        reading, times[size], length = seconds(page(size))
        print(
            f"{size:>6} blocks: read {reading * 1000:6.1f} ms, render {times[size] * 1000:6.1f} ms, {length:>9,} bytes"
        )
    growth = times[SIZES[1]] / times[SIZES[0]]
    print(f"       ten times the blocks take {growth:.1f} times as long")


if __name__ == "__main__":
    main()

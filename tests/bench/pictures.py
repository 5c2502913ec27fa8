"""Pictures: time and memory against a naive open, resize, save; a page of many: memory, and the site's own time.

Whatever is measured runs in a process of its own, which tells its peak memory itself: what the system tells of a child
that has ended may be its parent's.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image

from sidecar import prepare
from sidecar.adapters.connect import connected
from sidecar.adapters.wordpress.library import AT_ONCE
from sidecar.config import Config
from sidecar.model import Prepared
from tests.bench.sync import settings
from tests.stage.notion import NotionStandIn, art
from tests.stage.notion import build as b
from tests.stage.wordpress import WordPress

SIZES = {"24 MP": (6000, 4000), "100 MP": (12_240, 8160)}
ROUNDS = 3
FEW, MANY = 20, 200

PEAK = """
import io, json, re, sys, time
from pathlib import Path

def peak():
    return int(re.search("VmHWM:[^0-9]+([0-9]+) kB", Path("/proc/self/status").read_text())[1]) / 1024
"""
ONE = (
    PEAK
    + """
from PIL import Image
from sidecar.prepare import ImageOptions, image

def ours(data):
    return image(data, ImageOptions()).data

def naive(data):
    Image.MAX_IMAGE_PIXELS = None
    picture = Image.open(io.BytesIO(data))
    size = 2560, round(2560 * picture.height / picture.width)
    out = io.BytesIO()
    picture.resize(size, Image.Resampling.LANCZOS).save(out, "JPEG", quality=85)
    return out.getvalue()

act = {"ours": ours, "naive": naive}[sys.argv[1]]
act(Path(sys.argv[3]).read_bytes())  # what the first picture alone costs: imports, plugins
data, before = Path(sys.argv[2]).read_bytes(), peak()
begin = time.perf_counter()
act(data)
print(json.dumps([time.perf_counter() - begin, peak() - before]))
"""
)
WHOLE = (
    PEAK
    + """
from sidecar.cli import main

begin = time.perf_counter()
try:
    main(["sync", "--json"])
finally:
    print(json.dumps([time.perf_counter() - begin, peak()]))
"""
)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, size in SIZES.items():
            _one(name, _photograph(Path(folder, "big.jpg"), size), _photograph(Path(folder, "small.jpg"), (300, 200)))
    with WordPress("newest") as wordpress:
        few, many = (_page(wordpress, number) for number in (FEW, MANY))
        print(f"peak memory of {MANY} pictures in a page to that of {FEW}: {many / few:.2f}")


# --- one picture -------------------------------------------------------------------------------------------


def _photograph(path: Path, size: tuple[int, int]) -> Path:
    """A soft picture, as large and about as heavy as a camera's."""
    dots = Image.frombytes("RGB", (600, 400), random.Random(7).randbytes(600 * 400 * 3))
    dots.resize(size, Image.Resampling.BICUBIC).save(path, "JPEG", quality=90)
    return path


def _one(name: str, big: Path, small: Path) -> None:
    measured = {who: [_told(ONE, who, str(big), str(small)) for _ in range(ROUNDS)] for who in ("naive", "ours")}
    best = {who: (min(seconds for seconds, _ in told), min(used for _, used in told)) for who, told in measured.items()}
    print(f"a JPEG of {name}, {big.stat().st_size / 1e6:.1f} MB:")
    for who, (seconds, used) in best.items():
        print(f"  {who:<7} {seconds:6.2f} s, {used:6.0f} MB of memory at its peak")
    faster, leaner = (best["naive"][place] / best["ours"][place] for place in (0, 1))
    print(f"  ours is {faster:.1f}x faster and takes {leaner:.1f}x less memory", flush=True)


def _told(script: str, *words: str, **how: object) -> Sequence[float]:
    command = [sys.executable, "-c", script, *words]
    printed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, **how)
    return json.loads(printed.stdout.splitlines()[-1])


# --- a page of many ----------------------------------------------------------------------------------------


def _page(wordpress: WordPress, number: int) -> float:
    """One page with so many pictures, and the same calls for the same files by hand before and after it: a machine is
    seldom as busy as it was. Gives the peak in MB.
    """
    pictures = [_grain(seed) for seed in range(number)]
    with NotionStandIn() as notion, tempfile.TemporaryDirectory() as folder:
        given = settings(wordpress, notion, folder, 6000)
        config = Config.parse(given)
        before = _by_hand(wordpress, config, pictures)
        wordpress.reset()
        names = [notion.add_file(f"{place}.jpg", data) for place, data in enumerate(pictures)]
        notion.add_page("A page of pictures", [b.image(name) for name in names])
        seconds, peak = _told(WHOLE, env=given, cwd=folder)
        stored = wordpress.php("return array_sum((array) wp_count_attachments());")
        after = _by_hand(wordpress, config, pictures)
    size, floor = sum(map(len, pictures)) / 1e6, (before + after) / 2
    print(f"a page with {number} pictures of {size:.0f} MB in all, {stored} of them in the library:")
    print(f"  the site alone  {floor:6.1f} s for the same calls, {AT_ONCE} at a time")
    print(f"                  ({before:.1f} s before the sync, {after:.1f} s after it)")
    print(f"  the whole sync  {seconds:6.1f} s: {seconds / floor:.2f} of that")
    print(f"  peak memory     {peak:6.0f} MB", flush=True)
    return peak


def _grain(seed: int) -> bytes:
    """Few pixels for the site to scale, and many bytes: kept in memory, they would be seen there."""
    grain = Image.frombytes("RGB", (480, 320), random.Random(seed).randbytes(480 * 320 * 3))
    return art.jpeg(Image.blend(art.landscape(seed, (480, 320)), grain, 0.5))


def _by_hand(wordpress: WordPress, config: Config, pictures: Sequence[bytes]) -> float:
    """Seconds that the site, empty, takes for these pictures when they are ready, and nothing else is done."""
    wordpress.reset()
    ready = [prepare.image(data, prepare.ImageOptions()) for data in pictures]
    with connected(config) as world, ThreadPoolExecutor(AT_ONCE) as pool:
        world.blog.site()

        def store(one: Prepared) -> None:
            name = prepare.name(one, "picture")
            world.blog.find_media(name)
            media = world.blog.upload(name, one.data, one.mime)
            world.blog.describe(media.id, title="picture", description=name)

        begin = time.perf_counter()
        list(pool.map(store, ready))
        return time.perf_counter() - begin


if __name__ == "__main__":
    main()

"""`make demo`: what a stranger runs first, in a clean clone."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path

from tests.doctor.newcomer import ROOT, clean_clone, demo, demo_recorded


def test_a_newcomer_goes_from_a_clean_clone_to_published_pages(tmp_path: Path) -> None:
    """`make recording` does the same with nothing installed; here the environment and the downloads are borrowed."""
    clone = clean_clone(tmp_path)
    for name in (".venv", ".cache"):
        (clone / name).symlink_to(ROOT / name)
    for name in ("setup.cfg", "pyproject.toml"):
        os.utime(clone / name, (0, 0))  # older than the environment, so that `make` takes it as it is
    who = demo(clone)
    assert "BROKEN" not in who.screen
    assert who.screen.count("\n  Done ") >= 8
    assert demo_recorded(who) in (ROOT / "docs/first-post.md").read_text(), "run: make recording"
    assert not [place for place in re.findall(r"127\.0\.0\.1:(\d+)", who.screen) if is_open(int(place))]


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0

"""`make demo`: what a stranger runs first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_demo_presses_the_button_publishes_the_magazine_and_ends_well() -> None:
    command = [sys.executable, "-m", "tests.demo", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "says Done" in done.stdout
    assert done.stdout.count("  Done ") >= 8

"""The service at rest: memory and processor time of `sidecar up`, process by process."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path

from tests.stage.service import Processes, family, until

SECONDS = 60.0
LIMIT = 250.0
"""MB that web, one worker and the schedule may take together."""
TICKS = os.sysconf("SC_CLK_TCK")

NOBODY = {
    "NOTION_TOKEN": "ntn_nobody",
    "NOTION_DATA_SOURCE_ID": "5cf00923e38f52e0ba8bcca163f657d3",
    "NOTION_BASE_URL": "http://127.0.0.1:9",
    "WP_URL": "http://127.0.0.1:9",
    "WP_USERNAME": "editor",
    "WP_APP_PASSWORD": "nobody",
    "SYNC_SCHEDULE": "86400",
}


def main() -> None:
    _measure("with a private Redis" if shutil.which("redis-server") else "without Redis", {})
    with tempfile.TemporaryDirectory() as nothing:
        _measure("without Redis", {"PATH": nothing})


def _measure(how: str, settings: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        there = {**NOBODY, "DATABASE_URL": f"sqlite:///{folder}/ledger.db"}
        with Processes(Path(folder), there) as service:
            up = service.start("up", "up", **settings)
            started = until(service.is_up, 60, "the service is up")
            time.sleep(15)  # the first sweep, and what the clock begins with
            processes = family(up.pid)
            before = {pid: processor(pid) for pid in processes}
            time.sleep(SECONDS)
            # A work-horse of the sweep may have come and gone: its time counts as its worker's.
            processes = [pid for pid in processes if Path(f"/proc/{pid}").exists()]
            used = {pid: (processor(pid) - before[pid]) / SECONDS * 100 for pid in processes}
            memory = {pid: _memory(pid) for pid in processes}
            print(f"sidecar up {how}, at rest for {SECONDS:.0f} s (up after {started:.1f} s):")
            for pid in processes:
                rss, pss = memory[pid]
                print(
                    f"  {_name(pid):<15} {rss:6.1f} MB resident, {pss:6.1f} MB of its own; {used[pid]:.2f} % processor"
                )
            total = sum(pss for _, pss in memory.values())
            print(
                f"  {'together':<15} {total:6.1f} MB ({LIMIT:.0f} allowed); {sum(used.values()):.2f} % of one processor"
            )
            print(f"  ended within {service.end('up'):.1f} s", flush=True)


def _memory(pid: int) -> tuple[float, float]:
    """Resident, and with shared pages divided among those who share them, in MB."""
    with contextlib.suppress(OSError):
        lines = [line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]]
        found = {line[0]: int(line[1]) / 1024 for line in lines}
        return found["Rss:"], found["Pss:"]
    return 0.0, 0.0


def processor(pid: int) -> float:
    """Seconds of processor time, with those of children that have ended."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / TICKS
    return 0.0


def _name(pid: int) -> str:
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        program = Path(words[0].split()[0]).name
        return next((word for word in words if word.startswith(("jobs.", "gunicorn"))), program)
    return str(pid)

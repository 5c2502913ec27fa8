"""A machine of a reader's own: a clean clone, a home, and the commands of a page typed into a shell, one after another.

What needs another computer, a package manager or an engine is a small program in `stand_ins/`, which does or checks as
much of it as can be done here; all others are the real ones.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.docs.reading import Block
from tests.stage.service import OURS

HERE = Path(__file__).parent
MARK = "\x1e"
SECONDS = 600

ALONE = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c")
PRIVATE = """
mount -t proc proc /proc || exit 77
mount -t tmpfs tmpfs /mnt
for folder in etc opt var usr; do
    own=/mnt/$folder
    mkdir -p $own/upper $own/work
    mount -t overlay overlay -o lowerdir=/$folder,upperdir=$own/upper,workdir=$own/work /$folder || exit 77
done
"""
"""What is written there is gone when the shell ends, and so is what was started."""

PRELUDE = """
set -o pipefail
failed() { echo "This failed: $1" >&2; exit 1; }
sidecar() {
    case "$*" in
    init) command sidecar init --no-input $ANSWERS ;;
    up)
        command sidecar up & up=$!
        curl -s --retry 30 --retry-delay 1 --retry-connrefused "http://127.0.0.1:$PORT/healthz"
        kill "$up" && wait "$up" ;;
    *) command sidecar "$@" ;;
    esac
}
"""
"""`sidecar init` is answered by its options (at a terminal: tests/doctor/test_init.py); `sidecar up` ends once it
answers."""


@dataclass(frozen=True)
class Machine:
    """`words` stand for something else on this machine: addresses and ids that differ for each reader."""

    folder: Path
    clone: Path
    settings: Mapping[str, str]
    words: Mapping[str, str]
    answers: Sequence[str]
    port: int

    def types(self, sections: Sequence[Sequence[Block]], *, before: str = "", private: bool = False) -> str:
        """What all of it printed, with MARK before each block. Fails with the command that failed."""
        script = PRELUDE + before + "\n".join(self._section(blocks) for blocks in sections)
        words = ["bash", "-c", script]
        if private:
            words = [*ALONE, f'{PRIVATE}exec "$@"', "sh", *words]
        (self.folder / "settings").write_text("".join(f"{name}={value}\n" for name, value in self.settings.items()))
        done = subprocess.run(
            words, env=self._environment(), cwd=self.clone, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-5000:]
        return done.stdout

    def _section(self, blocks: Sequence[Block]) -> str:
        """A section begins in the folder with the program's files."""
        typed = "\n".join(self._block(block) for block in blocks)
        return f"( cd {shlex.quote(str(self.clone))}\n{typed}\n) || exit 1\n"

    def _block(self, block: Block) -> str:
        lines = [f"{{ {self._here(line)}\n}} || failed {shlex.quote(line)}" for line in block.commands]
        return "\n".join(["printf '\\036'", *lines])

    def _here(self, line: str) -> str:
        for word, here in self.words.items():
            line = line.replace(word, here)
        return line

    def _environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        stand_ins = HERE / "stand_ins"
        return {
            **clean,
            "REAL_PATH": os.environ["PATH"],
            "PATH": f"{stand_ins}:{os.environ['PATH']}:{Path(sys.executable).parent}",
            "HOME": str(self.folder / "home"),
            "WORK": str(self.folder),
            "CLONE": str(self.clone),
            "WHEEL": str(self.clone.parent / "wheel"),
            "STAND_INS": str(stand_ins),
            "PYTHON": sys.executable,
            "BORROWED": sysconfig.get_path("purelib"),
            "ANSWERS": shlex.join(self.answers),
            "PORT": str(self.port),
            "NOTION_BASE_URL": self.settings["NOTION_BASE_URL"],
            "MEDIA_MAX_BYTES": "3000000",  # the doctor tries this size, too
            "TERM": "dumb",
            "COLUMNS": "120",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": "",
        }

"""`python -m tests.plugin.standard`: what WordPress's coding standard has against the plugin; `make check` runs it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from filelock import FileLock

from tests.stage.php import command as php_command

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "wp-plugin-stub"
RULES = Path(__file__).with_name("phpcs.xml")
CACHE = ROOT / ".cache" / "wpcs"
PACKAGE, INSIDE = "wpcs-cli@2.1.2", "package/scripts/wordpress-coding-standards"


def complaints(*paths: Path) -> str:
    """What is wrong in these files, in the words of PHP_CodeSniffer; empty when nothing is."""
    command = ["--report=emacs", "-s", "--runtime-set", "installed_paths", str(_standard()), f"--standard={RULES}"]
    # These rules are older than PHP 8, and need nothing of what PHP 7.4 warns of here.
    php = [*php_command("7.4"), "-d", "error_reporting=1", "-d", "disable_functions=shell_exec"]
    done = subprocess.run(
        [*php, "-d", "include_path=/usr/share/php", "/usr/bin/phpcs", *command, *map(str, paths)],
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode not in (0, 1, 2):
        raise RuntimeError(f"phpcs ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout.strip()


def _standard() -> Path:
    """The rules, fetched once and kept."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(CACHE / "lock"), tempfile.TemporaryDirectory(dir=CACHE) as folder:
        if not (CACHE / "rules").is_dir():
            for words in (["npm", "pack", "--silent", PACKAGE], ["sh", "-c", f"tar -xzf *.tgz {INSIDE}"]):
                subprocess.run(words, cwd=folder, check=True, capture_output=True, stdin=subprocess.DEVNULL)
            (Path(folder) / INSIDE).rename(CACHE / "rules")
    return CACHE / "rules"


if __name__ == "__main__":
    found = complaints(PLUGIN)
    print(found or "wp-plugin-stub: nothing against WordPress-Extra and WordPress-Docs")
    sys.exit(bool(found))

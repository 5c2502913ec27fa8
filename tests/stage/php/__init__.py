"""PHP of other versions than the system's, compiled to WebAssembly: `command("7.4")` is called as `php` is."""

from __future__ import annotations

import subprocess
from pathlib import Path

from filelock import FileLock

CACHE = Path(__file__).parents[3] / ".cache" / "php"
HERE = Path(__file__).parent
RELEASE = "3.1.56"
PACKAGES = {version: f"@php-wasm/node-{version.replace('.', '-')}" for version in ("7.4", "8.3", "8.5")}
# What the packages load before they are told to do without it.
UNUSED = "ws@8.21.0"


def command(version: str) -> list[str]:
    """The words to call a PHP with. It is fetched once, and kept."""
    folder, package = CACHE / version, PACKAGES[version]
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(CACHE / f"{version}.lock"):
        if not (folder / "done").exists():
            install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder)]
            subprocess.run(
                [*install, f"{package}@{RELEASE}", UNUSED], check=True, capture_output=True, stdin=subprocess.DEVNULL
            )
            (folder / "done").touch()
    # Code that runs for seconds is not worth what it costs to make it quick.
    return ["node", "--liftoff-only", str(HERE / "php.mjs"), str(folder), package]

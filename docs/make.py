"""Writes the pages of docs/ that are made from the code: `python docs/make.py`. A test says when they are outdated."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from sidecar.config import FOR_SYNC, FROM_FILE, Config

HERE = Path(__file__).parent


def settings() -> str:
    """Every setting with its default and its meaning, from the fields of Config."""
    lines = [
        "# Settings",
        "",
        "<!-- made by docs/make.py from sidecar/config.py -->",
        "",
        "Settings come from the environment or from a file `.env` in the working folder; the environment wins. A",
        "value may also come from a file: `NAME_FILE=/run/secrets/name` reads `NAME` from there. An empty value is",
        "the default. When something is missing or wrong, every command lists all problems at once and exits with",
        "status 2.",
        "",
        "| setting | default | what it is |",
        "|---|---|---|",
    ]
    for name, field in Config.model_fields.items():
        if name != "site" and name not in FROM_FILE:
            must = " **Needed.**" if name in FOR_SYNC else ""
            lines.append(f"| `{name.upper()}` | {_default(field.default)} | {field.description}.{must} |")
    return "\n".join(lines) + "\n"


def _default(value: object) -> str:
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    return "" if text in ("", None, ()) else f"`{text}`"


PAGES = {"settings.md": settings}

if __name__ == "__main__":
    for name, make in PAGES.items():
        (HERE / name).write_text(make(), encoding="utf-8")

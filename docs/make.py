"""Writes the pages of docs/ that are made from the code: `python docs/make.py`. A test says when they are outdated."""

from __future__ import annotations

import json
import re
from pathlib import Path

from pydantic import SecretStr

from sidecar import catalogue, parse
from sidecar.blocks import MediaBlock
from sidecar.config import FOR_SYNC, FROM_FILE, Config
from sidecar.render import RENDERERS
from sidecar.render.media import KINDS

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "tests" / "golden" / "blocks"
LISTS = ("bulleted_list_item", "numbered_list_item", "to_do")


def settings() -> str:
    """Every setting with its default and its meaning, from the fields of Config."""
    lines = [
        "# Settings",
        "",
        "<!-- made by docs/make.py from sidecar/config.py -->",
        "",
        "Settings come from the environment or from a file `.env` in the working folder; the environment wins. A",
        "value may also come from a file: `NAME_FILE=/run/secrets/name` reads `NAME` from there. An empty value is",
        "the default, unless the table gives it a meaning. When something is missing or wrong, every command lists",
        "all problems at once and exits with status 2.",
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


def blocks() -> str:
    """What becomes of each type of block: the renderers say it, the golden cases show it."""
    types = ["paragraph", *LISTS, *(name for name in parse.PARSERS if name != "paragraph")]
    rows = [f"| `{name}` | {_became(name)} | {_words(name)} | {_picture(name)} |" for name in types]
    told = [f"- {line}" for name in types for line in _told(name)]
    return (
        (HERE / "blocks.in.md")
        .read_text(encoding="utf-8")
        .format(rows="\n".join(rows), told="\n".join(dict.fromkeys(told)))
    )


def _case(name: str, ending: str) -> str:
    path = GOLDEN / f"{name}.{ending}"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _became(name: str) -> str:
    """The WordPress block that a case begins with; and that of the newest WordPress, where it has another."""
    begins = (re.match(r"<!-- wp:(\S+)", _case(name, ending)) for ending in ("html", "newest.html"))
    return ", ".join(dict.fromkeys(f"`{found[1]}`" for found in begins if found)) or "nothing"


def _picture(name: str) -> str:
    """How it looks in WordPress's editor, where `make pictures` took a picture of it."""
    path = f"pictures/{name}.png"
    return f'<img src="{path}" width="260" alt="{name} in the block editor">' if (HERE / path).exists() else ""


def _words(name: str) -> str:
    block = parse.blocks(json.loads(_case(name, "json")))[0]
    renderer = KINDS[block.file.kind] if isinstance(block, MediaBlock) else RENDERERS[type(block)]
    return " ".join((renderer.__doc__ or "").split())


def _told(name: str) -> list[str]:
    return _case(name, "warnings.txt").splitlines()


def errors() -> str:
    """What can go wrong outside of this program, from the catalogue."""
    lines = [
        "# What can go wrong",
        "",
        "<!-- made by docs/make.py from sidecar/catalogue.py -->",
        "",
        "A terminal, a page in Notion, Telegram, the status page and the companion plugin say the same about the same",
        "trouble: what it is, and what to do. Commands, and *Test connection* in wp-admin, put its name behind it:",
        "`Error: ... [notion-token]`. Where the last column names a check, `sidecar doctor` finds the trouble before a",
        "page does. `sidecar --debug sync` shows where in the code an error came from. In braces stands what differs",
        "each time.",
    ]
    for title, entries in catalogue.GROUPS:
        lines += [
            "",
            f"## {title}",
            "",
            "| name | what you read | why | what to do | doctor |",
            "|---|---|---|---|---|",
        ]
        lines += [_row(entry) for entry in entries]
    return "\n".join(lines) + "\n"


def _row(entry: catalogue.Entry) -> str:
    cells = (f"`{entry.id}`", _plain(entry.words), entry.cause, _plain(entry.do), entry.check)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _plain(words: str) -> str:
    return words.replace("!r}", "}") or "Nothing: it is tried again."


PAGES = {"settings.md": settings, "blocks.md": blocks, "errors.md": errors}

if __name__ == "__main__":
    for name, make in PAGES.items():
        (HERE / name).write_text(make(), encoding="utf-8")

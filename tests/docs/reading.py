"""What stands in the pages of the documentation to be typed: commands, section by section. Pure."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?<=\n\n)((?: {4}\S.*\n)+)")
SECTION = re.compile(r"^(?=## )", re.MULTILINE)
REMARK = re.compile(r"(?:^|\s+)# .*$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """Commands that stand together, and what the page says that they print, if it does."""

    commands: tuple[str, ...]
    printed: str = ""


def sections(text: str) -> list[list[Block]]:
    """The commands of a page. Who reads on within a section stays in the same shell; a section begins anew."""
    found = [list(_blocks(section)) for section in SECTION.split(text)]
    return [blocks for blocks in found if blocks]


def commands(text: str) -> list[str]:
    return [command for blocks in sections(text) for block in blocks for command in block.commands]


def fenced(text: str, language: str) -> list[str]:
    return [textwrap.dedent(found[3]) for found in FENCE.finditer(text) if found[2] == language]


def _blocks(section: str) -> Iterator[Block]:
    """`sh` is typed; `text` right after it is what that prints. Where there is no fence, what is indented is typed."""
    fences = list(FENCE.finditer(section))
    for number, found in enumerate(fences):
        if found[2] == "sh":
            after = fences[number + 1] if number + 1 < len(fences) else None
            shown = after is not None and after[2] == "text"
            yield Block(_lines(found[3]), textwrap.dedent(after[3]) if after is not None and shown else "")
    if not fences:
        yield from (Block(_lines(text)) for text in INDENTED.findall(section))


def _lines(text: str) -> tuple[str, ...]:
    lines = (REMARK.sub("", line).strip() for line in text.splitlines())
    return tuple(line for line in lines if line)


def missing(printed: str, output: str) -> list[str]:
    """The lines of a page that a command did not print; figures and space count as alike."""
    seen = {_alike(line) for line in output.splitlines()}
    return [line for line in printed.splitlines() if line and _alike(line) not in seen]


def _alike(line: str) -> str:
    line = re.sub(r"https?://[\w.]+(:\d+)?", "http://", line)
    return " ".join(re.sub(r"\d+(\.\d+)*", "0", line).split())

"""The terminal itself: how wide it is, where lines are broken, which signs it can show. Nothing of what is said."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import click
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

PIPE_WIDTH = 2000
"""Columns in a pipe. A table takes no more of them than it needs."""

LEAST_ROOM = 20
"""Columns that a body has at least, however narrow the terminal is."""


@dataclass(frozen=True)
class Line:
    """One line in rich markup. What a terminal has no room for goes on under `body`; in a pipe it is one line."""

    head: str
    body: str


def console() -> Console:
    """Where results go. In a pipe lines are as long as they are: nothing is folded or cut."""
    made = Console(soft_wrap=True, highlight=False)
    return made if made.is_terminal else Console(soft_wrap=True, highlight=False, width=PIPE_WIDTH)


def show(where: Console, lines: Iterable[Line]) -> None:
    """Prints lines. On a terminal they are broken between words; an address stays whole, so that it can be opened."""
    for line in lines:
        for row in _rows(Text.from_markup(line.head), Text.from_markup(line.body), where):
            where.print(row, soft_wrap=True, highlight=False)


def _rows(head: Text, body: Text, where: Console) -> Iterator[Text]:
    breaks = _breaks(body.plain, max(where.width - head.cell_len, LEAST_ROOM)) if where.is_terminal else []
    for number, row in enumerate(body.divide(breaks)):
        row.rstrip()
        yield Text.assemble(Text(" " * head.cell_len) if number else head, row)


def _breaks(text: str, room: int) -> list[int]:
    """Where to begin a new row, so that none is wider than `room` unless a single word is."""
    found, used = [], 0
    for word in re.finditer(r"\S+\s*", text):
        if used and used + cell_len(word[0].rstrip()) > room:
            found.append(word.start())
            used = 0
        used += cell_len(word[0])
    return found


# --- signs ---------------------------------------------------------------------------------------------------


def forgive() -> None:
    """A terminal or a pipe that cannot show a sign, such as an ASCII one, gets a question mark, and no error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def say_json(value: Any) -> None:
    """One JSON object in one line; where not every sign can be written, in ASCII alone."""
    is_whole = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    click.echo(json.dumps(value, ensure_ascii=not is_whole))

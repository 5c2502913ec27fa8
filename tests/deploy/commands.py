"""Finds the `sidecar ...` commands in a text, and says what of them the command line does not have."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

import click

from sidecar.cli import main

FENCE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^(?: {4,})(\S.*)$", re.MULTILINE)
SPAN = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"(?:^|[\s/])sidecar((?: +[^\s#|;&)<>]+)*)")


def in_markdown(text: str) -> list[list[str]]:
    """The words after `sidecar` of each command in code: fenced, indented or in a span."""
    code = [*FENCE.findall(text), *INDENTED.findall(text), *SPAN.findall(FENCE.sub("", text))]
    return [words for piece in code for line in piece.splitlines() for words in in_line(line)]


def in_line(line: str) -> list[list[str]]:
    found = [_words(found[1]) for found in COMMAND.finditer(line.split(" #")[0])]
    # The program may be the object of another command: ln -s .../sidecar /usr/local/bin
    return [words for words in found if not words[:1] or not words[0].startswith("/")]


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def unknown(words: Sequence[str], command: click.Command = main) -> str:
    """What the command line does not know of these words; empty when it knows all."""
    if isinstance(command, click.Group) and words and not words[0].startswith("-"):
        below = command.commands.get(words[0])
        return unknown(words[1:], below) if below is not None else f"there is no command {words[0]!r}"
    options = {name for parameter in command.params for name in parameter.opts if name.startswith("-")}
    options |= {"-h", "--help"}
    given = [word.split("=")[0] for word in words if word.startswith("-")]
    strange = [word for word in given if word not in options]
    return f"{command.name} has no option {', '.join(strange)}" if strange else ""

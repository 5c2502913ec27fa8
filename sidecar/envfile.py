"""`.env` and `sidecar.toml` as `init` writes them: what stands there stays, what was answered takes its place."""

from __future__ import annotations

import io
import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from dotenv.parser import parse_stream

PLAIN = re.compile(r"[\w.:/@%+,=?&~*-]*", re.ASCII)
"""A value that needs no quotes, whoever reads the file: python-dotenv, systemd, a shell, Docker."""
ONLY_US = 0o600


def merged(text: str, values: Mapping[str, str]) -> str:
    """The text of a `.env` with these values: each in the place of the one that was there, new ones at the end."""
    left = dict(values)
    lines = []
    for binding in parse_stream(io.StringIO(text)):
        if binding.key in values:
            if binding.key in left:
                lines.append(f"{_line(binding.key, left.pop(binding.key))}\n")
        else:
            lines.append(binding.original.string)
    before = "".join(lines)
    gap = "" if not before or before.endswith("\n") else "\n"
    return before + gap + "".join(f"{_line(name, value)}\n" for name, value in left.items())


def _line(name: str, value: str) -> str:
    if PLAIN.fullmatch(value):
        return f"{name}={value}"
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"{name}='{escaped}'"


def properties_table(pairs: Sequence[tuple[str, str]]) -> str:
    """The table [properties] of a `sidecar.toml`: TOML's strings are JSON's."""
    return "\n".join(["[properties]", *properties(pairs)]) + "\n"


def properties(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Its lines, one for each property; a list where it feeds several fields."""
    fed = {name: [target for one, target in pairs if one == name] for name, _ in pairs}
    return [
        f"{json.dumps(name, ensure_ascii=False)} = {json.dumps(targets if len(targets) > 1 else targets[0])}"
        for name, targets in fed.items()
    ]


def write(path: Path, text: str) -> None:
    """The whole file or nothing of it; nobody else can read it, not even for a moment."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(ONLY_US)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise

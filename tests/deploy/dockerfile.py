"""Reads a Dockerfile: instructions in order, and the files of the build's folder that a COPY takes."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True)
class Instruction:
    name: str
    text: str

    @property
    def words(self) -> list[str]:
        """The words without flags; the exec form's as they are."""
        if self.text.startswith("["):
            return list(json.loads(self.text))
        return [word for word in shlex.split(self.text) if not word.startswith("--")]

    def flag(self, name: str) -> str | None:
        found = re.search(rf"--{name}=(\S+)", self.text)
        return found[1] if found else None


def instructions(text: str) -> list[Instruction]:
    joined = re.sub(r"\\\n", " ", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE))
    lines = [line.strip() for line in joined.splitlines() if line.strip()]
    return [Instruction(name.upper(), " ".join(rest.split())) for name, rest in (line.split(None, 1) for line in lines)]


def stages(text: str) -> list[list[Instruction]]:
    """The instructions of each stage, its FROM first."""
    found: list[list[Instruction]] = []
    for instruction in instructions(text):
        if instruction.name == "FROM":
            found.append([])
        if found:
            found[-1].append(instruction)
    return found


def copied(stage: list[Instruction]) -> list[str]:
    """What a stage takes from the build's folder."""
    copies = [one for one in stage if one.name in ("COPY", "ADD") and not one.flag("from")]
    return [source for one in copies for source in one.words[:-1]]


def is_ignored(path: str, dockerignore: str) -> bool:
    """By the rules of .dockerignore: the last pattern that matches the path or a folder above it decides."""
    ignored = False
    for line in dockerignore.splitlines():
        pattern = line.strip()
        if pattern and not pattern.startswith("#"):
            keeps = pattern.startswith("!")
            if any(_matches(one, pattern.lstrip("!")) for one in _with_folders(path)):
                ignored = not keeps
    return ignored


def _with_folders(path: str) -> list[str]:
    pure = PurePosixPath(path)
    return [str(one) for one in (pure, *pure.parents) if str(one) != "."]


def _matches(path: str, pattern: str) -> bool:
    parts = [re.escape(part).replace(r"\*\*", ".*").replace(r"\*", "[^/]*") for part in pattern.split("/")]
    return re.fullmatch("/".join(parts).replace(".*/", "(.*/)?"), path) is not None


def take(sources: list[str], dockerignore: str, folder: Path, target: Path) -> None:
    """Copies what a COPY would find in the build's folder."""
    for source in sources:
        found = folder / source
        files = [path for path in found.rglob("*") if path.is_file()] if found.is_dir() else [found]
        for path in files:
            name = path.relative_to(folder).as_posix()
            if not is_ignored(name, dockerignore):
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, target / name)

"""The environment, `.env`, `sidecar.toml`, secret files -> a Config. Read once, by entry points only."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from sidecar import mapping
from sidecar.config import Config
from sidecar.errors import ConfigError


def load(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Config:
    """The settings of this process. The environment wins over `.env`; NAME_FILE names a file that holds NAME.

    `sidecar.toml`, when it is there, says which property feeds which field. Raises ConfigError with every problem.
    """
    environ = os.environ if environ is None else environ
    folder = Path.cwd() if folder is None else folder
    written = {name: value or "" for name, value in dotenv_values(folder / ".env").items()}
    values = {**written, **environ}
    try:
        config = Config.parse({**values, **_from_files(values)})
    except ConfigError as error:
        raise ConfigError([*error.problems, *_problems_of(folder)]) from error
    return config.model_copy(update={"property_mapping": property_mapping(folder)})


def property_mapping(folder: Path) -> tuple[tuple[str, str], ...]:
    """The table [properties] of `sidecar.toml`, each target in a pair with its property. Raises ConfigError."""
    path = folder / mapping.FILE
    if not path.exists():
        return ()
    try:
        whole = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError([f"{mapping.FILE} cannot be read: {error}."]) from error
    unknown = [name for name in whole if name != "properties"]
    if unknown:
        raise ConfigError([f"{mapping.FILE}: there is no table {name!r}; it has [properties]." for name in unknown])
    table = whole.get("properties", {})
    if not isinstance(table, dict):
        raise ConfigError([f"{mapping.FILE}: [properties] is to be a table."])
    pairs = tuple((name, target) for name, value in table.items() for target in _targets(name, value))
    mapping.read(pairs)
    return pairs


def _targets(name: str, value: Any) -> list[str]:
    targets = value if isinstance(value, list) else [value]
    if not all(isinstance(target, str) for target in targets):
        raise ConfigError([f"{mapping.FILE}: {name!r} is to be the name of a field, or a list of names."])
    return targets


def _problems_of(folder: Path) -> list[str]:
    try:
        property_mapping(folder)
    except ConfigError as error:
        return error.problems
    return []


def _from_files(values: Mapping[str, str]) -> dict[str, str]:
    """The values of settings given as NAME_FILE, where NAME itself is not given."""
    found, problems = {}, []
    for name in Config.model_fields:
        path = values.get(f"{name.upper()}_FILE", "")
        if path and not values.get(name.upper()):
            try:
                found[name.upper()] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                problems.append(f"{name.upper()}_FILE: {path} cannot be read ({error.strerror}).")
    if problems:
        raise ConfigError(problems)
    return found

"""The environment, `.env` and secret files -> the values of a Config. Read once, by entry points only."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from sidecar.config import Config
from sidecar.errors import ConfigError


def load(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Config:
    """The settings of this process. The environment wins over `.env`; NAME_FILE names a file that holds NAME.

    Raises ConfigError with every problem at once.
    """
    environ = os.environ if environ is None else environ
    folder = Path.cwd() if folder is None else folder
    written = {name: value or "" for name, value in dotenv_values(folder / ".env").items()}
    values = {**written, **environ}
    return Config.parse({**values, **_from_files(values)})


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

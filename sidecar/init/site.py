"""One more site: which answers go into its table in `sidecar.toml`, and which into `.env`. Pure; asks nobody."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence

from sidecar import sites
from sidecar.envfile import properties
from sidecar.errors import ConfigError, SidecarError
from sidecar.mapping import FILE

OWN = ("NOTION_DATA_SOURCE_ID", "WP_URL", "WP_USERNAME", "WP_APP_PASSWORD")
"""What each site says for itself, whatever the environment says."""


def known(name: str, shared: Mapping[str, str]) -> dict[str, str]:
    """What is known of a site that is new: what holds for all, and a password that waits under its own name."""
    waiting = shared.get(sites.variable(name, "WP_APP_PASSWORD"), "")
    return {**{key: value for key, value in shared.items() if key not in OWN}, "SITE": name, "WP_APP_PASSWORD": waiting}


def split(name: str, answers: Mapping[str, str], shared: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The lines of its table, by setting; and the variables for `.env`: secrets, and a token that nobody has yet."""
    table, env = {"name": name}, dict[str, str]()
    for key, value in answers.items():
        if key not in OWN and shared.get(key) == value:
            continue
        if key == "NOTION_TOKEN" and not shared.get(key):
            env[key] = value
        elif key.lower() in sites.SECRETS:
            variable = sites.variable(name, key)
            env[variable] = value
            table[key.lower()] = f"${{{variable}}}"
        else:
            table[key.lower()] = value
    return table, env


def added(text: str, table: Mapping[str, str], pairs: Sequence[tuple[str, str]]) -> str:
    """The text of `sidecar.toml` with one more site at its end. Raises SidecarError when it cannot be put there."""
    rows = ["[[site]]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items())]
    fields = ["", "[site.properties]", *properties(pairs)] if pairs else []
    before = f"{text.rstrip()}\n\n" if text.strip() else ""
    whole = before + "\n".join([*rows, *fields]) + "\n"
    try:
        tomllib.loads(whole)
    except tomllib.TOMLDecodeError as error:
        raise SidecarError(
            f"{FILE} cannot take one more site at its end ({error}).", "Write each site in it as a table [[site]]."
        ) from error
    return whole


def check_new(name: str, tables: Sequence[sites.Table]) -> None:
    """Raises ConfigError when `sidecar.toml` has that site: what a person wrote there is theirs to change."""
    if name in (str(table["name"]) for table in tables):
        words = f"Change its lines there, then look at them: sidecar doctor --site {name}."
        raise ConfigError([f"{FILE} has a site {name!r} already. {words}"])

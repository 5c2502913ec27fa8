"""The tables [[site]] of `sidecar.toml` -> the settings of each site, and what is wrong in words. Pure; reads no file.

A site is a table with a name. What it does not say is as the environment says it, for all sites alike; secrets stand
in the environment alone, and a table only names their variable: `${NAME}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import SecretStr

from sidecar.config import FROM_FILE, Config
from sidecar.errors import ConfigError
from sidecar.mapping import FILE
from sidecar.meant import question

Table = Mapping[str, Any]

SHARED = frozenset({
    "site", "notion_rate_per_minute", "database_url", "redis_url", "host", "port", "scheduler", "lease_seconds",
    "trusted_proxies", "public_url", "log_format", "sentry_dsn",
})  # fmt: skip
"""Settings of the whole service: one ledger, one queue, one web service, one pace for each token of Notion."""

OWN = tuple(name for name in Config.model_fields if name not in SHARED | FROM_FILE)
SECRETS = frozenset(name for name in OWN if isinstance(Config.model_fields[name].default, SecretStr))

WORDPRESS = ("wp_url", "wp_username", "wp_app_password")
"""What a site says together, or leaves to the environment together: a password is for one WordPress only."""

REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
FILE_ENDING = "_file"


def tables(whole: Table) -> Sequence[Table]:
    """The tables [[site]], each with a name of its own. Raises ConfigError."""
    found = whole.get("site", [])
    if not isinstance(found, list) or not all(isinstance(table, dict) for table in found):
        raise ConfigError([f"{FILE}: a site begins with [[site]], in two pairs of brackets."])
    nameless = [number for number, table in enumerate(found, 1) if not _text(table.get("name"))]
    if nameless:
        raise ConfigError([f'{FILE}: site {number} has no name. Begin it with: name = "..."' for number in nameless])
    names = [str(table["name"]) for table in found]
    twice = [f"{FILE}: two sites are called {name!r}." for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise ConfigError(twice)
    return found


def references(table: Table) -> frozenset[str]:
    """The variables that a table refers to."""
    texts = [text for value in table.values() for text in _texts(value)]
    return frozenset(name for text in texts for name in REFERENCE.findall(text))


def files(table: Table) -> Mapping[str, str]:
    """The files that hold settings, by setting: `wp_app_password_file = "/run/secrets/magazine"`."""
    return {
        key.removesuffix(FILE_ENDING): str(path)
        for key, path in table.items()
        if key.removesuffix(FILE_ENDING) in OWN and key.endswith(FILE_ENDING)
    }


def settings(
    table: Table, read: Mapping[str, str], shared: Mapping[str, str], known: Mapping[str, str], is_first: bool
) -> dict[str, str]:
    """The settings of a site, named as in the environment. Raises ConfigError with every problem.

    `read` is what its files say, `shared` what the environment says for all, `known` the values of variables that
    the table refers to. `is_first`: it goes on with the site of the environment, the data source included.
    """
    problems = [*_unknown(table), *_misplaced(table), *_unset(table, known), *_missing(table, is_first)]
    if problems:
        raise ConfigError([of(str(table["name"]), problem) for problem in problems])
    own = {**read, **{key: _resolved(value, known) for key, value in table.items() if key in OWN}}
    inherited = {name: value for name, value in shared.items() if name.lower() not in _not_inherited(own, is_first)}
    return {**inherited, **{name.upper(): value for name, value in own.items()}, "SITE": str(table["name"])}


def variable(site: str, key: str) -> str:
    """The variable for a secret of one site: MAGAZINE_WP_APP_PASSWORD."""
    plain = re.sub(r"\W", "_", site, flags=re.ASCII).upper()
    return f"{plain if plain[:1].isalpha() else f'SITE_{plain}'}_{key.upper()}"


def of(site: str, problem: str) -> str:
    """A problem, and whose it is."""
    return f"{FILE}: site {site!r}: {problem}"


def one_of(names: Sequence[str], wanted: str | None) -> list[str]:
    """The names of the sites that are meant: all, or the one that is wanted. Raises ConfigError when it is none."""
    if wanted is not None and wanted not in names:
        raise ConfigError(
            [f"There is no site {wanted!r}. There {'is' if len(names) == 1 else 'are'}: {listed(names)}."]
        )
    return [name for name in names if wanted in (None, name)]


def listed(names: Sequence[str]) -> str:
    return ", ".join(names)


# --- what is wrong ---------------------------------------------------------------------------------------


def _unknown(table: Table) -> Iterator[str]:
    for key, value in table.items():
        name = key.removesuffix(FILE_ENDING)
        if name in SHARED and name != "site":
            yield f"{key} is for all sites: set {name.upper()} in the environment."
        elif name not in OWN and key not in ("name", "properties"):
            yield f"there is no setting {key!r}.{question(name, OWN) or f' There are: {listed(OWN)}.'}"
        elif key in OWN and not _is_value(value):
            yield f"{key} is to be a text, a number or a list of texts."


def _misplaced(table: Table) -> Iterator[str]:
    """Secrets that stand in the file: it is copied, shown and kept in version control."""
    for key, value in table.items():
        if key in SECRETS and isinstance(value, str) and value and not REFERENCE.fullmatch(value.strip()):
            named = variable(str(table["name"]), key)
            yield f'a secret does not belong in this file. Write {key} = "${{{named}}}" and set {named}.'


def _unset(table: Table, known: Mapping[str, str]) -> Iterator[str]:
    for key, value in table.items():
        for name in dict.fromkeys(name for text in _texts(value) for name in REFERENCE.findall(text)):
            if not known.get(name):
                yield f"{key} is to be ${{{name}}}, but {name} is not set."


def _missing(table: Table, is_first: bool) -> Iterator[str]:
    own = {key.removesuffix(FILE_ENDING) for key, value in table.items() if value not in ("", [])}
    if not is_first and "notion_data_source_id" not in own:
        yield f"notion_data_source_id is missing: it is {Config.model_fields['notion_data_source_id'].description}."
    said = [name for name in WORDPRESS if name in own]
    if said and len(said) < len(WORDPRESS):
        absent = [name for name in WORDPRESS if name not in own]
        yield f"{listed(said)} stands here without {listed(absent)}: the three go together."


def _not_inherited(own: Mapping[str, str], is_first: bool) -> frozenset[str]:
    left = set() if is_first else {"notion_data_source_id"}
    if "wp_url" in own:
        left |= set(WORDPRESS)
    if "notion_token" in own:
        left |= {"notion_verification_token"}  # it was sent for the subscription of another integration
    return frozenset(left)


# --- values ----------------------------------------------------------------------------------------------


def _is_value(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _texts(value: Any) -> list[str]:
    return [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]


def _resolved(value: Any, known: Mapping[str, str]) -> str:
    """A value as the environment would hold it."""
    text = ",".join(value) if isinstance(value, list) else str(value)
    return REFERENCE.sub(lambda found: known[found[1]], text)


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""

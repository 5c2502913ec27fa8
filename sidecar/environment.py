"""The environment, `.env`, `sidecar.toml`, secret files -> a Config for each site. Read once, by entry points only."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from sidecar import mapping, sites
from sidecar.config import FROM_FILE, Config
from sidecar.errors import ConfigError
from sidecar.meant import meant, question
from sidecar.parse.ids import source_id

TABLES = ("properties", "site")
TEXT = "utf-8-sig"
"""Some editors begin a file with a mark of its encoding, which would become part of the first name in it."""


def load(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Config:
    """The settings of this process. The environment wins over `.env`; NAME_FILE names a file that holds NAME.

    `sidecar.toml`, when it is there, says which property feeds which field. Raises ConfigError with every problem.
    """
    folder = Path.cwd() if folder is None else folder
    values = variables(environ, folder)
    try:
        config = Config.parse({**values, **_from_files(values)})
    except ConfigError as error:
        raise ConfigError([*error.problems, *_problems_of(folder)]) from error
    return config.model_copy(update={"property_mapping": property_mapping(folder)})


def variables(environ: Mapping[str, str] | None, folder: Path) -> dict[str, str]:
    return {**written(folder), **(os.environ if environ is None else environ)}


def written(folder: Path) -> dict[str, str]:
    """What `.env` says; nothing when there is none."""
    try:
        return {name: value or "" for name, value in dotenv_values(folder / ".env", encoding=TEXT).items()}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f".env cannot be read ({error}). Save it as plain text in UTF-8."]) from error


def misspelt(folder: Path) -> Mapping[str, str]:
    """Names in `.env` that are no setting and look like one, each with the setting that is probably meant."""
    known = [field.upper() for field in Config.model_fields.keys() - FROM_FILE]
    known += [f"{name}_FILE" for name in known]
    strange = [name for name in written(folder) if name not in known and not _is_of_a_site(name, known)]
    found = {name: meant(name, known) for name in strange}
    return {name: setting for name, setting in found.items() if setting}


def _is_of_a_site(name: str, known: Sequence[str]) -> bool:
    """MAGAZINE_WP_APP_PASSWORD: a table [[site]] refers to it."""
    return any(name.endswith(f"_{setting}") for setting in known)


# --- sites -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Settings:
    """What the whole service goes by, and its sites: that of the environment, and one for each table [[site]]."""

    shared: Config
    sites: tuple[Config, ...]

    def require(self, *names: str) -> Settings:
        """These settings, if every site has values for all that are named; else ConfigError with what is missing."""
        problems = []
        for who, config in ((None, self.shared), *((site.site, site) for site in self.sites)):
            try:
                config.require(*(name for name in names if (name in sites.SHARED) == (who is None)))
            except ConfigError as error:
                problems += [sites.of(who, it) if who and len(self.sites) > 1 else it for it in error.problems]
        if problems:
            raise ConfigError(problems)
        return self


def whole(environ: Mapping[str, str] | None = None, folder: Path | None = None, site: str | None = None) -> Settings:
    """The settings of every site, or of one by its name. Raises ConfigError with every problem of those asked for.

    The site of the environment is one of them when it names a data source, or when there is no other. A table of the
    same name takes its place, and goes on with what is known of it.
    """
    folder = Path.cwd() if folder is None else folder
    shared, values = load(environ, folder), variables(environ, folder)
    by_name = {str(table["name"]): table for table in tables(folder)}
    has_first = shared.site not in by_name and bool(shared.notion_data_source_id or not by_name)
    names = sites.one_of([*([shared.site] if has_first else []), *by_name], site)
    found, problems = [], list[str]()
    for name in names:
        try:
            found.append(_site(by_name[name], shared, values) if name in by_name else shared)
        except ConfigError as error:
            problems += error.problems
    if problems or (problems := _read_twice(found)):
        raise ConfigError(problems)
    return Settings(shared, tuple(_placed(one) for one in found) if by_name else (shared,))


def _site(table: sites.Table, shared: Config, values: Mapping[str, str]) -> Config:
    name = str(table["name"])
    known = {one: _value(one, values) for one in sites.references(table)}
    from_files = {key: _text(path, sites.of(name, f"{key}_file")) for key, path in sites.files(table).items()}
    whole = {**values, **_from_files(values)}
    own = sites.settings(table, from_files, whole, known, is_first=name == shared.site)
    try:
        config = Config.parse(own)
    except ConfigError as error:
        raise ConfigError([sites.of(name, problem) for problem in error.problems]) from error
    pairs = _pairs(table["properties"]) if "properties" in table else shared.property_mapping
    return config.model_copy(update={"property_mapping": pairs})


def _value(name: str, values: Mapping[str, str]) -> str:
    """A variable that a table refers to; like any secret it may stand in a file."""
    path = values.get(f"{name}_FILE", "")
    return values.get(name) or (_text(path, f"{name}_FILE") if path else "")


def _text(path: str, name: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            [f"{name}: {path} cannot be read ({getattr(error, 'strerror', 'it is no text')})."]
        ) from error


def _placed(site: Config) -> Config:
    """One of several sites: what it alone does is at an address of its own."""
    return site.model_copy(update={"public_url": f"{site.public_url}/sites/{site.site}"}) if site.public_url else site


def _read_twice(found: Sequence[Config]) -> list[str]:
    """Of two sites that go by the same status of the same pages, each would miss what the other was quicker to take."""
    seen: dict[tuple[str, str], str] = {}
    problems = []
    for one in found:
        source = (_source(one), one.notion_status_property)
        if source in seen:
            problems.append(
                f"{mapping.FILE}: the sites {seen[source]!r} and {one.site!r} read the same data source by the same "
                "status. Give one of them another data source, or another notion_status_property."
            )
        seen.setdefault(source, one.site)
    return problems


def _source(config: Config) -> str:
    try:
        return source_id(config.notion_data_source_id)
    except ValueError:
        return config.notion_data_source_id


# --- sidecar.toml ----------------------------------------------------------------------------------------


def tables(folder: Path) -> Sequence[sites.Table]:
    """The tables [[site]] of `sidecar.toml`. Raises ConfigError."""
    return sites.tables(_file(folder))


def property_mapping(folder: Path) -> tuple[tuple[str, str], ...]:
    """The table [properties] of `sidecar.toml`, each target in a pair with its property. Raises ConfigError."""
    return _pairs(_file(folder).get("properties", {}))


def _file(folder: Path) -> Mapping[str, Any]:
    """All that `sidecar.toml` says; nothing when there is none."""
    path = folder / mapping.FILE
    if not path.exists():
        return {}
    try:
        whole = tomllib.loads(path.read_text(encoding=TEXT))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError([f"{mapping.FILE} cannot be read: {error}."]) from error
    unknown = [name for name in whole if name not in TABLES]
    if unknown:
        words = "it has [properties] and [[site]]."
        raise ConfigError(
            [f"{mapping.FILE}: there is no table {it!r}; {words}{question(it, TABLES)}" for it in unknown]
        )
    return whole


def _pairs(table: Any) -> tuple[tuple[str, str], ...]:
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


# --- secret files ----------------------------------------------------------------------------------------


def _from_files(values: Mapping[str, str]) -> dict[str, str]:
    """The values of settings given as NAME_FILE, where NAME itself is not given."""
    found, problems = {}, list[str]()
    for name in (field.upper() for field in Config.model_fields):
        path = values.get(f"{name}_FILE", "")
        if path and not values.get(name):
            try:
                found[name] = _text(path, f"{name}_FILE")
            except ConfigError as error:
                problems += error.problems
    if problems:
        raise ConfigError(problems)
    return found

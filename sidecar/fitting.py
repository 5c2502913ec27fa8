"""Whether the properties that the settings name are there, and of use. Pure; the schema comes from outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sidecar.errors import ConfigError
from sidecar.mapping import COMPUTED, COVER, DATES, FILE, PICTURES, Field, PropertyMapping, Target, find, listed, word
from sidecar.model import Json

ONLY: Mapping[Field, frozenset[str]] = {
    Field.DATE: DATES | {"rich_text"},
    Field.FEATURED_IMAGE: PICTURES | {"rich_text"},
}
"""Fields that not every type can feed, whatever the mapping says."""

ANSWERS: Mapping[str, str] = {"NOTION_URL_PROPERTY": "url", "NOTION_MESSAGE_PROPERTY": "rich_text"}
"""Settings that name a property which takes an answer, and the type that it has to have."""


def check(mapping: PropertyMapping, schema: Mapping[str, Json], answers: Mapping[str, str] | None = None) -> None:
    """Raises ConfigError when properties are named that the data source does not have, or that are of no use.

    `answers` are the settings of ANSWERS; one that is empty names none.
    """
    types = {name: str(column.get("type", "")) for name, column in schema.items()}
    problems = list(_wrong_answers(answers or {}, types))
    for name in dict.fromkeys([*(feed.property for feed in mapping.feeds), *sorted(mapping.ignored)]):
        if find(name, types) is None and name != COVER:
            problems.append(f"{FILE}: the data source has no property {name!r}. It has: {listed(sorted(types))}.")
    for feed in mapping.feeds:
        found = find(feed.property, types)
        problem = _unfit(types[found], feed.target) if found is not None else None
        if problem:
            problems.append(f"{FILE}: {feed.property!r} is of type {types[found or '']}: {problem}")
    if problems:
        raise ConfigError(problems)


def _wrong_answers(answers: Mapping[str, str], types: Mapping[str, str]) -> Iterator[str]:
    for setting, name in answers.items():
        fitting = sorted(known for known, kind in types.items() if kind == ANSWERS[setting])
        if name and name not in fitting:
            yield f"{setting}: the data source has no {ANSWERS[setting]} property {name!r}. It has: {listed(fitting)}."


def _unfit(kind: str, target: Target) -> str | None:
    if kind == "button":
        return "a button has no value."
    wanted = ONLY.get(target) if isinstance(target, Field) else None
    if wanted is None or kind in wanted | COMPUTED:
        return None
    return f"{word(target)} needs one of {', '.join(sorted(wanted | COMPUTED))}."

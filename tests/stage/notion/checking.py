"""What callers send, held against the schema of the API's own types. A violation is a 400 and is noted."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator  # type: ignore[import-untyped]
from jsonschema.exceptions import best_match  # type: ignore[import-untyped]

from tests.stage.notion.shapes import Json, malformed

SCHEMA = Path(__file__).with_name("notion-api.schema.json")
MOST_IN_ARRAY = 100


@cache
def definitions() -> Json:
    found: Json = json.loads(SCHEMA.read_text())["definitions"]
    return found


@cache
def validator(name: str) -> Draft7Validator:
    """For one definition of the schema: `Page`, `ParagraphBlockObjectResponse`, `UpdatePageParameters`, ..."""
    return Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": definitions()})


def problem(name: str, value: Any) -> str:
    """What is wrong with a value by the schema, where; empty when it fits."""
    error = best_match(validator(name).iter_errors(value))
    if error is None:
        return ""
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
    return f"body{where}: {error.message[:300]}"


def check(name: str, body: Json, keys: Collection[str], **path: str) -> None:
    """A request against its definition, `path` being what the URL says; no key but those it may have."""
    for key in sorted(body.keys() - set(keys)):
        given = json.dumps(body[key], ensure_ascii=False)[:100]
        raise malformed(f"body failed validation: body.{key} should be not present, instead was `{given}`.")
    found = problem(name, {**body, **path})
    if found:
        raise malformed(f"body failed validation: {found}")


def check_query(query: Mapping[str, list[str]], keys: Collection[str]) -> None:
    """The part of a URL after the question mark: only known names, once each (but filter_properties)."""
    for name, values in query.items():
        if name not in keys:
            raise malformed(f"query failed validation: query.{name} should be not present, instead was `{values[0]}`.")
        if len(values) > 1 and name != "filter_properties":
            raise malformed(f"query failed validation: query.{name} should be a string, instead was an array.")


def page_size(given: Any, where: str) -> int:
    try:
        size = int(given)
    except (TypeError, ValueError) as error:
        words = f"{where}.page_size should be a number, instead was `{json.dumps(given)}`."
        raise malformed(f"{where} failed validation: {words}") from error
    if not 1 <= size <= MOST_IN_ARRAY:
        side = f"≤ `{MOST_IN_ARRAY}`" if size > 1 else "≥ `1`"
        raise malformed(f"{where} failed validation: {where}.page_size should be {side}, instead was `{size}`.")
    return size

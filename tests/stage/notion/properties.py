"""Property values: as a test gives them, as a PATCH brings them, as a page shows them; and columns of a schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.stage.notion.rich_text import text, written
from tests.stage.notion.shapes import Json, invalid, malformed
from tests.stage.notion.source import DataSource

MOST_TEXT, MOST_URL, MOST_SHORT, MOST_PEOPLE = 2000, 2000, 200, 100
EMPTY: Mapping[str, Any] = {
    "title": [],
    "rich_text": [],
    "multi_select": [],
    "files": [],
    "people": [],
    "relation": [],
    "checkbox": False,
    "button": {},
    "formula": {"type": "string", "string": None},
    "rollup": {"type": "array", "array": [], "function": "show_original"},
}

# --- as a test gives them --------------------------------------------------------------------------------


def stored(source: DataSource, name: str, given: Any) -> Any:
    """A plain value (`"a slug"`, `["Tag"]`, `"2026-11-24"`, a page id) or Notion's JSON, as it is kept."""
    kind = source.schema[name]
    if given is None:
        return EMPTY.get(kind)
    plain = PLAIN.get(kind)
    return plain(source, name, given) if plain else given


def _plain_text(_source: DataSource, _name: str, given: Any) -> Any:
    return text(given) if isinstance(given, str) else given


def _plain_option(source: DataSource, name: str, given: Any) -> Any:
    return source.with_option(name, given if isinstance(given, str) else given["name"])


def _plain_options(source: DataSource, name: str, given: Any) -> Any:
    return [_plain_option(source, name, it) for it in given]


def _plain_date(_source: DataSource, _name: str, given: Any) -> Any:
    return {"start": given, "end": None, "time_zone": None} if isinstance(given, str) else given


def _plain_ids(_source: DataSource, _name: str, given: Any) -> Any:
    return [{"id": it} if isinstance(it, str) else it for it in given]


def _plain_files(_source: DataSource, _name: str, given: Any) -> Any:
    return [_plain_file(it) if isinstance(it, str) else it for it in ([given] if isinstance(given, str) else given)]


def _plain_file(name: str) -> Json:
    short = name.rsplit("/", 1)[-1]
    if "://" in name:
        return {"name": short, "type": "external", "external": {"url": name}}
    return {"name": short, "type": "file", "file": {"url": name, "expiry_time": ""}}


def _plain_formula(_source: DataSource, _name: str, given: Any) -> Any:
    if isinstance(given, dict):
        return given
    kind = {bool: "boolean", str: "string"}.get(type(given), "number")
    return {"type": kind, kind: given}


def _plain_serial(_source: DataSource, _name: str, given: Any) -> Any:
    return {"prefix": None, "number": given} if isinstance(given, int) else given


PLAIN: Mapping[str, Callable[[DataSource, str, Any], Any]] = {
    "title": _plain_text,
    "rich_text": _plain_text,
    "status": _plain_option,
    "select": _plain_option,
    "multi_select": _plain_options,
    "date": _plain_date,
    "people": _plain_ids,
    "relation": _plain_ids,
    "files": _plain_files,
    "formula": _plain_formula,
    "unique_id": _plain_serial,
}

# --- as a PATCH brings them ------------------------------------------------------------------------------


def accepted(source: DataSource, name: str, raw: Json) -> Any:
    """The value of one property of a PATCH, as it is kept. Refuses what Notion refuses."""
    kind = source.schema[name]
    if kind not in WRITABLE:
        raise invalid(f"{name} is of type {kind}, which cannot be written.")
    if kind not in raw:
        raise invalid(f"{name} is expected to be {kind}.")
    return WRITABLE[kind](source, name, raw[kind])


def _text(_source: DataSource, name: str, given: Any) -> Any:
    for place, raw in enumerate(given):
        _at_most(MOST_TEXT, raw.get("text", {}).get("content", ""), f"{name}.rich_text[{place}].text.content")
    return [written(raw) for raw in given]


def _status(source: DataSource, name: str, given: Any) -> Any:
    if given is None:
        return None
    wanted = given.get("name") or given.get("id")
    found = source.option(name, wanted)
    if found is None:
        raise invalid(f'Invalid status option. Status option "{wanted}" does not exist".')
    return found


def _select(source: DataSource, name: str, given: Any) -> Any:
    """Notion makes the options of a select as they are written."""
    if given is None:
        return None
    if given.get("name") is None:
        return _status(source, name, given)
    if "," in given["name"]:
        raise invalid(f"Invalid select option, commas not allowed: {given['name']}")
    return source.with_option(name, given["name"])


def _multi_select(source: DataSource, name: str, given: Any) -> Any:
    _at_most(MOST_PEOPLE, given, f"{name}.multi_select")
    return [_select(source, name, it) for it in given]


def _url(_source: DataSource, name: str, given: Any) -> Any:
    return _at_most(MOST_URL, given or "", f"{name}.url") or None


def _short(_source: DataSource, name: str, given: Any) -> Any:
    return _at_most(MOST_SHORT, given or "", name) or None


def _ids(_source: DataSource, name: str, given: Any) -> Any:
    return [{"id": it["id"]} for it in _at_most(MOST_PEOPLE, given, name)]


def _date(_source: DataSource, _name: str, given: Any) -> Any:
    return None if given is None else {"end": None, "time_zone": None, **given}


def _files(_source: DataSource, _name: str, given: Any) -> Any:
    return [{"name": "", "type": "external" if "external" in it else "file", **it} for it in given]


def _same(_source: DataSource, _name: str, given: Any) -> Any:
    return given


def _at_most(most: int, given: Any, where: str) -> Any:
    if len(given) > most:
        words = f"body.properties.{where}.length should be ≤ `{most}`, instead was `{len(given)}`."
        raise malformed(f"body failed validation: {words}")
    return given


WRITABLE: Mapping[str, Callable[[DataSource, str, Any], Any]] = {
    "title": _text,
    "rich_text": _text,
    "status": _status,
    "select": _select,
    "multi_select": _multi_select,
    "url": _url,
    "email": _short,
    "phone_number": _short,
    "people": _ids,
    "relation": _ids,
    "date": _date,
    "checkbox": _same,
    "number": _same,
    "files": _files,
    "place": _same,
    "verification": _same,
}

# --- as a data source shows them -------------------------------------------------------------------------


def column(source: DataSource, name: str) -> Json:
    """One property of a schema."""
    kind = source.schema[name]
    head = {"id": source.property_id(name), "name": name, "description": None, "type": kind}
    return {**head, kind: _config(source, name, kind)}


def _config(source: DataSource, name: str, kind: str) -> Json:
    related = {"database_id": source.database_id, "data_source_id": source.id}
    fixed: dict[str, Json] = {
        "number": {"format": "number"},
        "formula": {"expression": ""},
        "unique_id": {"prefix": None},
        "relation": {**related, "type": "single_property", "single_property": {}},
        "rollup": {
            "rollup_property_name": "Name",
            "relation_property_name": "Related",
            "rollup_property_id": "title",
            "relation_property_id": "rela",
            "function": "show_original",
        },
    }
    if kind not in ("status", "select", "multi_select"):
        return fixed.get(kind, {})
    options = [{**it, "description": None} for it in source.options.get(name, [])]
    return {"options": options, **({"groups": _groups(options)} if kind == "status" else {})}


def _groups(options: list[Json]) -> list[Json]:
    """Notion's three groups of a status: the last option is complete, the first to do, the others between."""
    ids = [it["id"] for it in options]
    parts = {"To-do": ("gray", ids[:1]), "In progress": ("blue", ids[1:-1]), "Complete": ("green", ids[1:][-1:])}
    return [
        {"id": f"group-{name}", "name": name, "color": color, "option_ids": of} for name, (color, of) in parts.items()
    ]

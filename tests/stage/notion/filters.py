"""Filters and sorts of a query, as functions of a page. Refuses what Notion refuses, in its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.stage.notion.shapes import BOT, Json, invalid, malformed, moment, stamp
from tests.stage.notion.shown import Shown
from tests.stage.notion.source import DataSource

Test = Callable[[Any], bool]
Predicate = Callable[[str], bool]
RELATIVE = {
    "today": 0,
    "tomorrow": 1,
    "yesterday": -1,
    "one_week_ago": -7,
    "one_week_from_now": 7,
    "one_month_ago": -30,
    "one_month_from_now": 30,
}
SPANS = {
    "past_week": (-7, 0),
    "past_month": (-30, 0),
    "past_year": (-365, 0),
    "next_week": (0, 7),
    "next_month": (0, 30),
    "next_year": (0, 365),
    "this_week": (-7, 7),
}


def predicate(shown: Shown, source: DataSource, raw: Json, depth: int = 0) -> Predicate:
    """A filter as a function of a page id."""
    for name, combine in (("and", all), ("or", any)):
        if name in raw:
            if depth > 1:
                raise malformed("body failed validation: filters may be nested two levels deep.")
            parts = [predicate(shown, source, part, depth + 1) for part in raw[name]]
            return lambda page_id: combine(part(page_id) for part in parts)
    if "timestamp" in raw:
        kind = raw["timestamp"]
        holds = _time(shown, raw.get(kind, {}))
        key = {"last_edited_time": "edited", "created_time": "created"}[kind]
        return lambda page_id: holds(stamp(shown.content.page(page_id)[key]))
    return _by_property(shown, source, raw)


def _by_property(shown: Shown, source: DataSource, raw: Json) -> Predicate:
    name = source.found(raw.get("property", ""))
    kind = source.schema[name]
    given = next((key for key in raw if key not in ("property", "type")), "")
    if given != kind:
        raise invalid(f"database property {kind} does not match filter {given}")
    holds = _test(shown, source, name, kind, raw[kind])
    return lambda page_id: holds(shown.value(source, shown.content.page(page_id), name))


def _test(shown: Shown, source: DataSource, name: str, kind: str, condition: Json) -> Test:
    """Whether a value of this kind fits."""
    if kind in PLAIN:
        table, plain = PLAIN[kind]
        return _by(table, _me(condition) if plain is _ids else condition, plain)
    if kind in ("status", "select"):
        return _option(source, name, kind, condition)
    if kind in ("date", "created_time", "last_edited_time"):
        return _time(shown, condition)
    if kind == "formula":
        return _formula(shown, source, name, condition)
    raise invalid(f"The stand-in does not filter by {kind}.")


# --- by kind ---------------------------------------------------------------------------------------------


def _only(condition: Json, known: Mapping[str, Any]) -> tuple[str, Any]:
    """The one operator of a condition and its value."""
    if len(condition) != 1 or next(iter(condition)) not in known:
        names = ", ".join(condition) or "nothing"
        raise malformed(f"body failed validation: body.filter has {names}; one of {', '.join(known)} is expected.")
    return next(iter(condition.items()))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


EMPTINESS: Mapping[str, Callable[[Any, Any], bool]] = {
    "is_empty": lambda it, _: not it,
    "is_not_empty": lambda it, _: bool(it),
}
EQUALITY: Mapping[str, Callable[[Any, Any], bool]] = {
    "equals": lambda it, wanted: it in _listed(wanted),
    "does_not_equal": lambda it, wanted: it not in _listed(wanted),
}
TEXT: Mapping[str, Callable[[Any, Any], bool]] = {
    **EQUALITY,
    **EMPTINESS,
    "contains": lambda it, wanted: wanted.lower() in it.lower(),
    "does_not_contain": lambda it, wanted: wanted.lower() not in it.lower(),
    "starts_with": lambda it, wanted: it.lower().startswith(wanted.lower()),
    "ends_with": lambda it, wanted: it.lower().endswith(wanted.lower()),
}
NUMBER: Mapping[str, Callable[[Any, Any], bool]] = {
    **EQUALITY,
    "is_empty": lambda it, _: it is None,
    "is_not_empty": lambda it, _: it is not None,
    "greater_than": lambda it, wanted: it is not None and it > wanted,
    "less_than": lambda it, wanted: it is not None and it < wanted,
    "greater_than_or_equal_to": lambda it, wanted: it is not None and it >= wanted,
    "less_than_or_equal_to": lambda it, wanted: it is not None and it <= wanted,
}
MEMBERSHIP: Mapping[str, Callable[[Any, Any], bool]] = {
    **EMPTINESS,
    "contains": lambda it, wanted: any(one in it for one in _listed(wanted)),
    "does_not_contain": lambda it, wanted: not any(one in it for one in _listed(wanted)),
}


def _by(table: Mapping[str, Callable[[Any, Any], bool]], condition: Json, plain: Callable[[Any], Any]) -> Test:
    operator, wanted = _only(condition, table)
    return lambda value: table[operator](plain(value), wanted)


def _runs(value: Any) -> str:
    return "".join(it["plain_text"] for it in value)


def _string(value: Any) -> str:
    return value or ""


def _ids(value: Any) -> list[str]:
    return [it["id"] for it in (value if isinstance(value, list) else [value])]


PLAIN: Mapping[str, tuple[Mapping[str, Callable[[Any, Any], bool]], Callable[[Any], Any]]] = {
    "title": (TEXT, _runs),
    "rich_text": (TEXT, _runs),
    "url": (TEXT, _string),
    "email": (TEXT, _string),
    "phone_number": (TEXT, _string),
    "number": (NUMBER, lambda value: value),
    "unique_id": (NUMBER, lambda value: value["number"]),
    "checkbox": (EQUALITY, bool),
    "multi_select": (MEMBERSHIP, lambda value: [it["name"] for it in value]),
    "people": (MEMBERSHIP, _ids),
    "relation": (MEMBERSHIP, _ids),
    "created_by": (MEMBERSHIP, _ids),
    "last_edited_by": (MEMBERSHIP, _ids),
    "files": (EMPTINESS, bool),
}


def _option(source: DataSource, name: str, kind: str, condition: Json) -> Test:
    operator, wanted = _only(condition, {**EQUALITY, **EMPTINESS})
    if operator in EQUALITY:
        for it in _listed(wanted):
            if source.option(name, it) is None:
                known = ", ".join(f'"{known}"' for known in source.option_names(name))
                raise invalid(f'{kind} option "{it}" not found for property "{name}". Available options: {known}.')
    return _by({**EQUALITY, **EMPTINESS}, condition, lambda value: value["name"] if value else None)


def _me(condition: Json) -> Json:
    return {operator: BOT if value == "me" else value for operator, value in condition.items()}


def _formula(shown: Shown, source: DataSource, name: str, condition: Json) -> Test:
    ((kind, inner),) = condition.items()
    inside = {"string": "url", "checkbox": "checkbox"}.get(kind, kind)
    holds = _test(shown, source, name, inside, inner)
    return lambda value: holds(value.get("boolean" if kind == "checkbox" else kind))


# --- times -----------------------------------------------------------------------------------------------

Compare = Callable[[float, float], bool]
COMPARED: Mapping[str, Compare] = {
    "on_or_after": lambda it, wanted: it >= wanted,
    "after": lambda it, wanted: it > wanted,
    "on_or_before": lambda it, wanted: it <= wanted,
    "before": lambda it, wanted: it < wanted,
    "equals": lambda it, wanted: it == wanted,
}


def _time(shown: Shown, condition: Json) -> Test:
    """Of an ISO text, or of the value of a date property."""
    operator, wanted = _only(condition, {**COMPARED, **SPANS, **EMPTINESS})
    if operator in EMPTINESS:
        return lambda value: EMPTINESS[operator](value, wanted)
    now = shown.content.clock()
    if operator in SPANS:
        first, last = (now + days * 86400 for days in SPANS[operator])
        return lambda value: bool(value) and first <= _seconds(value) <= last
    limit = _day(now, RELATIVE[wanted]) if wanted in RELATIVE else _given(wanted)
    return lambda value: bool(value) and COMPARED[operator](_seconds(value), limit)


def _seconds(value: Any) -> float:
    return moment(value["start"] if isinstance(value, dict) else value)


def _day(now: float, days: int) -> float:
    midnight = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight + timedelta(days=days)).timestamp()


def _given(text: Any) -> float:
    try:
        return moment(text)
    except (TypeError, ValueError) as error:
        words = f'body.filter should be a valid ISO 8601 date string, instead was `"{text}"`.'
        raise malformed(f"body failed validation: {words}") from error


# --- sorts -----------------------------------------------------------------------------------------------


def sort(shown: Shown, source: DataSource, rows: list[str], sorts: list[Json]) -> list[str]:
    """The rows in the order that was asked for; the first sort counts most."""
    for wanted in reversed(sorts):
        key = _key(shown, source, wanted)
        rows = sorted(rows, key=key, reverse=wanted["direction"] == "descending")
    return rows


def _key(shown: Shown, source: DataSource, wanted: Json) -> Callable[[str], Any]:
    if "timestamp" in wanted:
        name = {"last_edited_time": "edited", "created_time": "created"}[wanted["timestamp"]]
        return lambda page_id: stamp(shown.content.page(page_id)[name])
    found = source.found(wanted["property"])
    return lambda page_id: _sortable(shown.value(source, shown.content.page(page_id), found))


def _sortable(value: Any) -> tuple[bool, Any]:
    """Empty values come last."""
    if isinstance(value, list):
        value = "".join(str(it.get("plain_text") or it.get("name") or "") for it in value)
    if isinstance(value, dict):
        value = value.get("start") or value.get("name") or value.get("number") or ""
    return (value in (None, ""), value if value is not None else "")

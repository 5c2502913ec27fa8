"""Property values of Notion's JSON -> Value. Leniently: a type or a shape that we do not know becomes Unreadable."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sidecar.blocks import FileRef, MediaKind, PageId, plain
from sidecar.model import Json, Property
from sidecar.parse.files import file
from sidecar.parse.ids import canonical
from sidecar.parse.text import text
from sidecar.values import (
    Files,
    Flag,
    Names,
    Nothing,
    Number,
    People,
    Person,
    Related,
    Several,
    Unreadable,
    Value,
    When,
    Words,
)

SHOWN = 25
"""Of longer lists a page object shows only so many (developers.notion.com/reference/retrieve-a-page)."""

KINDS: Mapping[MediaKind, frozenset[str]] = {
    "image": frozenset({"jpg", "jpeg", "png", "gif", "webp", "avif", "heic", "heif", "bmp", "tif", "tiff", "svg"}),
    "video": frozenset({"mp4", "m4v", "mov", "webm", "ogv", "avi", "mkv", "mpg", "mpeg"}),
    "audio": frozenset({"mp3", "m4a", "wav", "ogg", "oga", "flac", "aac"}),
    "pdf": frozenset({"pdf"}),
}
"""File name extensions. A file without one, as picture services serve them, is taken for an image."""


def value(property: Property, page_id: PageId) -> Value:
    """What a property of a page says. `page_id` is the page to read again when a link to a file has expired."""
    return _read(property.type, property.value, page_id)


def is_cut_off(property: Property) -> bool:
    """True when the page object shows only the beginning of a list that the property's own endpoint gives whole."""
    raw = property.value if isinstance(property.value, list) else []
    match property.type:
        case "relation":
            return property.has_more
        case "people":
            return len(raw) == SHOWN
        case "title" | "rich_text":
            return len(raw) == SHOWN or sum(_kind(run) == "mention" for run in raw) == SHOWN
        case _:
            return False


def filled(property: Property, items: Sequence[Json]) -> Property:
    """The property with all its values, which its own endpoint gives one by one."""
    whole = [item[property.type] for item in items if item.get("type") == property.type and item.get(property.type)]
    return dataclasses.replace(property, value=whole, has_more=False)


def media_kind(*names: str) -> MediaKind:
    """What a file is by its names or URLs: the first extension that is known decides."""
    extensions = [_extension(name) for name in names]
    for extension in filter(None, extensions):
        for kind, known in KINDS.items():
            if extension in known:
                return kind
    return "file" if any(extensions) else "image"


def _extension(name: str) -> str:
    last = re.split(r"[?#]", name)[0].rsplit("/", 1)[-1]
    return last.rsplit(".", 1)[-1].lower() if "." in last else ""


# --- one function for each kind --------------------------------------------------------------------------


def _read(kind: str, raw: Any, page_id: PageId) -> Value:
    if raw is None:
        return Nothing()
    parser = PARSERS.get(kind, _unknown)
    return parser(raw, page_id) or Unreadable(kind, "its value has a form that is not known")


def _text(raw: Any, _: PageId) -> Value | None:
    return _words(plain(text(raw))) if isinstance(raw, list) else None


def _string(raw: Any, _: PageId) -> Value | None:
    return _words(raw) if isinstance(raw, str) else None


def _words(words: str) -> Value:
    return Words(words) if words.strip() else Nothing()


def _number(raw: Any, _: PageId) -> Value | None:
    return Number(raw) if isinstance(raw, int | float) and not isinstance(raw, bool) else None


def _flag(raw: Any, _: PageId) -> Value | None:
    return Flag(raw) if isinstance(raw, bool) else None


def _option(raw: Any, _: PageId) -> Value | None:
    return _options([raw], _)


def _options(raw: Any, _: PageId) -> Value | None:
    if not isinstance(raw, list):
        return None
    names = tuple(str(one["name"]) for one in raw if isinstance(one, Mapping) and one.get("name"))
    return Names(names) if names else Nothing() if not raw else None


def _date(raw: Any, _: PageId) -> Value | None:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("start"), str):
        return None
    return When(raw["start"], raw.get("end"), raw.get("time_zone"))


def _time(raw: Any, _: PageId) -> Value | None:
    return When(raw) if isinstance(raw, str) else None


def _people(raw: Any, _: PageId) -> Value | None:
    if not isinstance(raw, list):
        return None
    people = tuple(_person(one) for one in raw if isinstance(one, Mapping))
    return People(people) if people else Nothing() if not raw else None


def _user(raw: Any, _: PageId) -> Value | None:
    return _people([raw], _)


def _person(raw: Mapping[str, Any]) -> Person:
    person = raw.get("person")
    email = person.get("email") if isinstance(person, Mapping) else None
    return Person(str(raw.get("name") or ""), str(email or ""))


def _files(raw: Any, page_id: PageId) -> Value | None:
    if not isinstance(raw, list):
        return None
    found = tuple(made for one in raw if (made := _file(one, page_id)) is not None)
    return Files(found) if found else Nothing() if not raw else None


def _file(raw: Any, page_id: PageId) -> FileRef | None:
    made = file(raw, "file", page_id)
    return dataclasses.replace(made, kind=media_kind(made.name, made.url)) if made else None


def _relation(raw: Any, _: PageId) -> Value | None:
    if not isinstance(raw, list):
        return None
    pages = tuple(PageId(canonical(str(one["id"]))) for one in raw if isinstance(one, Mapping) and one.get("id"))
    return Related(pages) if pages else Nothing() if not raw else None


def _formula(raw: Any, page_id: PageId) -> Value | None:
    kind = _kind(raw)
    if kind == "unsupported":
        return Unreadable("formula", "Notion's API does not give the result of this formula")
    return _read(FORMULAS.get(kind, kind), raw.get(kind), page_id) if kind else None


def _rollup(raw: Any, page_id: PageId) -> Value | None:
    kind = _kind(raw)
    if kind in ("unsupported", "incomplete"):
        return Unreadable("rollup", "Notion's API does not give the result of this rollup")
    if kind != "array":
        return _read(kind, raw.get(kind), page_id) if kind else None
    array = raw.get("array")
    if not isinstance(array, list):
        return None
    inner = tuple(_read(_kind(one), one.get(_kind(one)), page_id) for one in array if isinstance(one, Mapping))
    shown = tuple(one for one in inner if not isinstance(one, Nothing))
    return Several(shown) if shown else Nothing()


def _unique_id(raw: Any, _: PageId) -> Value | None:
    if not isinstance(raw, Mapping) or raw.get("number") is None:
        return None
    prefix = raw.get("prefix")
    return Words(f"{prefix}-{raw['number']}" if prefix else str(raw["number"]))


def _verification(raw: Any, _: PageId) -> Value | None:
    return Names((str(raw["state"]),)) if isinstance(raw, Mapping) and raw.get("state") else None


def _place(raw: Any, _: PageId) -> Value | None:
    if not isinstance(raw, Mapping):
        return None
    words = [str(raw[name]) for name in ("name", "address") if raw.get(name)]
    if not words and raw.get("lat") is not None:
        words = [f"{raw['lat']}, {raw.get('lon')}"]
    return _words(", ".join(dict.fromkeys(words)))


def _button(_raw: Any, _: PageId) -> Value:
    return Unreadable("button", "a button has no value")


def _unknown(raw: Any, page_id: PageId) -> Value | None:
    """A type that is newer than we are: plain values speak for themselves."""
    return _string(raw, page_id) or _flag(raw, page_id) or _number(raw, page_id)


def _kind(raw: Any) -> str:
    return str(raw.get("type") or "") if isinstance(raw, Mapping) else ""


FORMULAS = {"string": "url", "boolean": "checkbox"}
"""What a formula calls its results -> the property type of the same form."""

Parser = Callable[[Any, PageId], Value | None]
"""None: the value has no form that this type may have."""

PARSERS: Mapping[str, Parser] = {
    "title": _text,
    "rich_text": _text,
    "number": _number,
    "select": _option,
    "status": _option,
    "multi_select": _options,
    "date": _date,
    "people": _people,
    "files": _files,
    "checkbox": _flag,
    "url": _string,
    "email": _string,
    "phone_number": _string,
    "formula": _formula,
    "relation": _relation,
    "rollup": _rollup,
    "created_time": _time,
    "last_edited_time": _time,
    "last_visited_time": _time,
    "created_by": _user,
    "last_edited_by": _user,
    "unique_id": _unique_id,
    "verification": _verification,
    "place": _place,
    "location": _place,
    "button": _button,
}

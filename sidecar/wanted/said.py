"""One property, read as this or that kind of field. Each function says to the property's notes what it left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sidecar.blocks import FileRef
from sidecar.mapping import TAGS, Field, Target, Taxonomy
from sidecar.model import BlockWarning
from sidecar.values import Files, Flag, Nothing, Number, People, Person, Several, Value, When, Words, entries, joined

T = TypeVar("T")

Path = tuple[str, ...]
"""A term with the terms above it: Parent, Child."""
Comments = Literal["open", "closed"]


@dataclass(frozen=True, slots=True)
class Said:
    """What one property says, and where to complain about it."""

    name: str
    value: Value
    notes: list[BlockWarning]

    def note(self, message: str) -> None:
        self.notes.append(property_warning(self.name, message))


def property_warning(name: str, message: str) -> BlockWarning:
    return BlockWarning(name, "property", f"{name}: {message}")


def ask(fields: Mapping[Target, Said], target: Field, read: Callable[[Said], T | None]) -> T | None:
    one = fields.get(target)
    return None if one is None else read(one)


# --- words, choices ----------------------------------------------------------------------------------------


def text(one: Said) -> str:
    return joined(one.value).strip()


def line(one: Said) -> str:
    """Text that is one line, whatever was typed."""
    return " ".join(text(one).split())


FORMATS = ("standard", "aside", "audio", "chat", "gallery", "image", "link", "quote", "status", "video")
"""WordPress's own, and there are no others: it takes any other word for standard, in silence."""


def format(one: Said) -> str:
    found = word(one)
    if found and found not in FORMATS:
        one.note(f"“{text(one)}” is no post format, so the post has none; there are {', '.join(FORMATS)}.")
    return found if found in FORMATS else ""


def word(one: Said) -> str:
    """One of WordPress's own words, such as post or aside."""
    return "-".join(text(one).lower().split())


def slug(one: Said) -> str | None:
    """The last part of what may be a whole path or link. Empty: WordPress makes one."""
    return re.split(r"[?#]", text(one))[0].strip("/ ").rsplit("/", 1)[-1] or None


YES = frozenset({"yes", "y", "true", "on", "1", "x", "✓", "✅", "sticky", "open", "allow", "allowed", "enabled"})
NO = frozenset({"no", "n", "false", "off", "0", "❌", "not sticky", "closed", "close", "forbidden", "disabled", "none"})


def flag(one: Said) -> bool | None:
    """None: the property is empty, or says neither yes nor no."""
    match one.value:
        case Flag(is_set=is_set):
            return is_set
        case Number(number=number):
            return bool(number)
    word = plain(one)
    if word and word not in YES | NO:
        one.note(f"“{joined(one.value)}” is neither yes nor no, so it was not taken over.")
    return word in YES if word in YES | NO else None


def comments(one: Said) -> Comments | None:
    is_open = flag(one)
    return None if is_open is None else "open" if is_open else "closed"


def plain(one: Said) -> str:
    return re.sub(r"[\s_-]+", " ", joined(one.value)).strip().casefold()


# --- people, dates, files --------------------------------------------------------------------------------


def _flat(value: Value) -> tuple[Value, ...]:
    return tuple(one for inner in value.values for one in _flat(inner)) if isinstance(value, Several) else (value,)


def authors(one: Said) -> tuple[Person, ...]:
    people: list[Person] = []
    for value in _flat(one.value):
        if isinstance(value, People):
            people += value.people
        else:
            people += [Person(word.strip(), word.strip() if "@" in word else "") for word in entries(value)]
    return tuple(people)


def date(one: Said, site: tzinfo) -> datetime | None:
    """The moment of publication. A day without a time begins at midnight, a time without a zone is the site's."""
    for value in _flat(one.value):
        if isinstance(value, Nothing):
            continue
        here = zone(value.zone) if isinstance(value, When) and value.zone else site
        moment = _moment(value.start if isinstance(value, When) else joined(value).strip(), here)
        if moment is not None:
            return moment
        one.note(f"“{joined(value)}” is no date, so it was not taken over.")
    return None


def _moment(text: str, here: tzinfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=here)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def zone(name: str) -> tzinfo:
    """A time zone by WordPress's word for it: Europe/Lisbon, or an offset such as +05:30. What is no zone is UTC."""
    offset = re.fullmatch(r"([+-])(\d\d):(\d\d)", name)
    if offset:
        minutes = int(offset[2]) * 60 + int(offset[3])
        return timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def picture(one: Said) -> FileRef | None:
    """The first image of a files property, or what a link leads to."""
    found: list[FileRef] = []
    for value in _flat(one.value):
        if isinstance(value, Files):
            found += value.files
        else:
            found += [FileRef(url, "image", hosted=False) for url in entries(value) if _is_link(url)]
    images = [file for file in found if file.kind == "image"]
    if not images and not isinstance(one.value, Nothing):
        one.note(f"“{joined(one.value)}” is no picture, so the post has no featured image from it.")
    return images[0] if images else None


def _is_link(text: str) -> bool:
    return re.match(r"https?://[^/\s]", text) is not None


# --- terms, custom fields --------------------------------------------------------------------------------


def names(one: Said) -> list[str]:
    """Options, titles and people are one term each; text is a list with commas; a checkbox is a term or none."""
    names: list[str] = []
    for value in _flat(one.value):
        match value:
            case Flag(is_set=is_set):
                names += [one.name] if is_set else []
            case Words(text=text):
                names += re.split(r"[,;\n]", text)
            case _:
                names += entries(value)
    return names


def path(name: str, taxonomy: Taxonomy) -> Path:
    """Tags know no hierarchy: AC/DC is one."""
    parts = [name] if taxonomy == TAGS else name.split("/")
    return tuple(" ".join(part.split()) for part in parts if part.strip())


def custom(one: Said) -> str | tuple[FileRef, ...]:
    files = [value for value in _flat(one.value) if isinstance(value, Files)]
    return tuple(file for value in files for file in value.files) if files else joined(one.value)

"""What the properties of a page say, in our own words. Data and its plain wording; no JSON, no fields of a post."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from sidecar.blocks import FileRef, PageId


@dataclass(frozen=True, slots=True)
class Nothing:
    """The property is there and empty."""


@dataclass(frozen=True, slots=True)
class Words:
    """Text that somebody typed, or that a formula made."""

    text: str


@dataclass(frozen=True, slots=True)
class Names:
    """Names that are each one thing, whatever characters they hold: options, titles of related pages."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Number:
    number: float


@dataclass(frozen=True, slots=True)
class Flag:
    is_set: bool


@dataclass(frozen=True, slots=True)
class When:
    """A day (`2026-11-24`) or a time (ISO 8601), or a span of them. `zone` is a name such as Europe/Lisbon."""

    start: str
    end: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, or a group. Notion leaves out what the integration may not read: then `name` is empty."""

    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class People:
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Files:
    files: tuple[FileRef, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """Other pages, of which the property knows nothing but the ids."""

    pages: tuple[PageId, ...]


@dataclass(frozen=True, slots=True)
class Several:
    """What a rollup collects."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Notion's API does not give the value, or we do not know the type. `why` ends a sentence."""

    type: str
    why: str


Value = Nothing | Words | Names | Number | Flag | When | People | Files | Related | Several | Unreadable


def entries(value: Value) -> tuple[str, ...]:
    """A value as a list of plain words; a single thing is a list of one."""
    match value:
        case Nothing() | Unreadable():
            return ()
        case Words(text=text):
            return (text,)
        case Names(names=names):
            return names
        case Number() | Flag() | When():
            return (_one(value),)
        case People(people=people):
            return tuple(person.name or person.email for person in people if person.name or person.email)
        case Files(files=files):
            return tuple(file.name or file.url for file in files)
        case Related(pages=pages):
            return pages
        case Several(values=values):
            return tuple(entry for inner in values for entry in entries(inner))
        case _:
            assert_never(value)


def _one(value: Number | Flag | When) -> str:
    match value:
        case Number(number=number):
            return numeral(number)
        case Flag(is_set=is_set):
            return "1" if is_set else "0"
        case When(start=start, end=end):
            return f"{start}/{end}" if end else start


def joined(value: Value) -> str:
    """A value as one line of words."""
    return ", ".join(entries(value))


def numeral(number: float) -> str:
    """A number as people write it: 3, not 3.0."""
    return str(int(number)) if abs(number) < 1e15 and number == int(number) else repr(number)

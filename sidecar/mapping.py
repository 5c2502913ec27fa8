"""Which property feeds which field of a post: by its name and type, or as `sidecar.toml` says. Pure; reads no value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from sidecar.errors import ConfigError
from sidecar.meant import question

FILE = "sidecar.toml"
LINK_NAMES = ("WordPress URL", "Post URL", "WordPress")
"""A property of type url with one of these names receives the post's link, when no setting names another."""
MESSAGE_NAMES = ("WordPress Message", "Sync Message")
"""The same for a property of type rich_text, and what its writers are told."""


class Field(Enum):
    """What a post has one of. The values are the words of `sidecar.toml`. No strings: those are what is wrong."""

    TITLE = "title"
    SLUG = "slug"
    EXCERPT = "excerpt"
    AUTHOR = "author"
    DATE = "date"
    FEATURED_IMAGE = "featured_image"
    TYPE = "type"
    STATUS = "status"
    VISIBILITY = "visibility"
    PASSWORD = "password"  # noqa: S105 -- the name of a field
    STICKY = "sticky"
    COMMENTS = "comments"
    TEMPLATE = "template"
    FORMAT = "format"
    LANGUAGE = "language"
    SEO_TITLE = "seo_title"
    SEO_DESCRIPTION = "seo_description"


@dataclass(frozen=True, slots=True)
class Taxonomy:
    name: str


@dataclass(frozen=True, slots=True)
class Custom:
    """A custom field of a post."""

    key: str


Target = Field | Taxonomy | Custom

CATEGORIES, TAGS = Taxonomy("category"), Taxonomy("post_tag")
WORDS: Mapping[str, Target] = {field.value: field for field in Field} | {"categories": CATEGORIES, "tags": TAGS}
IGNORE = "ignore"
COVER = "page cover"
"""What `sidecar.toml` calls the page's cover, which is no property: it may be ignored."""


@dataclass(frozen=True, slots=True)
class Feed:
    """One property that feeds one field."""

    property: str
    target: Target


@dataclass(frozen=True, slots=True)
class PropertyMapping:
    """What `sidecar.toml` says. What it does not name is found by name and type."""

    feeds: tuple[Feed, ...] = ()
    ignored: frozenset[str] = frozenset()


# --- sidecar.toml ----------------------------------------------------------------------------------------


def read(pairs: Sequence[tuple[str, str]]) -> PropertyMapping:
    """The mapping in pairs of property and target. Raises ConfigError with every problem."""
    feeds, ignored, problems = [], set(), []
    for name, words in pairs:
        target = _target(words)
        if words.strip().lower() == IGNORE:
            ignored.add(name)
        elif isinstance(target, str):
            problems.append(f"{FILE}: {name!r} = {words!r}: {target}")
        else:
            feeds.append(Feed(name, target))
    problems += _fed_twice(feeds)
    if problems:
        raise ConfigError(problems)
    return PropertyMapping(tuple(feeds), frozenset(ignored))


KEY = re.compile(r"[^\s\"'<>]{1,200}")


def _target(words: str) -> Target | str:
    """What the words stand for, or what is wrong with them."""
    kind, colon, name = (part.strip() for part in words.partition(":"))
    if not colon:
        known = WORDS.get(kind.lower())
        choice = question(kind, [*WORDS, IGNORE]) or f" {_choice()}"
        return known if known is not None else f"there is no such field.{choice}"
    if kind.lower() not in ("taxonomy", "custom") or not KEY.fullmatch(name):
        return f"it is neither taxonomy:name nor custom:key. {_choice()}"
    if kind.lower() == "taxonomy":
        return Taxonomy(name)
    if name.startswith("_"):
        return "WordPress lets nobody write a custom field whose name begins with _."
    if name == "notion_page_id":
        return "this custom field is how posts are found again; take another name."
    return Custom(name)


def _choice() -> str:
    return f"There are: {', '.join(WORDS)}, taxonomy:name, custom:key, {IGNORE}."


def _fed_twice(feeds: Sequence[Feed]) -> list[str]:
    """Only terms come from several properties; any other field from one."""
    problems = []
    for target in dict.fromkeys(feed.target for feed in feeds if not isinstance(feed.target, Taxonomy)):
        names = [feed.property for feed in feeds if feed.target == target]
        if len(names) > 1:
            problems.append(f"{FILE}: {word(target)} comes from one property, but {listed(names)} are to feed it.")
    return problems


def word(target: Target) -> str:
    """A target as `sidecar.toml` says it."""
    match target:
        case Field():
            return target.value
        case Taxonomy(name=name):
            return f"taxonomy:{name}"
        case Custom(key=key):
            return f"custom:{key}"


def listed(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names)


# --- by name and type ------------------------------------------------------------------------------------

TEXT = frozenset({"rich_text", "select", "status"})
CHOICE = frozenset({"select", "status", "checkbox"})
LIST = frozenset({"multi_select", "select", "status", "relation", "rich_text"})
COMPUTED = frozenset({"formula", "rollup"})
PEOPLE = frozenset({"people", "created_by", "last_edited_by", "email"})
DATES = frozenset({"date", "created_time", "last_edited_time"})
PICTURES = frozenset({"files", "url"})


@dataclass(frozen=True, slots=True)
class Default:
    """Property names, the best first, in lower case, and the types that are believed to mean this field."""

    target: Target
    names: tuple[str, ...]
    types: frozenset[str]


DEFAULTS: tuple[Default, ...] = (
    Default(Field.SLUG, ("slug", "post slug", "url slug", "permalink"), TEXT | COMPUTED | {"url"}),
    Default(Field.EXCERPT, ("excerpt", "post excerpt", "summary"), TEXT | COMPUTED),
    Default(CATEGORIES, ("categories", "category"), LIST | COMPUTED),
    Default(TAGS, ("tags", "tag"), LIST | COMPUTED),
    Default(Field.AUTHOR, ("author", "post author", "authors", "written by"), PEOPLE | TEXT | COMPUTED),
    Default(
        Field.DATE,
        ("publish date", "publication date", "published date", "date published", "publish on", "published on"),
        DATES | COMPUTED,
    ),
    Default(Field.DATE, ("date",), frozenset({"date"})),
    Default(
        Field.FEATURED_IMAGE,
        ("featured image", "feature image", "cover image", "hero image", "thumbnail", "cover"),
        PICTURES,
    ),
    Default(Field.TYPE, ("post type", "wordpress type"), TEXT | COMPUTED),
    Default(Field.STATUS, ("wordpress status", "post status", "wp status"), TEXT | COMPUTED),
    Default(Field.VISIBILITY, ("visibility", "post visibility"), TEXT | COMPUTED),
    Default(Field.PASSWORD, ("password", "post password"), frozenset({"rich_text"}) | COMPUTED),
    Default(Field.STICKY, ("sticky",), CHOICE | COMPUTED),
    Default(Field.COMMENTS, ("comments", "allow comments", "comment status"), CHOICE),
    Default(Field.TEMPLATE, ("template", "page template", "post template"), TEXT),
    Default(Field.FORMAT, ("post format",), TEXT),
    Default(Field.LANGUAGE, ("language", "locale"), TEXT),
    Default(Field.SEO_TITLE, ("seo title", "meta title"), TEXT | COMPUTED),
    Default(Field.SEO_DESCRIPTION, ("seo description", "meta description"), TEXT | COMPUTED),
)


def feeds(types: Mapping[str, str], mapping: PropertyMapping, reserved: Sequence[str] = ()) -> tuple[Feed, ...]:
    """What feeds what on a page whose properties have these types.

    The mapping goes first; a field that it does not name is fed by the property that is called like it, unless that
    one is named in the mapping or is `reserved`: the status that asks, the link, the message.
    """
    said = tuple(Feed(name, feed.target) for feed in mapping.feeds if (name := find(feed.property, types)) is not None)
    named = {find(name, types) for name in [*(feed.property for feed in mapping.feeds), *mapping.ignored, *reserved]}
    free = {name: kind for name, kind in types.items() if name not in named and kind not in ("title", "button")}
    taken = {feed.target for feed in mapping.feeds}
    return (*said, *(feed for feed in _by_default(free) if feed.target not in taken))


def _by_default(types: Mapping[str, str]) -> Iterator[Feed]:
    fed: set[Target] = set()
    for default in DEFAULTS:
        fitting = {name: kind for name, kind in types.items() if kind in default.types}
        found = next((name for wanted in default.names if (name := find(wanted, fitting)) is not None), None)
        if found is not None and default.target not in fed:
            fed.add(default.target)
            yield Feed(found, default.target)
    for name in types:
        target = _target(name) if ":" in name else ""
        if not isinstance(target, str):
            yield Feed(name, target)


def missing(types: Mapping[str, str], mapping: PropertyMapping) -> list[str]:
    """The properties that the mapping names and that a page does not have."""
    names = (feed.property for feed in mapping.feeds if find(feed.property, types) is None)
    return list(dict.fromkeys(names))


def find(name: str, types: Mapping[str, str]) -> str | None:
    """The property of this name; capitals, `_` and `-` make no difference unless two names differ by them alone."""
    if name in types:
        return name
    return next((known for known in types if _plain(known) == _plain(name)), None)


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name).strip().casefold()

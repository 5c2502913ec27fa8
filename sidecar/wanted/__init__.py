"""What the properties of a page ask of its post. Pure: names, not ids; nothing is looked up in WordPress.

In every field None means that no property speaks of it, and an empty value that its property is empty.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from sidecar.blocks import FileRef
from sidecar.mapping import Custom, Feed, Field, Target, Taxonomy
from sidecar.model import BlockWarning
from sidecar.values import Person, Unreadable, Value
from sidecar.wanted import said as read
from sidecar.wanted.openness import Status, openness
from sidecar.wanted.said import Comments, Path, Said, ask, property_warning, zone

__all__ = ["Path", "Status", "Wanted", "property_warning", "wanted", "zone"]


@dataclass(frozen=True, slots=True)
class Wanted:
    title: str | None = None
    slug: str | None = None
    first_slug: str | None = None
    """What WordPress is to make a new post's slug of, where that is not its title."""
    excerpt: str | None = None
    terms: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    """By taxonomy."""
    authors: tuple[Person, ...] = ()
    date: datetime | None = None
    featured: FileRef | None = None
    type: str | None = None
    status: Status | None = None
    password: str | None = None
    sticky: bool | None = None
    comments: Comments | None = None
    template: str | None = None
    format: str | None = None
    language: str | None = None
    seo_title: str | None = None
    seo_description: str | None = None
    custom_fields: Mapping[str, str | tuple[FileRef, ...]] = field(default_factory=dict)
    warnings: tuple[BlockWarning, ...] = ()

    @property
    def files(self) -> tuple[FileRef, ...]:
        """What has to be in the library for these fields."""
        inside = (file for value in self.custom_fields.values() if isinstance(value, tuple) for file in value)
        return (*((self.featured,) if self.featured else ()), *inside)


def wanted(
    feeds: Sequence[Feed], values: Mapping[str, Value], cover: FileRef | None, site: tzinfo, usual: str = "post"
) -> Wanted:
    """What a page asks for. `values` are those of the properties in `feeds`; `site` is the site's time zone, `usual`
    the type that a post has when its page says none."""
    notes: list[BlockWarning] = []
    said = list(_readable([(feed.target, Said(feed.property, values[feed.property], notes)) for feed in feeds]))
    fields = dict(said)
    date = ask(fields, Field.DATE, lambda one: read.date(one, site))
    status, password = openness(fields, date)
    kind = ask(fields, Field.TYPE, read.word) or None
    made = Wanted(
        title=ask(fields, Field.TITLE, read.line),
        slug=ask(fields, Field.SLUG, read.slug),
        excerpt=ask(fields, Field.EXCERPT, read.text),
        terms=_terms(said),
        authors=ask(fields, Field.AUTHOR, read.authors) or (),
        date=date,
        featured=ask(fields, Field.FEATURED_IMAGE, read.picture) or cover,
        type=kind,
        status=status,
        password=password,
        sticky=ask(fields, Field.STICKY, lambda one: _on_top(one, kind or usual, status, password)),
        comments=ask(fields, Field.COMMENTS, read.comments),
        template=ask(fields, Field.TEMPLATE, read.line),
        format=ask(fields, Field.FORMAT, lambda one: _format(one, kind or usual)),
        language=ask(fields, Field.LANGUAGE, read.line),
        seo_title=ask(fields, Field.SEO_TITLE, read.line),
        seo_description=ask(fields, Field.SEO_DESCRIPTION, read.line),
        custom_fields={target.key: read.custom(one) for target, one in fields.items() if isinstance(target, Custom)},
    )
    return dataclasses.replace(made, warnings=tuple(notes))


def _on_top(one: Said, type: str, status: Status | None, password: str | None) -> bool:
    """Whether a post stays on top. WordPress lets none stay there that not every reader sees, and no page; some of its
    ways in refuse it, others say nothing."""
    if not read.flag(one):
        return False
    if type == "post" and status != "private" and not password:
        return True
    which = f"a post of the type {type}" if type != "post" else "a private post" if status == "private" else ""
    one.note(f"{which or 'a post with a password'} does not stay on top, so this was left out.")
    return False


def _format(one: Said, type: str) -> str:
    found = read.format(one)
    if not found or type != "page":
        return found
    one.note(f"a page has no post format, so “{found}” was left out.")
    return ""


def _readable(said: Sequence[tuple[Target, Said]]) -> Iterator[tuple[Target, Said]]:
    """What can be read; what cannot says nothing, and is complained about."""
    for target, one in said:
        if isinstance(one.value, Unreadable):
            one.note(f"{one.value.why}, so it was not taken over.")
        else:
            yield target, one


def _terms(said: Sequence[tuple[Target, Said]]) -> dict[str, tuple[Path, ...]]:
    """The paths of each taxonomy, those of several properties together, each once."""
    found: dict[str, dict[Path, None]] = {}
    for target, one in said:
        if isinstance(target, Taxonomy):
            paths = found.setdefault(target.name, {})
            paths.update(dict.fromkeys(read.path(name, target) for name in read.names(one) if name.strip(" /")))
    return {taxonomy: tuple(paths) for taxonomy, paths in found.items()}

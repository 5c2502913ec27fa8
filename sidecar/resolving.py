"""What a page asks for -> fields of a post as XML-RPC names them. Whose field is whose is decided here.

Content is ours: it is written with every update, and a change of it in WordPress is a conflict. What is *stated* is
written when the post is made and again when the page's own property has changed: in between it belongs to people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sidecar import compose
from sidecar.blocks import FileRef
from sidecar.errors import Refused
from sidecar.model import BlockWarning, Fields, Media
from sidecar.naming import Naming, pick
from sidecar.ports import World
from sidecar.wanted import Wanted

LANGUAGE = "language"
"""The taxonomy of plugins for several languages, such as Polylang; the custom field where there is none."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """Fields of a post: content that is ours, and what the page's properties state."""

    content: Fields
    stated: Fields
    warnings: tuple[BlockWarning, ...]


def resolve(world: World, guard: Callable[[], None], wanted: Wanted, media: Mapping[str, Media]) -> Resolved:
    """The fields that a page asks for. `guard` goes before a term is made; `media` is the library by file identity."""
    return fields(Naming(world, guard), wanted, media)


def fields(names: Naming, wanted: Wanted, media: Mapping[str, Media]) -> Resolved:
    """The fields that a page asks for, with the terms and the author that `names` gives."""
    terms = {taxonomy: names.terms(taxonomy, paths) for taxonomy, paths in wanted.terms.items()}
    custom = {key: _custom(value, media) for key, value in wanted.custom_fields.items()}
    if wanted.language is not None:
        _speak(names, wanted.language, terms, custom)
    custom |= _for_search(names, wanted)
    content = {
        "post_title": compose.as_typed(wanted.title) if wanted.title else None,
        "post_excerpt": None if wanted.excerpt is None else compose.as_typed(wanted.excerpt),
        "terms": _present(terms) or None,
        "post_thumbnail": _featured(wanted, media),
    }
    stated = {
        "post_type": wanted.type,
        "post_name": wanted.slug,
        "post_status": wanted.status,
        "post_date_gmt": wanted.date,
        "post_author": names.author(wanted.authors),
        "post_password": wanted.password,
        "sticky": wanted.sticky,
        "comment_status": wanted.comments,
        "page_template": wanted.template,
        "post_format": wanted.format,
        "custom_fields": custom or None,
    }
    return Resolved(_present(content), _present(stated), (*wanted.warnings, *names.notes))


def _present(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _featured(wanted: Wanted, media: Mapping[str, Media]) -> str:
    found = media.get(wanted.featured.identity) if wanted.featured else None
    return found.id if found else ""


def _custom(value: str | tuple[FileRef, ...], media: Mapping[str, Media]) -> str:
    """Files become the addresses that they have in the library."""
    if isinstance(value, str):
        return value
    return ", ".join(media[file.identity].url for file in value if file.identity in media)


def _for_search(names: Naming, wanted: Wanted) -> dict[str, str]:
    """What search engines are to show, in the fields of the site's SEO plugin."""
    said = {"SEO title": wanted.seo_title, "SEO description": wanted.seo_description}
    if not any(text is not None for text in said.values()):
        return {}
    keys = names.seo_keys()
    if not isinstance(keys, str):
        return {key: text for key, text in zip(keys, said.values(), strict=True) if text is not None}
    for label in (label for label, text in said.items() if text):
        names.note(label, keys)
    return {}


def _speak(names: Naming, language: str, terms: dict[str, list[str] | None], custom: dict[str, str]) -> None:
    """A term where WordPress knows languages, one of those it knows; else a custom field."""
    if not language:
        custom.setdefault(LANGUAGE, "")
        return
    try:
        known = names.known(LANGUAGE)
    except Refused:  # no such taxonomy
        custom.setdefault(LANGUAGE, language)
        return
    found = pick(known, language)
    if found:
        terms[LANGUAGE] = [found[0].id]
        return
    names.note("Language", f"WordPress has no language “{language}”; it has: {', '.join(t.name for t in known)}.")

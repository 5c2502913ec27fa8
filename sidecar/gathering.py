"""What the properties of a page say, whole: what the page object leaves out is asked for. Writes nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import assert_never

from sidecar import fitting, mapping
from sidecar.blocks import Emoji, FileRef, Icon, NotionIcon, PageId, plain
from sidecar.compose import words
from sidecar.errors import Missing
from sidecar.model import BlockWarning, Page, Property
from sidecar.parse.page import page as parse_page
from sidecar.parse.properties import SHOWN, filled, is_cut_off, value
from sidecar.parse.text import text
from sidecar.ports import World
from sidecar.render.icons import EMOJI
from sidecar.values import Names, Related, Several, Value
from sidecar.wanted import Wanted, property_warning, wanted, zone

TITLE_SECONDS = 300.0
"""For so long the title of a related page is believed."""


def gather(world: World, page: Page) -> tuple[Page, Wanted]:
    """The page with its whole title, and what its properties ask for.

    Calls Notion only for a list of more than 25 values, and for the titles of pages whose relation feeds a field.
    """
    config, warnings = world.config, list[BlockWarning]()
    page = with_whole_title(world, page)
    plan = mapping.read(config.property_mapping)
    types = {name: property.type for name, property in page.properties.items()}
    reserved = (config.notion_status_property, config.notion_url_property, config.notion_message_property)
    feeds = mapping.feeds(types, plan, reserved)
    for name in mapping.missing(types, plan):
        warnings.append(property_warning(name, f"{mapping.FILE} names it, but the page has no such property."))
    values = {feed.property: said(world, page, page.properties[feed.property], warnings) for feed in feeds}
    cover = None if mapping.COVER in plan.ignored else page.cover
    asked = wanted(feeds, values, cover, zone(world.blog.site().time_zone), config.wp_post_type)
    asked = dataclasses.replace(asked, warnings=(*warnings, *asked.warnings))
    return page, with_icon(page, asked) if config.wp_title_icon == "emoji" else asked


def with_icon(page: Page, asked: Wanted) -> Wanted:
    """The same with the page's icon before the title. The slug is made without it: of an emoji it gets %f0%9f%93%96."""
    emoji, trouble = drawn(page.icon)
    notes = (BlockWarning(page.id, "icon", f"The page's icon {trouble}."),) if trouble else ()
    asked = dataclasses.replace(asked, warnings=(*asked.warnings, *notes))
    title = asked.title or words(page)
    return dataclasses.replace(asked, title=f"{emoji} {title}", first_slug=title) if emoji else asked


def drawn(icon: Icon | None) -> tuple[str, str]:
    """An icon as it can stand in a title, and what has to be said about that."""
    match icon:
        case Emoji(text=emoji):
            return emoji, ""
        case NotionIcon(name=name):
            emoji = EMOJI.get(name, "")
            became = f"became the emoji {emoji}" if emoji else "was left out"
            return emoji, f"“{name}” exists only inside Notion and {became}"
        case FileRef():
            return "", "is a picture, which cannot stand in a title; it was left out"
        case None:
            return "", ""
        case _:
            assert_never(icon)


def check_mapping(world: World) -> None:
    """Raises ConfigError when properties that the settings name do not fit; asks Notion only when there are such."""
    config = world.config
    answers = {
        "NOTION_URL_PROPERTY": config.notion_url_property,
        "NOTION_MESSAGE_PROPERTY": config.notion_message_property,
    }
    if config.property_mapping or any(answers.values()):
        schema = world.source.properties()
        fitting.check(mapping.read(config.property_mapping), schema, answers)


def with_whole_title(world: World, page: Page) -> Page:
    title = next((property for property in page.properties.values() if property.type == "title"), None)
    if title is None or not is_cut_off(title):
        return page
    whole = filled(title, world.source.property_values(page.id, title.id))
    return dataclasses.replace(page, title=text(whole.value), properties={**page.properties, title.name: whole})


def said(world: World, page: Page, property: Property, warnings: list[BlockWarning]) -> Value:
    """What one property says, with nothing cut off and related pages by their titles."""
    if is_cut_off(property):
        property = filled(property, world.source.property_values(page.id, property.id))
    found = value(property, page.id)
    if isinstance(found, Several) and len(found.values) == SHOWN:
        warnings.append(property_warning(property.name, f"Notion may have shown only the first {SHOWN} of its values."))
    return named(world, property.name, found, warnings)


def named(world: World, name: str, found: Value, warnings: list[BlockWarning]) -> Value:
    """The value with titles in the place of page ids."""
    if isinstance(found, Several):
        return Several(tuple(named(world, name, inner, warnings) for inner in found.values))
    if not isinstance(found, Related):
        return found
    titles: Mapping[PageId, str | None] = {page_id: title_of(world, page_id) for page_id in found.pages}
    hidden = sum(title is None for title in titles.values())
    if hidden:
        pages = "page that is" if hidden == 1 else "pages that are"
        warnings.append(property_warning(name, f"{hidden} related {pages} not shared with the integration."))
    nameless = sum(title == "" for title in titles.values())
    if nameless:
        words = "page has" if nameless == 1 else "pages have"
        warnings.append(property_warning(name, f"{nameless} related {words} no title, so nothing was taken from it."))
    return Names(tuple(title for title in titles.values() if title))


def title_of(world: World, page_id: PageId) -> str | None:
    """A page's title, empty when it has none, asked for at most every few minutes; None when it is not shown to us."""
    known = world.known
    with known.lock:
        asked = known.titles.get(page_id)
    if asked is not None and world.now() - asked[0] < TITLE_SECONDS:
        return asked[1]
    try:
        raw = world.source.page(page_id)
    except Missing:
        return None
    title = " ".join(plain(parse_page(raw, world.config.notion_status_property).title).split())
    with known.lock:
        known.titles[page_id] = (world.now(), title)
    return title

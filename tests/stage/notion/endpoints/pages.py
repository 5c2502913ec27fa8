"""Pages: reading them, their properties one by one, and writing properties."""

from __future__ import annotations

import dataclasses
from typing import Any
from urllib.parse import unquote

from tests.stage.notion.asking import Asked
from tests.stage.notion.checking import check
from tests.stage.notion.properties import accepted
from tests.stage.notion.rich_text import written
from tests.stage.notion.shapes import BOT, Json, invalid, missing

IN_PAGES = ("title", "rich_text", "people", "relation")
"""Kinds of property that are read as a list."""


def _page_id(asked: Asked) -> str:
    page_id = asked.id("page_id")
    content = asked.content
    if (page_id not in content.pages and page_id not in content.subpages) or not content.is_visible(page_id):
        raise missing("page", page_id)
    return page_id


def get_page(asked: Asked) -> Json:
    page_id = _page_id(asked)
    for it in asked.query.get("filter_properties", []) if page_id in asked.content.pages else ():
        asked.content.source_of(page_id).found(it)
    return asked.shown.page(page_id)


PATCH_KEYS = ("properties", "in_trash", "icon", "cover", "is_locked", "is_archived", "erase_content")


def patch_page(asked: Asked) -> Json:
    page_id, body, content = _page_id(asked), asked.body, asked.content
    keys = PATCH_KEYS if asked.version >= "2026-03-11" else (*PATCH_KEYS, "archived")
    check("UpdatePageParameters", body, keys, page_id=page_id)
    page = content.page(page_id)
    in_trash = body.get("in_trash", body.get("archived"))
    if page["in_trash"] and in_trash is not False:
        raise invalid("Can't edit block that is archived. You must unarchive the block before editing.")
    changes = _changes(asked, page, body.get("properties") or {})
    if changes:
        content.write(page_id, changes, BOT)
    for key in body.keys() & {"icon", "cover", "is_locked"}:
        page[key] = body[key] if key != "cover" else (body[key] or {}).get("external", {}).get("url")
    if body.get("erase_content"):
        content.drop(page_id)
    if in_trash is not None and in_trash != page["in_trash"]:
        content.trash(page_id, in_trash, BOT)
    page["edited"], page["edited_by"] = content.clock(), BOT
    return asked.shown.page(page_id)


def _changes(asked: Asked, page: Json, properties: Json) -> dict[str, Any]:
    if not page["source"]:
        return {"title": [written(it) for value in properties.values() for it in value["title"]]} if properties else {}
    source = asked.content.sources[page["source"]]
    named = {name: source.named(name) for name in properties}
    unknown = [name for name, found in named.items() if found is None]
    if unknown:
        raise invalid(f"{unknown[0]} is not a property that exists.")
    # On a copy of the lists of options, so that none is made when a later property is refused.
    trial = dataclasses.replace(source, options={name: list(options) for name, options in source.options.items()})
    changes = {found: accepted(trial, found, properties[name]) for name, found in named.items() if found}
    source.options = trial.options
    return changes


def get_property(asked: Asked) -> Json:
    page_id, content = _page_id(asked), asked.content
    page = content.page(page_id)
    if not page["source"]:
        raise missing("property", asked.ids[1])
    source = content.sources[page["source"]]
    name = source.found(unquote(asked.ids[1]))
    kind = source.schema[name]
    head = {"object": "property_item", "type": kind, "id": source.property_id(name)}
    value = asked.shown.value(source, page, name)
    if kind not in IN_PAGES:
        return {**head, kind: value}
    answer = asked.listed("property_item", value, lambda it: {**head, kind: it})
    link = f"https://api.notion.com{asked.path}?start_cursor={answer['next_cursor']}"
    next_url = f"{link}&page_size={asked.first('page_size') or 100}" if answer["has_more"] else None
    return {**answer, "property_item": {"id": head["id"], "next_url": next_url, "type": kind, kind: {}}}

"""Databases, data sources, queries and searches."""

from __future__ import annotations

from tests.stage.notion.asking import Asked
from tests.stage.notion.checking import check
from tests.stage.notion.filters import predicate, sort
from tests.stage.notion.shapes import Json, missing
from tests.stage.notion.source import DataSource


def get_database(asked: Asked) -> Json:
    database_id = asked.id("database_id")
    sources = asked.content.sources.values()
    if not any(it.database_id == database_id and not it.is_unshared for it in sources):
        raise missing("database", database_id)
    return asked.shown.database(database_id)


def _source(asked: Asked) -> DataSource:
    source = asked.content.sources.get(asked.id("data_source_id"))
    if source is None or source.is_unshared:
        raise missing("database", asked.id("data_source_id"))
    return source


def get_data_source(asked: Asked) -> Json:
    return asked.shown.data_source(_source(asked))


QUERY_KEYS = ("filter", "sorts", "page_size", "start_cursor", "result_type", "archived", "in_trash")


def query(asked: Asked) -> Json:
    source, body, content = _source(asked), asked.body, asked.content
    check("QueryDataSourceParameters", body, QUERY_KEYS, data_source_id=source.id)
    shown = asked.shown
    for it in asked.query.get("filter_properties", []):
        source.found(it)
    wanted = predicate(shown, source, body["filter"]) if body.get("filter") else lambda _: True
    rows = [
        page_id
        for page_id, page in content.pages.items()
        if page["source"] == source.id and not page["in_trash"] and page_id not in content.unshared
    ]
    rows = [page_id for page_id in rows if wanted(page_id)]
    rows = sort(shown, source, rows, body.get("sorts") or [])
    return asked.listed("page_or_data_source", rows, shown.page, cap=content.query_cap)


def search(asked: Asked) -> Json:
    content, body, shown = asked.content, asked.body, asked.shown
    check("SearchParameters", body, ("query", "sort", "filter", "page_size", "start_cursor"))
    wanted, words = (body.get("filter") or {}).get("value"), body.get("query", "").lower()
    sources = [it for it in content.sources.values() if not it.is_unshared and words in it.title.lower()]
    pages = [it for it, page in content.pages.items() if content.is_visible(it) and not page["in_trash"]]
    found: list[Json] = [shown.data_source(it) for it in sources] if wanted in (None, "data_source") else []
    if wanted in (None, "page"):
        found += [shown.page(it) for it in pages if words in content.title(it).lower()]
    if "sort" in body and "timestamp" in body["sort"]:
        found.sort(key=lambda it: it["last_edited_time"], reverse=body["sort"]["direction"] == "descending")
    return asked.listed("page_or_data_source", found)

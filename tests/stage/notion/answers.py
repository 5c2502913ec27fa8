"""What the API answers to each request, and what it refuses, as pure functions over Content."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from tests.stage.notion.content import BOT, WRITER, Content, Json, option, property_id, stamp

ID = r"([0-9a-fA-F-]{32,36})"
QUERY_CAP = 10_000


class Unhappy(Exception):
    """An error answer of the API."""

    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {"object": "error", "status": status, "code": code, "message": message, **more}


def invalid(message: str) -> Unhappy:
    return Unhappy(400, "validation_error", message)


def missing(kind: str, what: str) -> Unhappy:
    return Unhappy(
        404,
        "object_not_found",
        f"Could not find {kind} with ID: {what}. Make sure the relevant pages and databases are shared with your "
        'integration "Sidecar".',
        additional_data={"integration_id": BOT},
    )


def canonical(text: str) -> str:
    digits = text.replace("-", "").lower()
    if not re.fullmatch("[0-9a-f]{32}", digits):
        raise invalid(f'path failed validation: path.id should be a valid uuid, instead was `"{text}"`.')
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def listed(kind: str, found: list[Json], query: Mapping[str, Any], cap: bool = False) -> Json:
    """One page of a list, with an opaque cursor to the next."""
    size = query.get("page_size", 100)
    if not str(size).isdigit() or not 1 <= int(size) <= 100:
        raise invalid("body failed validation: body.page_size should be ≤ `100`.")
    cursor = query.get("start_cursor")
    start = int(str(cursor).rsplit(":", 1)[1]) if cursor else 0
    end = min(start + int(size), QUERY_CAP if cap else len(found))
    is_capped = cap and end >= QUERY_CAP and len(found) > QUERY_CAP
    more = end < len(found) and not is_capped
    body: Json = {
        "object": "list",
        "results": found[start:end],
        "next_cursor": f"s:{uuid4()}:{end}" if more else None,
        "has_more": more,
        "type": kind,
        kind: {},
    }
    if is_capped:
        body["request_status"] = {"type": "incomplete", "incomplete_reason": "query_result_limit_reached"}
    return body


# --- the endpoints ---------------------------------------------------------------------------------------


def get_database(content: Content, found: re.Match[str], _body: Json, _query: Json) -> Json:
    if canonical(found[1]) != content.database_id:
        raise missing("database", canonical(found[1]))
    return content.database()


def get_data_source(content: Content, found: re.Match[str], _body: Json, _query: Json) -> Json:
    if canonical(found[1]) != content.data_source_id:
        raise missing("database", canonical(found[1]))
    return content.data_source()


def query(content: Content, found: re.Match[str], body: Json, _query: Json) -> Json:
    if canonical(found[1]) != content.data_source_id:
        raise missing("database", canonical(found[1]))
    unknown = body.keys() - {"filter", "sorts", "page_size", "start_cursor", "result_type"}
    if unknown:
        raise invalid(f"body failed validation: body.{min(unknown)} should be not present.")
    wanted = predicate(content, body["filter"]) if "filter" in body else lambda _: True
    rows = [page_id for page_id, page in content.pages.items() if not page["in_trash"] and wanted(page_id)]
    rows = [page_id for page_id in rows if page_id not in content.unshared]
    for sort in reversed(body.get("sorts", [])):
        name = {"last_edited_time": "edited", "created_time": "created"}[sort["timestamp"]]
        rows.sort(key=lambda it: content.pages[it][name], reverse=sort["direction"] == "descending")
    answer = listed("page_or_data_source", [{"id": page_id} for page_id in rows], body, cap=True)
    answer["results"] = [content.page(row["id"]) for row in answer["results"]]
    return answer


Predicate = Callable[[str], bool]


def predicate(content: Content, raw: Json, depth: int = 0) -> Predicate:
    """A filter of the query as a function of a page id. Refuses what Notion refuses."""
    for name, combine in (("and", all), ("or", any)):
        if name in raw:
            if depth > 1:
                raise invalid("body failed validation: filters may be nested two levels deep.")
            parts = [predicate(content, part, depth + 1) for part in raw[name]]
            return lambda page_id: combine(part(page_id) for part in parts)
    if "timestamp" in raw:
        return _by_time(content, raw)
    return _by_property(content, raw)


def _by_time(content: Content, raw: Json) -> Predicate:
    name = raw["timestamp"]
    ((operator, moment),) = raw[name].items()
    key = {"last_edited_time": "edited", "created_time": "created"}[name]
    compare: dict[str, Callable[[str], bool]] = {
        "on_or_after": lambda it: it >= moment,
        "after": lambda it: it > moment,
        "on_or_before": lambda it: it <= moment,
        "before": lambda it: it < moment,
    }
    if operator not in compare:
        raise invalid(f"body failed validation: body.filter.{name}.{operator} is not known.")
    return lambda page_id: compare[operator](stamp(content.pages[page_id][key]))


def _by_property(content: Content, raw: Json) -> Predicate:
    name = _named(content, raw.get("property", ""))
    kind = content.schema[name]
    given = next((key for key in raw if key != "property"), "")
    if given != kind:
        raise invalid(f"database property {kind} does not match filter {given}")
    ((operator, value),) = raw[kind].items()
    wanted = value if isinstance(value, list) else [value]
    if kind == "status" and operator in ("equals", "does_not_equal"):
        for it in wanted:
            if it not in content.options:
                raise invalid(f'status option "{it}" not found for property "{name}".')

    def holds(page_id: str) -> bool:
        now = content.pages[page_id]["values"][name]
        text = now["name"] if isinstance(now, dict) and "name" in now else now
        match operator:
            case "equals":
                return text in wanted
            case "does_not_equal":
                return text not in wanted
            case "is_empty":
                return not now
            case "is_not_empty":
                return bool(now)
        raise invalid(f"body failed validation: body.filter.{kind}.{operator} is not known.")

    return holds


def _named(content: Content, name: str) -> str:
    for known, kind in content.schema.items():
        if name in (known, property_id(known, kind)):
            return known
    raise invalid(f"Could not find property with name or id: {name}")


def get_page(content: Content, found: re.Match[str], _body: Json, _query: Json) -> Json:
    return content.page(_page_id(content, found[1]))


def _page_id(content: Content, text: str) -> str:
    page_id = canonical(text)
    if page_id not in content.pages or page_id in content.unshared:
        raise missing("page", page_id)
    return page_id


def patch_page(content: Content, found: re.Match[str], body: Json, _query: Json) -> Json:
    page_id = _page_id(content, found[1])
    unknown = body.keys() - {"properties", "in_trash", "icon", "cover", "is_locked"}
    if unknown:
        raise invalid(f"body failed validation: body.{min(unknown)} should be not present.")
    changes = {_named(content, name): value for name, value in body.get("properties", {}).items()}
    checked = {name: _checked(content, name, value) for name, value in changes.items()}
    page = content.pages[page_id]
    page["values"] |= checked
    page["in_trash"] = body.get("in_trash", page["in_trash"])
    page["edited"] = content.clock()
    return content.page(page_id)


def _checked(content: Content, name: str, value: Json) -> Any:
    kind = content.schema[name]
    if kind not in value:
        raise invalid(f"{name} is expected to be {kind}.")
    given = value[kind]
    if kind in ("status", "select"):
        return _option(content, name, kind, given)
    if kind in ("rich_text", "title"):
        return [_run(it) for it in given]
    if kind == "multi_select":
        return [option(it["name"]) for it in given]
    return given


def _option(content: Content, name: str, kind: str, given: Json | None) -> Json | None:
    if given is None:
        return None
    if name == "Status" and given["name"] not in content.options:
        if kind == "status":
            raise invalid(f'Invalid status option. Status option "{given["name"]}" does not exist".')
        content.options.append(given["name"])  # Notion makes options of a select as they are written
    return option(given["name"])


def _run(raw: Json) -> Json:
    words = raw.get("text", {}).get("content", "")
    if len(words) > 2000:
        raise invalid(
            "body failed validation: body.properties.rich_text[0].text.content.length should be ≤ `2000`, "
            f"instead was `{len(words)}`."
        )
    from tests.stage.notion.build import run

    return run(words)


def get_block(content: Content, found: re.Match[str], _body: Json, _query: Json) -> Json:
    block_id = canonical(found[1])
    if block_id not in content.blocks:
        raise missing("block", block_id)
    return content.block(block_id)


def get_children(content: Content, found: re.Match[str], _body: Json, query: Json) -> Json:
    block_id = canonical(found[1])
    if (block_id not in content.blocks and block_id not in content.pages) or block_id in content.unshared:
        raise missing("block", block_id)
    source = (content.blocks.get(block_id, {}).get("synced_block") or {}).get("synced_from")
    if source and source["block_id"] not in content.blocks:
        raise missing("block", source["block_id"])
    answer = listed("block", [{"id": it} for it in content.children_of(block_id)], query)
    answer["results"] = [content.block(it["id"]) for it in answer["results"]]
    return answer


def get_property(content: Content, found: re.Match[str], _body: Json, query: Json) -> Json:
    page_id = _page_id(content, found[1])
    name = _named(content, found[2])
    kind = content.schema[name]
    value = content.page(page_id)["properties"][name][kind]
    ids = {"object": "property_item", "id": property_id(name, kind), "type": kind}
    if kind not in ("title", "rich_text", "people", "relation"):
        return {**ids, kind: value}
    answer = listed("property_item", [{**ids, kind: it} for it in value], query)
    return {**answer, "property_item": {"id": ids["id"], "next_url": None, "type": kind, kind: {}}}


def get_me(_content: Content, _found: re.Match[str], _body: Json, _query: Json) -> Json:
    bot = {"owner": {"type": "workspace", "workspace": True}, "workspace_name": "Magazine"}
    return {"object": "user", "id": BOT, "name": "Sidecar", "avatar_url": None, "type": "bot", "bot": bot}


def get_users(_content: Content, _found: re.Match[str], _body: Json, query: Json) -> Json:
    person = {"object": "user", "id": WRITER, "name": "A writer", "avatar_url": None, "type": "person"}
    return listed("user", [{**person, "person": {"email": "editor@example.test"}}], query)


def search(content: Content, _found: re.Match[str], body: Json, _query: Json) -> Json:
    wanted = (body.get("filter") or {}).get("value")
    found = [content.data_source()] if wanted in (None, "data_source") else []
    if wanted in (None, "page"):
        found += [content.page(page_id) for page_id in content.pages if page_id not in content.unshared]
    return listed("page_or_data_source", found, body)


def comment(content: Content, _found: re.Match[str], body: Json, _query: Json) -> Json:
    made = {
        "object": "comment",
        "id": content.new_id(),
        "parent": body["parent"],
        "discussion_id": content.new_id(),
        "created_time": stamp(content.clock()),
        "last_edited_time": stamp(content.clock()),
        "created_by": {"object": "user", "id": BOT},
        "rich_text": body["rich_text"],
        "attachments": [],
        "display_name": {"type": "integration", "resolved_name": "Sidecar"},
    }
    content.comments.append(made)
    return made


Endpoint = Callable[[Content, re.Match[str], Json, Json], Json]
ENDPOINTS: tuple[tuple[str, re.Pattern[str], Endpoint], ...] = tuple(
    (method, re.compile(f"/v1/{path}$"), endpoint)
    for method, path, endpoint in (
        ("GET", f"databases/{ID}", get_database),
        ("GET", f"data_sources/{ID}", get_data_source),
        ("POST", f"data_sources/{ID}/query", query),
        ("GET", f"pages/{ID}", get_page),
        ("PATCH", f"pages/{ID}", patch_page),
        ("GET", f"pages/{ID}/properties/([^/]+)", get_property),
        ("GET", f"blocks/{ID}", get_block),
        ("GET", f"blocks/{ID}/children", get_children),
        ("GET", "users/me", get_me),
        ("GET", "users", get_users),
        ("POST", "search", search),
        ("POST", "comments", comment),
    )
)

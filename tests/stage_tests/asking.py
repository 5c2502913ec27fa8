"""Requests to the stand-in as any client would send them, and its answers held against the schema of Notion's types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

from tests.stage.notion import NotionStandIn
from tests.stage.notion.checking import problem

VERSION = "2026-03-11"


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]
    headers: dict[str, str]


def ask(notion: NotionStandIn, method: str, path: str, body: Any = None, **headers: str | None) -> Answer:
    """Header names with `_` for `-`; None leaves one out."""
    given: dict[str, str | None] = {"Authorization": f"Bearer {notion.token}", "Notion-Version": VERSION}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    answer = requests.request(
        method,
        f"{notion.url}/v1/{path}",
        json=body if not isinstance(body, bytes) else None,
        data=body if isinstance(body, bytes) else None,
        headers={name: value for name, value in given.items() if value is not None},
        timeout=10,
    )
    return Answer(answer.status_code, answer.json(), dict(answer.headers))


def problems(name: str, answer: Answer) -> list[str]:
    """What is wrong with an answer, and with each element of a list by its own definition."""
    found = [f"{answer.status}: {answer.body}"] if answer.status != 200 else [problem(name, answer.body)]
    for one in answer.body.get("results", []):
        found.append(problem(_definition(one), one))
    return [it for it in found if it]


def _definition(one: dict[str, Any]) -> str:
    kind = str(one["object"])
    if kind == "block":
        return "".join(word.capitalize() for word in one["type"].split("_")) + "BlockObjectResponse"
    if kind == "property_item":
        return "".join(word.capitalize() for word in one["type"].split("_")) + "PropertyItemObjectResponse"
    return {"page": "Page", "data_source": "DataSource", "user": "User", "comment": "Comment"}[kind]

"""What Notion and its library raise -> Unavailable, Refused or Missing, in words that say what to do. Pure."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
from notion_client.errors import RequestTimeoutError

from sidecar import catalogue
from sidecar.adapters.retry import seconds_asked
from sidecar.errors import Missing, Refused, Unavailable

DEFAULT_WAIT = 30.0
"""Seconds to hold back when Notion says that it is too much and does not say for how long."""


class Invalid(Refused):
    """Notion understood the call and finds it wrong (400): what we know of the data source may be outdated."""


class Committed(Unavailable):
    """Notion could not answer and says that it may have carried out what was asked: look before asking again."""


def unhappy(error: Exception) -> Refused | Unavailable:
    """The error of a call, translated once."""
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return Refused.of(catalogue.NOTION_ADDRESS)
    if isinstance(error, RequestTimeoutError | httpx.TimeoutException):
        return Unavailable.of(catalogue.NOTION_SILENT, maybe_done=True)
    if isinstance(error, ValueError):
        return Unavailable.of(catalogue.NOTION_GARBLED, {"how": "it is no JSON"}, maybe_done=True)
    status = getattr(error, "status", None)
    if not isinstance(status, int):
        return Unavailable.of(catalogue.NOTION_UNREACHABLE, {"reason": type(error).__name__}, maybe_done=True)
    return _answered(status, error)


def _answered(status: int, error: Any) -> Refused | Unavailable:
    body = _body(error)
    message = str(body.get("message") or f"status {status}")
    wait = _retry_after(error, body)
    if status in (429, 529):
        if "public_api_request_blocked" in json.dumps(body):
            return Refused.of(catalogue.NOTION_BLOCKED)
        return Unavailable.of(catalogue.NOTION_SLOW_DOWN, retry_after=DEFAULT_WAIT if wait is None else wait)
    if status == 503 and _additional(body).keys() & {"committed_resource_id", "retry_guidance"}:
        return Committed.of(catalogue.NOTION_UNSURE, retry_after=wait, maybe_done=True)
    if status >= 500 or status in (408, 409):
        return Unavailable.of(catalogue.NOTION_DOWN, {"status": status}, retry_after=wait, maybe_done=True)
    if status == 401:
        return Refused.of(catalogue.NOTION_TOKEN)
    if status == 403:
        return _forbidden(body, message)
    if status == 404 and not body:
        return Unavailable.of(catalogue.NOTION_PROXY, {"status": 404})
    if status == 404:
        return Missing.of(catalogue.NOTION_UNSHARED)
    return Invalid.of(catalogue.NOTION_REFUSED, {"said": _one_line(message)})


def _forbidden(body: Any, message: str) -> Refused | Unavailable:
    if not body:
        return Unavailable.of(catalogue.NOTION_PROXY, {"status": 403})
    if "block_limit" in json.dumps(body):
        return Refused.of(catalogue.NOTION_BLOCK_LIMIT)
    return Refused.of(catalogue.NOTION_RIGHTS, {"said": _one_line(message)})


def _body(error: Any) -> dict[str, Any]:
    """The JSON of an error's answer; empty for the HTML of a proxy."""
    text = getattr(error, "body", None)
    if isinstance(text, dict):
        return text
    try:
        found = json.loads(text or "{}")
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _additional(body: dict[str, Any]) -> dict[str, Any]:
    found = body.get("additional_data")
    return found if isinstance(found, dict) else {}


def _retry_after(error: Any, body: dict[str, Any]) -> float | None:
    headers = getattr(error, "headers", None) or {}
    return seconds_asked(headers.get("retry-after") or _additional(body).get("retry_after"))


def _one_line(message: str) -> str:
    return re.sub(r"\s+", " ", message).strip()[:500]

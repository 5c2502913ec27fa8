"""The small shapes that Notion's answers are made of: ids, minutes, options, people, errors. Nothing is kept here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

Json = dict[str, Any]

BOT = "00000000-0000-4000-8000-0000000000b0"
WRITER = "00000000-0000-4000-8000-0000000000a1"
WORKSPACE = "99999999-0000-4000-8000-000000000001"
INTEGRATION = "Sidecar"
COLORS = ("default", "gray", "brown", "orange", "yellow", "green", "blue", "purple", "pink", "red")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz:;<=>?@[]^_`{|}~"


class Unhappy(Exception):
    """An error answer of the API."""

    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {"object": "error", "status": status, "code": code, "message": message, **more}


class Malformed(Unhappy):
    """A request that no caller who knows the API would send; the stand-in notes it as a violation, too."""


def invalid(message: str) -> Unhappy:
    """A request that does not fit what is there: no such property, no such option."""
    return Unhappy(400, "validation_error", message)


def malformed(message: str, code: str = "validation_error") -> Malformed:
    return Malformed(400, code, message)


def missing(kind: str, what: str) -> Unhappy:
    """404: it is not there, or not shared; Notion does not tell which. Of a data source it says "database"."""
    share = f'Make sure the relevant pages and databases are shared with your integration "{INTEGRATION}".'
    if kind == "user":
        share = (
            "Make sure your integration has capabilities to read user information. With those capabilities, only "
            "members and guests in the integration's workspace are visible."
        )
    message = f"Could not find {kind} with ID: {what}. {share}"
    return Unhappy(404, "object_not_found", message, additional_data={"integration_id": BOT})


def canonical(text: str, name: str = "id", where: str = "path") -> str:
    """An id with its dashes, whether it came with them or not."""
    digits = text.replace("-", "").lower()
    if not re.fullmatch("[0-9a-f]{32}", digits):
        raise malformed(f'{where} failed validation: {where}.{name} should be a valid uuid, instead was `"{text}"`.')
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def bare(dashed: str) -> str:
    return dashed.replace("-", "")


def stamp(seconds: float) -> str:
    """A time as Notion writes it: rounded down to the minute."""
    return datetime.fromtimestamp(seconds // 60 * 60, UTC).strftime("%Y-%m-%dT%H:%M:00.000Z")


def exact(seconds: float) -> str:
    """A time to the millisecond, which Notion has for files, databases and events."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(text: str) -> float:
    """Seconds since the epoch of a date or a time as it may stand in a filter."""
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def option(name: str) -> Json:
    """An option of a select, multi-select or status property: the same id and colour for the same name."""
    return {"id": str(uuid5(NAMESPACE_URL, name)), "name": name, "color": COLORS[sum(name.encode()) % len(COLORS)]}


def property_id(name: str, kind: str) -> str:
    """A short id as Notion makes them: odd characters, URL-encoded. The title's is always `title`."""
    if kind == "title":
        return "title"
    return quote("".join(ALPHABET[byte % len(ALPHABET)] for byte in sha256(name.encode()).digest()[:4]), safe="")


def person(user_id: str, name: str, email: str) -> Json:
    who = {"object": "user", "id": user_id, "name": name, "avatar_url": None}
    return {**who, "type": "person", "person": {"email": email}}


def bot() -> Json:
    body = {
        "owner": {"type": "workspace", "workspace": True},
        "workspace_name": "Magazine",
        "workspace_id": WORKSPACE,
        "workspace_limits": {"max_file_upload_size_in_bytes": 5242880},
    }
    return {"object": "user", "id": BOT, "name": INTEGRATION, "avatar_url": None, "type": "bot", "bot": body}


def partial(user: Mapping[str, Any] | str) -> Json:
    """A user by id alone."""
    return {"object": "user", "id": user if isinstance(user, str) else user["id"]}

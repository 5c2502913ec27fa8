"""Whether a post is open to readers: status, visibility and password, which depend on each other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from sidecar.mapping import Field, Target
from sidecar.values import joined
from sidecar.wanted.said import Said, ask, plain, text

Status = Literal["draft", "pending", "private", "publish", "future"]

OPENNESS: Mapping[str, Status | Literal["password"]] = {
    "draft": "draft",
    "pending": "pending",
    "pending review": "pending",
    "private": "private",
    "publish": "publish",
    "published": "publish",
    "public": "publish",
    "future": "future",
    "scheduled": "future",
    "password": "password",
    "password protected": "password",
}
UNKNOWN: Literal["unknown"] = "unknown"
"""A word of the writer's own, such as Members only. Nobody is to read a post by mistake, so it is a draft."""
CAREFUL: tuple[Status, ...] = ("draft", "pending", "private", "future", "publish")
"""Of two properties the one that shows the post to fewer people decides."""


def openness(fields: Mapping[Target, Said], date: datetime | None) -> tuple[Status | None, str | None]:
    """Status and password, which depend on each other. In doubt a post is seen by fewer, not by more."""
    password = ask(fields, Field.PASSWORD, text)
    one = fields.get(Field.STATUS) or fields.get(Field.VISIBILITY)
    said = [_open(fields[target], target) for target in (Field.STATUS, Field.VISIBILITY) if target in fields]
    found = next((word for word in CAREFUL if word in said), None)
    if UNKNOWN in said:
        return "draft", password
    if one is not None and "password" in said and not password:
        one.note("there is no password for it in the page, so the post is a draft.")
        return "draft", password
    if one is not None and found == "future" and date is None:
        one.note("the page has no publish date to schedule it for, so the post is a draft.")
        return "draft", password
    if password and found == "private":
        fields[Field.PASSWORD].note("a private post has no password, so it was left out.")
        return found, ""
    return found or ("publish" if said[:1] == ["password"] and Field.STATUS in fields else None), password


def _open(one: Said, target: Field) -> Status | Literal["password", "unknown"] | None:
    word = plain(one)
    if not word or (word == "public" and target is Field.VISIBILITY):
        return None  # public is no restriction; whether the post is published yet is said elsewhere
    if word not in OPENNESS:
        words = f"“{joined(one.value)}” is no status of WordPress, so the post is a draft"
        one.note(f"{words}; there are {', '.join(OPENNESS)}.")
    return OPENNESS.get(word, UNKNOWN)

"""Custom fields of a post -> what XML-RPC is to be sent, so that no field is there twice. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def to_write(wanted: Mapping[str, str], there: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The changes that make the fields of a post say what is wanted. `there` are its fields as WordPress gives them.

    WordPress changes a field by its id and adds one that comes without; an id that comes alone deletes.
    """
    changes: list[dict[str, str]] = []
    for key, value in wanted.items():
        ids = [str(one["id"]) for one in there if one.get("key") == key]
        if value and ids:
            changes.append({"id": ids[0], "key": key, "value": value})
        elif value:
            changes.append({"key": key, "value": value})
        else:
            changes += [{"id": known} for known in ids]
    return changes


def adds(changes: Sequence[Mapping[str, str]]) -> bool:
    """True when the changes, sent twice, would leave a field twice."""
    return any("id" not in change for change in changes)


def dropped(sent: Sequence[Mapping[str, str]], there: Sequence[Mapping[str, Any]]) -> list[str]:
    """The protected fields, whose names begin with _, that were sent and are not among those of the post."""
    known = {one.get("key") for one in there}
    return [one["key"] for one in sent if one.get("key", "").startswith("_") and one["key"] not in known]

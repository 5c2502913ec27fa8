"""Blocks: one, its children, and adding some."""

from __future__ import annotations

from tests.stage.notion.asking import Asked
from tests.stage.notion.checking import MOST_IN_ARRAY, check
from tests.stage.notion.rich_text import written
from tests.stage.notion.shapes import BOT, Json, canonical, malformed, missing


def _block_id(asked: Asked) -> str:
    block_id = asked.id("block_id")
    if not asked.content.is_visible(block_id):
        raise missing("block", block_id)
    return block_id


def get_block(asked: Asked) -> Json:
    return asked.shown.block(_block_id(asked))


def get_children(asked: Asked) -> Json:
    block_id = _block_id(asked)
    original = asked.content.original_of(block_id)
    if original is not None and not asked.content.is_visible(original):
        raise missing("block", original)
    return asked.listed("block", asked.content.children_of(block_id), asked.shown.block)


def append(asked: Asked) -> Json:
    block_id, body, content = _block_id(asked), asked.body, asked.content
    check("AppendBlockChildrenParameters", body, ("children", "position", "after"), block_id=block_id)
    if len(body["children"]) > MOST_IN_ARRAY:
        raise malformed(f"body failed validation: body.children.length should be ≤ `{MOST_IN_ARRAY}`.")
    old = {"type": "after_block", "after_block": {"id": body.get("after")}} if "after" in body else {}
    position = body.get("position") or old
    made = content.append(block_id, [_made(it) for it in body["children"]], _place(asked, block_id, position), BOT)
    return asked.listed("block", made, asked.shown.block)


def _place(asked: Asked, block_id: str, position: Json) -> int | None:
    if position.get("type") == "start":
        return 0
    if position.get("type") != "after_block":
        return None
    after = canonical(position["after_block"]["id"], "position.after_block.id", "body")
    known = asked.content.children_of(block_id)
    if after not in known:
        raise missing("block", after)
    return known.index(after) + 1


LEFT_OUT: dict[str, Json] = {
    "paragraph": {"icon": None},
    "to_do": {"checked": False},
    "code": {"caption": []},
    "callout": {"icon": None},
}


def _made(raw: Json) -> Json:
    """A block of a request as it is kept: what was left out is filled in."""
    kind = raw.get("type") or next(key for key in raw if key not in ("object", "type"))
    body = {**raw[kind]}
    inside = [_made(it) for it in body.pop("children", [])]
    for name in ("rich_text", "caption"):
        if name in body:
            body[name] = [written(it) for it in body[name]]
    if "cells" in body:
        body["cells"] = [[written(it) for it in cell] for cell in body["cells"]]
    if "rich_text" in body and kind not in ("code", "template"):
        body.setdefault("color", "default")
    body = {**LEFT_OUT.get(kind, {}), **body}
    if kind.startswith("heading"):
        body.setdefault("is_toggleable", False)
    return {"type": kind, kind: body, "children": inside}

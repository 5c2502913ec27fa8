"""Users, and what they say in comments."""

from __future__ import annotations

from tests.stage.notion.asking import Asked
from tests.stage.notion.checking import check
from tests.stage.notion.rich_text import run, written
from tests.stage.notion.shapes import BOT, INTEGRATION, Json, canonical, missing, stamp


def get_me(asked: Asked) -> Json:
    return asked.content.users[BOT]


def get_users(asked: Asked) -> Json:
    return asked.listed("user", list(asked.content.users.values()))


def get_user(asked: Asked) -> Json:
    user_id = asked.id("user_id")
    if user_id not in asked.content.users:
        raise missing("user", user_id)
    return asked.content.users[user_id]


COMMENT_KEYS = ("parent", "discussion_id", "rich_text", "markdown", "attachments", "display_name")


def comment(asked: Asked) -> Json:
    body, content = asked.body, asked.content
    check("CreateCommentRequest", body, COMMENT_KEYS)
    parent = _comment_parent(asked)
    now = stamp(content.clock())
    made = {
        "object": "comment",
        "id": content.new_id(),
        "parent": parent,
        "discussion_id": body.get("discussion_id") or content.new_id(),
        "created_time": now,
        "last_edited_time": now,
        "created_by": {"object": "user", "id": BOT},
        "rich_text": [written(it) for it in body["rich_text"]] if "rich_text" in body else [run(body["markdown"])],
        "display_name": {"type": "integration", "resolved_name": INTEGRATION},
    }
    content.comments.append(made)
    return made


def _comment_parent(asked: Asked) -> Json:
    body = asked.body
    if "discussion_id" in body:
        known = [it for it in asked.content.comments if it["discussion_id"] == body["discussion_id"]]
        if not known:
            raise missing("discussion", body["discussion_id"])
        return dict(known[0]["parent"])
    kind = "page_id" if "page_id" in body["parent"] else "block_id"
    target = canonical(body["parent"][kind], f"parent.{kind}", "body")
    if not asked.content.is_visible(target):
        raise missing(kind.removesuffix("_id"), target)
    return {"type": kind, kind: target}


def get_comments(asked: Asked) -> Json:
    target = canonical(asked.first("block_id") or "", "block_id", "query")
    if not asked.content.is_visible(target):
        raise missing("block", target)
    return asked.listed("comment", [it for it in asked.content.comments if target in it["parent"].values()])

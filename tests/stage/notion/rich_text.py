"""Notion's rich text, made short: runs, mentions of every kind, equations, as the API answers them."""

from __future__ import annotations

from typing import Any

from tests.stage.notion.shapes import WRITER, Json, bare, person


def marks(color: str = "default", **given: bool) -> Json:
    names = ("bold", "italic", "strikethrough", "underline", "code")
    return {**{name: bool(given.get(name)) for name in names}, "color": color}


def run(content: str = "", link: str | None = None, color: str = "default", **given: bool) -> Json:
    """One run of text with its annotations."""
    return {
        "type": "text",
        "text": {"content": content, "link": {"url": link} if link else None},
        "annotations": marks(color, **given),
        "plain_text": content,
        "href": link,
    }


def text(*runs: str | Json) -> list[Json]:
    """Rich text out of plain strings and runs."""
    return [run(part) if isinstance(part, str) else part for part in runs if part != ""]


def inline_equation(expression: str, color: str = "default", **given: bool) -> Json:
    return {
        "type": "equation",
        "equation": {"expression": expression},
        "annotations": marks(color, **given),
        "plain_text": expression,
        "href": None,
    }


def mention(kind: str, body: Any, plain_text: str, href: str | None = None) -> Json:
    """A mention of any kind, also of one that this API version does not have yet."""
    return {
        "type": "mention",
        "mention": {"type": kind, kind: body},
        "annotations": marks(),
        "plain_text": plain_text,
        "href": href,
    }


def page_mention(page_id: str, title: str) -> Json:
    return mention("page", {"id": page_id}, title, f"https://app.notion.com/p/{bare(page_id)}")


def anonymous_mention(page_id: str) -> Json:
    """A page that the integration may not see."""
    return mention("page", {"id": page_id}, "@Anonymous")


def database_mention(database_id: str, title: str) -> Json:
    return mention("database", {"id": database_id}, title, f"https://app.notion.com/p/{bare(database_id)}")


def date_mention(start: str, end: str | None = None, time_zone: str | None = None) -> Json:
    shown = f"{start} → {end}" if end else start
    return mention("date", {"start": start, "end": end, "time_zone": time_zone}, shown)


def user_mention(name: str, user_id: str = WRITER) -> Json:
    return mention("user", person(user_id, name, "writer@example.test"), f"@{name}")


def link_preview_mention(url: str) -> Json:
    return mention("link_preview", {"url": url}, url, url)


def link_mention(href: str, title: str = "", **more: Any) -> Json:
    return mention("link_mention", {"href": href, **({"title": title} if title else {}), **more}, title or href, href)


def template_mention(what: str) -> Json:
    """`today`, `now` or `me`."""
    kind = "template_mention_user" if what == "me" else "template_mention_date"
    return mention("template_mention", {"type": kind, kind: what}, f"@{what}")


def custom_emoji_mention(name: str, url: str, emoji_id: str = "00000000-0000-4000-8000-0000000000e1") -> Json:
    return mention("custom_emoji", {"id": emoji_id, "name": name, "url": url}, f":{name}:")


def plain(runs: list[Json]) -> str:
    return "".join(str(it["plain_text"]) for it in runs)


def written(raw: Json) -> Json:
    """A run of a request as the API shows it afterwards: what was left out is filled in."""
    kind = raw.get("type") or next(key for key in ("text", "mention", "equation") if key in raw)
    shown = {**marks(), **raw.get("annotations", {})}
    if kind == "equation":
        return {**inline_equation(raw["equation"]["expression"]), "annotations": shown}
    if kind == "mention":
        body = raw["mention"]
        what = body.get("type") or next(iter(body))
        return {**mention(what, body[what], raw.get("plain_text", "")), "annotations": shown}
    link = raw["text"].get("link")
    return {**run(raw["text"]["content"], link["url"] if link else None), "annotations": shown}

"""Page and rendered body -> Post, its fingerprint, and what of it somebody changed in WordPress. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from html import unescape
from typing import Any

from sidecar.blocks import plain
from sidecar.markup import Html
from sidecar.model import BlockWarning, Fields, Page, Post

UNTITLED = "Untitled"

# What WordPress would take for markup in a title. A lone & is left as people type it.
MARKUP = re.compile(r"&(?=#?\w+;)|<|>")
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}

# Of a post's markup, what a reader or the media library would notice. Block comments, classes and wrappers are left
# out: the editor rewrites those by itself when it saves.
NOTICED = re.compile(
    r"<!--.*?-->"
    r"|<(?P<tag>/?(?:h[1-6]|li|strong|b|em|i|s|code|pre|blockquote|td|th|summary))(?=[\s>])[^>]*>"
    r"|<[^>]*?\s(?:src|href)=\"(?P<url>[^\"]*)\"[^>]*>"
    r"|<[^>]*>",
    re.DOTALL,
)


def words(page: Page) -> str:
    """The page's title as people read it in a list: one line."""
    return " ".join(plain(page.title).split()) or UNTITLED


def title(page: Page) -> str:
    """The page's title as a post_title: markup is shown as typed."""
    return MARKUP.sub(lambda match: ENTITIES[match[0]], words(page))


def compose(page: Page, body: Html, initial: Fields, warnings: Sequence[BlockWarning] = ()) -> Post:
    """The post of a page. `initial` are fields that only a new post gets: its type and its status."""
    content = {"post_title": title(page), "post_content": str(body)}
    return Post(page_id=page.id, content=content, initial=initial, warnings=tuple(warnings))


def fingerprint(post: Post) -> str:
    """Equal for two posts exactly when writing one over the other would change nothing."""
    return _digest(post.content)


def field_hashes(fields: Fields, names: Sequence[str]) -> str:
    """What WordPress gave back for the fields we wrote, boiled down: JSON of field name to hash."""
    return json.dumps({name: _digest(_noticed(name, fields.get(name)))[:16] for name in sorted(names)})


def changed(hashes: str, fields: Fields) -> tuple[str, ...]:
    """The fields in which a post differs from what `field_hashes` saw, by what a reader would notice."""
    known: Mapping[str, str] = json.loads(hashes or "{}")
    return tuple(name for name, was in known.items() if _digest(_noticed(name, fields.get(name)))[:16] != was)


def difference(post: Post, now: Fields) -> dict[str, Any]:
    """The fields of a post that have to be written so that WordPress, which has `now`, shows it."""
    return {name: value for name, value in post.content.items() if now.get(name) != value}


def _noticed(name: str, value: Any) -> Any:
    if name != "post_content" or not isinstance(value, str):
        return value
    text = NOTICED.sub(lambda match: f" <{match['tag'] or match['url'] or ''}> ", value)
    return " ".join(unescape(text).replace("<>", " ").split())


def _digest(value: Any) -> str:
    return sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

"""Page and rendered body -> Post, its fingerprint, and what of it somebody changed in WordPress. Pure."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from sidecar.blocks import UNTITLED, plain
from sidecar.markup import Html
from sidecar.model import BlockWarning, Fields, Page, Post, PostState, Record

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

TEXTS = frozenset({"post_title", "post_content"})
NO_POSTS = frozenset({"attachment", "revision"})
"""Types of what shares its ids with posts, and that no page becomes."""
NUMBERED = re.compile(r"[?&](?:p|page_id)=\d+")
"""In an address that is made of nothing but the post's id, as a draft's is."""


def words(page: Page) -> str:
    """The page's title as people read it in a list: one line."""
    return " ".join(plain(page.title).split()) or UNTITLED


def title(page: Page) -> str:
    """The page's title as a post_title."""
    return as_typed(words(page))


def as_typed(text: str) -> str:
    """Words for a field in which WordPress would take markup for markup: it is shown as typed."""
    return MARKUP.sub(lambda match: ENTITIES[match[0]], text)


def compose(
    page: Page,
    body: Html,
    initial: Fields,
    warnings: Sequence[BlockWarning] = (),
    *,
    said: Fields | None = None,
    stated: Fields | None = None,
) -> Post:
    """The post of a page. `initial` are fields that only a new post gets: its type and its status.

    `said` are content fields that its properties give: an excerpt, terms, a featured image, another title.
    """
    content = {"post_title": title(page), "post_content": str(body), **(said or {})}
    return Post(page_id=page.id, content=content, initial=initial, stated=stated or {}, warnings=tuple(warnings))


# --- fields that are ours ----------------------------------------------------------------------------------
# The terms of each taxonomy are a field of their own here, `terms.category`: what other taxonomies hold is not ours.
# An empty field claims nothing: what somebody writes there in WordPress stays. One that was not empty when we wrote
# last is emptied once.


def fingerprint(post: Post) -> str:
    """Equal for two posts exactly when writing one over the other would change nothing."""
    return _digest({name: value for name, value in _flat(post.content).items() if not is_empty(value)})


def claimed(post: Post, hashes: str) -> Post:
    """The post with only those of its content fields that are to be written over what `field_hashes` saw."""
    known = json.loads(hashes or "{}")
    ours = {name: value for name, value in _flat(post.content).items() if not is_empty(value) or name in known}
    return dataclasses.replace(post, content=_unflat(ours))


def owned(post: Post) -> list[str]:
    """The content fields that a change in WordPress would be a conflict with."""
    return [name for name, value in _flat(post.content).items() if not is_empty(value)]


def field_hashes(fields: Fields, names: Sequence[str], before: str = "") -> str:
    """What WordPress gave back for the fields we wrote, boiled down: JSON of field name to hash.

    With `before`, what earlier attempts were about to write then is remembered as well: it may still arrive.
    """
    flat, known = _flat(fields), _known(before)
    seen = {name: _hash(_noticed(name, flat.get(name))) for name in sorted(names)}
    late = {name: [LATE + was for was in known[name].expected if was != seen[name]] for name in known.keys() & seen}
    return json.dumps({name: " ".join([now, *late.get(name, ())]) for name, now in seen.items()})


def expecting(hashes: str, fields: Fields) -> str:
    """The hashes with those of `fields`, which are about to be written: who finds them in the post knows them as ours.

    What is late from before the last write is forgotten.
    """
    known = _known(hashes)
    made = {name: [was.last, *(EXPECTED + one for one in was.expected)] for name, was in known.items()}
    for name, value in _flat(fields).items():
        made.setdefault(name, [""]).append(EXPECTED + _hash(_noticed(name, _as_kept(value))))
    return json.dumps({name: " ".join(filter(None, hashes)) for name, hashes in made.items()})


def is_expecting(hashes: str) -> bool:
    """True when something was about to be written and nobody has noted what became of it."""
    return any(was.expected for was in _known(hashes).values())


def changed(hashes: str, fields: Fields) -> tuple[str, ...]:
    """The fields in which a post differs from all that we wrote there, by what a reader would notice."""
    flat = _flat(fields)
    names = (name for name, was in _known(hashes).items() if not was.is_ours(_hash(_noticed(name, flat.get(name)))))
    return tuple(dict.fromkeys(name.partition(".")[0] for name in names))


def unlike(post: Post, fields: Fields) -> tuple[str, ...]:
    """The fields in which a post that WordPress has reads otherwise than this one would."""
    now, wanted = _flat(fields), _flat(claimed(post, "").content)
    names = (it for it, value in wanted.items() if _noticed(it, _as_kept(value)) != _noticed(it, now.get(it)))
    return tuple(dict.fromkeys(name.partition(".")[0] for name in names))


def origin(link: str) -> str:
    """What an address begins with, such as https://blog.example; empty for none."""
    parts = urlsplit(link)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def as_found_at(fields: Fields, before: str, now: str) -> Fields:
    """The fields as they would read if the site were found where it was before; `before` and `now` are origins."""
    return {name: value.replace(now, before) if isinstance(value, str) else value for name, value in fields.items()}


def is_as_written(hashes: str, name: str, value: Any) -> bool:
    """True when a field with this value would read as what we wrote there last."""
    was = _known(hashes).get(name)
    return is_empty(value) if was is None else was.last == _hash(_noticed(name, value))


def written(hashes: str) -> list[str]:
    """The fields that we have written."""
    return list(_known(hashes))


def is_last(hashes: str, fields: Fields) -> bool:
    """True when a post shows what we wrote last, and not something of ours that arrived later than it should."""
    flat = _flat(fields)
    return all(_hash(_noticed(name, flat.get(name))) == was.last for name, was in _known(hashes).items())


def shows(fields: Fields, media_id: str, url: str) -> bool:
    """True when a post with these fields uses an item of the library, whatever size of it."""
    content, stem = str(fields.get("post_content", "")), url.rpartition(".")[0]
    is_named = re.search(rf'(?:wp-image-|"(?:id|mediaId)":){re.escape(media_id)}\b', content) is not None
    return is_named or bool(stem and stem in content) or fields.get("post_thumbnail") == media_id


def difference(post: Post, now: Fields) -> dict[str, Any]:
    """The fields of a post that have to be written so that WordPress, which has `now`, shows it."""
    flat = _flat(now)
    return _unflat(
        {name: value for name, value in _flat(post.content).items() if (flat.get(name) or "") != (value or "")}
    )


# --- whose post it is ----------------------------------------------------------------------------------------
# WordPress gives ids anew that it had given before, when it was restored from a backup.


def is_anothers(record: Record, post: PostState) -> bool:
    """True when what has the record's id carries the marker of another page, or is no post at all."""
    return post.type in NO_POSTS or post.page_id not in (None, record.page_id)


def is_doubtful(record: Record, post: PostState, changed: Sequence[str]) -> bool:
    """True for a post without our marker in which nothing is as we wrote it, neither title nor text.

    A marker may be missing: somebody took it out, or the companion plugin that shows it was switched off. A post that
    readers find where they found ours is ours.
    """
    if post.page_id is not None or (post.link == record.link and not NUMBERED.search(post.link)):
        return False
    return TEXTS & set(written(record.fields_hash)) <= set(changed)


# --- fields that the page's properties say -----------------------------------------------------------------


def statement(post: Post) -> str:
    """What the page's properties say, boiled down: JSON of field name to hash."""
    return json.dumps({name: _hash(value) for name, value in sorted(_flat(post.stated).items())})


def restated(post: Post, before: str) -> dict[str, Any]:
    """The stated fields whose property has changed since `before`. An empty one that was never set is no news."""
    known = json.loads(before or "{}")
    news = {
        name: value
        for name, value in _flat(post.stated).items()
        if (name in known or not is_empty(value)) and known.get(name) != _hash(value)
    }
    return _unflat(news)


def apart(fields: Fields) -> dict[str, dict[str, Any]]:
    """Each field by itself, as it may be written alone; taxonomies and custom fields one by one."""
    return {name: _unflat({name: value}) for name, value in _flat(fields).items()}


def without(post: Post, names: Sequence[str]) -> Post:
    """The post less these fields, which are named as in `apart`."""
    content, stated = (
        _unflat({name: value for name, value in _flat(fields).items() if name not in names})
        for fields in (post.content, post.stated)
    )
    return dataclasses.replace(post, content=content, stated=stated)


def is_same(post: Post, fingerprint_before: str, statement_before: str) -> bool:
    """True when neither the content nor what the properties say has changed."""
    return fingerprint(post) == fingerprint_before and not restated(post, statement_before)


def is_empty(value: Any) -> bool:
    """True for what a new post has by itself."""
    return value in ("", False, None) or value in ([], {}, ())


def is_same_beside(post: Post, name: str, hashes: str, statement_before: str) -> bool:
    """True when nothing but this content field has changed since `field_hashes` saw it."""
    flat, known = _flat(post.content), _known(hashes)
    others = ({one for one, value in flat.items() if not is_empty(value)} | known.keys()) - {name}
    is_same = all(is_as_written(hashes, one, _as_kept(flat.get(one))) for one in others)
    return is_same and not restated(post, statement_before)


def _flat(fields: Fields) -> dict[str, Any]:
    """Fields with each taxonomy and each custom field by itself: terms.category, custom_fields.subtitle."""
    flat: dict[str, Any] = {}
    for name, value in fields.items():
        inner = {f"{name}.{key}": one for key, one in value.items()} if isinstance(value, Mapping) else {name: value}
        flat.update(inner)
    return flat


def _unflat(flat: Mapping[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in flat.items():
        outer, dot, key = name.partition(".")
        if dot:
            fields.setdefault(outer, {})[key] = value
        else:
            fields[name] = value
    return fields


EXPECTED, LATE = "?", "~"
"""What stands before the hash of something that was about to be written, and of what such a write may still bring."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Was:
    """The hashes of one field: as WordPress gave it back last (empty: never), and as it may be by our own doing."""

    last: str
    expected: tuple[str, ...]
    late: tuple[str, ...]

    def is_ours(self, now: str) -> bool:
        return not self.last or now in (self.last, *self.expected, *self.late)


def _known(hashes: str) -> Mapping[str, _Was]:
    return {name: _was(text.split()) for name, text in json.loads(hashes or "{}").items()}


def _was(words: Sequence[str]) -> _Was:
    last = [word for word in words if word[0] not in EXPECTED + LATE]
    expected, late = ([word[1:] for word in words if word[0] == sign] for sign in (EXPECTED, LATE))
    return _Was("".join(last), tuple(expected), tuple(late))


def _as_kept(value: Any) -> Any:
    """A value as WordPress gives it back: ids of terms in order, and nothing for an empty list of them."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return sorted(value, key=lambda one: (len(one), one)) or None
    return value


def _noticed(name: str, value: Any) -> Any:
    if name != "post_content" or not isinstance(value, str):
        return value
    text = NOTICED.sub(lambda match: f" <{match['tag'] or match['url'] or ''}> ", value)
    return " ".join(unescape(text).replace("<>", " ").split())


def _hash(value: Any) -> str:
    return _digest(value)[:16]


def _digest(value: Any) -> str:
    return sha256(json.dumps(value, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()

"""A WordPress in memory, in the role `Blog`: as a stock one behaves where a sync can notice. No network, no files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from sidecar.adapters.wordpress.structs import is_file
from sidecar.blocks import PageId
from sidecar.compose import shows
from sidecar.errors import Missing, Refused, SidecarError
from sidecar.model import Fields, Media, MediaId, PostId, PostState, Site
from sidecar.ports import Scan, Term, User

TEXTS = ("post_title", "post_content", "post_excerpt")
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
KSES = re.compile(r"</?(?:script|iframe|svg|form|input|embed)\b[^>]*>", re.IGNORECASE)


@dataclass
class Stored:
    """A row of the posts table."""

    id: int
    type: str = "post"
    status: str = "draft"
    name: str = ""
    page_id: PageId | None = None
    texts: dict[str, str] = field(default_factory=dict)
    thumbnail: str = ""
    terms: dict[str, list[str]] = field(default_factory=dict)
    date: datetime | None = None
    modified: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    revisions: int = 0


@dataclass
class Trouble:
    """What is going to go wrong: once, before the deed is done or after it."""

    method: str
    error: SidecarError
    after: bool = False


class FakeBlog:
    """`trouble()` makes one later call fail; `writes` names every call that changed something, in order."""

    def __init__(
        self,
        url: str = "https://blog.example",
        *,
        version: str = "7.1",
        plugin: str | None = None,
        kses: bool = False,
        zone: str = "UTC",
        language: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.url, self.version, self.plugin, self.kses, self.now = url, version, plugin, kses, now
        self.zone, self.language = zone, language
        self.posts: dict[int, Stored] = {}
        self.media: dict[int, Media] = {}
        self.files: dict[str, bytes] = {}
        self.described: dict[str, dict[str, str]] = {}
        self.known_terms: dict[str, list[Term]] = {"category": [Term("1", "Uncategorized")], "post_tag": []}
        self.writes: list[str] = []
        self.troubles: list[Trouble] = []
        self._last = 0
        self._calls = 0

    # --- for tests ---------------------------------------------------------------------------------------

    def trouble(self, method: str, error: SidecarError, *, after: bool = False) -> None:
        """The next call of this method fails; with `after` WordPress has carried it out, and only the answer fails."""
        self.troubles.append(Trouble(method, error, after))

    def somebody_writes(self, title: str, content: str = "", status: str = "draft") -> PostId:
        """A post that is not ours."""
        row = self._new({"post_title": title, "post_content": content}, None)
        self._edit(row, {"post_status": status})
        return PostId(str(row.id))

    def somebody_edits(self, post_id: PostId, fields: Fields) -> None:
        """An edit in WordPress's editor."""
        self._edit(self._row(post_id), fields)

    # --- the role ----------------------------------------------------------------------------------------

    def site(self) -> Site:
        with self._call("site"):
            takes_alt = self.plugin is not None
            return Site(self.url, "A blog", self.version, self.zone, self.plugin, takes_alt, language=self.language)

    def calls(self) -> int:
        return self._calls

    def scan(self, above: int) -> Scan:
        with self._call("scan"):
            newest = max([0, *self.posts])
            rows = [row for number, row in sorted(self.posts.items()) if number > above and row.page_id]
            return Scan(newest, tuple(replace(self._state(row), fields={}) for row in rows))

    def find(self, page_id: PageId, above: int) -> Scan:
        found = self.find_all([page_id])
        if found is None:
            return self.scan(above)
        return Scan(above, tuple(post for post in found if int(post.id) > above))

    def find_all(self, page_ids: Sequence[PageId]) -> tuple[PostState, ...] | None:
        if self.plugin is None:
            return None
        return tuple(post for post in self.scan(0).posts if post.page_id in page_ids)

    def post(self, post_id: PostId) -> PostState | None:
        with self._call("post"):
            row = self.posts.get(int(post_id))
            return self._state(row) if row else None

    def create(self, page_id: PageId, fields: Fields) -> PostState:
        if not any(str(fields.get(name, "")).strip() for name in TEXTS):
            raise Refused("The post would be empty (Content, title, and excerpt are empty.).", "Give it a title.")
        with self._call("create", writes=True):
            row = self._new(fields, page_id)
            return self._state(row)

    def update(self, post_id: PostId, fields: Fields) -> PostState:
        with self._call("update", writes=True):
            row = self._row(post_id)
            self._edit(row, fields)
            return self._state(row)

    def sign(self, post_id: PostId, page_id: PageId) -> None:
        with self._call("sign", writes=True):
            self._row(post_id).page_id = page_id

    def trash(self, post_id: PostId) -> None:
        row = self.posts.get(int(post_id))
        if row is None or row.status == "trash":
            return
        with self._call("trash", writes=True):
            self._edit(row, {"post_status": "trash"})

    def delete(self, post_id: PostId) -> None:
        if int(post_id) not in self.posts:
            return
        with self._call("delete", writes=True):
            del self.posts[int(post_id)]

    def find_media(self, name: str) -> Media | None:
        with self._call("find_media"):
            return next((one for _, one in sorted(self.media.items()) if is_file(one.url, name)), None)

    def upload(self, name: str, data: bytes, mime: str) -> Media:
        if PurePosixPath(name).suffix.lower() in ("", ".php", ".svg"):
            raise Refused(f"WordPress does not take this kind of file ({name}).")
        with self._call("upload", writes=True):
            stored = self._free_name(name)
            url = f"{self.url}/wp-content/uploads/{self.now():%Y/%m}/{stored}"
            media = Media(MediaId(str(self._next_id())), url, mime=mime, name=stored)
            self.media[int(media.id)] = media
            self.files[url] = data
            return media

    def describe(self, media_id: MediaId, **words: str | None) -> bool:
        with self._call("describe", writes=True):
            if int(media_id) not in self.media:
                raise Missing("Invalid post ID.")
            known = self.described.setdefault(media_id, {})
            known |= {name: value for name, value in words.items() if value is not None}
            if self.plugin is None:
                known.pop("alt", None)
            return self.plugin is not None

    def is_shown(self, media: Media) -> bool:
        with self._call("is_shown"):
            return any(shows(self._state(row).fields, media.id, media.url) for row in self.posts.values())

    def library_item(self, media_id: MediaId) -> Media | None:
        with self._call("library_item"):
            return self.media.get(int(media_id))

    def there(self, media_ids: Sequence[MediaId]) -> dict[MediaId, str]:
        with self._call("there"):
            return {one: self.media[int(one)].url for one in media_ids if int(one) in self.media}

    def delete_media(self, media_id: MediaId) -> bool:
        if int(media_id) not in self.media:
            return False
        with self._call("delete_media", writes=True):
            self.files.pop(self.media.pop(int(media_id)).url)
            return True

    def terms(self, taxonomy: str) -> Sequence[Term]:
        with self._call("terms"):
            return tuple(self._terms(taxonomy))

    def create_term(self, taxonomy: str, name: str, parent: str = "0") -> Term:
        for term in self._terms(taxonomy):
            if term.name.casefold() == name.casefold() and term.parent == parent:
                return term
        with self._call("create_term", writes=True):
            number = max(int(term.id) for terms in self.known_terms.values() for term in terms) + 1
            term = Term(str(number), name, parent)
            self.known_terms[taxonomy].append(term)
            return term

    def users(self) -> Sequence[User]:
        with self._call("users"):
            return (User("1", "admin", "admin"), User("2", "editor", "editor"))

    # --- inside ------------------------------------------------------------------------------------------

    @contextmanager
    def _call(self, method: str, *, writes: bool = False) -> Iterator[None]:
        self._calls += 1
        trouble = next((one for one in self.troubles if one.method == method), None)
        if trouble:
            self.troubles.remove(trouble)
        if trouble and not trouble.after:
            raise trouble.error
        yield
        if writes:
            self.writes.append(method)
        if trouble:
            raise trouble.error

    def _next_id(self) -> int:
        """Posts, their revisions and library items count with one counter."""
        self._last += 1
        return self._last

    def _new(self, fields: Fields, page_id: PageId | None) -> Stored:
        row = Stored(self._next_id(), type=str(fields.get("post_type", "post")), page_id=page_id)
        row.texts = {name: self._text(fields.get(name, "")) for name in TEXTS}
        row.terms = {"category": ["1"]} if row.type == "post" else {}
        self.posts[row.id] = row
        self._edit(row, {name: value for name, value in fields.items() if name not in (*TEXTS, "post_status")})
        return row

    def _row(self, post_id: PostId) -> Stored:
        if int(post_id) not in self.posts:
            raise Missing("Invalid post ID.")
        return self.posts[int(post_id)]

    def _edit(self, row: Stored, fields: Fields) -> None:
        row.texts |= {name: self._text(fields[name]) for name in TEXTS if name in fields}
        row.thumbnail = str(fields.get("post_thumbnail", row.thumbnail) or "")
        row.terms |= {name: sorted(map(str, ids), key=int) for name, ids in fields.get("terms", {}).items()}
        row.terms = {name: ids for name, ids in row.terms.items() if ids}
        row.name = str(fields.get("post_name", row.name))
        row.date = _utc(fields.get("post_date_gmt", row.date))
        self._set_status(row, str(fields.get("post_status", row.status)))
        row.modified = max(row.modified, self.now().replace(microsecond=0))
        if any(name in fields for name in TEXTS):
            self._next_id()  # a revision takes an id of its own
            row.revisions += 1

    def _set_status(self, row: Stored, status: str) -> None:
        if status == "trash" and not row.name.endswith("__trashed"):
            row.name += "__trashed"
        if status != "trash":
            row.name = row.name.removesuffix("__trashed")
        if status in ("publish", "future"):
            row.name = self._free_slug(row)
            row.date = row.date or self.now().replace(microsecond=0)
            status = "future" if row.date > self.now() else "publish"
        row.status = status

    def _free_slug(self, row: Stored) -> str:
        words = re.findall(r"[a-z0-9]+", (row.name or row.texts["post_title"]).lower())
        slug = "-".join(words) or str(row.id)
        taken = {other.name for other in self.posts.values() if other is not row}
        return next(name for name in _numbered(slug, "") if name not in taken)

    def _free_name(self, name: str) -> str:
        path, taken = PurePosixPath(name), {media.name for media in self.media.values()}
        return next(free for free in _numbered(path.stem, path.suffix, first=1) if free not in taken)

    def _text(self, value: Any) -> str:
        text = NOT_XML.sub("", str(value)).replace("\r\n", "\n").replace("\r", "\n").strip()
        return KSES.sub("", text) if self.kses else text

    def _terms(self, taxonomy: str) -> list[Term]:
        if taxonomy not in self.known_terms:
            raise Refused("Invalid taxonomy.")
        return self.known_terms[taxonomy]

    def _state(self, row: Stored) -> PostState:
        is_public = row.status in ("publish", "private")
        return PostState(
            id=PostId(str(row.id)),
            status=row.status,
            modified=row.modified,
            link=f"{self.url}/{row.name}/" if is_public else f"{self.url}/?p={row.id}",
            type=row.type,
            page_id=row.page_id,
            fields={
                **row.texts,
                "post_thumbnail": row.thumbnail,
                "terms": {name: list(ids) for name, ids in sorted(row.terms.items())},
            },
            slug=row.name or "",
        )


def _numbered(stem: str, suffix: str, first: int = 2) -> Iterator[str]:
    yield stem + suffix
    for number in range(first, 1000):
        yield f"{stem}-{number}{suffix}"


def _utc(value: Any) -> Any:
    """What WordPress makes of a time it is sent: one without a zone is UTC already."""
    if not isinstance(value, datetime):
        return value
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)

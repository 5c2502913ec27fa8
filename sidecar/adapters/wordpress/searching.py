"""Finding posts by the marker they carry: in one query with the companion plugin, from the newest back without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from wordpress_xmlrpc.methods import posts, users

from sidecar import catalogue
from sidecar.adapters.wordpress import structs
from sidecar.adapters.wordpress.companion import Companion
from sidecar.adapters.wordpress.connection import Connection
from sidecar.adapters.wordpress.types import Types
from sidecar.blocks import PageId
from sidecar.errors import Refused, Unavailable
from sidecar.model import Media, PostId, PostState
from sidecar.ports import Scan

STATUSES = ["publish", "draft", "future", "private", "pending", "trash"]
"""By name, for WordPress's own `any` leaves out the trash."""
FIELDS = ["post_status", "post_type", "post_date_gmt", "post_modified_gmt", "link", "custom_fields"]

FIRST_PAGE, LARGEST_PAGE = 20, 200
OVERLAP = 5
"""Posts that a page has in common with the one before: if somebody deletes posts while we page, none is skipped."""
SMALLEST_CAP = 10
"""A page shorter than this was not cut short by a host that caps its length: it is the last."""
RESTARTS = 3
EMPTY_PAGES = 5
"""Pages in a row without a post of ours after which a user who sees only own posts is believed to have no more."""
SEES_ALL = frozenset({"administrator", "editor", "super_admin"})


class _Shifted(Exception):
    """The list of posts became shorter while it was being paged through."""


class Search:
    """Looks for markers on one site."""

    def __init__(self, connection: Connection, companion: Companion, types: Types, now: Callable[[], datetime]) -> None:
        self._connection, self._companion, self._types, self._now = connection, companion, types, now
        self._sees_all_posts: bool | None = None

    def scan(self, above: int) -> Scan:
        found: dict[int, PostState] = {}
        newest = 0
        for post_type in self._types.used() if above else self._types.all():
            for struct in self._of_type(post_type, above):
                number = int(struct["post_id"])
                newest = max(newest, number)
                state = structs.state(struct, self._now(), with_fields=False)
                if state.page_id is not None and number > above:
                    self._types.use(state.type)
                    found[number] = state
        return Scan(newest, tuple(found[number] for number in sorted(found)))

    def find(self, page_id: PageId, above: int) -> Scan:
        """With the plugin, `newest` stays `above`, as the posts of other pages were not seen."""
        found = self.find_all([page_id])
        if found is None:
            return self.scan(above)
        return Scan(above, tuple(post for post in found if int(post.id) > above))

    def find_all(self, page_ids: Sequence[PageId]) -> tuple[PostState, ...] | None:
        rows = self._companion.find(page_ids)
        if rows is None:
            return None
        found = [self._found(page_id, row) for page_id, row in rows]
        return tuple(sorted(found, key=lambda post: int(post.id)))

    def _found(self, page_id: PageId, row: Mapping[str, Any]) -> PostState:
        return PostState(
            id=PostId(str(row["post_id"])),
            status=str(row.get("post_status", "")),
            modified=structs.moment(row.get("modified_gmt")) or structs.UNKNOWN,
            link=str(row.get("link", "")),
            type=str(row.get("post_type", "post")),
            page_id=page_id,
        )

    def is_shown(self, media: Media) -> bool:
        """Asks once for each type of post, and for the posts, in pages: nothing else tells who features an item."""
        if not self._sees_all():
            return True
        ways = (self._is_in_a_text, self._is_featured)
        return any(is_so(post_type, media) for is_so in ways for post_type in self._types.all())

    def _is_in_a_text(self, post_type: str, media: Media) -> bool:
        stem = structs.stem(media.name)
        wanted = {"post_type": post_type, "post_status": STATUSES, "s": stem, "number": FIRST_PAGE}
        method = posts.GetPosts(wanted, ["post_content"], results_class=None)
        found = self._connection.read(method, f"looking for posts that show {media.name}")
        return any(stem in str(struct.get("post_content", "")) for struct in found)

    def _is_featured(self, post_type: str, media: Media) -> bool:
        found = self._of_type(post_type, 0, ["post_thumbnail"])
        return any(structs.featured(struct) == media.id for struct in found)

    # --- paging ------------------------------------------------------------------------------------------

    def _of_type(self, post_type: str, above: int, fields: Sequence[str] = FIELDS) -> list[Mapping[str, Any]]:
        """A page may have asked for a type that is not there, and a plugin may have taken its own away."""
        try:
            return self._newer(post_type, above, fields)
        except Refused:
            if self._types.is_gone(post_type):
                return []
            raise

    def _newer(self, post_type: str, above: int, fields: Sequence[str]) -> list[Mapping[str, Any]]:
        for _ in range(RESTARTS):
            try:
                return list(self._pages(post_type, above, fields))
            except _Shifted:
                continue
        raise Unavailable.of(catalogue.WP_RESTLESS, {"url": self._connection.shown})

    def _pages(self, post_type: str, above: int, fields: Sequence[str]) -> Iterator[Mapping[str, Any]]:
        """Posts from the newest back to the first that is not above the floor, or to the end of the list."""
        seen: set[int] = set()
        offset, number, empty = 0, FIRST_PAGE, 0
        while True:
            page = self._page(post_type, offset, number, fields)
            ids = {int(struct["post_id"]) for struct in page}
            self._check(ids, seen)
            yield from (struct for struct in page if int(struct["post_id"]) not in seen)
            empty = 0 if ids - seen else empty + 1
            if (ids and min(ids) <= above) or self._is_end(len(page), number, empty):
                return
            seen |= ids
            offset += self._step(len(page), number)
            number = min(number * 2, LARGEST_PAGE)

    def _page(self, post_type: str, offset: int, number: int, fields: Sequence[str]) -> list[Mapping[str, Any]]:
        wanted = {
            "post_type": post_type,
            "post_status": STATUSES,
            "orderby": "ID",
            "order": "DESC",
            "number": number,
            "offset": offset,
        }
        method = posts.GetPosts(wanted, list(fields), results_class=None)
        return list(self._connection.read(method, "looking for posts made before"))

    def _check(self, ids: set[int], seen: set[int]) -> None:
        """Two pages must touch, and the first must not come again: we would take it for all there is."""
        if not seen or not ids:
            return
        if max(seen) in ids:
            raise Refused.of(catalogue.WP_REPEATS, {"url": self._connection.shown})
        if not ids & seen and self._sees_all():
            raise _Shifted

    def _is_end(self, length: int, number: int, empty: int) -> bool:
        """A short page need not be the last. Some hosts cap the number; and what the user may not edit WordPress
        leaves out only after it has cut the page."""
        if length == number:
            return False
        if not self._sees_all():
            return empty >= EMPTY_PAGES
        return length < SMALLEST_CAP or empty > 0

    def _step(self, length: int, number: int) -> int:
        """How many rows of the list a page has covered, less those that the next one shall show again."""
        is_capped = length < number and self._sees_all()
        return (length if is_capped else number) - OVERLAP

    def _sees_all(self) -> bool:
        if self._sees_all_posts is None:
            profile = self._connection.read(users.GetProfile(results_class=None), "reading its user's profile")
            self._sees_all_posts = bool(SEES_ALL & {str(role) for role in profile.get("roles", ())})
        return self._sees_all_posts

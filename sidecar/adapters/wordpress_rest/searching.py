"""Finding posts by the marker they carry, over REST: from the newest back, or by the words of the marker itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sidecar import catalogue
from sidecar.adapters.wordpress import structs
from sidecar.adapters.wordpress.content_marker import KEY
from sidecar.adapters.wordpress.searching import FIRST_PAGE, OVERLAP, RESTARTS, STATUSES
from sidecar.adapters.wordpress.structs import PLUGIN_MARKER
from sidecar.adapters.wordpress_rest import shapes
from sidecar.adapters.wordpress_rest.connection import Answer, Connection
from sidecar.adapters.wordpress_rest.kinds import Kinds
from sidecar.errors import Closed, Refused, Unavailable
from sidecar.model import Media, PostState
from sidecar.ports import Scan

LARGEST_PAGE = 100
DOING = "looking for posts made before"
WITH_CONTENT = f"{shapes.LISTED},content.raw"


class _Shifted(Exception):
    """The list of posts became shorter while it was being paged through."""


class Search:
    """Looks for markers on one site."""

    def __init__(self, connection: Connection, kinds: Kinds) -> None:
        self._connection, self._kinds = connection, kinds

    def scan(self, above: int) -> Scan:
        """Above a post, each newer one is looked at. Of all posts only those whose content has a marker in it, and
        all of them, without content, where the companion plugin shows us its field."""
        newest, found = 0, dict[int, PostState]()
        for post_type in self._kinds.used() if above else self._kinds.all():
            for post in self._of_type(post_type, above):
                newest = max(newest, int(post["id"]))
                state = shapes.listed(post)
                if state.page_id is not None and int(state.id) > above:
                    self._kinds.use(state.type)
                    found[int(state.id)] = state
        return Scan(newest, tuple(found[number] for number in sorted(found)))

    def is_shown(self, media: Media) -> bool:
        return any(self._shows(self._kinds.route(post_type), media) for post_type in self._kinds.all())

    def _shows(self, route: str, media: Media) -> bool:
        """Also true when some posts are hidden from us: WordPress counts them, and does not give them."""
        stem = structs.stem(media.name)
        texts = self._whole(route, 0, "id,content.raw", search=stem)
        if any(stem in str((post.get("content") or {}).get("raw", "")) for post in texts):
            return True
        seen = self._whole(route, 0, "id,featured_media")
        if len(seen) < self._page(route, 0, 1, "id").total:
            return True
        return any(str(post.get("featured_media")) == media.id for post in seen)

    def _of_type(self, post_type: str, above: int) -> list[Mapping[str, Any]]:
        """Nothing of a type that is gone: pages may have asked for one that never was."""
        try:
            route = self._kinds.route(post_type)
            return self._whole(route, above, WITH_CONTENT) if above else self._all(route)
        except Closed:
            raise
        except Refused:
            if self._kinds.is_gone(post_type):
                return []
            raise

    def _all(self, route: str) -> list[Mapping[str, Any]]:
        newest = list(self._page(route, 0, 1, WITH_CONTENT).said)
        told = self._whole(route, 0, WITH_CONTENT, search=KEY)
        has_field = any(PLUGIN_MARKER in post.get("meta", ()) for post in newest)
        return [*newest, *told, *(self._whole(route, 0, shapes.LISTED) if has_field else ())]

    def _whole(self, route: str, above: int, fields: str, **more: str) -> list[Mapping[str, Any]]:
        for _ in range(RESTARTS):
            try:
                return list(self._pages(route, above, fields, more))
            except _Shifted:
                continue
        raise Unavailable.of(catalogue.WP_RESTLESS, {"url": self._connection.shown})

    def _pages(self, route: str, above: int, fields: str, more: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        """Posts from the newest back to the first that is not above the floor, or to the end of the list.

        What the user may not see WordPress leaves out after it has cut the page: its own total says where the end is.
        """
        seen: set[int] = set()
        offset, number, total = 0, FIRST_PAGE, 0
        while True:
            answer = self._page(route, offset, number, fields, **more)
            if answer.total < total:
                raise _Shifted
            total = answer.total
            ids = {int(post["id"]) for post in answer.said}
            yield from (post for post in answer.said if int(post["id"]) not in seen)
            if (ids and min(ids) <= above) or offset + number >= total:
                return
            seen |= ids
            offset += number - OVERLAP
            number = min(number * 2, LARGEST_PAGE)

    def _page(self, route: str, offset: int, number: int, fields: str, **more: str) -> Answer:
        query: Mapping[str, str | int] = {
            "context": "edit",
            "status": ",".join(STATUSES),
            "orderby": "id",
            "order": "desc",
            "per_page": number,
            "offset": offset,
            "_fields": fields,
        }
        return self._connection.read(route, DOING, **{**query, **more})

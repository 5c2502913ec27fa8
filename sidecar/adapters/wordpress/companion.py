"""The companion plugin on one site: whether it is there, and its XML-RPC methods. What they are for is said elsewhere.

Everything here has a stock way beside it: each method gives None where the plugin is not, or not any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from wordpress_xmlrpc import AuthenticatedMethod

from sidecar.adapters.wordpress import structs
from sidecar.adapters.wordpress.connection import Connection
from sidecar.adapters.wordpress.faults import NoMethod
from sidecar.blocks import PageId
from sidecar.model import Fields, MediaId, PostId

MOST_IDS = 200
"""The plugin answers for no more in one call."""


class Version(AuthenticatedMethod):  # type: ignore[misc]
    method_name = "notion_sidecar.version"


class Find(AuthenticatedMethod):  # type: ignore[misc]
    method_name = "notion_sidecar.find"
    method_args = ("page_ids",)


class Upsert(AuthenticatedMethod):  # type: ignore[misc]
    method_name = "notion_sidecar.upsert"
    method_args = ("page_id", "content")


class MediaFind(AuthenticatedMethod):  # type: ignore[misc]
    method_name = "notion_sidecar.media_find"
    method_args = ("hashes",)


class Companion:
    """The plugin on one site. `gone` is called when it turns out to have been switched off since we were told of it."""

    def __init__(self, connection: Connection, gone: Callable[[], None]) -> None:
        self._connection, self._gone = connection, gone

    def is_there(self) -> bool:
        """As far as this process was told when it began."""
        return self._connection.supports(Version.method_name)

    def about(self) -> Mapping[str, str] | None:
        """Versions, and which SEO plugin there is."""
        said = self._asked(Version(), "asking for the plugin's version", self._connection.read)
        return {name: str(value) for name, value in said.items()} if isinstance(said, Mapping) else None

    def find(self, page_ids: Sequence[PageId]) -> Sequence[tuple[PageId, Mapping[str, Any]]] | None:
        """Page and post for all posts of these pages, trashed ones too, wherever they are."""
        found: list[tuple[PageId, Mapping[str, Any]]] = []
        for some in _batches(page_ids):
            said = self._asked(Find(some), "looking for the posts of pages", self._connection.read)
            if said is None:
                return None
            # PHP makes an array of an empty struct.
            rows = said if isinstance(said, Mapping) else {}
            found += [(page_id, row) for page_id in some for row in rows.get(page_id, ())]
        return found

    def upsert(self, page_id: PageId, content: Fields) -> PostId | None:
        """Writes the one post of a page; sent once. Who comes second waits for the first."""
        done = self._asked(Upsert(page_id, content), "creating a draft", self._connection.once)
        return PostId(str(done["post_id"])) if done is not None else None

    def media_find(self, name: str) -> Sequence[Mapping[str, Any]] | None:
        """The library item with the bytes that this file name stands for, if there is one."""
        found = structs.HASHED.search(name)
        if found is None:
            return None
        said = self._asked(MediaFind([found["hash"]]), f"looking for {name}", self._connection.read)
        return None if said is None else list(said.values()) if isinstance(said, Mapping) else []

    def media_there(self, media_ids: Sequence[MediaId]) -> Mapping[MediaId, str]:
        """The addresses of those of these library items that the plugin knows to be there, 200 at most: in one
        question."""
        said = self._asked(MediaFind(list(media_ids)), "looking for library items", self._connection.read)
        found = said if isinstance(said, Mapping) else {}
        return {MediaId(str(media_id)): structs.media(struct).url for media_id, struct in found.items()}

    def is_gone(self) -> None:
        """It was seen to have been switched off: the next call asks again what there is."""
        self._connection.learn_anew()
        self._gone()

    def _asked(
        self, method: AuthenticatedMethod, doing: str, send: Callable[[AuthenticatedMethod, str], Any]
    ) -> Any | None:
        if not self._connection.supports(method.method_name):
            return None
        try:
            return send(method, doing)
        except NoMethod:  # nothing was done
            self.is_gone()
            return None


def _batches(page_ids: Sequence[PageId]) -> Iterator[list[PageId]]:
    for start in range(0, len(page_ids), MOST_IDS):
        yield list(page_ids[start : start + MOST_IDS])

"""The media library: uploads, each sent once, and what is said about them. At most three at a time per site."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from wordpress_xmlrpc.methods import media, posts

from sidecar.adapters.upload_limit import UploadLimit
from sidecar.adapters.wordpress import structs
from sidecar.adapters.wordpress.answers import file_in, in_body, too_large
from sidecar.adapters.wordpress.companion import Companion
from sidecar.adapters.wordpress.connection import Connection
from sidecar.errors import Missing, TooLarge, Unavailable
from sidecar.ledger import Memory
from sidecar.model import Media, MediaId

AT_ONCE = 3
LIMIT = "largest upload"
"""Memory."""
FOUND = 20
REST_PAGE = 100
"""So many items it tells of in one answer."""
REST_PAUSE = 120.0
"""Seconds until one that was in trouble is asked again: what it adds is speed, and to wait for it has a price, too."""
WORDS = {"title": "post_title", "caption": "post_excerpt", "description": "post_content"}
"""What WordPress calls the words of a library item, which is a post of its own."""


def standing(
    media_ids: Sequence[MediaId],
    seen: Callable[[Sequence[MediaId]], Mapping[MediaId, str]],
    item: Callable[[MediaId], Media | None],
) -> dict[MediaId, str]:
    """The addresses of those that are there. What `seen`, which is asked for many at once, does not show is looked at
    one by one."""
    batches = (media_ids[start : start + REST_PAGE] for start in range(0, len(media_ids), REST_PAGE))
    found = {media_id: url for some in batches for media_id, url in seen(some).items()}
    hidden = {one: there.url for one in media_ids if one not in found and (there := item(one)) is not None}
    return {**found, **hidden}


class Library:
    """The media library of one site."""

    def __init__(
        self, connection: Connection, companion: Companion, memory: Memory, clock: Callable[[], float]
    ) -> None:
        self._connection, self._companion = connection, companion
        self._limit = UploadLimit(memory, LIMIT, clock, file_in)
        self._turn = threading.Semaphore(AT_ONCE)
        self._clock, self._rest_from = clock, 0.0
        self._new: set[str] = set()
        """Items that were uploaded a moment ago: nobody has said anything about them yet."""

    # --- uploads -----------------------------------------------------------------------------------------

    def upload(self, name: str, data: bytes, mime: str) -> Media:
        doing = f"uploading {name}"
        if self._limit.stops(len(data)):
            raise self._too_large(doing, len(data))
        with self._turn, self._connection.attached(data) as bits:
            try:
                method = media.UploadFile({"name": name, "type": mime, "bits": bits})
                given = self._connection.once(method, doing, size=len(data))
            except TooLarge as error:
                self._limit.learn(len(data), self._connection.address(), in_body(len(data)))
                raise self._too_large(doing, len(data)) from error
        made = structs.media(given)
        self._new.add(made.id)
        return made

    def _too_large(self, doing: str, size: int) -> TooLarge:
        return too_large(self._connection.about(doing, writes=True, size=size), self._limit.most())

    # --- finding -----------------------------------------------------------------------------------------

    def find(self, name: str) -> Media | None:
        """With the plugin by the hash that the name ends in, in one question; without it by its file name."""
        found = self._companion.media_find(name)
        if found is None:
            return self._by_name(name)
        items = (structs.media(struct) for struct in found)
        return next((item for item in items if PurePosixPath(item.name).suffix == PurePosixPath(name).suffix), None)

    def _by_name(self, name: str) -> Media | None:
        """The oldest item whose file has this name, or another one before the same hash.

        XML-RPC searches words only, and finds an item while its title or description holds the name; REST searches
        file names.
        """
        wanted = {
            "post_type": "attachment",
            "post_status": "inherit",
            "s": structs.sought(name),
            "number": FOUND,
            "orderby": "ID",
        }
        found = self._connection.read(
            posts.GetPosts({**wanted, "order": "ASC"}, ["guid"], results_class=None), f"looking for {name}"
        )
        ids = [str(one["post_id"]) for one in found if structs.is_file(str(one.get("guid", "")), name)]
        return self._first(ids, name) or self._first(self._by_rest(name), name)

    def _by_rest(self, name: str) -> list[str]:
        order = f"per_page={FOUND}&orderby=id&order=asc&_fields=id,source_url"
        found = self._listed(f"/wp/v2/media&search={quote(structs.sought(name))}&{order}") or ()
        return [str(one["id"]) for one in found if structs.is_file(str(one.get("source_url", "")), name)]

    def _listed(self, path: str) -> list[Any] | None:
        """What REST lists, else None. One that is closed is not asked again, one in trouble after a while."""
        if self._clock() < self._rest_from:
            return None
        try:
            found = self._connection.rest_listed(path)
        except Unavailable:
            self._rest_from = self._clock() + REST_PAUSE
            return None
        if found is None:
            self._rest_from = math.inf
        return found

    def _first(self, ids: list[str], name: str) -> Media | None:
        for media_id in ids:
            found = self.item(media_id)
            if found is not None and structs.is_file(found.url, name):
                return found
        return None

    def there(self, media_ids: Sequence[MediaId]) -> dict[MediaId, str]:
        """XML-RPC tells of one item at a time, with a login each: REST is asked first, for many at once, where it is
        open, and the plugin where it is not."""
        return standing(media_ids, self._seen, self.item)

    def _seen(self, media_ids: Sequence[MediaId]) -> Mapping[MediaId, str]:
        asked = f"include={','.join(media_ids)}&per_page={len(media_ids)}&_fields=id,source_url"
        found = self._listed(f"/wp/v2/media&{asked}")
        if found is None:
            return self._companion.media_there(media_ids)
        return {MediaId(str(one["id"])): str(one.get("source_url", "")) for one in found}

    def item(self, media_id: str) -> Media | None:
        try:
            struct = self._connection.read(
                media.GetMediaItem(media_id, results_class=None), f"reading library item {media_id}"
            )
        except Missing:
            return None
        return structs.media(struct)

    # --- words -------------------------------------------------------------------------------------------

    def describe(self, media_id: MediaId, words: Mapping[str, str | None]) -> bool:
        has_plugin = self._companion.is_there()
        given = {name: value for name, value in words.items() if value is not None}
        fields: dict[str, Any] = {WORDS[name]: value for name, value in given.items() if name in WORDS}
        if has_plugin and "alt" in given:
            return self._describe_aloud(media_id, fields, given["alt"])
        if fields:
            self._edit(media_id, fields)
        return has_plugin

    def _describe_aloud(self, media_id: MediaId, fields: Mapping[str, Any], alt: str) -> bool:
        """With the alternative text: changed where there is one, added where there is none, as in a new item.

        Looked at afterwards, for WordPress drops it without a word when the plugin has gone since we were told of it.
        """
        there = [] if media_id in self._new else self._alt_fields(media_id)
        self._new.discard(media_id)
        self._edit(media_id, {**fields, "custom_fields": [{**_id(there), "key": structs.ALT, "value": alt}]})
        there = self._alt_fields(media_id)
        if len(there) > 1:  # another plugin had named the new item: only the first one is shown
            self._edit(media_id, {"custom_fields": [{**_id(there), "key": structs.ALT, "value": alt}]})
        if not there:
            self._companion.is_gone()
        return bool(there)

    def _edit(self, media_id: MediaId, fields: Mapping[str, Any]) -> None:
        self._connection.rewrite(posts.EditPost(media_id, structs.outgoing(fields)), f"describing item {media_id}")

    def _alt_fields(self, media_id: MediaId) -> Sequence[Mapping[str, Any]]:
        struct = self._connection.read(
            posts.GetPost(media_id, ["custom_fields"], results_class=None), f"reading library item {media_id}"
        )
        return [one for one in struct.get("custom_fields", ()) if one.get("key") == structs.ALT]

    def delete(self, media_id: MediaId) -> bool:
        try:
            self._connection.rewrite(posts.DeletePost(media_id), f"deleting library item {media_id}")
        except Missing:
            return False
        return True


def _id(fields: Sequence[Mapping[str, Any]]) -> Mapping[str, str]:
    """WordPress changes a field that is named by its id, and adds one otherwise."""
    return {"id": str(fields[0]["id"])} if fields else {}

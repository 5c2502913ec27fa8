"""The media library: uploads, each sent once, and what is said about them. At most three at a time per site."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from wordpress_xmlrpc.methods import media, posts

from sidecar.adapters.upload_limit import UploadLimit
from sidecar.adapters.wordpress import structs
from sidecar.adapters.wordpress.answers import file_in, in_body, too_large
from sidecar.adapters.wordpress.companion import Companion, Version
from sidecar.adapters.wordpress.connection import Connection
from sidecar.errors import Missing, TooLarge
from sidecar.ledger import Memory
from sidecar.model import Media, MediaId

AT_ONCE = 3
LIMIT = "largest upload"
"""Memory."""
FOUND = 20
WORDS = {"title": "post_title", "caption": "post_excerpt", "description": "post_content"}
"""What WordPress calls the words of a library item, which is a post of its own."""


class Library:
    """The media library of one site."""

    def __init__(
        self, connection: Connection, companion: Companion, memory: Memory, clock: Callable[[], float]
    ) -> None:
        self._connection, self._companion = connection, companion
        self._limit = UploadLimit(memory, LIMIT, clock, file_in)
        self._turn = threading.Semaphore(AT_ONCE)
        self._rest_is_open = True

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
        return structs.media(given)

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
        if not self._rest_is_open:
            return []
        order = f"per_page={FOUND}&orderby=id&order=asc&_fields=id,source_url"
        found = self._connection.rest(f"/wp/v2/media&search={quote(structs.sought(name))}&{order}", login=True)
        self._rest_is_open = isinstance(found, list)
        return [str(one["id"]) for one in found or () if structs.is_file(str(one.get("source_url", "")), name)]

    def _first(self, ids: list[str], name: str) -> Media | None:
        for media_id in ids:
            found = self.item(media_id)
            if found is not None and structs.is_file(found.url, name):
                return found
        return None

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
        has_plugin = self._connection.supports(Version.method_name)
        given = {name: value for name, value in words.items() if value is not None}
        fields: dict[str, Any] = {WORDS[name]: value for name, value in given.items() if name in WORDS}
        if has_plugin and "alt" in given:
            fields["custom_fields"] = [self._alt_field(media_id, given["alt"])]
        if fields:
            self._connection.rewrite(posts.EditPost(media_id, structs.outgoing(fields)), f"describing item {media_id}")
        return has_plugin

    def _alt_field(self, media_id: MediaId, alt: str) -> Mapping[str, str]:
        """The field with its id if it is there: WordPress would add a second one otherwise."""
        struct = self._connection.read(
            posts.GetPost(media_id, ["custom_fields"], results_class=None), f"reading library item {media_id}"
        )
        ids = [str(one["id"]) for one in struct.get("custom_fields", ()) if one.get("key") == structs.ALT]
        known = {"id": ids[0]} if ids else {}
        return {**known, "key": structs.ALT, "value": alt}

    def delete(self, media_id: MediaId) -> bool:
        try:
            self._connection.rewrite(posts.DeletePost(media_id), f"deleting library item {media_id}")
        except Missing:
            return False
        return True

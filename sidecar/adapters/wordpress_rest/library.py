"""The media library over REST: uploads, each sent once and as it is, and what is said about them."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sidecar.adapters.upload_limit import UploadLimit
from sidecar.adapters.wordpress import structs
from sidecar.adapters.wordpress.library import AT_ONCE, FOUND, standing
from sidecar.adapters.wordpress_rest import shapes
from sidecar.adapters.wordpress_rest.connection import Connection
from sidecar.adapters.wordpress_rest.refusals import too_large
from sidecar.adapters.xmlrpc import clean
from sidecar.errors import Missing, TooLarge
from sidecar.ledger import Memory
from sidecar.model import Media, MediaId

MEDIA = "/wp/v2/media"
FIELDS = "id,source_url,mime_type,media_details"
NAMES = {"alt": "alt_text"}
"""What REST calls the words of a library item, where it has a name of its own."""
LIMIT = "largest upload over REST"
"""Memory. Over XML-RPC a file grows on its way: that limit is another one."""


class Library:
    """The media library of one site."""

    def __init__(self, connection: Connection, memory: Memory, clock: Callable[[], float]) -> None:
        self._connection = connection
        self._limit = UploadLimit(memory, LIMIT, clock, lambda body: body)
        self._turn = threading.Semaphore(AT_ONCE)

    def upload(self, name: str, data: bytes, mime: str) -> Media:
        """The digest lets WordPress refuse a file that a proxy has cut."""
        doing = f"uploading {name}"
        if self._limit.stops(len(data)):
            raise self._too_large(doing, len(data))
        headers = {
            "Content-Type": mime or "application/octet-stream",
            "Content-Disposition": f'attachment; filename="{_header_safe(name)}"',
            "Content-MD5": hashlib.md5(data, usedforsecurity=False).hexdigest(),
        }
        with self._turn:
            try:
                return shapes.media(self._connection.send(MEDIA, data, headers, doing, _fields=FIELDS))
            except TooLarge as error:
                self._limit.learn(len(data), self._connection.url, len(data))
                raise self._too_large(doing, len(data)) from error

    def _too_large(self, doing: str, size: int) -> TooLarge:
        return too_large(self._connection.about(doing, writes=True, size=size), self._limit.most())

    def item(self, media_id: MediaId) -> Media | None:
        try:
            said = self._connection.read(f"{MEDIA}/{media_id}", f"reading library item {media_id}", _fields=FIELDS).said
        except Missing:
            return None
        return shapes.media(said)

    def there(self, media_ids: Sequence[MediaId]) -> dict[MediaId, str]:
        return standing(media_ids, self._seen, self.item)

    def _seen(self, media_ids: Sequence[MediaId]) -> Mapping[MediaId, str]:
        asked: Mapping[str, str | int] = {"include": ",".join(media_ids), "per_page": len(media_ids)}
        doing = "looking for what the media library has"
        found = self._connection.read(MEDIA, doing, **asked, _fields="id,source_url").said
        return {MediaId(str(one["id"])): str(one.get("source_url", "")) for one in found}

    def find(self, name: str) -> Media | None:
        """The oldest item whose file has this name, or another one before the same hash."""
        wanted: Mapping[str, str | int] = {"per_page": FOUND, "orderby": "id", "order": "asc", "_fields": FIELDS}
        found = self._connection.read(MEDIA, f"looking for {name}", search=structs.sought(name), **wanted).said
        return next((shapes.media(one) for one in found if structs.is_file(str(one.get("source_url")), name)), None)

    def describe(self, media_id: MediaId, words: Mapping[str, str | None]) -> bool:
        body = {NAMES.get(name, name): clean(value) for name, value in words.items() if value is not None}
        if body:
            self._connection.rewrite(f"{MEDIA}/{media_id}", body, f"describing item {media_id}", _fields="id")
        return True

    def delete(self, media_id: MediaId) -> bool:
        nothing: Mapping[str, Any] = {}
        try:
            self._connection.rewrite(
                f"{MEDIA}/{media_id}", nothing, f"deleting library item {media_id}", _method="DELETE", force="true"
            )
        except Missing:
            return False
        return True


def _header_safe(name: str) -> str:
    """A file name as it may stand in a header; our own names have no other characters."""
    return name.encode("ascii", "ignore").decode().replace('"', "").replace("\\", "")

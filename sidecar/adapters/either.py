"""The role `Blog` over whichever way into WordPress is open: XML-RPC while it is, else REST."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from sidecar.adapters.wordpress import XmlRpcBlog
from sidecar.adapters.wordpress.connection import Limits
from sidecar.adapters.wordpress_rest import RestBlog
from sidecar.blocks import PageId
from sidecar.config import Config
from sidecar.errors import Closed
from sidecar.ledger import Memory
from sidecar.model import Fields, Media, MediaId, PostId, PostState, Site
from sidecar.ports import Blog, Scan, Term, User

T = TypeVar("T")

DEFAULT = Limits()

OPEN = "open way into WordPress"
"""Memory: "rest" once XML-RPC was found closed. It stays so: whoever opens XML-RPC again says WP_TRANSPORT=xmlrpc."""


def blog(
    config: Config, memory: Memory, stop: threading.Event, limits: Limits = DEFAULT
) -> XmlRpcBlog | RestBlog | EitherBlog:
    """The blog of a site, spoken to as WP_TRANSPORT says."""
    if config.wp_transport == "xmlrpc":
        return XmlRpcBlog(config, memory, stop=stop, limits=limits)
    rest = RestBlog(config, memory, stop=stop, limits=limits)
    if config.wp_transport == "rest":
        return rest
    return EitherBlog(XmlRpcBlog(config, memory, stop=stop, limits=limits), rest, memory)


class EitherBlog:
    """Every call goes over XML-RPC until that is `Closed`, which did nothing; then it, and all others, go over REST."""

    def __init__(self, xmlrpc: XmlRpcBlog, rest: RestBlog, memory: Memory) -> None:
        self._xmlrpc, self._rest, self._memory = xmlrpc, rest, memory

    def close(self) -> None:
        self._xmlrpc.close()
        self._rest.close()

    def calls(self) -> int:
        return self._xmlrpc.calls() + self._rest.calls()

    def _ask(self, call: Callable[[Blog], T]) -> T:
        if self._memory.get(OPEN) == "rest":
            return call(self._rest)
        try:
            return call(self._xmlrpc)
        except Closed as error:
            return self._over_rest(call, error)

    def _over_rest(self, call: Callable[[Blog], T], closed: Closed) -> T:
        """Only an answer of REST makes it the way: where both are shut, each is tried again the next time."""
        try:
            answer = call(self._rest)
        except Closed as error:
            both = Closed(f"{closed.message} {error.message}", f"{closed.remedy} {error.remedy}")
            both.entry = closed.entry
            raise both from error
        self._memory.put(OPEN, "rest")
        return answer

    def site(self) -> Site:
        return self._ask(lambda blog: blog.site())

    def scan(self, above: int) -> Scan:
        return self._ask(lambda blog: blog.scan(above))

    def find(self, page_id: PageId, above: int) -> Scan:
        return self._ask(lambda blog: blog.find(page_id, above))

    def find_all(self, page_ids: Sequence[PageId]) -> tuple[PostState, ...] | None:
        return self._ask(lambda blog: blog.find_all(page_ids))

    def post(self, post_id: PostId) -> PostState | None:
        return self._ask(lambda blog: blog.post(post_id))

    def create(self, page_id: PageId, fields: Fields) -> PostState:
        return self._ask(lambda blog: blog.create(page_id, fields))

    def update(self, post_id: PostId, fields: Fields) -> PostState:
        return self._ask(lambda blog: blog.update(post_id, fields))

    def sign(self, post_id: PostId, page_id: PageId) -> None:
        self._ask(lambda blog: blog.sign(post_id, page_id))

    def trash(self, post_id: PostId) -> None:
        self._ask(lambda blog: blog.trash(post_id))

    def delete(self, post_id: PostId) -> None:
        self._ask(lambda blog: blog.delete(post_id))

    def library_item(self, media_id: MediaId) -> Media | None:
        return self._ask(lambda blog: blog.library_item(media_id))

    def there(self, media_ids: Sequence[MediaId]) -> Mapping[MediaId, str]:
        return self._ask(lambda blog: blog.there(media_ids))

    def find_media(self, name: str) -> Media | None:
        return self._ask(lambda blog: blog.find_media(name))

    def upload(self, name: str, data: bytes, mime: str) -> Media:
        return self._ask(lambda blog: blog.upload(name, data, mime))

    def describe(self, media_id: MediaId, **words: str | None) -> bool:
        return self._ask(lambda blog: blog.describe(media_id, **words))

    def is_shown(self, media: Media) -> bool:
        return self._ask(lambda blog: blog.is_shown(media))

    def delete_media(self, media_id: MediaId) -> bool:
        return self._ask(lambda blog: blog.delete_media(media_id))

    def terms(self, taxonomy: str) -> Sequence[Term]:
        return self._ask(lambda blog: blog.terms(taxonomy))

    def create_term(self, taxonomy: str, name: str, parent: str = "0") -> Term:
        return self._ask(lambda blog: blog.create_term(taxonomy, name, parent))

    def users(self) -> Sequence[User]:
        return self._ask(lambda blog: blog.users())

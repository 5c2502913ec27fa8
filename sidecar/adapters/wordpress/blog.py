"""The role `Blog` on a real WordPress, over XML-RPC. Plain structs with just the fields to be changed are sent.

The classes of python-wordpress-xmlrpc that stand for posts are not used: they send a title and a type nobody gave.
"""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from html import unescape
from typing import Any

from wordpress_xmlrpc import AuthenticatedMethod
from wordpress_xmlrpc.methods import posts

from sidecar import catalogue
from sidecar.adapters.wordpress import structs
from sidecar.adapters.wordpress.companion import Companion
from sidecar.adapters.wordpress.connection import Connection, Limits
from sidecar.adapters.wordpress.custom_fields import adds, dropped, to_write
from sidecar.adapters.wordpress.home_page import home_page, language
from sidecar.adapters.wordpress.library import Library
from sidecar.adapters.wordpress.people import People
from sidecar.adapters.wordpress.searching import Search
from sidecar.adapters.wordpress.templates import Templates
from sidecar.adapters.wordpress.types import Types
from sidecar.blocks import PageId
from sidecar.config import Config
from sidecar.errors import Missing, Refused, SidecarError
from sidecar.ledger import Memory
from sidecar.model import Fields, Media, MediaId, PostId, PostState, Site
from sidecar.ports import Scan, Term, User

POST_FIELDS = ["post", "terms", "custom_fields"]
TEMPLATE = "page_template"
SITE_SECONDS = 600.0
SITE_FIELDS = tuple(field.name for field in dataclasses.fields(Site))
OPTIONS = ["software_version", "blog_title", "home_url", "blog_url", "time_zone"]


DEFAULT = Limits()


class Options(AuthenticatedMethod):  # type: ignore[misc]
    """Instead of the library's own, which makes objects of the answer."""

    method_name = "wp.getOptions"
    method_args = ("options",)


class XmlRpcBlog:
    """One WordPress. Makes no request before it is asked for something. Safe for threads."""

    def __init__(
        self,
        config: Config,
        memory: Memory,
        *,
        stop: threading.Event | None = None,
        limits: Limits = DEFAULT,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        password = config.wp_app_password.get_secret_value()
        self._connection = Connection(
            config.wp_url, config.wp_username, password, memory, limits, stop or threading.Event()
        )
        self._now = now
        self._type = config.wp_post_type
        self._memory, self._site_key = memory, f"site of {self._connection.shown} as {config.wp_username}"
        self._types = Types(self._connection, memory, config.wp_post_type)
        self._companion = Companion(self._connection, self._forget_site)
        self._search = Search(self._connection, self._companion, self._types, now)
        self._library = Library(self._connection, self._companion, memory, lambda: now().timestamp())
        self._people = People(self._connection)
        self._templates = Templates(self._connection)
        self._site: Site | None = None

    def close(self) -> None:
        self._connection.close()

    def calls(self) -> int:
        return self._connection.http.calls()

    # --- the site ----------------------------------------------------------------------------------------

    def site(self) -> Site:
        if self._site is None:
            self._site = self._remembered_site() or self._remember(self._ask_site())
        return self._site

    def _remembered_site(self) -> Site | None:
        """What another process was told a while ago: workers are short-lived, and the answer hardly ever changes.

        Unless the companion plugin came or went: that shows in the methods, which every process is told anyway.
        """
        known = json.loads(self._memory.get(self._site_key) or "{}")
        if not 0 <= self._now().timestamp() - known.get("asked_at", 0.0) < SITE_SECONDS:
            return None
        site = Site(**{name: known.get(name) for name in SITE_FIELDS})
        return site if self._companion.is_there() is (site.plugin is not None) else None

    def _remember(self, site: Site) -> Site:
        said = {"asked_at": self._now().timestamp(), **dataclasses.asdict(site)}
        self._memory.put(self._site_key, json.dumps(said))
        return site

    def _forget_site(self) -> None:
        self._site = None
        self._memory.forget(self._site_key)

    def _ask_site(self) -> Site:
        given = self._connection.read(Options(OPTIONS), "reading its settings")
        values = {name: str(one.get("value", "")) for name, one in given.items()}
        companion = self._companion.about()
        return Site(
            url=values.get("home_url") or values.get("blog_url") or self._connection.shown,
            title=unescape(values.get("blog_title", "")),
            version=values.get("software_version", ""),
            time_zone=self._time_zone(values.get("time_zone", "")),
            plugin=companion.get("plugin", "") if companion else None,
            takes_alt=companion is not None,
            seo=companion.get("seo") if companion else None,
            language=language(home_page(self._connection.http, self._connection.url)),
            filters=companion["filters"] == "yes"
            if companion and "filters" in companion
            else self._people.is_filtered(),
            takes_avif=companion is not None and companion.get("avif") == "yes",
        )

    def _time_zone(self, hours: str) -> str:
        """The zone's name, which only REST knows; without it the offset, which is right until the clocks change."""
        index = self._connection.rest("/&_fields=timezone_string")
        name = index.get("timezone_string") if isinstance(index, dict) else None
        return str(name) if name else structs.offset_name(hours)

    # --- posts -------------------------------------------------------------------------------------------

    def scan(self, above: int) -> Scan:
        return self._search.scan(above)

    def find(self, page_id: PageId, above: int) -> Scan:
        return self._search.find(page_id, above)

    def find_all(self, page_ids: Sequence[PageId]) -> tuple[PostState, ...] | None:
        return self._search.find_all(page_ids)

    def post(self, post_id: PostId) -> PostState | None:
        try:
            struct = self._read_post(post_id)
        except Missing:
            return None
        return structs.state(struct, self._now())

    def create(self, page_id: PageId, fields: Fields) -> PostState:
        """Sent once. A read-back that fails does not lose the id: then `modified` is `structs.UNKNOWN`.

        The plugin creates under a lock. Where the page has a post by now, it writes to that one.
        """
        struct = {"post_type": self._type, **fields, "post_status": "draft"}
        if "custom_fields" in fields:
            struct["custom_fields"] = to_write(fields["custom_fields"], ())
        self._types.use(str(struct["post_type"]))
        post_id = self._create(page_id, struct)
        try:
            return structs.state(self._read_post(post_id), self._now())
        except SidecarError:
            return self._as_sent(post_id, page_id, struct)

    def _create(self, page_id: PageId, struct: dict[str, Any]) -> PostId:
        new = {name: value for name, value in struct.items() if name != "post_status"}  # else a draft by itself
        post_id = self._companion.upsert(page_id, structs.outgoing(new))
        if post_id is not None:
            return post_id
        marker = {"key": structs.STOCK_MARKER, "value": page_id}
        struct = {**struct, "custom_fields": [*struct.get("custom_fields", ()), marker]}
        return PostId(str(self._connection.once(posts.NewPost(structs.outgoing(struct)), "creating a draft")))

    def update(self, post_id: PostId, fields: Fields) -> PostState:
        asks = fields.keys() & {"custom_fields", TEMPLATE}
        there = self._read_post(post_id) if asks else {}
        if TEMPLATE in asks:
            self._templates.use(post_id, str(there.get("post_type")), str(fields[TEMPLATE]))
        if "custom_fields" in asks:
            fields = {**fields, "custom_fields": to_write(fields["custom_fields"], there.get("custom_fields") or ())}
        self._edit(post_id, {name: value for name, value in fields.items() if name != TEMPLATE})
        there = self._read_post(post_id)
        self._check_taken(dropped(fields.get("custom_fields", ()), there.get("custom_fields") or ()))
        return structs.state(there, self._now())

    def _check_taken(self, lost: Sequence[str]) -> None:
        """WordPress drops a protected field without a word, as when the plugin has gone since we were told of it."""
        if lost:
            self._companion.is_gone()
            raise Refused.of(catalogue.WP_DROPPED, {"url": self._connection.shown, "what": ", ".join(lost)})

    def _edit(self, post_id: PostId, fields: Fields) -> None:
        if fields:
            # What adds a field may not be sent twice: the next attempt finds it by its id.
            send = self._connection.once if adds(fields.get("custom_fields", ())) else self._connection.rewrite
            send(posts.EditPost(post_id, structs.outgoing(fields)), f"writing post {post_id}")

    def sign(self, post_id: PostId, page_id: PageId) -> None:
        """The plugin lets the protected field through, which editors do not see."""
        key = structs.PLUGIN_MARKER if self.site().plugin is not None else structs.STOCK_MARKER
        there = self._read_post(post_id)
        if structs.marker(there.get("custom_fields") or ()) != page_id:
            self._types.use(str(there.get("post_type")))
            self._edit(post_id, {"custom_fields": to_write({key: page_id}, there.get("custom_fields") or ())})

    def trash(self, post_id: PostId) -> None:
        """Looks first, and is not repeated by itself: to WordPress a second deletion means for good."""
        post = self.post(post_id)
        if post is not None and post.status != "trash":
            self._delete(post_id, "trashing")

    def delete(self, post_id: PostId) -> None:
        """The first deletion moves it to the trash, where WordPress has one; the second one is for good."""
        for _ in range(2):
            post = self.post(post_id)
            if post is None:
                return
            self._delete(post_id, "deleting")
            if post.status == "trash":
                return

    def _delete(self, post_id: PostId, verb: str) -> None:
        try:
            self._connection.once(posts.DeletePost(post_id), f"{verb} post {post_id}")
        except Missing:
            return

    def _read_post(self, post_id: PostId) -> Any:
        method = posts.GetPost(post_id, POST_FIELDS, results_class=None)
        return self._connection.read(method, f"reading post {post_id}")

    def _as_sent(self, post_id: PostId, page_id: PageId, struct: Fields) -> PostState:
        link = f"{self._connection.shown}/?p={post_id}"
        state = structs.state({**struct, "post_id": post_id, "link": link, "terms": ()}, self._now())
        return dataclasses.replace(state, page_id=page_id)

    # --- the library, terms, people ------------------------------------------------------------------------

    def library_item(self, media_id: MediaId) -> Media | None:
        return self._library.item(media_id)

    def there(self, media_ids: Sequence[MediaId]) -> Mapping[MediaId, str]:
        return self._library.there(media_ids)

    def find_media(self, name: str) -> Media | None:
        return self._library.find(name)

    def upload(self, name: str, data: bytes, mime: str) -> Media:
        return self._library.upload(name, data, mime)

    def describe(self, media_id: MediaId, **words: str | None) -> bool:
        return self._library.describe(media_id, words)

    def is_shown(self, media: Media) -> bool:
        return self._search.is_shown(media)

    def delete_media(self, media_id: MediaId) -> bool:
        return self._library.delete(media_id)

    def terms(self, taxonomy: str) -> Sequence[Term]:
        return self._people.terms(taxonomy)

    def create_term(self, taxonomy: str, name: str, parent: str = "0") -> Term:
        return self._people.create_term(taxonomy, name, parent)

    def users(self) -> Sequence[User]:
        return self._people.users()

"""The role `Blog` on a real WordPress, over REST, where XML-RPC is closed. Only the fields to be changed are sent."""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sidecar import catalogue
from sidecar.adapters.wordpress.connection import Limits
from sidecar.adapters.wordpress.content_marker import marked
from sidecar.adapters.wordpress.structs import PLUGIN_MARKER
from sidecar.adapters.wordpress_rest import about, shapes
from sidecar.adapters.wordpress_rest.connection import Connection
from sidecar.adapters.wordpress_rest.kinds import Kinds
from sidecar.adapters.wordpress_rest.library import Library
from sidecar.adapters.wordpress_rest.people import People
from sidecar.adapters.wordpress_rest.refusals import code
from sidecar.adapters.wordpress_rest.searching import Search
from sidecar.blocks import PageId
from sidecar.config import Config
from sidecar.errors import Missing, Refused
from sidecar.ledger import Memory
from sidecar.model import Fields, Media, MediaId, PostId, PostState, Site
from sidecar.ports import Scan, Term, User

SITE_SECONDS = 600.0
SITE_FIELDS = tuple(field.name for field in dataclasses.fields(Site))
POST = "id,slug,status,type,modified_gmt,link,meta,title,content,excerpt,featured_media"
WORDS = ("post_title", "post_content", "post_excerpt")
DEFAULT = Limits()


class RestBlog:
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
        self._now, self._type = now, config.wp_post_type
        self._memory, self._site_key = memory, f"site of {self._connection.shown} over REST as {config.wp_username}"
        self._kinds = Kinds(self._connection, memory, config.wp_post_type)
        self._search = Search(self._connection, self._kinds)
        self._library = Library(self._connection, memory, lambda: now().timestamp())
        self._people = People(self._connection, self._kinds)
        self._types: dict[PostId, str] = {}
        self._pages: dict[PostId, PageId] = {}
        self._site: Site | None = None

    def close(self) -> None:
        self._connection.close()

    def calls(self) -> int:
        return self._connection.http.calls()

    # --- the site ----------------------------------------------------------------------------------------

    def site(self) -> Site:
        if self._site is None:
            self._site = self._remembered_site() or self._remember(about.site(self._connection))
        return self._site

    def _remembered_site(self) -> Site | None:
        """What another process was told a while ago: workers are short-lived, and the answer hardly ever changes."""
        known = json.loads(self._memory.get(self._site_key) or "{}")
        if not 0 <= self._now().timestamp() - known.get("asked_at", 0.0) < SITE_SECONDS:
            return None
        return Site(**{name: known.get(name) for name in SITE_FIELDS})

    def _remember(self, site: Site) -> Site:
        said = {"asked_at": self._now().timestamp(), **dataclasses.asdict(site)}
        self._memory.put(self._site_key, json.dumps(said))
        return site

    # --- posts -------------------------------------------------------------------------------------------

    def scan(self, above: int) -> Scan:
        return self._noted(self._search.scan(above))

    def find(self, page_id: PageId, above: int) -> Scan:  # noqa: ARG002 - no query of REST's asks for one page
        return self.scan(above)

    def find_all(self, page_ids: Sequence[PageId]) -> tuple[PostState, ...] | None:  # noqa: ARG002 - the same
        return None

    def _noted(self, scan: Scan) -> Scan:
        for post in scan.posts:
            self._note(post)
        return scan

    def post(self, post_id: PostId) -> PostState | None:
        """Under a route of its type: which that is, the types that ours may have are tried for."""
        known = self._types.get(post_id)
        for post_type in (known,) if known else self._kinds.used():
            try:
                return self._read(post_id, post_type)
            except Missing:
                continue
        return None

    def _read(self, post_id: PostId, post_type: str) -> PostState:
        where = f"{self._kinds.route(post_type)}/{post_id}"
        query = {"context": "edit", "_fields": self._fields(post_type)}
        return self._seen(self._connection.read(where, f"reading post {post_id}", **query).said)

    def create(self, page_id: PageId, fields: Fields) -> PostState:
        """Sent once, with the marker in the content; in the plugin's field, too, which REST shows if there is one."""
        post_type = str(fields.get("post_type") or self._type)
        wanted = {**fields, "post_content": fields.get("post_content", ""), "post_status": "draft"}
        self._check_words(wanted)
        route = self._kinds.route(post_type)
        self._kinds.use(post_type)
        body = self._body(wanted, post_type, page_id) | {"meta": {PLUGIN_MARKER: page_id}}
        query = {"context": "edit", "_fields": self._fields(post_type)}
        return self._seen(self._connection.once(route, body, "creating a draft", **query))

    def _check_words(self, fields: Fields) -> None:
        """XML-RPC refuses a post without words; REST takes one that nobody can find again in wp-admin."""
        if not any(str(fields.get(name, "")).strip() for name in WORDS):
            why = {"doing": "creating a draft", "said": "it has neither a title nor a text"}
            raise Refused.of(catalogue.WP_NOTHING_TO_SAY, {"url": self._connection.shown, **why})

    def update(self, post_id: PostId, fields: Fields) -> PostState:
        post_type = self._type_of(post_id)
        custom = fields.get("custom_fields")
        body = self._body(fields, post_type, self._page_of(post_id, fields))
        if custom:
            body["meta"] = self._meta(post_id, post_type, custom)
        where = f"{self._kinds.route(post_type)}/{post_id}"
        query = {"context": "edit", "_fields": self._fields(post_type)}
        state = self._seen(self._connection.rewrite(where, body, f"writing post {post_id}", **query))
        unheeded = shapes.unheeded(fields, state)
        if unheeded:
            what = {"doing": f"writing post {post_id}", "what": unheeded}
            raise Refused.of(catalogue.WP_HALF, {"url": self._connection.shown, **what})
        if not fields.get("terms", {}).get("category", True) and "category" not in state.fields["terms"]:
            # Without a category WordPress gives a post the default one at the next writing, whoever writes then.
            state = self._seen(self._connection.rewrite(where, {}, f"writing post {post_id}", **query))
        return state

    def sign(self, post_id: PostId, page_id: PageId) -> None:
        """In the content, which is written anew with the marker in it."""
        post = self.post(post_id)
        if post is None:
            raise self._gone(post_id)
        if post.page_id != page_id:
            self._kinds.use(post.type)
            content = marked(str(post.fields["post_content"]), page_id)
            body = {"content": content, "meta": {PLUGIN_MARKER: page_id}}
            where = f"{self._kinds.route(post.type)}/{post_id}"
            query = {"context": "edit", "_fields": self._fields(post.type)}
            self._seen(self._connection.rewrite(where, body, f"marking post {post_id}", **query))

    def trash(self, post_id: PostId) -> None:
        self._remove(post_id, "trashing", {})

    def delete(self, post_id: PostId) -> None:
        self._remove(post_id, "deleting", {"force": "true"})

    def _remove(self, post_id: PostId, verb: str, query: Mapping[str, str]) -> None:
        """To be told that it was gone, or in the trash already, is as good."""
        try:
            where = f"{self._kinds.route(self._type_of(post_id))}/{post_id}"
            self._connection.rewrite(where, {}, f"{verb} post {post_id}", _method="DELETE", _fields="id", **query)
        except Missing:
            return
        except Refused as error:
            if code(error.__cause__ or error) != "rest_already_trashed":
                raise

    # --- what is known of posts --------------------------------------------------------------------------

    def _seen(self, said: Mapping[str, Any]) -> PostState:
        state = shapes.state(said, self._kinds.taxonomies(str(said["type"])))
        self._note(state)
        return state

    def _note(self, post: PostState) -> None:
        self._types[post.id] = post.type
        if post.page_id is not None:
            self._pages[post.id] = post.page_id

    def _type_of(self, post_id: PostId) -> str:
        if post_id not in self._types and self.post(post_id) is None:
            raise self._gone(post_id)
        return self._types[post_id]

    def _gone(self, post_id: PostId) -> Missing:
        why = {"doing": f"touching post {post_id}", "said": "there is no such post, it was deleted there"}
        return Missing.of(catalogue.WP_MISSING, {"url": self._connection.shown, **why})

    def _page_of(self, post_id: PostId, fields: Fields) -> PageId | None:
        """The page whose marker is to be in the content that is written; asks when we have not seen the post yet."""
        if "post_content" in fields and post_id not in self._pages:
            self.post(post_id)
        return self._pages.get(post_id)

    def _fields(self, post_type: str) -> str:
        return ",".join([POST, *self._kinds.taxonomies(post_type)])

    def _body(self, fields: Fields, post_type: str, page_id: PageId | None) -> dict[str, Any]:
        if "post_content" in fields and page_id is not None:
            fields = {**fields, "post_content": marked(str(fields["post_content"]), page_id)}
        bases = {taxonomy: self._kinds.base(taxonomy) for taxonomy in fields.get("terms", {})}
        strange = set(bases.values()) - set(self._kinds.taxonomies(post_type))
        if strange:
            why = {"doing": f"writing a post of the type {post_type}", "said": min(strange)}
            raise Refused.of(catalogue.WP_NO_TAXONOMY, {"url": self._connection.shown, **why})
        return shapes.outgoing(fields, bases)

    def _meta(self, post_id: PostId, post_type: str, custom: Mapping[str, str]) -> dict[str, str | None]:
        """Custom fields as REST takes them: only those that a plugin or a theme has registered for it."""
        where = f"{self._kinds.route(post_type)}/{post_id}"
        said = self._connection.read(where, f"reading post {post_id}", context="edit", _fields="meta").said
        unknown = [key for key in custom if key not in said.get("meta", ())]
        if unknown:
            raise Refused.of(catalogue.REST_FIELD, {"url": self._connection.shown, "names": ", ".join(unknown)})
        return {key: value or None for key, value in custom.items()}

    # --- library, terms, people --------------------------------------------------------------------------

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

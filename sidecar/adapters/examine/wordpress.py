"""Questions to WordPress: from its home page to a draft and a picture, which are made, read back and removed."""

from __future__ import annotations

import base64
import contextlib
import re
import threading
import time
import xmlrpc.client
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit
from uuid import uuid4

from wordpress_xmlrpc import AuthenticatedMethod

from sidecar.adapters.examine import OwnMemory, ahead, answered
from sidecar.adapters.oneshot import NotSent, Reply, shown
from sidecar.adapters.wordpress import XmlRpcBlog, faults
from sidecar.adapters.wordpress.answers import REDIRECTS
from sidecar.adapters.wordpress.blog import Options
from sidecar.adapters.wordpress.companion import Version
from sidecar.adapters.wordpress.connection import TROUBLES, Connection, Limits
from sidecar.adapters.wordpress.discovery import PAGE_BYTES, SUFFIX, discover
from sidecar.adapters.wordpress.types import PostTypes
from sidecar.adapters.wordpress.wording import Call, header
from sidecar.adapters.xmlrpc import Transport
from sidecar.blocks import PageId
from sidecar.checks.wordpress import SMALL, Home, Profile, Size, Trial
from sidecar.config import Config
from sidecar.errors import SidecarError, Unavailable
from sidecar.model import Fields, PostState

MOST_REDIRECTS = 5
PATIENCE = Limits(seconds=60.0)
SLOW_SECONDS = 40.0
"""A body that would take longer than this is not sent."""
SIGN = re.compile(rb"wp-content|wp-includes|xmlrpc\.php|api\.w\.org|wp-json", re.IGNORECASE)
"""What the home page of nearly every WordPress has somewhere."""
TEXT = r"A trial of the sidecar: 😀 \backslash é"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
SETTINGS = ["software_version", "blog_title", "time_zone"]


class GetProfile(AuthenticatedMethod):  # type: ignore[misc]
    """Instead of the library's own, which makes objects of the answer."""

    method_name = "wp.getProfile"


class WordPressProbe:
    """One site, seen as one user."""

    def __init__(self, config: Config, stop: threading.Event, limits: Limits = PATIENCE) -> None:
        self._config, self._stop, self._limits = config, stop, limits
        password = config.wp_app_password.get_secret_value()
        self._connection = Connection(config.wp_url, config.wp_username, password, OwnMemory(), limits, stop)
        self._blog = XmlRpcBlog(config, OwnMemory(), stop=stop, limits=limits)
        self._url = SUFFIX.sub("", config.wp_url)

    def close(self) -> None:
        self._blog.close()
        self._connection.close()

    def home(self, now: Callable[[], float] = time.time) -> Home | SidecarError:
        """The home page, wherever redirects lead. No password goes along."""
        return answered(lambda: self._home(now))

    def _home(self, now: Callable[[], float]) -> Home:
        url, reply = self._follow(f"{self._url}/")
        links = header(reply.headers, "Link") + header(reply.headers, "X-Pingback")
        return Home(
            url=shown(url).partition("?")[0].rstrip("/"),
            status=reply.status,
            sign=bool(SIGN.search(reply.body) or SIGN.search(links.encode())),
            ahead=ahead(header(reply.headers, "Date"), now()),
        )

    def _follow(self, url: str) -> tuple[str, Reply]:
        """Where redirects lead, and the last answer on the way; an end that does not answer is an end, too."""
        reply = self._get(url)
        for _ in range(MOST_REDIRECTS):
            location = header(reply.headers, "Location")
            if reply.status not in REDIRECTS or not location:
                break
            url = urljoin(url, location)
            try:
                reply = self._get(url)
            except SidecarError:
                break
        return url, reply

    def _get(self, url: str) -> Reply:
        try:
            return self._connection.http.get(url, max_bytes=PAGE_BYTES)
        except NotSent as error:
            raise faults.explain(error, self._call("reading its home page")) from error

    def hello(self) -> str | SidecarError:
        """The one method that needs no login."""
        return answered(lambda: str(self._say("saying hello")))

    def where(self) -> str:
        """The address of xmlrpc.php, as the home page gives it or as it nearly always is."""
        return urlunsplit(urlsplit(self._url)._replace(path=discover(self._connection.http, self._given())))

    def title(self) -> str:
        """The site's title, which it tells everybody; empty when it does not."""
        index = self._connection.rest("/&_fields=name")
        return unescape(str(index.get("name") or "")) if isinstance(index, dict) else ""

    def _say(self, doing: str, *values: Any, size: int = 0, transport: Transport | None = None) -> Any:
        try:
            with xmlrpc.client.ServerProxy(self.where(), transport=transport or self._transport()) as site:
                return site.demo.sayHello(*values)
        except TROUBLES as error:
            raise faults.explain(error, self._call(doing, size)) from error

    def _given(self) -> str:
        return self._config.wp_url if "xmlrpc.php" in self._config.wp_url else self._url

    def _transport(self) -> Transport:
        return Transport(urlsplit(self._url).scheme, self._connection.http, self._limits.seconds)

    def _call(self, doing: str, size: int = 0) -> Call:
        return Call(self._connection.shown, self._config.wp_username, doing, writes=False, size=size)

    def methods(self) -> Sequence[str] | SidecarError:
        return answered(self._connection.methods)

    def profile(self) -> Profile | SidecarError:
        def ask() -> Profile:
            said = self._connection.read(GetProfile(), "logging in")
            return Profile(tuple(map(str, said.get("roles") or ())), str(said.get("display_name") or ""))

        return answered(ask)

    def options(self) -> Mapping[str, str] | SidecarError:
        def ask() -> Mapping[str, str]:
            said = self._connection.read(Options(SETTINGS), "reading its settings")
            return {name: str(one.get("value", "")) for name, one in said.items()}

        return answered(ask)

    def plugin(self) -> bool:
        """Whether the companion plugin is active."""
        return self._connection.supports(Version.method_name)

    def post_types(self) -> Mapping[str, Sequence[str]] | SidecarError:
        """The taxonomies of each type of post."""

        def ask() -> Mapping[str, Sequence[str]]:
            said = self._connection.read(PostTypes({}, ["name", "taxonomies"]), "reading its types of post")
            return {str(name): [str(one) for one in kind.get("taxonomies") or ()] for name, kind in said.items()}

        return answered(ask)

    # --- trials ------------------------------------------------------------------------------------------

    def draft(self) -> Trial | SidecarError:
        return answered(self._draft)

    def _draft(self) -> Trial:
        content = f"<!-- wp:paragraph -->\n<p>{TEXT}</p>\n<!-- /wp:paragraph -->"
        made = self._made(PageId(str(uuid4())), {"post_title": TEXT, "post_content": content})
        with self._removed(lambda: self._blog.delete(made.id)) as problems:
            state = self._blog.post(made.id)
        got = str(state.fields.get("post_content", "")) if state is not None else ""
        return Trial(content, got, f"{made.link} ({problems[0]})" if problems else "")

    def _made(self, page_id: PageId, fields: Fields) -> PostState:
        """A draft. One whose making was not answered is looked for, so that it does not stay behind."""
        try:
            return self._blog.create(page_id, fields)
        except Unavailable as error:
            if error.maybe_done:
                self._quietly(lambda: self._remove_posts_of(page_id))
            raise

    def _remove_posts_of(self, page_id: PageId) -> None:
        for post in self._blog.find(page_id, 0).posts:
            if post.page_id == page_id:
                self._blog.delete(post.id)

    def upload(self) -> Trial | SidecarError:
        return answered(self._upload)

    def _upload(self) -> Trial:
        name = f"sidecar-trial-{uuid4().hex[:12]}.png"
        try:
            made = self._blog.upload(name, PIXEL, "image/png")
        except Unavailable as error:
            if error.maybe_done:
                self._quietly(lambda: self._remove_file(name))
            raise
        with self._removed(lambda: self._blog.delete_media(made.id)) as problems:
            pass
        return Trial(made.name, made.name, f"{made.url} ({problems[0]})" if problems else "")

    def _remove_file(self, name: str) -> None:
        found = self._blog.find_media(name)
        if found is not None:
            self._blog.delete_media(found.id)

    def _quietly(self, remove: Callable[[], object]) -> None:
        """Removes what may be there. It is the first error that is told, whatever comes of this."""
        with contextlib.suppress(SidecarError):
            remove()

    @contextlib.contextmanager
    def _removed(self, remove: Callable[[], object]) -> Iterator[list[SidecarError]]:
        """Removes at the end, whatever happened; what could not be removed is a problem to be told."""
        problems: list[SidecarError] = []
        try:
            yield problems
        finally:
            error = answered(remove)
            problems += [error] if isinstance(error, SidecarError) else []

    def sizes(self) -> Sequence[Size]:
        """Sends bodies, a small one and one of MEDIA_MAX_BYTES, to the method that stores nothing."""
        most = self._config.media_max_bytes
        small = min(SMALL, most)
        began = time.monotonic()
        error = self._body(small)
        took = time.monotonic() - began
        if error is not None or most == small:
            return [Size(small, error)]
        if took * most / small > SLOW_SECONDS:
            return [Size(small, slow=True)]
        return [Size(small), Size(most, self._body(most))]

    def _body(self, size: int) -> SidecarError | None:
        transport = self._transport()
        with transport.attached(bytes(size)) as bits:
            said = answered(lambda: self._say("sending a file", bits, size=size, transport=transport))
        return said if isinstance(said, SidecarError) else None

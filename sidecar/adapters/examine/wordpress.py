"""Questions to WordPress over XML-RPC, from its home page on. What makes something is in `trials`."""

from __future__ import annotations

import re
import threading
import time
import xmlrpc.client
from collections.abc import Callable, Mapping, Sequence
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from wordpress_xmlrpc import AuthenticatedMethod

from sidecar.adapters.examine import OwnMemory, ahead, answered
from sidecar.adapters.oneshot import NotSent, Reply, shown
from sidecar.adapters.wordpress import faults
from sidecar.adapters.wordpress.answers import REDIRECTS
from sidecar.adapters.wordpress.blog import Options
from sidecar.adapters.wordpress.companion import Version
from sidecar.adapters.wordpress.connection import TROUBLES, Connection, Limits
from sidecar.adapters.wordpress.discovery import PAGE_BYTES, SUFFIX, discover
from sidecar.adapters.wordpress.types import PostTypes
from sidecar.adapters.wordpress.wording import Call, header
from sidecar.adapters.xmlrpc import Transport
from sidecar.checks.wordpress import SMALL, Home, Profile, Size
from sidecar.config import Config
from sidecar.errors import SidecarError
from sidecar.model import Site

MOST_REDIRECTS = 5
PATIENCE = Limits(seconds=60.0)
SLOW_SECONDS = 40.0
"""A body that would take longer than this is not sent."""
SIGN = re.compile(rb"wp-content|wp-includes|xmlrpc\.php|api\.w\.org|wp-json", re.IGNORECASE)
"""What the home page of nearly every WordPress has somewhere."""
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
        self._url = SUFFIX.sub("", config.wp_url)

    def close(self) -> None:
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

    def why_no_login(self) -> str:
        """What to do about a login that is refused: a wrong password, or application passwords that are off."""
        return self._connection.why_no_login()

    def site(self) -> Site | SidecarError:
        return answered(self._site)

    def _site(self) -> Site:
        said = self._connection.read(Options(SETTINGS), "reading its settings")
        values = {name: str(one.get("value", "")) for name, one in said.items()}
        plugin = None
        if self._connection.supports(Version.method_name):
            plugin = str(self._connection.read(Version(), "asking for the plugin's version").get("plugin", ""))
        title = unescape(values.get("blog_title", ""))
        return Site(self._connection.shown, title, values.get("software_version", ""), plugin=plugin)

    def post_types(self) -> Mapping[str, Sequence[str]] | SidecarError:
        """The taxonomies of each type of post."""

        def ask() -> Mapping[str, Sequence[str]]:
            said = self._connection.read(PostTypes({}, ["name", "taxonomies"]), "reading its types of post")
            return {str(name): [str(one) for one in kind.get("taxonomies") or ()] for name, kind in said.items()}

        return answered(ask)

    # --- sizes -------------------------------------------------------------------------------------------

    def sizes(self) -> Sequence[Size]:
        """Sends bodies, a small one and one of MEDIA_MAX_BYTES, to the method that stores nothing."""
        return sizes(self._body, self._config.media_max_bytes)

    def _body(self, size: int) -> SidecarError | None:
        transport = self._transport()
        with transport.attached(bytes(size)) as bits:
            said = answered(lambda: self._say("sending a file", bits, size=size, transport=transport))
        return said if isinstance(said, SidecarError) else None


def sizes(send: Callable[[int], SidecarError | None], most: int) -> Sequence[Size]:
    """A small body, and one of the largest size unless the way is too slow for it."""
    small = min(SMALL, most)
    began = time.monotonic()
    error = send(small)
    took = time.monotonic() - began
    if error is not None or most == small:
        return [Size(small, error)]
    if took * most / small > SLOW_SECONDS:
        return [Size(small, slow=True)]
    return [Size(small), Size(most, send(most))]

"""Where a site's REST API is. The home page tells; else the two places where it always is are tried. No login here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from sidecar.adapters.oneshot import Http, Reply, shown
from sidecar.adapters.wordpress.answers import REDIRECTS, moved
from sidecar.adapters.wordpress.discovery import PAGE_BYTES
from sidecar.adapters.wordpress.wording import header

RELATION = "https://api.w.org/"
INDEX_BYTES = 2_000_000


@dataclass(frozen=True)
class Root:
    """The API's address: a path to go on from, or with `route` a path whose query names the route."""

    path: str
    route: bool

    def url(self, site: str, route: str, **query: str | int) -> str:
        """The address of a route; the host is always that of the site, whatever a page said."""
        words = urlencode({"rest_route": route, **query} if self.route else query, quote_via=quote, safe="/,")
        path = self.path if self.route else f"{self.path.rstrip('/')}{route}"
        return urlunsplit(urlsplit(site)._replace(path=path, query=words))


def remembered(text: str | None) -> Root | None:
    kind, _, path = (text or "").partition(" ")
    return Root(path, kind == "route") if path else None


def as_text(root: Root) -> str:
    return f"{'route' if root.route else 'path'} {root.path}"


def discover(http: Http, site: str) -> Root | Reply:
    """The root under which the API answers; else what the likeliest place said instead."""
    refusal: Reply | None = None
    for root in dict.fromkeys(_candidates(http, site)):
        reply = http.get(root.url(site, "/", _fields="namespaces"), max_bytes=INDEX_BYTES)
        if _is_index(reply):
            return root
        refusal = refusal or reply
    assert refusal is not None
    return refusal


def _candidates(http: Http, site: str) -> Iterator[Root]:
    home = http.get(site + "/", max_bytes=PAGE_BYTES)
    location = urljoin(site + "/", header(home.headers, "Location"))
    if home.status in REDIRECTS and urlsplit(location)[:2] != urlsplit(shown(site))[:2]:
        raise moved(shown(site), location)
    told = _told(home)
    if told:
        yield _root(told)
    path = urlsplit(site).path
    yield Root(f"{path}/wp-json/", route=False)
    yield Root(f"{path}/", route=True)


def _root(address: str) -> Root:
    parts = urlsplit(address)
    return Root(parts.path or "/", "rest_route" in dict(parse_qsl(parts.query)))


def _told(home: Reply) -> str:
    """The address that a home page gives, in its header Link or in its head; empty when it gives none."""
    for target, parameters in re.findall(r"<([^>]*)>([^,]*)", header(home.headers, "Link")):
        if RELATION in parameters:
            return str(target)
    links = _Links()
    links.feed(home.body.decode("utf-8", "replace"))
    return links.found


class _Links(HTMLParser):
    """Finds <link rel="https://api.w.org/" href="...">."""

    found = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "link" and given.get("rel") == RELATION and not self.found:
            self.found = given.get("href") or ""


def _is_index(reply: Reply) -> bool:
    try:
        said = json.loads(reply.body.decode("utf-8-sig"))
    except ValueError:
        return False
    return reply.status == 200 and isinstance(said, dict) and "wp/v2" in said.get("namespaces", ())

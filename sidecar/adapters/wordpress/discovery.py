"""Where a site's xmlrpc.php is. One GET of its home page; no login, no XML-RPC."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from sidecar.adapters.oneshot import Http, Reply, shown
from sidecar.adapters.wordpress.answers import REDIRECTS, moved
from sidecar.adapters.wordpress.wording import header

PAGE_BYTES = 512_000
"""How much of the home page is read to find the link to xmlrpc.php, which stands in its head."""
SUFFIX = re.compile(r"/(wp-admin(/.*)?|wp-login\.php.*|xmlrpc\.php.*|wp-json(/.*)?)?/*$")


def discover(http: Http, url: str) -> str:
    """The path of xmlrpc.php, as the home page tells it; else beside the home page, where it nearly always is.

    Only the path is taken over: the password goes to the host that is configured, whatever a page says.
    """
    if "xmlrpc.php" in url:
        return urlsplit(url).path.rstrip("/")
    reply = http.get(url + "/", max_bytes=PAGE_BYTES)
    location = urljoin(url + "/", header(reply.headers, "Location"))
    if reply.status in REDIRECTS and urlsplit(location)[:2] != urlsplit(shown(url))[:2]:
        raise moved(shown(url), location)
    return urlsplit(_told(reply) or f"{url}/xmlrpc.php").path


class _Links(HTMLParser):
    """Finds <link rel="EditURI" href="...">."""

    found = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "link" and (given.get("rel") or "").lower() == "edituri" and not self.found:
            self.found = given.get("href") or ""


def _told(reply: Reply) -> str:
    """The address of xmlrpc.php that a home page gives, in its head or in X-Pingback; empty when it gives none."""
    links = _Links()
    links.feed(reply.body.decode("utf-8", "replace"))
    told = links.found or header(reply.headers, "X-Pingback")
    return told if "xmlrpc.php" in told else ""

"""What the pages of a site say of it to everybody: its language. No login here."""

from __future__ import annotations

import re
from html import unescape

from sidecar.adapters.oneshot import Http, NotSent
from sidecar.adapters.wordpress.discovery import PAGE_BYTES

LANGUAGE = re.compile(
    r"""<html\b[^>]*?\slang\s*=\s*["']?([A-Za-z0-9_-]+)|<language>([^<]+)</language>""", re.IGNORECASE
)


def home_page(http: Http, url: str, path: str = "/") -> str:
    """The text of the home page, or of another page that anybody may read; empty when there is no answer."""
    try:
        reply = http.get(url + path, max_bytes=PAGE_BYTES)
    except NotSent:
        return ""
    return reply.body.decode("utf-8", "replace")


def language(page: str) -> str | None:
    """The language that a page or a feed says it is written in, such as de-DE. None when it does not say."""
    found = LANGUAGE.search(page)
    return unescape(found[1] or found[2]).strip() if found else None

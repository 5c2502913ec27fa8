"""What a site says of itself over REST. Its version is not among it: the home page, a feed, or its blocks tell."""

from __future__ import annotations

import re
from html import unescape

from sidecar.adapters.wordpress import structs, unfiltered
from sidecar.adapters.wordpress.home_page import home_page, language
from sidecar.adapters.wordpress_rest.connection import Connection
from sidecar.errors import Refused
from sidecar.model import Site

GENERATOR = re.compile(r'content="WordPress (\d[^"]*)"|wordpress\.org/\?v=(\d[^<"]*)')
SINCE = (("core/accordion", "6.9"), ("core/details", "6.3"), ("core/list-item", "6.1"))
"""A block, and the WordPress that brought it: enough for what we write differently for each."""
OLDEST = "6.1"


def site(connection: Connection) -> Site:
    fields = "name,home,url,gmt_offset,timezone_string,notion_sidecar,notion_sidecar_seo,notion_sidecar_avif"
    said = connection.read("/", "reading its settings", _fields=fields).said
    home = home_page(connection.http, connection.url)
    return Site(
        url=str(said.get("home") or said.get("url") or connection.shown),
        title=unescape(str(said.get("name", ""))),
        version=_version(connection, home),
        time_zone=str(said.get("timezone_string") or structs.offset_name(str(said.get("gmt_offset", "")))),
        plugin=str(said["notion_sidecar"]) if said.get("notion_sidecar") else None,
        takes_alt=True,
        seo=str(said.get("notion_sidecar_seo") or "") or None,
        language=language(home),
        filters=_filters(connection),
        takes_avif=said.get("notion_sidecar_avif") is True,
    )


def _filters(connection: Connection) -> bool:
    """A site that does not tell is taken for one that keeps what we write, as it does with an Editor's."""
    try:
        told = unfiltered.by_posts(connection.read(unfiltered.POSTS, "reading what it keeps", **unfiltered.WAYS).said)
        if told is not None:
            return told
        fields = "roles,capabilities"
        said = connection.read("/wp/v2/users/me", "reading its user's role", context="edit", _fields=fields).said
    except Refused:
        return False
    return unfiltered.by_role(said.get("roles") or (), said.get("capabilities") or None)


def _version(connection: Connection, home: str) -> str:
    feed = "/?feed=rss2"
    return _printed(home) or _printed(home_page(connection.http, connection.url, feed)) or _guessed(connection)


def _printed(page: str) -> str:
    found = GENERATOR.search(page)
    return (found[1] or found[2]).strip() if found else ""


def _guessed(connection: Connection) -> str:
    """The oldest version that has the blocks which this one has."""
    try:
        said = connection.read("/wp/v2/block-types", "asking for its blocks", namespace="core", _fields="name").said
    except Refused:
        return OLDEST
    names = {one["name"] for one in said}
    return next((version for block, version in SINCE if block in names), OLDEST)

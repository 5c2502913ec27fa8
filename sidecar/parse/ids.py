"""Notion ids out of what people paste: ids with and without dashes, links on every host that Notion uses."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from sidecar.blocks import PageId

HEX = re.compile(r"[0-9a-f]{32}$")
PEEK = re.compile(r"/[^#]*[?&]p=([0-9a-fA-F]{32})(?=[&#]|\s*$)")


def page_id(text: str) -> PageId:
    """The canonical id in an id or the link of a page. Raises ValueError, in words, when there is none.

    The id of a page is the last 32 hexadecimal digits of its link's path (https://www.notion.so/Title-<id>,
    https://app.notion.com/p/Title-<id>); a view (?v=) and a block (#) are not the page. Where a page is open beside
    its database, the path is the database's, and the page is in the query (?p=<id>).
    """
    beside = PEEK.search(text)
    return canonical(beside[1]) if beside else source_id(text)


def source_id(text: str) -> PageId:
    """The same for the link of a database, whichever of its pages was open beside it."""
    found = HEX.search(_path(text.strip()).rstrip("/").rsplit("/", 1)[-1].replace("-", "").lower())
    if not found:
        raise ValueError(f"{text!r} is neither a Notion id nor a link to a Notion page or database.")
    return canonical(found[0])


def _path(text: str) -> str:
    try:
        return urlsplit(text).path if "/" in text else text
    except ValueError:  # an address that is none
        return ""


def canonical(digits: str) -> PageId:
    """32 hexadecimal digits as an id with dashes."""
    text = digits.replace("-", "").lower()
    return PageId("-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:])))

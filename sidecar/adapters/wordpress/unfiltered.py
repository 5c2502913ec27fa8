"""Whether WordPress takes markup away from what our user writes, from what it says of that. Nothing is asked here.

A role does not tell: a network, or `DISALLOW_UNFILTERED_HTML`, filters an Editor's markup too, and a role that a site
has made may have the capability. The REST interface names it beside each post that the user may edit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

WAYS = {"context": "edit", "status": "any", "per_page": "10", "_fields": "_links"}
"""How to ask for a few posts, with what our user may do with them."""
POSTS = "/wp/v2/posts"
ACTION = "wp:action-unfiltered-html"
UNFILTERED = frozenset({"administrator", "editor", "super_admin"})
"""Whose markup a site keeps as it is, as far as roles tell."""


def by_posts(posts: Any) -> bool | None:
    """What the posts say that the user may edit; None when there are none, or the site does not tell."""
    links = [one["_links"] for one in posts if "_links" in one] if isinstance(posts, list) else []
    return not any(ACTION in one for one in links) if links else None


def by_role(roles: Sequence[object], capabilities: Mapping[str, object] | None = None) -> bool:
    """What the user's roles say; a site that does not tell them is taken for one that keeps what we write."""
    if capabilities is not None and capabilities.get("unfiltered_html"):
        return False
    return bool(roles) and not UNFILTERED & {str(role) for role in roles}

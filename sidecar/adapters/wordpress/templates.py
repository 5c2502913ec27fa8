"""Templates of posts: over REST, for XML-RPC drops that field without a word. No other field is written here."""

from __future__ import annotations

from urllib.parse import quote

from sidecar import catalogue
from sidecar.adapters.wordpress.connection import Connection
from sidecar.errors import Refused
from sidecar.model import PostId

BASES = {"post": "posts", "page": "pages"}
"""What REST calls WordPress's own types; it tells the name of any other."""


class Templates:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._bases = dict(BASES)

    def use(self, post_id: PostId, post_type: str, template: str) -> None:
        """Gives a post a template of the theme, by its file's name; empty: the default. Safe to repeat."""
        where = f"/wp/v2/{self._base(post_type)}/{post_id}&template={quote(template)}"
        self._connection.rewrite_rest(where, f"setting the template {template} of post {post_id}")

    def _base(self, post_type: str) -> str:
        if post_type not in self._bases:
            said = self._connection.rest(f"/wp/v2/types/{quote(post_type)}", login=True)
            if not isinstance(said, dict) or "rest_base" not in said:
                raise Refused.of(catalogue.WP_NO_TEMPLATE, {"type": post_type, "url": self._connection.shown})
            self._bases[post_type] = str(said["rest_base"])
        return self._bases[post_type]

"""Types of post and taxonomies: under which routes and names REST has them. Asked once each, then remembered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from sidecar.adapters.wordpress.types import LIBRARY, Used
from sidecar.adapters.wordpress_rest.connection import Connection
from sidecar.errors import Closed, Missing, Refused
from sidecar.ledger import Memory

POSTS = "/wp/v2/posts"
TAXONOMIES = {"categories": "category", "tags": "post_tag"}
"""REST's name -> WordPress's, of a plain post; other types are asked for theirs."""


class Kinds(Used):
    """The types and taxonomies of one site. Made without a request."""

    def __init__(self, connection: Connection, memory: Memory, configured: str) -> None:
        super().__init__(memory, configured)
        self._connection = connection
        self._routes = {"post": POSTS, "page": "/wp/v2/pages"}
        self._taxonomies: dict[str, Mapping[str, str]] = {"post": TAXONOMIES, "page": {}}
        self._bases = {name: base for base, name in TAXONOMIES.items()}

    def route(self, post_type: str) -> str:
        """Raises Refused when there is no such type, or REST does not have it."""
        if post_type not in self._routes:
            self._learn(self._type(post_type))
        return self._routes[post_type]

    def taxonomies(self, post_type: str) -> Mapping[str, str]:
        """REST's name of each taxonomy of a type -> WordPress's own."""
        self.route(post_type)
        return self._taxonomies[post_type]

    def base(self, taxonomy: str) -> str:
        """REST's name of a taxonomy. Raises Refused when there is none."""
        if taxonomy not in self._bases:
            where = f"/wp/v2/taxonomies/{quote(taxonomy, safe='')}"
            said = self._connection.read(where, f"reading the taxonomy {taxonomy}").said
            self._bases[taxonomy] = str(said["rest_base"])
        return self._bases[taxonomy]

    def all(self) -> tuple[str, ...]:
        """Every type that readers see, for a look at the whole site."""
        said = self._connection.read("/wp/v2/types", "reading its types of post", context="edit").said
        public = [one for one in said.values() if one.get("viewable") and one["slug"] != LIBRARY]
        for one in public:
            self._learn(one)
        return tuple(dict.fromkeys([*self.used(), *(str(one["slug"]) for one in public)]))

    def is_gone(self, post_type: str) -> bool:
        """True for a type that this WordPress does not know, or no longer: there are no posts of it to be found."""
        try:
            self._type(post_type)
        except Closed:
            raise
        except Refused:
            return True
        return False

    def _type(self, post_type: str) -> Mapping[str, Any]:
        where = f"/wp/v2/types/{quote(post_type, safe='')}"
        found: Mapping[str, Any] = self._connection.read(where, f"looking for the post type {post_type}").said
        return found

    def _learn(self, found: Mapping[str, Any]) -> None:
        name = str(found["slug"])
        if name not in self._routes:
            self._routes[name] = f"/{found.get('rest_namespace') or 'wp/v2'}/{found['rest_base']}"
            self._taxonomies[name] = {self._base_or_none(one): one for one in map(str, found.get("taxonomies", ()))}

    def _base_or_none(self, taxonomy: str) -> str:
        """REST's name of a taxonomy of a type; for one that REST does not show, a name that no post has."""
        try:
            return self.base(taxonomy)
        except Missing:
            return f" {taxonomy}"
        except Closed:
            raise
        except Refused:
            return f" {taxonomy}"

"""The types of post among which ours are looked for: the configured one, and what pages have asked for since."""

from __future__ import annotations

from wordpress_xmlrpc import AuthenticatedMethod

from sidecar.adapters.wordpress.connection import Connection
from sidecar.errors import Refused
from sidecar.ledger import Memory

USED = "post types used"
"""Memory: names with commas."""
LIBRARY = "attachment"


class PostTypes(AuthenticatedMethod):  # type: ignore[misc]
    """Instead of the library's own, which makes objects of the answer."""

    method_name = "wp.getPostTypes"
    method_args = ("filter", "fields")


class Used:
    """The types that posts of ours may have, by what we remember."""

    def __init__(self, memory: Memory, configured: str) -> None:
        self._memory, self._configured = memory, configured

    def used(self) -> tuple[str, ...]:
        names = (self._memory.get(USED) or "").split(",")
        return tuple(dict.fromkeys([self._configured, *filter(None, names)]))

    def use(self, name: str) -> None:
        """Goes before the first post of a type is made: from then on posts of ours are looked for in it."""
        while name not in self.used():  # another process may have written its own in the same moment
            self._memory.put(USED, ",".join([*self.used(), name]))


class Types(Used):
    """The types of one site. Made without a request."""

    def __init__(self, connection: Connection, memory: Memory, configured: str) -> None:
        super().__init__(memory, configured)
        self._connection = connection

    def is_gone(self, name: str) -> bool:
        """True for a type that this WordPress does not know, or no longer: there are no posts of it to be found."""
        try:
            found = self._connection.read(PostTypes({}, ["name"]), "reading its types of post")
        except Refused:
            return False
        return isinstance(found, dict) and name not in found

    def all(self) -> tuple[str, ...]:
        """Every type that readers see, for a look at the whole site."""
        method = PostTypes({"public": True}, ["name"])
        try:
            found = self._connection.read(method, "reading its types of post")
        except Refused:  # a site that limits its methods: what we know of has to do
            return self.used()
        names = sorted(found) if isinstance(found, dict) else []
        return tuple(name for name in dict.fromkeys([*self.used(), *names]) if name != LIBRARY)

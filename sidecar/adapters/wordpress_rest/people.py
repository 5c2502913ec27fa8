"""Terms and users over REST: the names that a page's properties refer to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sidecar.adapters.wordpress_rest import shapes
from sidecar.adapters.wordpress_rest.connection import Connection
from sidecar.adapters.wordpress_rest.kinds import Kinds
from sidecar.adapters.wordpress_rest.refusals import Spoken
from sidecar.adapters.xmlrpc import clean
from sidecar.errors import Closed, Refused
from sidecar.ports import Term, User

PAGE = 100
"""The most that REST gives at once."""


class People:
    """Terms and users of one site."""

    def __init__(self, connection: Connection, kinds: Kinds) -> None:
        self._connection, self._kinds = connection, kinds
        self._may_list_users = True

    def terms(self, taxonomy: str) -> Sequence[Term]:
        doing = f"reading the terms of {taxonomy}"
        wanted = {"hide_empty": "false", "orderby": "id", "_fields": "id,name,parent"}
        found = {one["id"]: one for one in self._all(self._route(taxonomy), doing, wanted)}
        return tuple(shapes.term(one) for one in found.values())

    def create_term(self, taxonomy: str, name: str, parent: str = "0") -> Term:
        """Sent once. WordPress says which term it is when there is one already."""
        route, body = self._route(taxonomy), {"name": clean(name)}
        if parent not in ("", "0"):
            body["parent"] = parent
        try:
            made = self._connection.once(route, body, f"creating the term {name}", _fields="id,name,parent")
        except Refused as error:
            there = error.__cause__
            if not isinstance(there, Spoken) or there.code != "term_exists" or "term_id" not in there.data:
                raise
            where = f"{route}/{int(there.data['term_id'])}"
            made = self._connection.read(where, f"reading the term {name}", _fields="id,name,parent").said
        return shapes.term(made)

    def _route(self, taxonomy: str) -> str:
        return f"/wp/v2/{self._kinds.base(taxonomy)}"

    def users(self) -> Sequence[User]:
        """Those who may be an author; with logins and addresses where we may see them."""
        wanted: dict[str, str | int] = {"orderby": "id", "who": "authors"}
        if self._may_list_users:
            try:
                return self._users({**wanted, "context": "edit"})
            except Closed:
                raise
            except Refused:
                self._may_list_users = False
        return self._users(wanted)

    def _users(self, wanted: Mapping[str, str | int]) -> Sequence[User]:
        fields = {"_fields": "id,username,slug,name,email"}
        return tuple(map(shapes.user, self._all("/wp/v2/users", "reading the users", {**wanted, **fields})))

    def _all(self, route: str, doing: str, query: Mapping[str, str | int]) -> Iterator[Mapping[str, Any]]:
        number = 1
        while True:
            answer = self._connection.read(route, doing, **{**query, "per_page": PAGE, "page": number})
            yield from answer.said
            if number * PAGE >= answer.total:
                return
            number += 1

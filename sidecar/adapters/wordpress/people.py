"""Terms and users: the names that a page's properties refer to."""

from __future__ import annotations

import xmlrpc.client
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from wordpress_xmlrpc.methods import taxonomies, users

from sidecar.adapters.wordpress import structs, unfiltered
from sidecar.adapters.wordpress.connection import Connection
from sidecar.errors import Refused
from sidecar.ports import Term, User

PAGE = 500


class People:
    """Terms and users of one site."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._may_list_users = True

    def is_filtered(self) -> bool:
        """True when WordPress takes markup away from what our user writes; False, too, when it does not tell."""
        asked = f"{unfiltered.POSTS}&{urlencode(unfiltered.WAYS)}"
        told = unfiltered.by_posts(self._connection.rest(asked, login=True))
        if told is not None:
            return told
        try:
            method = users.GetProfile(results_class=None)
            return unfiltered.by_role(self._connection.read(method, "reading its user's profile").get("roles") or ())
        except Refused:
            return False

    def terms(self, taxonomy: str) -> Sequence[Term]:
        found: dict[str, Term] = {}
        while True:
            wanted = {"hide_empty": False, "number": PAGE, "offset": len(found), "orderby": "term_id"}
            method = taxonomies.GetTerms(taxonomy, wanted, results_class=None)
            page = [structs.term(one) for one in self._connection.read(method, f"reading the terms of {taxonomy}")]
            fresh = {term.id: term for term in page if term.id not in found}
            found.update(fresh)
            if len(page) < PAGE or not fresh:
                return tuple(found.values())

    def create_term(self, taxonomy: str, name: str, parent: str = "0") -> Term:
        """Sent once. Code 500 may mean that the term is there, which WordPress says in the site's language."""
        struct: dict[str, Any] = {"taxonomy": taxonomy, "name": name}
        if parent not in ("", "0"):
            struct["parent"] = parent
        try:
            term_id = self._connection.once(taxonomies.NewTerm(structs.outgoing(struct)), f"creating the term {name}")
        except Refused as error:
            there = self._named(taxonomy, name, parent) if _code(error) == 500 else None
            if there is None:
                raise
            return there
        return Term(str(term_id), name, parent or "0")

    def _named(self, taxonomy: str, name: str, parent: str) -> Term | None:
        same = [
            term
            for term in self.terms(taxonomy)
            if term.name.strip().casefold() == name.strip().casefold() and term.parent == (parent or "0")
        ]
        return next((term for term in same if term.name == name), same[0] if same else None)

    def users(self) -> Sequence[User]:
        emails = self._emails()
        authors = self._connection.read(users.GetAuthors(results_class=None), "reading the authors")
        return tuple(structs.user(one, emails.get(str(one["user_id"]), "")) for one in authors)

    def _emails(self) -> dict[str, str]:
        """E-mail addresses by user id; only an administrator is shown them."""
        found: dict[str, str] = {}
        while self._may_list_users:
            wanted = {"number": PAGE, "offset": len(found)}
            method = users.GetUsers(wanted, ["user_id", "email"], results_class=None)
            try:
                page = self._connection.read(method, "reading the users")
            except Refused:
                self._may_list_users = False
                break
            found.update({str(one["user_id"]): str(one.get("email", "")) for one in page})
            if len(page) < PAGE:
                break
        return found


def _code(error: Refused) -> int:
    cause = error.__cause__
    return cause.faultCode if isinstance(cause, xmlrpc.client.Fault) else 0

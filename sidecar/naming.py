"""Names that pages use -> terms and users of the blog. Terms that are not there are made; nothing else is written.

What the blog has is asked once for a while. A name that is not among it is looked for once more before it is made:
somebody may have added it meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from unicodedata import normalize

from sidecar import holding, seo
from sidecar.errors import Refused, Stopped
from sidecar.model import BlockWarning
from sidecar.ports import Term, User, World
from sidecar.values import Person
from sidecar.wanted import Path, property_warning

KNOWN_SECONDS = 300.0
TURN_STEP = 0.2
LABELS = {"category": "Categories", "post_tag": "Tags"}
TOP = ("", "0")


class Naming:
    """The names of one blog. What could not be done is said in `notes`."""

    def __init__(self, world: World, guard: Callable[[], None]) -> None:
        self._world, self._guard = world, guard
        self.notes: list[BlockWarning] = []

    def note(self, name: str, message: str) -> None:
        self.notes.append(property_warning(LABELS.get(name, name), message))

    def seo_keys(self) -> tuple[str, str] | str:
        """The custom fields for SEO title and description here, or in words why there are none."""
        return seo.keys(self._world.config.wp_seo_plugin, self._world.blog.site())

    # --- terms -------------------------------------------------------------------------------------------

    def terms(self, taxonomy: str, paths: Sequence[Path]) -> list[str] | None:
        """The ids of all these terms, in order of id; None when none of those asked for could be had."""
        if not paths:
            return []
        try:
            found = [self._term(taxonomy, path) for path in paths]
        except Refused as error:
            self.note(taxonomy, f"nothing was set: {error}")
            return None
        ids = sorted({term.id for term in found if term is not None}, key=int)
        return ids or None

    def known(self, taxonomy: str, *, anew: bool = False) -> list[Term]:
        """The terms there are. Raises Refused when there is no such taxonomy."""
        world, known = self._world, self._world.known
        with known.lock:
            if anew or is_old(known.terms.get(taxonomy), world.now()):
                known.terms[taxonomy] = (world.now(), list(world.blog.terms(taxonomy)))
            return known.terms[taxonomy][1]

    def _term(self, taxonomy: str, path: Path) -> Term | None:
        """The term of a path, made where it is missing; None when that cannot be, or when several may be meant."""
        found = meant(self.known(taxonomy), path)
        if not found:
            with self.turn(taxonomy):
                found = meant(self.known(taxonomy, anew=True), path) or self._made(taxonomy, path)
        if len(found) > 1:
            above = " or ".join(parent_name(self.known(taxonomy), term) for term in found)
            self.note(taxonomy, f"“{path[-1]}” is below {above}; write it with the name above it and a slash.")
        return found[0] if len(found) == 1 else None

    def _made(self, taxonomy: str, path: Path) -> list[Term]:
        """Makes what is missing of a path, from the top down."""
        parent: Term | None = None
        for length in range(1, len(path) + 1):
            found = follow(self.known(taxonomy), path[:length], strictly=True)
            parent = found[0] if found else self.create(taxonomy, path[length - 1], parent)
            if parent is None:
                return []
        return [parent] if parent else []

    def create(self, taxonomy: str, name: str, parent: Term | None) -> Term | None:
        """A new term; None, and a note, when WordPress does not make it."""
        self._guard()
        try:
            term = self._world.blog.create_term(taxonomy, name, parent.id if parent else "0")
        except Refused as error:
            self.note(taxonomy, f"“{name}” is not there and could not be made: {error}")
            return None
        self.known(taxonomy).append(term)
        return term

    @contextmanager
    def turn(self, taxonomy: str, /) -> Iterator[None]:
        """One at a time, in all processes: WordPress itself does not keep two of one name apart."""
        world = self._world
        name, owner = f"terms of {taxonomy}"[:128], world.owner + threading.current_thread().name
        while not holding.take(world, name, owner):
            if world.stop.is_set():
                raise Stopped("The sync was stopped while it waited to make a term.")
            world.sleep(TURN_STEP)
        with holding.held(world, name, owner):
            yield

    # --- authors -----------------------------------------------------------------------------------------

    def author(self, people: Sequence[Person]) -> str | None:
        """The id of the first person who is a user of the blog."""
        if not people:
            return None
        found: list[tuple[Person, User]] = []
        for person in people:
            user = self._user(person)
            if user is not None:
                found.append((person, user))
        others = [person.name or person.email for person, user in found if user.id != found[0][1].id]
        if others:
            self.note("Author", f"WordPress shows one author, {found[0][1].name}; left out: {', '.join(others)}.")
        return found[0][1].id if found else None

    def _user(self, person: Person) -> User | None:
        if not person.name and not person.email:
            self.note("Author", "Notion does not tell who it is: allow the integration to read user information.")
            return None
        for anew in (False, True):
            users = matching(self._users(anew), person)
            if len(users) == 1:
                return users[0]
        words = person.name or person.email
        several = f"{len(users)} users of WordPress are called “{words}”"
        self.note("Author", f"{several if users else f'WordPress has no user “{words}”'}, so the author was not set.")
        return None

    def _users(self, anew: bool) -> Sequence[User]:
        world, known = self._world, self._world.known
        with known.lock:
            if known.users is None or anew or is_old(known.users, world.now()):
                known.users = (world.now(), world.blog.users())
            return known.users[1]


def is_old(answer: tuple[float, object] | None, now: float) -> bool:
    return answer is None or now - answer[0] >= KNOWN_SECONDS


# --- pure ------------------------------------------------------------------------------------------------


def meant(terms: Sequence[Term], path: Path) -> list[Term]:
    """The terms that a path may mean. One that has it for its name, slash and all, goes before a hierarchy."""
    return pick(terms, "/".join(path)) or follow(terms, path)


def pick(terms: Sequence[Term], name: str) -> list[Term]:
    """The terms of a name: one when it is plain which is meant. Top level goes before others, exact case before any."""
    same = [term for term in terms if alike(term.name, name)]
    for group in (
        [term for term in same if term.name == name and term.parent in TOP],
        [term for term in same if term.parent in TOP],
    ):
        if group:
            return group[:1]
    return same


def follow(terms: Sequence[Term], path: Path, *, strictly: bool = False) -> list[Term]:
    """The term at the end of a path that begins at the top. Without `strictly` a single name may stand anywhere."""
    if len(path) == 1 and not strictly:
        return pick(terms, path[0])
    parents: tuple[str, ...] = TOP
    found: list[Term] = []
    for name in path:
        found = [term for term in terms if term.parent in parents and alike(term.name, name)]
        found.sort(key=lambda term: term.name != name)
        if not found:
            return []
        parents = (found[0].id,)
    return found[:1]


def parent_name(terms: Sequence[Term], term: Term) -> str:
    return next((other.name for other in terms if other.id == term.parent), term.parent)


def matching(users: Sequence[User], person: Person) -> list[User]:
    """The users who may be this person: by e-mail address, then by login, then by the name that is shown."""
    ways: tuple[Callable[[User], bool], ...] = (
        lambda user: bool(person.email) and alike(user.email, person.email),
        lambda user: alike(user.login, person.name) or (bool(person.email) and alike(user.login, person.email)),
        lambda user: alike(user.name, person.name),
    )
    for way in ways:
        found = [user for user in users if way(user)]
        if found:
            return found
    return []


def alike(one: str, other: str) -> bool:
    return _plain(one) == _plain(other) != ""


def _plain(name: str) -> str:
    return normalize("NFC", " ".join(name.split())).casefold()

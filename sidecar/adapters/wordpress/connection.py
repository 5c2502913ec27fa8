"""The way to one WordPress: where its xmlrpc.php is, one client for it, three ways to call. No posts in here."""

from __future__ import annotations

import collections.abc
import json
import re
import threading
import time
import xmlrpc.client
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from wordpress_xmlrpc import AuthenticatedMethod, Client
from wordpress_xmlrpc import base as library
from wordpress_xmlrpc.exceptions import (
    InvalidCredentialsError,
    UnsupportedXmlrpcMethodError,
    XmlrpcDisabledError,
)

from sidecar import catalogue
from sidecar.adapters.oneshot import CALL_SECONDS, Body, Http, NoAnswer, NotSent, shown
from sidecar.adapters.retry import FIRST_WAIT, patiently
from sidecar.adapters.wordpress import faults
from sidecar.adapters.wordpress.answers import BUSY
from sidecar.adapters.wordpress.discovery import PAGE_BYTES, SUFFIX, discover
from sidecar.adapters.wordpress.wording import Call
from sidecar.adapters.xmlrpc import BadAnswer, Transport
from sidecar.errors import Closed, SidecarError, Unavailable
from sidecar.ledger import Memory

T = TypeVar("T")

# python-wordpress-xmlrpc 2.3 looks for `collections.Iterable`, which Python 3.10 took away. Its module alone is helped.
library.collections = collections.abc

ATTEMPTS = 3
PATIENCE_SECONDS = 15.0
"""How long one call may be repeated here. After a time-out, or when a longer pause is asked for, the caller decides."""
TROUBLES = (NotSent, NoAnswer, BadAnswer, xmlrpc.client.Fault)


class _Enough(Exception):
    """A trouble that is not for us to sit out."""

    def __init__(self, error: Unavailable) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass(frozen=True)
class Limits:
    """How long a call may take, and how soon it is repeated."""

    seconds: float = CALL_SECONDS
    first_wait: float = FIRST_WAIT


class Connection:
    """Made without a request; the first call looks for xmlrpc.php. Safe for threads."""

    def __init__(
        self, url: str, username: str, password: str, memory: Memory, limits: Limits, stop: threading.Event
    ) -> None:
        self.url = SUFFIX.sub("", url)
        self.shown = shown(self.url)
        self.username = username
        self.http = Http(limits.seconds)
        self._given = url if "xmlrpc.php" in url else ""
        self._password = password
        self._memory = memory
        self._first_wait, self._stop = limits.first_wait, stop
        self._key = f"xmlrpc.php of {self.shown}"
        self._transport = Transport(urlsplit(self.url).scheme, self.http, limits.seconds)
        self._lock = threading.Lock()
        self._client: Client | None = None
        self._login_words: str | None = None

    def close(self) -> None:
        self.http.close()

    # --- calls -------------------------------------------------------------------------------------------

    def read(self, method: AuthenticatedMethod, doing: str) -> Any:
        """A call that changes nothing."""
        return self._patiently(lambda: self._call(method, self.about(doing, writes=False)))

    def rewrite(self, method: AuthenticatedMethod, doing: str) -> Any:
        """A call that changes something and may be repeated, for it says what shall be and not what to add."""
        return self._patiently(lambda: self._call(method, self.about(doing, writes=True)))

    def once(self, method: AuthenticatedMethod, doing: str, size: int = 0) -> Any:
        """A call that must not be repeated. `Unavailable.maybe_done` is True when nobody knows what became of it."""
        self._patiently(lambda: self._open(doing))
        return self._call(method, self.about(doing, writes=True, size=size))

    def attached(self, data: bytes) -> AbstractContextManager[xmlrpc.client.Binary]:
        """What stands for a file in a call made meanwhile."""
        return self._transport.attached(data)

    def address(self) -> str:
        """Where calls go to."""
        return urlunsplit(urlsplit(self.url)._replace(path=self._memory.get(self._key) or "/xmlrpc.php"))

    def supports(self, method: str) -> bool:
        """True when the site knows this method: how the companion plugin is found."""
        return method in self._patiently(lambda: self._open("asking what it can do")).supported_methods

    def methods(self) -> Sequence[str]:
        """Every method that the site knows."""
        return tuple(self._patiently(lambda: self._open("asking what it can do")).supported_methods)

    def learn_anew(self) -> None:
        """The next call asks the site again what it can do."""
        with self._lock:
            self._client = None

    def about(self, doing: str, *, writes: bool, size: int = 0) -> Call:
        return Call(self.shown, self.username, doing, writes, size)

    def rest(self, path: str, *, login: bool = False) -> Any:
        """What the REST interface says, parsed; None when it is not there, or closed, or silent."""
        auth = (self.username, self._password) if login else None
        try:
            reply = self.http.get(f"{self.url}/?rest_route={path}", max_bytes=PAGE_BYTES * 4, auth=auth)
            return json.loads(reply.body) if reply.status == 200 else None
        except (NotSent, ValueError):
            return None

    def rest_listed(self, path: str) -> list[Any] | None:
        """What the REST interface lists for us; None where it is not there, or closed. Raises `Unavailable` when it is
        silent or in trouble: that says nothing of the next time."""
        about = {"url": self.shown, "doing": "asking the REST interface"}
        login = self.username, self._password
        try:
            reply = self.http.get(f"{self.url}/?rest_route={path}", max_bytes=PAGE_BYTES * 4, auth=login)
        except NotSent as error:
            raise Unavailable.of(catalogue.WP_NO_ANSWER, {**about, "reason": error}) from error
        if reply.status in BUSY or reply.status >= 500:
            raise Unavailable.of(catalogue.WP_BUSY, {**about, "status": reply.status})
        try:
            said = json.loads(reply.body) if reply.status == 200 else None
        except ValueError:
            return None
        return said if isinstance(said, list) else None

    def rewrite_rest(self, path: str, doing: str) -> None:
        """Like `rewrite`, over the REST interface, which takes what it is told from the address, too."""
        self._patiently(lambda: self._tell_rest(path, self.about(doing, writes=True)))

    def _tell_rest(self, path: str, call: Call) -> None:
        nothing = Body([], time.monotonic() + CALL_SECONDS)
        try:
            reply = self.http.post(f"{self.url}/?rest_route={path}", nothing, (self.username, self._password))
        except TROUBLES as error:
            raise faults.explain(error, call) from error
        if reply.status != 200:
            raise faults.rest(reply, call)

    def _patiently(self, call: Callable[[], T]) -> T:
        """Short troubles are sat out here; long ones, and long waits that are asked for, are the caller's."""
        ends = time.monotonic() + PATIENCE_SECONDS

        def attempt() -> T:
            try:
                return call()
            except Unavailable as error:
                if time.monotonic() + (error.retry_after or 0.0) > ends:
                    raise _Enough(error) from error
                raise

        try:
            return patiently(attempt, attempts=ATTEMPTS, stop=self._stop, first_wait=self._first_wait)
        except _Enough as enough:
            raise enough.error from enough.error.__cause__

    def _open(self, doing: str) -> Client:
        try:
            return self._connected()
        except TROUBLES as error:
            raise self._explained(error, self.about(doing, writes=False)) from error

    def _call(self, method: AuthenticatedMethod, call: Call) -> Any:
        client = self._open(call.doing)
        try:
            return client.call(method)
        except UnsupportedXmlrpcMethodError as error:
            raise faults.fault(faults.NO_METHOD, f"{error} is not among its methods", call) from error
        except InvalidCredentialsError as error:
            raise self._fault(403, str(error), call) from error
        except XmlrpcDisabledError as error:
            raise Closed.of(catalogue.WP_SWITCHED_OFF, {"url": self.shown, "said": f" ({error})"}) from error
        except TROUBLES as error:
            raise self._explained(error, call) from error

    def _explained(self, error: Exception, call: Call) -> SidecarError:
        if isinstance(error, BadAnswer) and error.status in (404, 410):
            self._forget()
        if isinstance(error, BadAnswer) and error.fault and faults.is_login(error.fault.faultCode, ""):
            return self._fault(403, error.fault.faultString, call)
        return faults.explain(error, call)

    # --- the client --------------------------------------------------------------------------------------

    def _connected(self) -> Client:
        """The one client of this process: making it asks for the supported methods."""
        with self._lock:
            if self._client is None:
                self._client = self._connect()
            return self._client

    def _connect(self) -> Client:
        remembered = self._memory.get(self._key)
        if remembered:
            try:
                return self._make(remembered)
            except BadAnswer:  # moved, or never was: look for it anew
                self._memory.put(self._key, "")
        found = discover(self.http, self._given or self.url)
        client = self._make(found)
        self._memory.put(self._key, found)
        return client

    def _make(self, path: str) -> Client:
        url = urlunsplit(urlsplit(self.url)._replace(path=path))
        return Client(url, self.username, self._password, transport=self._transport)

    def _forget(self) -> None:
        with self._lock:
            self._memory.put(self._key, "")
            self._client = None

    # --- why a login fails -------------------------------------------------------------------------------

    def _fault(self, code: int, text: str, call: Call) -> SidecarError:
        error = faults.fault(code, text, call)
        if faults.is_login(code, text):
            error.remedy = self._login_remedy()
        return error

    def _login_remedy(self) -> str:
        """A wrong password and switched-off application passwords get the same answer: REST tells them apart."""
        if self._login_words is None:
            self._login_words = self.why_no_login()
        return self._login_words

    def why_no_login(self) -> str:
        """What to do about a login that is refused."""
        index = self.rest("/&_fields=authentication")
        if isinstance(index, dict) and "authentication" in index and not index["authentication"]:
            return (
                "Application passwords are switched off there: by a plugin, or because the site is not on https "
                "(for tests on plain http set WP_ENVIRONMENT_TYPE to local)."
            )
        if not re.fullmatch(r"[A-Za-z0-9]{24}", self._password.replace(" ", "")):
            return f"WP_APP_PASSWORD does not look like an application password (24 letters and digits). {_LOGIN}"
        return _LOGIN


_LOGIN = catalogue.LOGIN

"""The guard in front of every download: where a connection goes, and when it is cut. Nothing is asked here.

Names are resolved once, every address is checked, and the connection goes to exactly such an address: a name that
changes between look-up and connection reaches nothing. Private, loopback, link-local and metadata addresses see no
connection at all.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

CONNECT_SECONDS = 5.0
NAT64 = ipaddress.ip_network("64:ff9b::/96")
SIX_TO_FOUR = ipaddress.ip_network("2002::/16")
HOSTERS = (
    ipaddress.ip_network("168.63.129.16/32"),  # the machine room of Azure, which hands out certificates
    ipaddress.ip_network("192.0.0.0/24"),  # metadata of Oracle's cloud among it; not private to older Pythons
)
"""Addresses that look public, and tell secrets to whoever asks from inside of a hoster's network."""

Resolver = Callable[[str, int], list[str]]


class Blocked(Exception):
    """An address that content may not reach."""


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system resolves it."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def check(text: str) -> None:
    """Raises Blocked for an address that is not a public one, in whichever form it is written."""
    address = ipaddress.ip_address(text.split("%")[0])
    inner = _inner(address)
    is_site_local = isinstance(inner, ipaddress.IPv6Address) and inner.is_site_local
    is_hosters = any(inner in network for network in HOSTERS)
    if not inner.is_global or inner.is_multicast or inner.is_reserved or is_site_local or is_hosters:
        raise Blocked(str(inner))


def _inner(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address that an IPv6 address stands for, if it does."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address in SIX_TO_FOUR:
            return ipaddress.IPv4Address((int(address) >> 80) & 0xFFFFFFFF)
    return address


class Clock:
    """The time that one download has. At its end the connection is cut, whatever the far end is doing.

    Time-outs of a socket are not enough: they begin anew with every byte that drips in.
    """

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self.is_over = False

    def left(self) -> float:
        return max(0.1, self._end - time.monotonic())

    def start(self) -> None:
        self._timer.start()

    def stop(self) -> None:
        self._timer.cancel()
        self.watch(None)

    def watch(self, connected: socket.socket | None) -> None:
        """From now on this is the connection that the download waits for."""
        with self._lock:
            self._socket = connected
            if self.is_over:
                self._hang_up()

    def _cut(self) -> None:
        with self._lock:
            self.is_over = True
            self._hang_up()

    def _hang_up(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):  # it ended at this very moment
                # The plain method: the one of a TLS socket would take it apart while another thread reads.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class Guard:
    """Which address a connection to a host goes to, and how long a download of this thread may still take."""

    def __init__(self, allowed: frozenset[str], resolver: Resolver) -> None:
        self._allowed, self._resolver = allowed, resolver
        self._local = threading.local()

    @contextlib.contextmanager
    def time(self, seconds: float) -> Iterator[Clock]:
        clock = self._local.clock = Clock(seconds)
        clock.start()
        try:
            yield clock
        finally:
            clock.stop()

    def watch(self, connected: socket.socket | None) -> None:
        self._local.clock.watch(connected)

    def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a host. Raises Blocked unless every one of them may be reached."""
        bare = host.strip("[]").lower()
        found = self._resolver(bare, port)
        if not found:
            raise socket.gaierror(f"no address for {bare}")
        if f"{bare}:{port}" not in self._allowed and f"[{bare}]:{port}" not in self._allowed:
            for address in found:
                check(address)
        return found

    def connect(self, host: str, port: int, seconds: float) -> socket.socket:
        """A connection to the first address that takes one."""
        trouble: OSError | None = None
        # One that has several may be reached at only one of them: many machines have no way to IPv6.
        for address in dict.fromkeys(self.addresses(host, port)):
            try:
                return socket.create_connection((address, port), timeout=min(seconds, self._local.clock.left()))
            except OSError as error:
                trouble = error
            if self._local.clock.is_over:
                break
        raise trouble or socket.gaierror(f"no address for {host}")


class _Http(HTTPConnection):
    guard: Guard

    def _new_conn(self) -> socket.socket:
        return self.guard.connect(self.host, self.port, float(self.timeout or CONNECT_SECONDS))

    def getresponse(self) -> Any:
        self.guard.watch(self.sock)
        return super().getresponse()


class _Https(HTTPSConnection):
    guard: Guard

    def _new_conn(self) -> socket.socket:
        return self.guard.connect(self.host, self.port, float(self.timeout or CONNECT_SECONDS))

    def getresponse(self) -> Any:
        self.guard.watch(self.sock)
        return super().getresponse()


class SafeAdapter(HTTPAdapter):
    """requests' way out, over connections that ask the guard where to go."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        super().__init__(pool_maxsize=8)

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more)
        http = type("Http", (_Http,), {"guard": self._guard})
        https = type("Https", (_Https,), {"guard": self._guard})
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("HttpPool", (HTTPConnectionPool,), {"ConnectionCls": http}),
            "https": type("HttpsPool", (HTTPSConnectionPool,), {"ConnectionCls": https}),
        }

    def proxy_manager_for(self, *_args: Any, **_more: Any) -> Any:
        raise Blocked("a proxy")

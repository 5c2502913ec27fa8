"""A fault proxy on loopback in front of a far end: forwards what it gets, and spoils what it is told to.

Faults: "lost reply" (forwarded, carried out, never answered), "late" (carried out, answered `seconds` later), "reset"
(not forwarded), "hang", "truncated", and any answer of its own ("answer": status, body, headers), with or without
forwarding first.
"""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

METHOD_NAME = re.compile(rb"<methodName>([^<]+)</methodName>")
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


@dataclass
class Rule:
    """What happens to the next `times` requests that match, after the first `after` of them."""

    match: re.Pattern[str]
    kind: str
    times: int = 1
    after: int = 0
    status: int = 500
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    prefix: bytes = b""


@dataclass(frozen=True)
class Passed:
    """One request: `name` is the XML-RPC method, or the HTTP method and the path."""

    name: str
    size: int
    fault: str = ""


@dataclass(frozen=True)
class Span:
    """From when to when a request was here, by the monotonic clock."""

    name: str
    begun: float
    ended: float


class FaultProxy:
    """`with FaultProxy(upstream_url) as proxy:`; `proxy.url` takes the place of the upstream's.

    With `delay` each request takes so many seconds longer, as on a long way.
    """

    def __init__(self, upstream: str, delay: float = 0.0) -> None:
        self.upstream = urlsplit(upstream)
        self.delay = delay
        self.passed: list[Passed] = []
        self.spans: list[Span] = []
        self._rules: list[Rule] = []
        self._lock = threading.Lock()
        self.end = threading.Event()

    def __enter__(self) -> FaultProxy:
        self._server = _Server(("127.0.0.1", 0), _Handler, self)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def spoil(self, match: str, kind: str, **more: Any) -> None:
        """`match` is a pattern on the XML-RPC method's name, or on `GET /path`."""
        with self._lock:
            self._rules.append(Rule(re.compile(match), kind, **more))

    def heal(self) -> None:
        with self._lock:
            self._rules.clear()

    def rule(self, name: str, size: int) -> Rule | None:
        with self._lock:
            found = self._find(name)
            self.passed.append(Passed(name, size, found.kind if found else ""))
            return found

    def _find(self, name: str) -> Rule | None:
        for rule in self._rules:
            if rule.times and rule.match.search(name):
                if rule.after:
                    rule.after -= 1
                    continue
                rule.times -= 1
                return rule
        return None

    def count(self, name: str) -> int:
        return sum(passed.name == name for passed in self.passed)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: type[_Handler], proxy: FaultProxy) -> None:
        self.proxy = proxy
        super().__init__(address, handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Callers and upstreams that hang up are what this is for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._pass()

    do_POST = do_PATCH = do_HEAD = do_GET

    def log_message(self, *_: Any) -> None:
        pass

    def _pass(self) -> None:
        begun = time.monotonic()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        found = METHOD_NAME.search(body[:2000])
        name = found[1].decode() if found else f"{self.command} {self.path}"
        self._treat(name, body)
        self.server.proxy.spans.append(Span(name, begun, time.monotonic()))

    def _treat(self, name: str, body: bytes) -> None:
        proxy = self.server.proxy
        rule = proxy.rule(name, len(body))
        if proxy.delay:
            proxy.end.wait(proxy.delay)
        if rule is not None and rule.kind in ("reset", "hang", "answer"):
            self._spoil(rule)
            return
        status, headers, answer = self._forward(body)
        if rule is not None and rule.kind == "late":
            proxy.end.wait(rule.seconds)
        if rule is None or rule.kind == "late":
            self._reply(status, headers, answer)
        elif rule.kind == "lost reply":
            self._hang_up()
        elif rule.kind == "prefix":
            self._reply(status, headers, rule.prefix + answer)
        elif rule.kind == "truncated":
            self._reply(status, headers, answer[: len(answer) // 2], announced=len(answer))

    def _spoil(self, rule: Rule) -> None:
        if rule.kind == "hang":
            self.server.proxy.end.wait(rule.seconds)
        if rule.kind == "answer":
            self._reply(rule.status, list({"Content-Type": "text/html", **rule.headers}.items()), rule.body)
            return
        self._hang_up()

    def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        upstream = self.server.proxy.upstream
        connection = http.client.HTTPConnection(upstream.hostname or "", upstream.port, timeout=120)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
        # A site knows itself by its own address and redirects every other one.
        headers["Host"] = upstream.netloc
        try:
            connection.request(self.command, self.path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _reply(self, status: int, headers: list[tuple[str, str]], body: bytes, announced: int | None = None) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if announced is None else announced))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
        if announced is not None:
            self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

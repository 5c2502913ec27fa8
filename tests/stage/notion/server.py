"""The stand-in's HTTP: who may ask, which version, how fast; files; faults; and a log of what it was asked."""

from __future__ import annotations

import contextlib
import json
import mimetypes
import socket
import struct
import sys
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

from tests.stage.notion.asking import SAME, Asked, Route
from tests.stage.notion.checking import check_query
from tests.stage.notion.control import CONTROLS
from tests.stage.notion.endpoints import ROUTES
from tests.stage.notion.faults import AFTERWARDS, Fault
from tests.stage.notion.shapes import Json, Malformed, Unhappy, malformed
from tests.stage.notion.signing import refusal

if TYPE_CHECKING:
    from tests.stage.notion.standin import NotionStandIn

VERSIONS = ("2025-09-03", "2026-03-11")
JSON = "application/json; charset=utf-8"
XML = "application/xml"


@dataclass(frozen=True)
class Answer:
    status: int
    data: bytes
    kind: str = JSON
    headers: tuple[tuple[str, str], ...] = ()


class Server(ThreadingHTTPServer):
    """Knows its open connections, so that none outlives it."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], notion: NotionStandIn) -> None:
        self.notion = notion
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up is nothing to print a traceback for; a mistake of ours is."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Server

    def do_GET(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        if path.startswith("/_control/"):
            self._control(path.removeprefix("/_control/"), raw)
            return
        fault = self.server.notion.faults.take(self.command, path, _loaded(raw))
        if fault is not None and fault.kind not in AFTERWARDS:
            self._note(path, fault.answer()[0] if fault.kind == "status" else 0, raw)
            self._fail(fault)
        elif path.startswith(("/files/", "/web/")):
            self._download(path, fault)
        else:
            self._send(self._api(path, raw), fault)

    do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = do_GET

    def log_message(self, *_: Any) -> None:
        pass

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date of every answer is the stand-in's own."""
        return super().date_time_string(self.server.notion.content.clock() if timestamp is None else timestamp)

    def _note(self, path: str, status: int, raw: bytes = b"") -> None:
        self.server.notion.note(self.command, path, status, _loaded(raw), urlsplit(self.path).query)

    # --- the API -----------------------------------------------------------------------------------------

    def _api(self, path: str, raw: bytes) -> Answer:
        notion = self.server.notion
        request_id = str(uuid4())
        headers = [("x-notion-request-id", request_id)]
        try:
            with notion.content.lock:
                body = {**self._found(path, raw), "request_id": request_id}
                status, data = 200, json.dumps(body).encode()
        except Unhappy as error:
            if isinstance(error, Malformed):
                notion.violations.append(f"{self.command} {self.path}: {error}")
            status, data = error.status, json.dumps({**error.body, "request_id": request_id}).encode()
            wait = error.body.get("additional_data", {}).get("retry_after")
            headers += [("Retry-After", wait)] if wait else []
        self._note(path, status, raw)
        return Answer(status, data, JSON, tuple(headers))

    def _found(self, path: str, raw: bytes) -> Json:
        """The endpoint's answer, after everything that stands before it."""
        notion = self.server.notion
        version = self._version()
        notion.hold_back()
        route, ids = self._route(path)
        if route.capability is not None and route.capability not in notion.capabilities:
            raise Unhappy(403, "restricted_resource", "Insufficient permissions for this endpoint.")
        query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        check_query(query, route.query)
        body = self._body(raw) if self.command in ("POST", "PATCH") else {}
        capabilities = frozenset(notion.capabilities)
        return route.endpoint(Asked(notion.content, notion.cursors, path, ids, body, query, version, capabilities))

    def _version(self) -> str:
        if self.headers.get("Authorization") != f"Bearer {self.server.notion.token}":
            raise Unhappy(401, "unauthorized", "API token is invalid.")
        version = self.headers.get("Notion-Version")
        if version in VERSIONS:
            return str(version)
        words = "Notion-Version header failed validation: Notion-Version header should be"
        if version is None:
            raise malformed(f"{words} defined, instead was `undefined`.", "missing_version")
        raise malformed(f'{words} one of {", ".join(VERSIONS)}, instead was `"{version}"`.')

    def _route(self, path: str) -> tuple[Route, tuple[str, ...]]:
        for route in ROUTES:
            found = route.pattern.match(path)
            if found and route.method == self.command:
                return route, found.groups()
        raise malformed("Invalid request URL.", "invalid_request_url")

    def _body(self, raw: bytes) -> Json:
        try:
            body = json.loads(raw or b"{}")
        except ValueError as error:
            raise malformed("Error parsing JSON body.", "invalid_json") from error
        if not isinstance(body, dict):
            raise malformed("body failed validation: body should be an object.")
        if raw and "application/json" not in self.headers.get("Content-Type", ""):
            raise malformed("The body is not declared to be JSON.", "invalid_json")
        return body

    def _control(self, name: str, raw: bytes) -> None:
        """For those who drive the stand-in from another process."""
        control = CONTROLS.get(name)
        if control is None:
            self._send(Answer(404, json.dumps({"controls": sorted(CONTROLS)}).encode()), None)
            return
        try:
            status, body = 200, control(self.server.notion, **_loaded(raw))
        except (KeyError, TypeError, ValueError, StopIteration, Unhappy) as error:
            status, body = 400, {"error": f"{type(error).__name__}: {error}"}
        self._send(Answer(status, json.dumps(body).encode()), None)

    # --- what goes wrong ---------------------------------------------------------------------------------

    def _fail(self, fault: Fault) -> None:
        """Without doing what was asked."""
        if fault.kind == "status":
            self.reply(*fault.answer())
        elif fault.kind == "garbage":
            self.reply(200, b"this is not JSON", "application/json")
        else:
            self.ended(fault.seconds)
            self.hang_up()

    def _send(self, answer: Answer, fault: Fault | None) -> None:
        """After doing what was asked: the answer, or what a fault makes of it."""
        if fault is not None and fault.kind == "lost reply":
            self.hang_up()
        elif fault is not None and fault.kind == "truncated":
            self.break_off(answer.status, answer.data, answer.kind)
        elif fault is not None and fault.kind == "committed":
            self.reply(*fault.answer())
        else:
            if fault is not None and fault.kind == "slow":
                self.ended(fault.seconds)
            data = _circular(answer.data) if fault is not None and fault.kind == "same cursor" else answer.data
            self.reply(answer.status, data, answer.kind, dict(answer.headers))

    # --- files -------------------------------------------------------------------------------------------

    def _download(self, path: str, fault: Fault | None) -> None:
        """A hosted file, behind its signature, or a file on an ordinary web server."""
        notion = self.server.notion
        name = unquote(path).split("/", 4)[-1] if path.startswith("/files/") else unquote(path).removeprefix("/web/")
        answer = self._file(path, name)
        notion.note_download(name, path, answer.status)
        if answer.status == 200 and name in notion.web:
            notion.web[name](self)
        else:
            self._send(answer, fault)

    def _file(self, path: str, name: str) -> Answer:
        notion = self.server.notion
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if path.startswith("/web/"):
            data = notion.content.files.get(name)
            if data is None and name not in notion.web:
                return Answer(404, b"not here", "text/plain")
            return Answer(200, data or b"", kind)
        refused = refusal(self.path, notion.content.clock()) if self.command == "GET" else b""
        if refused is not None:
            return Answer(403, refused, XML)
        stored = notion.content.uploads.get(path.split("/")[3])
        if stored is None and name not in notion.web:
            return Answer(404, b"<Error><Code>NoSuchKey</Code></Error>", XML)
        return Answer(200, stored[1] if stored else b"", kind, (("ETag", f'"{path.split("/")[3]}"'),))

    # --- bytes -------------------------------------------------------------------------------------------

    def reply(self, status: int, data: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.head(status, kind, {"Content-Length": str(len(data)), **(headers or {})})
        if self.command != "HEAD":
            self.send(data)

    def head(self, status: int, kind: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def send(self, data: bytes) -> bool:
        """False when nobody listens any more, or the stand-in ends."""
        try:
            self.wfile.write(data)
            self.wfile.flush()
        except (OSError, ValueError):
            self.close_connection = True
            return False
        return not self.server.notion.end.is_set()

    def break_off(self, status: int, data: bytes, kind: str) -> None:
        """The whole length, half of the bytes."""
        self.head(status, kind, {"Content-Length": str(len(data))})
        self.send(data[: len(data) // 2])
        self.close_connection = True

    def ended(self, seconds: float) -> bool:
        """Waits; True when the stand-in ends meanwhile."""
        return self.server.notion.end.wait(seconds)

    def hang_up(self) -> None:
        """Closes the connection at once, as a machine that dies does."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()


def _loaded(raw: bytes) -> Json:
    """The body as the log has it: empty for what cannot be read."""
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _circular(data: bytes) -> bytes:
    return json.dumps({**json.loads(data), "has_more": True, "next_cursor": SAME}).encode()

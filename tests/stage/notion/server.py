"""The stand-in's HTTP: authentication, versions, pace, faults, files, and a log of what it was asked."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit
from uuid import uuid4

from tests.stage.notion.answers import ENDPOINTS, Unhappy
from tests.stage.notion.content import Content, Json, signature
from tests.stage.notion.faults import Fault, Faults

VERSIONS = ("2025-09-03", "2026-03-11")
CLOUDFLARE = b"<html><head><title>502 Bad Gateway</title></head><body><center>cloudflare</center></body></html>"
EXPIRED = b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    status: int
    body: Json
    at: float


class NotionStandIn:
    """A Notion of our own on loopback: `with NotionStandIn() as notion:`. Content is set through `notion.content`."""

    def __init__(
        self,
        token: str = "ntn_stand_in",
        *,
        port: int = 0,
        status_type: str = "status",
        per_minute: int | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.token = token
        self.content = Content(status_type, clock)
        self.faults = Faults()
        self.per_minute = per_minute
        self.calls: list[Call] = []
        self.downloads: list[str] = []
        self.web: dict[str, Callable[[Handler], None]] = {}
        self._port = port
        self._times: deque[float] = deque()
        self._lock = threading.Lock()
        self.end = threading.Event()

    def __enter__(self) -> NotionStandIn:
        self._server = Server(("127.0.0.1", self._port), Handler, self)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.content.origin = self.url
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def data_source_id(self) -> str:
        return self.content.data_source_id

    def log(self, call: Call) -> None:
        with self._lock:
            self.calls.append(call)

    def writes(self) -> list[Call]:
        """The calls that changed something."""
        return [call for call in self.calls if call.method == "PATCH" or call.path.endswith("/comments")]

    def too_fast(self) -> float | None:
        """Seconds to wait when there were too many calls in the last minute; counts this one otherwise."""
        if self.per_minute is None:
            return None
        with self._lock:
            now = time.monotonic()
            while self._times and self._times[0] <= now - 60:
                self._times.popleft()
            if len(self._times) >= self.per_minute:
                return self._times[0] + 60 - now
            self._times.append(now)
        return None


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: type[Handler], notion: NotionStandIn) -> None:
        self.notion = notion
        super().__init__(address, handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up is nothing to print a traceback for; a mistake of ours is."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/files/"):
            self._file(path)
        elif path.startswith("/web/"):
            self._web(path.removeprefix("/web/"))
        else:
            self._api()

    def do_POST(self) -> None:
        self._api()

    def do_PATCH(self) -> None:
        self._api()

    def log_message(self, *_: Any) -> None:
        pass

    # --- the API -----------------------------------------------------------------------------------------

    def _api(self) -> None:
        notion = self.server.notion
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        fault = notion.faults.take(self.command, path)
        if fault is not None and not self._fails_after(fault):
            notion.log(Call(self.command, path, 0, _loaded(raw), time.monotonic()))
            self._fail(fault)
            return
        status, body, headers = self._answer(path, raw)
        notion.log(Call(self.command, path, status, _loaded(raw), time.monotonic()))
        if fault is not None:
            self._spoil(fault, body)
            return
        self.reply(status, json.dumps(body).encode(), "application/json; charset=utf-8", headers)

    def _answer(self, path: str, raw: bytes) -> tuple[int, Json, dict[str, str]]:
        notion = self.server.notion
        request_id = str(uuid4())
        headers = {"x-notion-request-id": request_id}
        try:
            self._check()
            wait = notion.too_fast()
            if wait is not None:
                seconds = str(int(wait) + 1)
                reason = {"rate_limit_reason": "public_api_request_rate_limit", "retry_after": seconds}
                headers["Retry-After"] = seconds
                raise Unhappy(429, "rate_limited", "You have been rate limited.", additional_data=reason)
            with notion.content.lock:
                return 200, {**self._found(path, raw), "request_id": request_id}, headers
        except Unhappy as error:
            return error.status, {**error.body, "request_id": request_id}, headers

    def _check(self) -> None:
        if self.headers.get("Authorization") != f"Bearer {self.server.notion.token}":
            raise Unhappy(401, "unauthorized", "API token is invalid.")
        version = self.headers.get("Notion-Version")
        if version not in VERSIONS:
            message = f"Notion-Version header should be defined, instead was `{version}`."
            raise Unhappy(400, "missing_version", f"Notion-Version header failed validation: {message}")

    def _found(self, path: str, raw: bytes) -> Json:
        for method, pattern, endpoint in ENDPOINTS:
            found = pattern.match(path)
            if found and method == self.command:
                body = _loaded(raw) if raw else {}
                if raw and not body and raw.strip() != b"{}":
                    raise Unhappy(400, "invalid_json", "Error parsing JSON body.")
                return endpoint(self.server.notion.content, found, body, dict(parse_qsl(urlsplit(self.path).query)))
        raise Unhappy(400, "invalid_request_url", "Invalid request URL.")

    # --- what goes wrong ---------------------------------------------------------------------------------

    @staticmethod
    def _fails_after(fault: Fault) -> bool:
        return fault.kind in ("lost reply", "truncated", "same cursor")

    def _fail(self, fault: Fault) -> None:
        """Without doing what was asked."""
        if fault.kind == "hang":
            self.server.notion.end.wait(fault.seconds)
            self.hang_up()
        elif fault.kind == "reset":
            self.hang_up()
        elif fault.kind == "garbage":
            self.reply(200, b"this is not JSON", "application/json")
        else:
            self._error(fault)

    def _error(self, fault: Fault) -> None:
        headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        if fault.html:
            self.reply(fault.status, CLOUDFLARE, "text/html", {"cf-ray": "0", **headers})
            return
        codes = {429: "rate_limited", 500: "internal_server_error", 503: "service_unavailable", 529: "service_overload"}
        code = codes.get(fault.status, "bad_gateway")
        body = {"object": "error", "status": fault.status, "code": code, "message": "Something went wrong."}
        self.reply(fault.status, json.dumps(body).encode(), "application/json", headers)

    def _spoil(self, fault: Fault, body: Json) -> None:
        """After doing what was asked."""
        if fault.kind == "same cursor":
            again = {**body, "has_more": True, "next_cursor": "s:the same:0"}
            self.reply(200, json.dumps(again).encode(), "application/json")
        elif fault.kind == "truncated":
            data = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[: len(data) // 2])
            self.wfile.flush()
            self.hang_up()
        else:
            self.hang_up()

    # --- files -------------------------------------------------------------------------------------------

    def _file(self, path: str) -> None:
        content = self.server.notion.content
        query = parse_qs(urlsplit(self.path).query)
        until = float(query.get("X-Amz-Expires", ["0"])[0])
        good = query.get("X-Amz-Signature", [""])[0] == signature(unquote(path), until)
        name = unquote(path).rsplit("/", 1)[-1]
        self.server.notion.downloads.append(name)
        if not good or until <= content.clock():
            self.reply(
                403,
                EXPIRED,
                "application/xml",
            )
        elif name in self.server.notion.web:
            self.server.notion.web[name](self)
        elif name not in content.files:
            self.reply(404, b"<Error><Code>NoSuchKey</Code></Error>", "application/xml")
        else:
            self.reply(200, content.files[name], "application/octet-stream")

    def _web(self, name: str) -> None:
        """An ordinary web server: files by name, and whatever a test makes it do."""
        notion = self.server.notion
        notion.downloads.append(name)
        if name in notion.web:
            notion.web[name](self)
        elif name in notion.content.files:
            self.reply(200, notion.content.files[name], "application/octet-stream")
        else:
            self.reply(404, b"not here", "text/plain")

    # --- bytes -------------------------------------------------------------------------------------------

    def reply(self, status: int, data: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def hang_up(self) -> None:
        """Closes the connection at once, as a machine that dies does."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()


def _loaded(raw: bytes) -> Json:
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}

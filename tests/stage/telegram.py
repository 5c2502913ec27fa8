"""A Telegram of our own on loopback: takes messages as the bot API does, refuses what it refuses, keeps what it got."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LIMIT = 4096


class TelegramStandIn:
    """`with TelegramStandIn() as telegram:`; `telegram.messages` are the texts that arrived."""

    token = "123:stand-in"
    chat = "42"

    def __init__(self) -> None:
        self.messages: list[str] = []

    def __enter__(self) -> TelegramStandIn:
        self._server = _Server(("127.0.0.1", 0), self)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def settings(self) -> dict[str, str]:
        return {
            "TELEGRAM_BOT_TOKEN": self.token,
            "TELEGRAM_CHAT_ID": self.chat,
            "TELEGRAM_BASE_URL": self.url,
        }

    def take(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The answer to one call (core.telegram.org/bots/api#sendmessage)."""
        method = path.removeprefix(f"/bot{self.token}/")
        if method not in ("sendMessage", "getChat"):
            return 404, {"ok": False, "error_code": 404, "description": "Not Found"}
        text = str(body.get("text", ""))
        if str(body.get("chat_id")) != self.chat:
            return 400, {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}
        if method == "getChat":
            return 200, {"ok": True, "result": {"id": int(self.chat), "type": "group", "title": "The desk"}}
        if not text or len(text) > LIMIT:
            return 400, {"ok": False, "error_code": 400, "description": "Bad Request: message is too long"}
        self.messages.append(text)
        return 200, {"ok": True, "result": {"message_id": len(self.messages)}}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], telegram: TelegramStandIn) -> None:
        self.telegram = telegram
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        status, answer = self.server.telegram.take(self.path, body)
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass

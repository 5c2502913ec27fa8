"""Telegram: what is sent, and in which words it fails. The far end is a small server on loopback."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sidecar import catalogue
from sidecar.adapters.telegram import Telegram
from sidecar.config import Config
from sidecar.errors import Refused, Unavailable

TOKEN = "123:secret"


@contextmanager
def bot_api(status=200, body=None):
    """A bot API that always gives this answer, and keeps what it was sent."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers["Content-Length"])
            seen.append((self.path, json.loads(self.rfile.read(length))))
            text = json.dumps(body if body is not None else {"ok": True}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def telegram(url):
    return Telegram(Config(telegram_bot_token=TOKEN, telegram_chat_id="42", telegram_base_url=url))


def test_a_summary_goes_to_the_chat_as_html():
    with bot_api() as (url, seen):
        telegram(url).send("<b>done</b>")
    ((path, message),) = seen
    assert path == f"/bot{TOKEN}/sendMessage"
    assert (message["chat_id"], message["text"], message["parse_mode"]) == ("42", "<b>done</b>", "HTML")


def test_a_refusal_says_which_settings_to_check():
    body = {"ok": False, "description": "Bad Request: chat not found"}
    with bot_api(400, body) as (url, _), pytest.raises(Refused, match=r"chat not found.*TELEGRAM_CHAT_ID"):
        telegram(url).send("x")


def test_a_limit_says_how_long_to_wait():
    body = {"ok": False, "description": "Too Many Requests", "parameters": {"retry_after": 7}}
    with bot_api(429, body) as (url, _), pytest.raises(Unavailable) as raised:
        telegram(url).send("x")
    assert raised.value.retry_after == 7
    assert raised.value.entry is catalogue.TELEGRAM_SLOW_DOWN


@pytest.mark.parametrize("body", ["not an object", [1], None], ids=str)
def test_an_answer_of_any_shape_is_understood(body):
    with bot_api(502, body) as (url, _), pytest.raises(Unavailable, match="502") as raised:
        telegram(url).send("x")
    assert raised.value.entry is catalogue.TELEGRAM_DOWN


def test_the_token_is_in_no_error():
    with pytest.raises(Unavailable) as raised:
        telegram("http://127.0.0.1:9").send("x")
    assert TOKEN not in str(raised.value)
    assert raised.value.__cause__ is None

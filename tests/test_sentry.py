"""Mistakes of ours are reported where the operator wants them, from every kind of process, and never with a secret."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from sidecar.config import Config
from sidecar.errors import ConfigError
from tests.stage.redis import RedisServer

SECRET = "what-nobody-may-read"

ENDING = """
from jobs.process import begun
def run(settings):
    raise RuntimeError("WordPress said " + settings.shared.sync_token.get_secret_value())
begun(run)
"""
ANSWERING = """
from webhook.wsgi import app
service = app()
def mistake():
    raise RuntimeError("somebody sent what-nobody-may-read")
service.add_url_rule("/mistake", "mistake", mistake)
assert service.test_client().get("/mistake", headers={"X-Request-ID": "asked-1"}).status_code == 500
"""
WORKING = """
import sys
from redis import Redis
from rq.serializers import JSONSerializer
from jobs import tasks
from jobs.process import begun
from jobs.queue import QUEUES, json_queue
from jobs.worker import RqWorker
def run(settings):
    tasks.HORSE.set(tasks.Horse(settings.sites))
    connection = Redis.from_url(settings.shared.redis_url)
    json_queue("high", connection).enqueue("builtins.int", "what-nobody-may-read")
    RqWorker(QUEUES, connection=connection, serializer=JSONSerializer).work(burst=True, logging_level="ERROR")
    return 0
sys.exit(begun(run))
"""


class Sentry:
    """A Sentry of our own on loopback: keeps the events that arrive."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []

    def __enter__(self) -> Sentry:
        sentry = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                sentry.raw.append(gzip.decompress(raw) if self.headers["Content-Encoding"] == "gzip" else raw)
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.dsn = f"http://public@127.0.0.1:{self._server.server_port}/1"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def events(self) -> list[dict[str, Any]]:
        """An envelope is lines of JSON: a head, then the head and the body of each of its items."""
        bodies = [json.loads(line) for raw in self.raw for line in raw.splitlines()[2::2]]
        return [body for body in bodies if "exception" in body]

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        return [(it["type"], it["value"]) for event in self.events for it in event["exception"]["values"][-1:]]

    @property
    def was_told_too_much(self) -> bool:
        """Whether a secret came with it, or what a variable held."""
        return any(word in raw for raw in self.raw for word in (SECRET.encode(), b'"vars"'))


@pytest.fixture
def sentry() -> Iterator[Sentry]:
    with Sentry() as sentry:
        yield sentry


def run(code: str, folder: Path, **settings: str) -> str:
    """What a process of ours says in which this happens."""
    there = {"DATABASE_URL": f"sqlite:///{folder}/ledger.db", "SYNC_TOKEN": SECRET, "LOG_FORMAT": "json"}
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[1]), **there, **settings}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, timeout=60
    )
    return done.stdout + done.stderr


def test_what_ends_a_process_is_reported(sentry, tmp_path):
    run(ENDING, tmp_path, SENTRY_DSN=sentry.dsn)
    assert sentry.mistakes == [("RuntimeError", "WordPress said [secret]")]
    assert not sentry.was_told_too_much
    assert sentry.events[0]["release"].startswith("notion-wordpress-sidecar@")


def test_what_the_web_service_answers_with_500_is_reported_with_the_id_of_the_request(sentry, tmp_path):
    said = run(ANSWERING, tmp_path, SENTRY_DSN=sentry.dsn)
    assert sentry.mistakes == [("RuntimeError", "somebody sent [secret]")]
    assert not sentry.was_told_too_much
    assert sentry.events[0]["tags"] == {"request": "asked-1"}
    assert "somebody sent [secret]" in said, "the log has it as well"


def test_what_ends_a_job_is_reported_before_its_work_horse_has_gone(sentry, tmp_path):
    with RedisServer() as redis:
        run(WORKING, tmp_path, SENTRY_DSN=sentry.dsn, REDIS_URL=redis.url)
    assert sentry.mistakes == [("ValueError", "invalid literal for int() with base 10: '[secret]'")]
    assert not sentry.was_told_too_much


def test_without_the_package_the_log_says_what_is_missing(sentry, tmp_path):
    said = run("import sys; sys.modules['sentry_sdk'] = None" + ENDING, tmp_path, SENTRY_DSN=sentry.dsn)
    line = json.loads(said.splitlines()[0])
    assert (line["level"], sentry.raw) == ("warning", [])
    assert "SENTRY_DSN is set, but sentry-sdk is missing" in line["event"]
    assert "pip install" in line["remedy"]


def test_nobody_who_has_no_sentry_loads_any_of_it(tmp_path):
    said = run("from jobs.process import begun; import sys; begun(lambda _: print(sorted(sys.modules)))", tmp_path)
    assert "sentry_sdk" not in said


@pytest.mark.parametrize("dsn", ["key@here/1", "https://here/1", "https://key@here/one"])
def test_what_is_no_dsn_is_named_and_not_shown(dsn):
    with pytest.raises(ConfigError, match="SENTRY_DSN: that is not a DSN") as raised:
        Config.parse({"SENTRY_DSN": dsn})
    assert dsn not in str(raised.value)

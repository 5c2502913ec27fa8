"""Accepted webhooks a second and how long they wait, against an empty Flask handler on the same gunicorn.

All rounds take turns, so that whatever else this machine does meets all of them alike: the ratio is what counts.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import requests
from flask import Flask
from flask.typing import ResponseReturnValue

from tests.bench.callers import Answers, call, request
from tests.bench.idle import processor
from tests.stage.ports import free_port
from tests.stage.redis import RedisServer
from tests.stage.service import family, until
from tests.webhook.reception import EVENTS, SECRET, SETTINGS, automation, encoded, event, signature

CLIENTS = 16
CALLS = 1000
"""Webhooks in a round."""
ROUNDS = 3
PAGES = 100
LEAST_RATIO, LONGEST = 1 / 8, 0.100
"""What is asked for: a share of an empty handler's speed, and seconds that all but one in a hundred take at most."""

Calls = Callable[[str], list[bytes]]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, RedisServer() as redis, contextlib.ExitStack() as stack:
        empty = stack.enter_context(gunicorn(Path(folder, "empty"), {}, "tests.bench.webhooks:empty()"))
        alone = stack.enter_context(gunicorn(Path(folder, "alone"), {}))
        waking = stack.enter_context(gunicorn(Path(folder, "waking"), {"REDIS_URL": redis.url}))
        runs = [
            Run("an empty handler", empty, presses),
            Run("buttons", alone, presses),
            Run("signed events", alone, events),
            Run("buttons, waking RQ", waking, presses),
            Run("signed events, waking RQ", waking, events),
        ]
        for _ in range(ROUNDS):
            for run in runs:
                run.once()
    print(f"{CALLS} webhooks by {CLIENTS} clients, {ROUNDS} times in turn; the middle round of each:")
    for run in runs:
        print(run.line(runs[0]))
    print(f"  asked for: at least 1:{1 / LEAST_RATIO:.0f}, and a p99 below {LONGEST * 1000:.0f} ms on a quiet machine")


# --- what is measured ------------------------------------------------------------------------------------


@dataclass
class Run:
    """One kind of webhook at one server, and how its rounds went."""

    name: str
    server: Server
    calls: Calls
    rounds: list[Answers] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    """Seconds of the server's processor time, by round."""

    def once(self) -> None:
        made = self.calls(self.server.url)
        before = self.server.processor()
        answers = call(self.server.url, made, CLIENTS)
        self.processor.append(self.server.processor() - before)
        if answers.statuses != {202: CALLS}:
            raise SystemExit(f"{self.name}: not all were accepted: {dict(answers.statuses)}")
        self.rounds.append(answers)

    def line(self, empty: Run) -> str:
        middle, speed = self.middle, CALLS / self.middle.seconds
        return (
            f"  {self.name:<25} {speed:6.0f} a second, p50 {middle.percentile(50) * 1000:5.1f} ms, "
            f"p99 {middle.percentile(99) * 1000:5.1f} ms, {self.cost * 1000:5.2f} ms of processor each; "
            f"1:{CALLS / empty.middle.seconds / speed:.1f} in speed, 1:{self.cost / empty.cost:.1f} in processor time"
        )

    @property
    def middle(self) -> Answers:
        return sorted(self.rounds, key=lambda answers: answers.seconds)[len(self.rounds) // 2]

    @property
    def cost(self) -> float:
        """Seconds of processor time that one request takes, in the round that took least."""
        return min(self.processor) / CALLS


# --- what is sent ----------------------------------------------------------------------------------------


def presses(url: str) -> list[bytes]:
    """A button for each call, on one page after the other."""
    headers = [("X-Sidecar-Secret", SECRET)]
    bodies = (encoded(automation(page, event_id=str(uuid4()))) for page in _pages())
    return [request(f"{url}/webhooks/notion/automation", body, headers) for body in bodies]


def events(url: str) -> list[bytes]:
    """An edit for each call, on one page after the other, signed."""
    bodies = [encoded(event("page.content_updated", page, event_id=str(uuid4()))) for page in _pages()]
    return [
        request(f"{url}/webhooks/notion/events", body, [("X-Notion-Signature", signature(body, EVENTS))])
        for body in bodies
    ]


def _pages() -> Iterator[str]:
    return (f"{number % PAGES:08d}-1111-4111-8111-111111111111" for number in range(CALLS))


# --- who is asked ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Server:
    url: str
    pid: int

    def processor(self) -> float:
        return sum(map(processor, family(self.pid)))

    def is_up(self) -> bool:
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{self.url}/healthz", timeout=2).ok
        return False


def empty() -> Flask:
    """A handler that does nothing with a webhook but take it."""
    app = Flask(__name__)
    app.add_url_rule("/webhooks/notion/automation", "take", _take, methods=["POST"])
    app.add_url_rule("/healthz", "healthz", lambda: "well")
    return app


def _take() -> ResponseReturnValue:
    return "", 202


@contextlib.contextmanager
def gunicorn(folder: Path, settings: Mapping[str, str], *app: str) -> Iterator[Server]:
    """gunicorn as `sidecar serve` runs it, with our app or another one."""
    folder.mkdir()
    port = free_port()
    own = {"PATH": os.environ["PATH"], "PORT": str(port), "DATABASE_URL": f"sqlite:///{folder}/ledger.db"}
    command: Sequence[str] = [sys.executable, "-m", "gunicorn", "--config", "python:webhook.gunicorn_conf", *app]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env={**SETTINGS, **own, **settings}, stdout=log, stderr=log)
    try:
        server = Server(f"http://127.0.0.1:{port}", process.pid)
        until(server.is_up, 60, "gunicorn answers")
        yield server
    finally:
        process.terminate()
        process.wait(30)

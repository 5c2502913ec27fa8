"""The service as it is run: a real gunicorn on a real socket, also when Redis is not there."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
import requests

from sidecar.adapters.ledger import ledger, open_store
from tests.make import PAGE_ID
from tests.stage.ports import free_port
from tests.webhook.reception import BEARER, OTHER, SECRET, SETTINGS, automation

START_SECONDS = 60.0


class Gunicorn:
    """`with Gunicorn(folder, NAME=value)`: the service in a process of its own, with an environment of its own."""

    def __init__(self, folder, **more):
        self.url = f"http://127.0.0.1:{(port := free_port())}"
        self.folder = folder
        own = {"DATABASE_URL": f"sqlite:///{folder}/ledger.db", "PORT": str(port), "LOG_FORMAT": "json"}
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
        self.environ = {**kept, **SETTINGS, **own, **more}

    def start(self):
        command = [sys.executable, "-m", "gunicorn", "-c", "python:webhook.gunicorn_conf"]
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=self.folder, env=self.environ, stdout=log, stderr=log, start_new_session=True
            )

    def __enter__(self):
        self.process = self.start()
        self.session = requests.Session()
        self.session.trust_env = False
        until = time.monotonic() + START_SECONDS
        while not self.answers():
            assert self.process.poll() is None, self.log
            assert time.monotonic() < until, self.log
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        self.session.close()
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def answers(self):
        try:
            return self.session.get(f"{self.url}/healthz", timeout=5).ok
        except requests.RequestException:  # it listens before there is a worker
            return False

    @property
    def log(self):
        return (self.folder / "log").read_text()

    def press(self, **more):
        headers = {"X-Sidecar-Secret": SECRET, "User-Agent": "NotionAutomation"}
        body = json.dumps(automation(**more))
        return self.session.post(f"{self.url}/webhooks/notion/automation", data=body, headers=headers, timeout=30)


@pytest.fixture
def redis_that_was():
    """The address of a Redis that is not running."""
    return f"redis://127.0.0.1:{free_port()}/0"


@pytest.fixture
def wanted(tmp_path):
    """The pages that wait in the service's ledger."""

    def look():
        store = open_store(f"sqlite:///{tmp_path}/ledger.db")
        try:
            return {page.page_id for page in ledger(store, "main").pages.due()}
        finally:
            store.close()

    return look


def test_without_redis_a_press_is_accepted_at_once(tmp_path, redis_that_was, wanted):
    with Gunicorn(tmp_path, REDIS_URL=redis_that_was) as service:
        service.press(page_id=OTHER)
        answers = [service.press() for _ in range(20)]
        assert {answer.status_code for answer in answers} == {202}
        # The middle one, and far from a limit: what is looked for is a wait for Redis, not the speed of this machine.
        assert sorted(answer.elapsed.total_seconds() for answer in answers)[10] < 2
        ready = service.session.get(f"{service.url}/readyz", timeout=5)
        assert (ready.status_code, ready.json()["redis"]) == (200, "degraded")
    assert wanted() == {PAGE_ID, OTHER}


def test_many_callers_at_once_are_all_stored(tmp_path, wanted):
    pages = [f"{number:08d}-1111-4111-8111-111111111111" for number in range(40)]
    with Gunicorn(tmp_path) as service:
        results = []
        threads = [threading.Thread(target=lambda it=page: results.append(service.press(page_id=it))) for page in pages]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [answer.status_code for answer in results] == [202] * 40
        assert len({answer.json()["job_id"] for answer in results}) == 1
    assert wanted() == set(pages)


def test_it_serves_leaves_in_good_order_and_logs_no_secret(tmp_path):
    with Gunicorn(tmp_path) as service:
        asked = service.session.post(f"{service.url}/sync", headers={"Authorization": f"Bearer {BEARER}"}, timeout=10)
        assert asked.json()["status_url"] == f"{service.url}/jobs/{asked.json()['job_id']}"
        told = service.session.get(
            asked.json()["status_url"], headers={"Authorization": f"Bearer {BEARER}"}, timeout=10
        )
        assert told.json()["status"] == "Running"
        large = service.session.post(
            f"{service.url}/sync", data=b" " * 300_000, headers={"Authorization": f"Bearer {BEARER}"}
        )
        assert large.status_code == 413
        service.process.terminate()
        assert service.process.wait(30) == 0
        assert '"path": "/sync", "status": 202' in service.log
        events = [json.loads(line)["event"] for line in service.log.splitlines()]
        assert any(event.startswith("Listening at") for event in events)
        assert not any(
            secret in service.log for secret in SETTINGS.values() if secret != SETTINGS["NOTION_DATA_SOURCE_ID"]
        )


def test_a_body_of_unknown_length_is_cut_off_too(tmp_path):
    def endless():
        for _ in range(400):
            yield b" " * 1000

    with Gunicorn(tmp_path) as service:
        answer = service.session.post(
            f"{service.url}/sync", data=endless(), headers={"Authorization": f"Bearer {BEARER}"}, timeout=10
        )
        assert answer.status_code == 413


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        pytest.param({"PORT": "many"}, "PORT: ", id="a wrong setting"),
        pytest.param({"DATABASE_URL": "oracle://x"}, "DATABASE_URL: ", id="a database that we do not know"),
        pytest.param({"DATABASE_URL": "sqlite:////dev/null"}, "ledger", id="a database that is none"),
    ],
)
def test_what_cannot_begin_says_why_and_ends(tmp_path, setting, words):
    service = Gunicorn(tmp_path, **setting)
    process = service.start()
    try:
        assert process.wait(START_SECONDS) != 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert words in service.log
    assert "Traceback" not in service.log


@pytest.mark.parametrize(("secret", "size", "status"), [("wrong", 200_000, b"401"), (SECRET, 600_000, b"413")])
def test_a_refused_body_is_taken_whole_so_that_the_answer_arrives(tmp_path, secret, size, status):
    head = f"POST /webhooks/notion/automation HTTP/1.1\r\nHost: x\r\nX-Sidecar-Secret: {secret}\r\n"
    with Gunicorn(tmp_path) as service:
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", int(service.url.rpartition(":")[2])), timeout=10) as connection:
                connection.sendall(f"{head}Content-Length: {size}\r\n\r\n".encode() + b" " * (size // 2))
                time.sleep(0.2)
                connection.sendall(b" " * (size - size // 2))  # a connection that was reset meanwhile raises here,
                time.sleep(0.05)
                assert connection.recv(12).split()[1] == status  # or here

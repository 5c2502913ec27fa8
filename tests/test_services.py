"""`sidecar serve`, `worker`, `scheduler`, `up`: what they check before anything starts, and what they say."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from jobs.broker import Broker
from jobs.up import service, worker
from sidecar.cli import main
from sidecar.config import Config
from sidecar.environment import Settings
from sidecar.services import tell, where
from tests.stage.service import Processes

THERE = {
    "NOTION_TOKEN": "ntn_nobody",
    "NOTION_DATA_SOURCE_ID": "5cf00923e38f52e0ba8bcca163f657d3",
    "WP_URL": "http://127.0.0.1:9",
    "WP_USERNAME": "editor",
    "WP_APP_PASSWORD": "nobody",
}
NAMES = ["serve", "worker", "scheduler", "up"]


def told(folder: Path, *words: str, **settings: str) -> tuple[int, str]:
    """What a command says when it cannot begin, and its exit status."""
    with Processes(folder, settings) as processes:
        status = processes.start("it", *words).wait(60)
        return status, processes.log("it")


@pytest.mark.parametrize("name", NAMES)
def test_help_teaches(name):
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.output


@pytest.mark.parametrize("name", ["worker", "up"])
def test_what_a_sync_cannot_do_without_is_asked_for_before_anything_starts(name, tmp_path):
    status, words = told(tmp_path, name)
    assert status == 2
    assert all(setting in words for setting in THERE)


def test_a_scheduler_needs_redis_and_says_so(tmp_path):
    status, words = told(tmp_path, "scheduler", **THERE)
    assert status == 2
    assert "REDIS_URL is not set" in words


@pytest.mark.parametrize("name", NAMES)
def test_a_schedule_that_is_none_is_named(name, tmp_path):
    status, words = told(tmp_path, name, **THERE, SYNC_SCHEDULE="often", REDIS_URL="redis://127.0.0.1:9/0")
    assert status == 2
    assert "SYNC_SCHEDULE: 'often'" in words


@pytest.mark.parametrize("name", ["serve", "up"])
def test_a_port_that_is_taken_is_named(name, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, words = told(tmp_path, name, **{**THERE, "PORT": str(port)})
    assert status == 1
    assert f"port {port} cannot be listened on: Address already in use" in words


def test_a_ledger_that_cannot_be_opened_is_named(tmp_path):
    (tmp_path / "ledger.db").mkdir()
    status, words = told(tmp_path, "up", **THERE, DATABASE_URL=f"sqlite:///{tmp_path}/ledger.db")
    assert status == 1
    assert "Error:" in words
    assert "Traceback" not in words


def test_it_says_where_everything_is_and_what_is_missing(tmp_path, capsys):
    config = Config(sync_token="t" * 20, public_url="https://blog.example/notion-sidecar")
    tell(Settings(config, (config,)), tmp_path, Broker(("redis-server",), "unix:///x"))
    words = capsys.readouterr().out
    assert "POST https://blog.example/notion-sidecar/webhooks/notion/automation   (WEBHOOK_SECRET is not set" in words
    assert "POST https://blog.example/notion-sidecar/sync\n" in words
    assert f"private, in {tmp_path}" in words
    assert "every 300 s" in words
    assert "/notion-sidecar/   (asks for SYNC_TOKEN)" in words


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:secret@db.example/ledger", "postgresql://db.example/ledger"),
        ("redis://:p@ss@localhost:6379/0", "redis://localhost:6379/0"),
        ("sqlite:////data/ledger.db", "sqlite:////data/ledger.db"),
    ],
)
def test_no_password_is_shown(url, shown):
    assert where(url) == shown


@pytest.mark.parametrize(
    ("config", "broker", "names"),
    [
        pytest.param(Config(), None, ["web", "worker"], id="without Redis the worker keeps the schedule as well"),
        pytest.param(
            Config(),
            Broker(("redis-server",), "unix:///x"),
            ["redis", "web", "worker", "scheduler"],
            id="a private one",
        ),
        pytest.param(Config(redis_url="redis://x"), None, ["web", "worker", "scheduler"], id="one that runs already"),
    ],
)
def test_what_the_service_is_made_of(config, broker, names):
    assert [name for name, _ in service(config, broker, 1).children] == names


def test_several_workers_have_names():
    names = [name for name, _ in service(Config(redis_url="redis://x"), None, 3).children]
    assert names == ["web", "worker 1", "worker 2", "worker 3", "scheduler"]


def test_each_of_several_sites_has_workers_of_its_own():
    children = service(Config(redis_url="redis://x"), None, 2, ["main", "news"]).children
    workers = {name: command[-1] for name, command in children if name.startswith("worker")}
    assert workers == {
        "worker main 1": "main",
        "worker main 2": "main",
        "worker news 1": "news",
        "worker news 2": "news",
    }


def test_a_service_of_one_site_has_no_part_for_another():
    parts = service(Config(redis_url="redis://x"), None, 1, ["main", "news"], "news").children
    assert {name: command[-1] for name, command in parts} == {
        "web": "webhook.wsgi:app('news')",
        "worker news": "news",
        "scheduler": "news",
    }
    alone = service(Config(), None, 1, ["main", "news"], "news").children
    assert [command[-1] for _, command in alone] == ["webhook.wsgi:app('news')", "news"]


def test_a_folder_named_jobs_in_the_working_folder_is_not_taken_for_ours(tmp_path):
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "__init__.py").touch()
    (tmp_path / "jobs" / "worker.py").write_text("raise SystemExit('theirs')")
    empty = {name: "" for name in THERE}
    done = subprocess.run(worker(), cwd=tmp_path, env={**os.environ, **empty}, capture_output=True, text=True)
    assert done.returncode == 2
    assert "NOTION_TOKEN is not set" in done.stderr


def test_the_supervisor_weighs_nothing():
    light = "import sys, jobs.supervisor; print({name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-P", "-c", light], capture_output=True, text=True, check=True)
    assert not {"rq", "click", "pydantic", "sidecar"} & set(done.stdout.split("'"))

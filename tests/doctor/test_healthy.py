"""The doctor before a set-up that works: all lines are well, and nobody notices that it was there."""

from __future__ import annotations

import pytest
import requests

from sidecar.checks import machine, notion
from sidecar.checks.machine import Looks
from sidecar.config import Config
from tests.doctor.clinic import Clinic
from tests.stage.proxy import FaultProxy
from tests.stage.redis import RedisServer
from tests.stage.service import Processes, until
from tests.stage.telegram import TelegramStandIn


def test_every_line_is_well_and_nothing_is_left_behind(clinic: Clinic) -> None:
    requests.get(clinic.wordpress.url, timeout=30)  # WordPress makes a menu at the first visit
    before, page = clinic.rows(), clinic.notion.add_page("Waiting", [])
    with TelegramStandIn() as telegram:
        verdicts = clinic.examined(**telegram.settings)
        assert telegram.messages == []
    assert [verdict for verdict in verdicts if verdict.state != "ok"] == []
    assert len(verdicts) >= 22
    assert clinic.rows() == before
    assert clinic.notion.status(page) == "Adding"
    assert [call.status for call in clinic.notion.writes()] == [404]


def test_a_draft_whose_answer_was_lost_is_removed_as_well(clinic: Clinic) -> None:
    requests.get(clinic.wordpress.url, timeout=30)
    before = clinic.rows()
    with FaultProxy(clinic.wordpress.url) as proxy:
        for method in ("wp.newPost", "wp.uploadFile"):
            proxy.spoil(f"^{method}$", "lost reply")
        bad = [verdict.check for verdict in clinic.examined(WP_URL=proxy.url) if verdict.is_failure]
    assert bad == ["wordpress draft", "wordpress upload"]
    assert clinic.rows() == before


def test_a_running_service_is_seen(clinic: Clinic) -> None:
    with RedisServer() as redis, Processes(clinic.folder, {**clinic.settings, "REDIS_URL": redis.url}) as service:
        settings = {"PORT": str(service.port), "REDIS_URL": redis.url}
        service.start("up", "up", **settings)
        until(service.is_up, 60, "the web service")
        until(lambda: "Pages were looked for" in str(clinic.examined(**settings)), 60, "the first look")
        assert [verdict for verdict in clinic.examined(**settings) if verdict.state != "ok"] == []


def test_the_command_says_it_in_lines(clinic: Clinic) -> None:
    done = clinic.command()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("All is well.\n")
    assert done.stdout.count("\n  ok ") >= 22


def test_no_secret_is_printed(clinic: Clinic) -> None:
    secrets = {
        "NOTION_TOKEN": "ntn_secret_1",
        "TELEGRAM_BOT_TOKEN": "7:secret_2",
        "TELEGRAM_BASE_URL": "http://127.0.0.1:1",
    }
    done = clinic.command(**secrets, DATABASE_URL="postgresql://me:secret_3@127.0.0.1:1/x", WP_APP_PASSWORD="secret_4")
    assert done.returncode == 1
    assert not any(f"secret_{number}" in done.stdout + done.stderr for number in range(1, 5))


# --- verdicts alone --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("free", "state"), [(10_000_000, "failure"), (100_000_000, "warning"), (10**10, "ok")])
def test_a_disk_is_judged_by_what_is_free(free: int, state: str) -> None:
    assert machine.disk(free, "here").state == state


@pytest.mark.parametrize(
    ("ahead", "state"), [(0.0, "ok"), (-59.0, "ok"), (90.0, "warning"), (-400.0, "failure"), (None, "ok")]
)
def test_clocks_may_differ_by_a_minute(ahead: float | None, state: str) -> None:
    assert notion.clock(ahead).state == state


@pytest.mark.parametrize(
    ("looks", "state"),
    [
        (Looks(None, None, 1000.0), "warning"),
        (Looks(0.0, 300.0, 400.0), "ok"),
        (Looks(0.0, 300.0, 421.0), "failure"),
    ],
)
def test_a_look_may_be_a_little_late(looks: Looks, state: str) -> None:
    assert machine.schedule(looks, True, Config()).state == state


@pytest.mark.parametrize(("version", "state"), [("7.2.4", "ok"), ("4.0.9", "failure"), (None, "ok")])
def test_an_old_redis_is_no_redis(version: str | None, state: str) -> None:
    assert machine.redis(version).state == state

"""The systemd units: systemd itself reads them, their commands exist, and they are well locked in."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.commands import in_line, unknown

UNITS = Path(__file__).parents[2] / "deploy/systemd"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
LOCKED_IN = 15
"""Tenths of systemd's own measure of exposure, of which 100 is none at all and most services have 96."""


@pytest.fixture
def units(tmp_path):
    """The units beside the system's own, with a program that is there."""
    folder = tmp_path / "units"
    shutil.copytree(UNITS, folder)
    for path in folder.glob("*.service"):
        path.write_text(path.read_text().replace("/opt/notion-sidecar/bin/sidecar", sys.executable))
    return folder


def analyze(units, *words):
    return subprocess.run(
        ["systemd-analyze", *words],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )


def named(name):
    return name.replace("@", "@1")


def test_systemd_has_nothing_to_say_about_the_units(units):
    names = [str(units / named(name)) for name in [*SERVICES, "notion-sidecar.target"]]
    done = analyze(units, "verify", "--man=no", *names)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("wrong", ["RestartSec=soon", "Restart=sometimes", "ProtectSystems=strict"])
def test_systemd_would_say_what_is_wrong(units, wrong):
    common = units / "notion-sidecar-.service.d/common.conf"
    common.write_text(common.read_text() + wrong + "\n")
    assert "common.conf" in analyze(units, "verify", "--man=no", str(units / SERVICES[0])).stderr


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_can_touch_is_little(tmp_path, name):
    root = tmp_path / "etc/systemd/system"
    shutil.copytree(UNITS, root)
    done = analyze(root, "security", "--offline=true", f"--root={tmp_path}", f"--threshold={LOCKED_IN}", named(name))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Overall exposure level" in done.stdout


@pytest.mark.parametrize("name", SERVICES)
def test_the_command_of_a_service_exists(name):
    lines = re.findall(r"^ExecStart=(.*)$", (UNITS / name).read_text(), re.MULTILINE)
    commands = [words for line in lines for words in in_line(line)]
    assert len(commands) == 1
    assert not unknown(commands[0])
    assert commands[0] == [{"all": "up", "web": "serve"}.get(part := re.split(r"[-@.]", name)[2], part)]


def test_a_stop_leaves_time_for_the_longest_call():
    common = (UNITS / "notion-sidecar-.service.d/common.conf").read_text()
    assert int(re.search(r"^TimeoutStopSec=(\d+)$", common, re.MULTILINE)[1]) > 90
    assert "\nKillMode=mixed\n" in common

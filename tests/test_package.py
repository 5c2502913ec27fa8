"""What a user installs: the package, from a wheel, without the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("sidecar", "webhook", "jobs")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with nothing of the checkout in it; what the package depends on is borrowed from this one."""
    folder = tmp_path_factory.mktemp("installed")
    source = folder / "source"  # a build leaves its traces in the folder that it is made from
    for name in PACKAGES:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    wheel = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(source)]
    subprocess.run(wheel, check=True, capture_output=True, cwd=folder)
    (made,) = folder.glob("notion_wordpress_sidecar-*.whl")
    venv.create(folder / "venv", with_pip=False)
    python = folder / "venv/bin/python"
    site = Path(
        subprocess.run(
            [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            check=True, capture_output=True, text=True,
        ).stdout.strip()
    )  # fmt: skip
    target = ["--target", str(site), str(made)]
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", *target], check=True, capture_output=True
    )
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return folder


def run(installed: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": f"sqlite:///{installed}/ledger.db"}
    command = [str(installed / "venv/bin/python"), "-I", "-m", *words]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=installed, env=environment)


def test_the_installed_package_is_not_the_checkout(installed: Path) -> None:
    code = "import sidecar, webhook, jobs; print(sidecar.__file__, webhook.__file__, jobs.__file__)"
    command = [str(installed / "venv/bin/python"), "-I", "-c", code]
    shown = subprocess.run(command, check=True, capture_output=True, text=True, cwd=installed).stdout
    assert shown.count(str(installed)) == 3


def test_the_installed_command_makes_its_ledger_and_shows_an_empty_history(installed: Path) -> None:
    done = run(installed, "sidecar", "history", "--json")
    assert (done.returncode, done.stdout.strip()) == (0, '{"jobs": []}'), done.stderr


def test_everything_that_is_read_at_run_time_is_in_the_package(installed: Path) -> None:
    source = installed / "source"
    for package in PACKAGES:
        for path in (source / package).rglob("*"):
            if path.is_file():
                inside = path.relative_to(source)
                assert list(installed.glob(f"venv/lib/python3*/site-packages/{inside}")), f"{inside} is not shipped"

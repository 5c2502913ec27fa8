"""The image, as far as that can be told without a Docker engine: its file is read, and its build is done by hand."""

import configparser
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.deploy.commands import unknown
from tests.deploy.dockerfile import copied, instructions, is_ignored, stages, take

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "deploy/Dockerfile").read_text()
IGNORE = (ROOT / "deploy/Dockerfile.dockerignore").read_text()
BUILD, FINAL = stages(TEXT)
PACKAGES = ("sidecar", "jobs", "webhook")


def only(stage, name):
    (found,) = [one for one in stage if one.name == name]
    return found


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    """What the first stage copies, and nothing else."""
    folder = tmp_path_factory.mktemp("context")
    take(copied(BUILD), IGNORE, ROOT, folder)
    return folder


@pytest.fixture(scope="module")
def wheel(context, tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(out), str(context)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(out.glob("*.whl"))) as archive:
        yield archive


@pytest.mark.parametrize("source", [source for stage in (BUILD, FINAL) for source in copied(stage)])
def test_everything_that_is_copied_is_there_and_not_ignored(source):
    assert (ROOT / source).exists()
    assert not is_ignored(source, IGNORE)


def test_no_secret_and_no_ledger_goes_to_the_builder():
    for path in (
        ".env",
        "deploy/.env",
        "deploy/secrets/notion_token",
        "sidecar.db",
        ".git/config",
        "tests/conftest.py",
    ):
        assert is_ignored(path, IGNORE), path


def test_it_builds_from_what_is_copied_and_holds_every_file_of_the_program(context, wheel):
    files = {path.relative_to(context).as_posix() for name in PACKAGES for path in (context / name).rglob("*.*")}
    assert files
    assert files <= set(wheel.namelist())


def test_what_is_built_has_the_command_and_the_extras_that_are_installed(wheel):
    names = {Path(name).name: name for name in wheel.namelist() if ".dist-info/" in name}
    entries = configparser.ConfigParser()
    entries.read_string(wheel.read(names["entry_points.txt"]).decode())
    assert "sidecar" in entries["console_scripts"]
    extras = re.search(r"\.\[([\w,]+)\]", TEXT)[1].split(",")
    provided = re.findall(r"^Provides-Extra: (\S+)", wheel.read(names["METADATA"]).decode(), re.MULTILINE)
    assert set(extras) <= set(provided)


def test_the_python_inside_is_the_one_that_the_tests_run_on():
    version = next(one for one in instructions(TEXT) if one.name == "ARG").words[0].partition("=")[2]
    assert all("python:${PYTHON}-slim" in stage[0].text for stage in (BUILD, FINAL))
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    assert f"Python :: {version}" in config["metadata"]["classifiers"]
    assert config["options"]["python_requires"] == f">={version}"


def test_nothing_of_the_build_stays_but_the_program():
    (from_build,) = [one for one in FINAL if one.flag("from")]
    assert from_build.words == ["/opt/sidecar", "/opt/sidecar"]
    assert not [one for one in FINAL if one.name == "RUN" and re.search(r"\b(pip|apt-get|curl|wget)\b", one.text)]


def test_it_runs_as_nobody_in_particular_by_number():
    user = [one for one in FINAL if one.name == "USER"][-1]
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user.text)
    assert FINAL.index(user) < FINAL.index(only(FINAL, "ENTRYPOINT"))


def test_it_writes_to_its_volume_alone():
    assert only(FINAL, "VOLUME").words == ["/data"] == only(FINAL, "WORKDIR").words
    settings = dict(word.split("=", 1) for word in only(FINAL, "ENV").words)
    assert settings["DATABASE_URL"] == "sqlite:////data/sidecar.db"
    assert settings["HOME"] == "/data"
    assert settings["PYTHONDONTWRITEBYTECODE"] == "1"


def test_its_command_exists():
    words = only(FINAL, "ENTRYPOINT").words + only(FINAL, "CMD").words
    assert words[0] == "sidecar"
    assert len(words) > 1
    assert not unknown(words[1:])


def test_a_wrong_dockerfile_would_be_seen():
    stage = stages("FROM a AS b\nCOPY x \\\n  y/ /to\n# remark\nFROM c\nCOPY --from=b /q /q\nUSER root\n")
    assert copied(stage[0]) == ["x", "y/"]
    assert copied(stage[1]) == []
    assert unknown(["serv"]) == "there is no command 'serv'"
    assert is_ignored("a/b.pyc", "**/*.pyc")
    assert not is_ignored("sidecar/cli.py", IGNORE)
    assert is_ignored("sidecar/__pycache__/cli.pyc", IGNORE)

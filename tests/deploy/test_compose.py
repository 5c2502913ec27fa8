"""The compose file, read by Docker Compose itself: what runs, what it may touch, and where its secrets come from."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from dotenv import dotenv_values

from sidecar import environment
from sidecar.config import FOR_SYNC, Config
from tests.deploy.commands import unknown

DEPLOY = Path(__file__).parents[2] / "deploy"
PROGRAM = ["web", "worker", "scheduler"]
TO_JSON = "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)"


def compose(folder, *words):
    """What Compose makes of the file. The plugin gives JSON; Debian's docker-compose YAML, and brings its reader."""
    if shutil.which("docker") and _run(folder, "docker", "compose", "version").returncode == 0:
        return _run(folder, "docker", "compose", *words, "config", "--format", "json")
    done = _run(folder, "docker-compose", *words, "config")
    if done.returncode == 0:
        done.stdout = _run(folder, "/usr/bin/python3", "-c", TO_JSON, given=done.stdout).stdout
    return done


def _run(folder, *words, given=None):
    return subprocess.run(words, cwd=folder, input=given, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path):
    return followed(tmp_path / "deploy")


@pytest.fixture(scope="module")
def steps(tmp_path_factory):
    return followed(tmp_path_factory.mktemp("steps") / "deploy")


def followed(folder):
    """deploy/ as somebody has it who followed the steps."""
    folder.mkdir()
    shutil.copy(DEPLOY / "docker-compose.yml", folder)
    shutil.copy(DEPLOY / ".env.example", folder / ".env")
    (folder / "secrets").mkdir()
    for name in ("notion_token", "wp_app_password", "webhook_secret", "sync_token", "postgres_password"):
        (folder / "secrets" / name).write_text(f"secret-of-{name}\n")
    return folder


@pytest.fixture(scope="module")
def services(steps):
    done = compose(steps, "--profile", "postgres")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["services"]


def test_web_worker_scheduler_and_redis_run_and_postgres_when_asked(services):
    assert set(services) == {*PROGRAM, "redis", "postgres"}
    assert services["postgres"]["profiles"] == ["postgres"]
    assert not any("profiles" in services[name] for name in [*PROGRAM, "redis"])


def test_compose_would_say_what_is_wrong(folder):
    file = folder / "docker-compose.yml"
    file.write_text(file.read_text().replace("    restart: unless-stopped", "    restarts: unless-stopped", 1))
    done = compose(folder)
    assert done.returncode != 0
    assert "restarts" in done.stderr


@pytest.mark.parametrize(("name", "command"), [("web", "serve"), ("worker", "worker"), ("scheduler", "scheduler")])
def test_each_runs_a_command_that_exists(services, name, command):
    assert services[name]["command"] == [command]
    assert not unknown([command])
    assert services[name].get("entrypoint") is None


@pytest.mark.parametrize("name", [*PROGRAM, "redis", "postgres"])
def test_each_is_locked_in_and_watched(services, name):
    service = services[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["logging"]["options"]["max-size"]
    assert "privileged" not in service
    if name not in PROGRAM:
        assert not service.get("user", "0").startswith(("0", "root")), "the image would start as root"


def test_only_this_machine_reaches_the_web_service_and_nobody_the_databases(services):
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert list(published) == ["web"]
    (port,) = published["web"]
    said = port if isinstance(port, str) else f"{port.get('host_ip', '127.0.0.1')}:{port['published']}:{port['target']}"
    assert said.removesuffix("/tcp") == "127.0.0.1:8787:8787"


def test_redis_keeps_what_it_has_over_a_restart(services):
    command = services["redis"]["command"]
    assert command[command.index("--appendonly") + 1] == "yes"
    assert "/data" in str(services["redis"]["volumes"])


def test_a_stop_leaves_time_for_the_longest_call(services):
    for name in PROGRAM:
        assert seconds(services[name]["stop_grace_period"]) > 90


def seconds(text):
    minutes, rest = re.fullmatch(r"(?:(\d+)m)?(?:(\d+)s)?", text).groups()
    return int(minutes or 0) * 60 + int(rest or 0)


@pytest.mark.parametrize("name", PROGRAM)
def test_the_settings_of_the_containers_are_taken_and_nothing_is_missing(services, steps, name):
    filled_in = {"NOTION_DATA_SOURCE_ID": "x", "WP_URL": "https://blog.example", "WP_USERNAME": "anna"}
    given = {key: value or "" for key, value in services[name]["environment"].items()}
    inside = {key: value.replace("/run/secrets", str(steps / "secrets")) for key, value in given.items()}
    config = environment.load({**inside, **filled_in}, steps).require(*FOR_SYNC)
    assert config.notion_token.get_secret_value() == "secret-of-notion_token"
    assert config.sync_token.get_secret_value() == "secret-of-sync_token"
    assert (config.host, config.port, config.redis_url) == ("0.0.0.0", 8787, "redis://redis:6379/0")
    assert config.database_url == "sqlite:////data/sidecar.db"


def test_every_file_of_a_secret_is_one_that_is_handed_in(services):
    for name in PROGRAM:
        handed = {f"/run/secrets/{secret['source']}" for secret in services[name]["secrets"]}
        files = {key: value for key, value in services[name]["environment"].items() if key.endswith("_FILE")}
        assert set(files.values()) == handed
        assert {key.removesuffix("_FILE").lower() for key in files} <= set(Config.model_fields)


def test_the_database_of_the_env_file_is_the_one_that_is_used(folder):
    url = "postgresql://sidecar:pw@postgres:5432/sidecar"
    with (folder / ".env").open("a") as env:
        env.write(f"DATABASE_URL={url}\n")
    services = json.loads(compose(folder, "--profile", "postgres").stdout)["services"]
    assert {services[name]["environment"]["DATABASE_URL"] for name in PROGRAM} == {url}
    assert services["postgres"]["environment"]["POSTGRES_USER"] == "sidecar"


@pytest.mark.parametrize("value", ["abcd efgh ijkl", "a#b"])
def test_compose_reads_quoted_values_as_the_program_does(folder, value):
    (folder / ".env").write_text(f"WP_USERNAME='{value}'\n")
    services = json.loads(compose(folder).stdout)["services"]
    assert services["web"]["environment"]["WP_USERNAME"] == value == dotenv_values(folder / ".env")["WP_USERNAME"]


def test_a_secret_that_is_not_there_is_left_out_of_git():
    kept_out = (DEPLOY / ".gitignore").read_text().split()
    assert {".env", "/secrets/"} <= set(kept_out)

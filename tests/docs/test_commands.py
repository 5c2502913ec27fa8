"""Every command of the documentation is typed, in the order of its page, against a Notion and a WordPress."""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sidecar.adapters.ledger import ledger, open_store
from tests.docs.machine import ALONE, HERE, MARK, PRIVATE, Machine
from tests.docs.reading import FENCE, Block, commands, fenced, missing, sections
from tests.doctor.newcomer import clean_clone
from tests.stage.notion import NotionStandIn
from tests.stage.notion import build as b
from tests.stage.ports import free_port
from tests.stage.wordpress import WordPress
from tests.stories.test_import_original import SCHEMA
from webhook import handshake

ROOT = Path(__file__).parents[2]
PAGES = {page.name: page.read_text() for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]}
OPERATOR = ("running.md", "operating.md")
"""Typed one after the other on one machine, as root: from its first day to its hundredth."""
ELSEWHERE = {
    "make demo": "tests/stories/test_demo.py types it at a terminal, in a clean clone",
    "make test": "runs this very test",
    "make check": "is what each change passes besides the tests; its types alone take longer than this page",
    "make bench": "measures for minutes; tests/adapters and tests/stories hold the counts of calls that it prints",
    "make chaos": "kills for minutes; tests/chaos/test_storm.py is the same storm, shorter",
    "make faults": "fails calls for half an hour; tests/stories/test_every_call.py fails one of each name",
    "make recording": "installs everything in a clean clone; the two tests that hold its page to it type the same",
    "make pictures": "takes a browser through every block; tests/test_docs.py holds the pictures to the page",
}
"""What is not typed here, and why. `make` says at least what it would do."""
STAND_INS = {
    "apt": "changes the machine's packages",
    "python3": "installs what this program depends on, each time",
    "pip": "the same",
    "nano": "waits for somebody to write",
    "sudo": "may not be there; changes to the user all the same",
    "systemctl": "needs systemd to be the first process; systemd reads the units, the main one is started as it says",
    "journalctl": "the same",
    "a2enmod": "is in a larger package than the tests need",
    "apachectl": "the same; Apache reads the snippet all the same",
    "docker": "needs an engine; Compose reads its file, what is run inside is run here. See test_compose, test_image",
}
"""Programs that are not the real ones, and why."""


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    clone = clean_clone(tmp_path_factory.mktemp("docs"))
    (clone / ".venv").symlink_to(ROOT / ".venv")
    for name in ("setup.cfg", "pyproject.toml"):
        os.utime(clone / name, (0, 0))  # older than the environment, so that `make` takes it as it is
    return clone


@pytest.fixture
def machine(clone: Path, notion: NotionStandIn, wordpress: WordPress, tmp_path: Path) -> Iterator[Machine]:
    page = notion.add_page("The first page", [b.paragraph("Hello from Notion.")])
    editor = wordpress.users["editor"]
    settings = {
        "NOTION_TOKEN": notion.token,
        "NOTION_DATA_SOURCE_ID": notion.data_source_id,
        "NOTION_BASE_URL": notion.url,
        "WP_URL": wordpress.url,
        "WP_USERNAME": editor.login,
        "WP_APP_PASSWORD": editor.application_password,
        "WP_POST_STATUS": "publish",
    }
    (clone / ".env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    port = free_port()
    words = {
        "https://blog.example": wordpress.url,
        "127.0.0.1:8787": f"127.0.0.1:{port}",
        "preview PAGE": f"preview {page}",
        "/path/to/its.db": str(tmp_path / "its.db"),
        "notion-sidecar-DATE": "notion-sidecar-2*",
        "cd notion-wordpress-sidecar": f"cd {clone}",
        **{command: f"make -n {command[5:]} >&2" for command in ELSEWHERE},
    }
    with contextlib.closing(sqlite3.connect(tmp_path / "its.db")) as before:
        before.executescript(SCHEMA)
    answers = [
        *("--notion-token", notion.token, "--data-source", "Magazine", "--post-status", "publish"),
        *("--wp-url", wordpress.url, "--wp-username", editor.login, "--wp-app-password", editor.application_password),
    ]
    (tmp_path / "home").mkdir()
    yield Machine(tmp_path, clone, settings, words, answers, port)
    for path in (clone / ".env", clone / "sidecar.toml", *clone.glob("sidecar.db*")):
        path.unlink(missing_ok=True)


def held(page: str, output: str) -> None:
    """What the page says that a command prints is what it printed."""
    blocks = [block for section in sections(PAGES[page]) for block in section]
    for block, printed in zip(blocks, output.split(MARK)[1:], strict=True):
        assert not missing(block.printed, printed), printed


@pytest.mark.parametrize("name", sorted({name for name, text in PAGES.items() if commands(text)} - {*OPERATOR}))
def test_every_command_of_a_page_works(machine: Machine, notion: NotionStandIn, name: str) -> None:
    PREPARED.get(name, lambda *_: None)(machine, notion)
    held(name, machine.types(typed(name), before=BEFORE.get(name, "")))


REPEATING = ("README.md", "wordpress-setup.md")
"""What these have in common with the quickstart is typed there."""


def typed(page: str) -> list[list[Block]]:
    known = set(commands(PAGES["quickstart.md"])) if page in REPEATING else set()
    return [
        [replace(block, commands=tuple(line for line in block.commands if line not in known)) for block in blocks]
        for blocks in sections(PAGES[page])
    ]


BEFORE = {"README.md": 'python3 -m venv "$HOME/venv" && . "$HOME/venv/bin/activate"\n'}


def token_arrived(machine: Machine, _: NotionStandIn) -> None:
    """Notion has sent its token to the service."""
    store = open_store(f"sqlite:///{machine.clone}/sidecar.db")
    handshake.store(ledger(store, "main").memory, "secret_that-notion-sent")
    store.close()


def several_sites(machine: Machine, notion: NotionStandIn) -> None:
    """The example of the page, with sources and a WordPress that are there."""
    notion.content.source.add_property("Kicker", "rich_text")
    sources = iter([notion.data_source_id, notion.content.add_data_source("Products").id])
    (text, *_) = fenced(PAGES["sites.md"], "toml")
    text = re.sub(r"(?<=notion_data_source_id = ).*", lambda _: f'"{next(sources)}"', text)
    text = re.sub(r"(?<=wp_url = ).*", f'"{machine.settings["WP_URL"]}"', text)
    text = re.sub(r"(?<=wp_username = ).*", f'"{machine.settings["WP_USERNAME"]}"', text)
    password = machine.folder / "shop"
    password.write_text(machine.settings["WP_APP_PASSWORD"])
    (machine.clone / "sidecar.toml").write_text(text.replace("/run/secrets/shop", str(password)))
    shared = f"NOTION_TOKEN={notion.token}\nNOTION_BASE_URL={notion.url}\n"
    (machine.clone / ".env").write_text(f"{shared}MAGAZINE_PASSWORD={password.read_text()}\n")


PREPARED = {"notion-setup.md": token_arrived, "sites.md": several_sites}


def test_every_command_of_an_operator_works(machine: Machine) -> None:
    allowed = subprocess.run([*ALONE, PRIVATE], capture_output=True, text=True, check=False)
    if allowed.returncode != 0 or os.geteuid() != 0:
        pytest.skip(f"this machine may not be given a private /etc: {allowed.stderr.strip()}")
    schedule = [Block((line.split(maxsplit=5)[5],)) for line in fenced(PAGES["running.md"], "crontab")]
    runs_again = Block(("systemctl enable --now notion-sidecar-all",))
    include = (
        "echo 'server { listen 127.0.0.1:1; include snippets/notion-sidecar.conf; }' > /etc/nginx/conf.d/blog.conf\n"
    )
    machine.types(
        [*sections(PAGES["running.md"]), schedule, [runs_again], *sections(PAGES["operating.md"])],
        before=include,
        private=True,
    )


# --- nothing is left out ---------------------------------------------------------------------------------


def test_what_is_not_typed_stands_in_a_page() -> None:
    typed = {command for text in PAGES.values() for command in commands(text)}
    unused = {command for command in ELSEWHERE if not any(line.startswith(command) for line in typed)}
    assert unused <= {"make recording", "make pictures"}


def test_every_stand_in_has_its_reason() -> None:
    assert {path.name for path in (HERE / "stand_ins").iterdir()} == set(STAND_INS)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_command_stands_in_a_fence(name: str) -> None:
    """What is indented only, or in a fence of another language, would be typed by nobody."""
    text = PAGES[name]
    others = FENCE.sub("", text) if FENCE.search(text) else ""
    assert not re.findall(r"^ {4,}(?:\$ )?(?:sidecar|make|docker|systemctl|sudo|curl|pip) .*$", others, re.MULTILINE)
    assert {found[2] for found in FENCE.finditer(text)} <= {
        "sh",
        "text",
        "toml",
        "ini",
        "nginx",
        "apache",
        "crontab",
        "",
    }


def test_commands_are_found_in_their_sections() -> None:
    text = "# P\n\n```sh\na  # why\n\nb\n```\n\n## S\n\n1. x\n\n   ```sh\n   c #d\n   ```\n\n```text\n1.5 s\n```\n"
    assert sections(text) == [[Block(("a", "b"))], [Block(("c #d",), "1.5 s\n")]]
    assert commands("# P\n\n    make x\n\nword\n") == ["make x"]
    assert missing("in 1.5 s\nother\n", "x\nin  2.7 s\n") == ["other"]


def test_a_command_that_fails_is_named(machine: Machine) -> None:
    with pytest.raises(AssertionError, match="This failed: sidecar no-such-command"):
        machine.types([[Block(("true", "sidecar no-such-command", "true"))]])

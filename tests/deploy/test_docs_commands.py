"""What the documentation tells people to type and to open exists."""

import re
from pathlib import Path

import pytest

from sidecar.config import Config
from tests.deploy.commands import in_markdown, unknown

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
OURS = [ROOT / "docs" / name for name in ("running.md", "notion-setup.md", "wordpress-setup.md")]
SETTINGS = {name.upper() for name in Config.model_fields}
NOT_SETTINGS = {"NAME_FILE", "BACKUP_DIR", "NOTION_SIDECAR_TOKEN"}

COMMANDS = [pytest.param(words, id=f"{page.name}: sidecar {' '.join(words)}") for page in PAGES
            for words in in_markdown(page.read_text())]  # fmt: skip


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_exists(words):
    assert not unknown(words)


def test_commands_are_found_and_wrong_ones_are_named():
    text = "Run `sidecar sync --page ID`.\n\n```\nsudo /x/sidecar no   # sidecar yes\n```\n\n    sidecar plan --fast\n"
    found = [unknown(words) for words in in_markdown(text)]
    assert sorted(found) == ["", "plan has no option --fast", "there is no command 'no'"]


@pytest.mark.parametrize("page", OURS, ids=lambda page: page.name)
def test_every_setting_that_is_named_exists(page):
    code = re.findall(r"`([^`\n]+)`", page.read_text()) + re.findall(r"^ {4,}(.*)$", page.read_text(), re.MULTILINE)
    named = {name for piece in code for name in re.findall(r"\b([A-Z]+(?:_[A-Z]+)+)\b", piece)} - NOT_SETTINGS
    assert {name.removesuffix("_FILE") for name in named} <= SETTINGS


@pytest.mark.parametrize("page", OURS, ids=lambda page: page.name)
def test_every_file_and_page_that_is_named_exists(page):
    text = page.read_text()
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (page.parent / link).exists(), link
    for path in re.findall(r"\b((?:deploy|docs|wp-plugin-stub)/[\w./@-]*\w)", text):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("page", OURS, ids=lambda page: page.name)
def test_every_heading_that_is_linked_exists(page):
    for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", page.read_text()):
        other = page.parent / target if target else page
        headings = re.findall(r"^#+ (.+)$", other.read_text(), re.MULTILINE)
        assert anchor in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}, anchor

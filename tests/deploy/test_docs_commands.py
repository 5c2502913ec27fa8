"""What the documentation tells people to type and to open exists."""

import re
from pathlib import Path

import pytest

from sidecar.config import Config
from tests.deploy.commands import in_markdown, unknown

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
OURS = [
    ROOT / "docs" / name
    for name in (
        "quickstart.md",
        "running.md",
        "operating.md",
        "notion-setup.md",
        "wordpress-setup.md",
        "contributing.md",
        "sites.md",
    )
]
SETTINGS = {name.upper() for name in Config.model_fields}
NOT_SETTINGS = {
    "MAGAZINE_PASSWORD",
    "MAGAZINE_PASSWORD_FILE",
    "MAGAZINE_WP_APP_PASSWORD",
    "DISALLOW_UNFILTERED_HTML",
    "SHOP_URL",
    "NAME_FILE",
    "BACKUP_DIR",
    "NOTION_SIDECAR_TOKEN",
}

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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_target_of_make_exists(page):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert made_in(page.read_text()) <= targets


def made_in(text):
    """The targets of the `make` commands that stand in code."""
    return set(re.findall(r"^(?:\$ )?make ([a-z]+)\b", in_code(text), re.MULTILINE))


def in_code(text):
    """What stands in fences, indented, or in spans."""
    fenced = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return "\n".join([*fenced, *re.findall(r"^ {4,}(.*)$", text, re.MULTILINE), *re.findall(r"`(make [^`\n]+)`", text)])


def test_targets_are_found_wherever_a_command_stands():
    text = "```sh\nmake one   # and\n```\nPress `make two`.\n\n    $ make three\n    things that make sense\n"
    assert made_in(text) == {"one", "two", "three"}

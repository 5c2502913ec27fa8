"""The documentation says what the code does."""

import importlib.util
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"


def maker():
    spec = importlib.util.spec_from_file_location("docs_make", DOCS / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", sorted(maker().PAGES))
def test_a_page_made_from_the_code_is_up_to_date(name):
    assert (DOCS / name).read_text() == maker().PAGES[name](), "run: python docs/make.py"


def test_every_picture_is_shown_and_there():
    """A picture whose type of block was renamed would be left behind."""
    pages = "".join(page.read_text() for page in DOCS.glob("*.md") if page.name != "blocks.in.md")
    shown = {*re.findall(r'<img src="pictures/(.+?)\.png"', pages), *re.findall(r"\]\(pictures/(.+?)\.png\)", pages)}

    assert shown
    assert sorted(shown) == sorted(path.stem for path in (DOCS / "pictures").glob("*.png"))


def test_the_map_of_the_code_names_every_module_and_no_other():
    """The two folders beside are named with `../`, the adapters' own in words."""
    rows = [line for line in (DOCS / "architecture.md").read_text().splitlines() if line.startswith("| ")]
    named = re.findall(r"`(\w+(?:\.py|/))`", "".join(row.split("|")[1] for row in rows))
    there = [
        f"{path.name}/" if path.is_dir() else path.name
        for path in (DOCS.parent / "sidecar").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    ]

    assert sorted(named) == sorted(name for name in there if not name.startswith("__"))

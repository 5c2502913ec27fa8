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

"""Lines on terminals of any width, in pipes, and where not every sign can be shown."""

import io
import json
import os
import subprocess
import sys

import pytest
from rich.console import Console

from sidecar.screen import Line, show

LINE = Line(
    "  [green]ok[/green]     ",
    "Posts get their [bold]slug[/bold] from a property, and https://blog.example/" + "x" * 60,
)


def shown(width, is_terminal=True, line=LINE):
    where = Console(file=io.StringIO(), width=width, force_terminal=is_terminal, color_system=None, soft_wrap=True)
    show(where, [line])
    return where.file.getvalue()


def test_what_is_too_long_goes_on_below_itself_between_words():
    assert shown(40).splitlines()[:2] == ["  ok     Posts get their slug from a", "         property, and"]


def test_an_address_is_never_broken():
    assert f"\n         https://blog.example/{'x' * 60}\n" in shown(40)


def test_wide_signs_take_two_columns():
    assert shown(30, line=Line("", "海辺の詩と 潮の満ち引きを 眺める")).splitlines() == [
        "海辺の詩と 潮の満ち引きを",
        "眺める",
    ]


@pytest.mark.parametrize("width", [1, 20])
def test_the_narrowest_terminal_gets_all_of_it(width):
    assert "".join(shown(width).split()) == "".join(shown(500).split())


def test_in_a_pipe_a_line_is_one_line():
    assert shown(40, is_terminal=False).count("\n") == 1


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_json_is_whole_whatever_can_be_written(encoding):
    code = "from sidecar.screen import say_json; say_json({'title': 'Büro · 海'})"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONIOENCODING": encoding}, capture_output=True, check=True
    )
    assert json.loads(done.stdout.decode(encoding)) == {"title": "Büro · 海"}


def test_a_sign_that_cannot_be_shown_is_a_question_mark_and_no_error():
    code = "from sidecar.screen import *; forgive(); show(console(), [Line('', 'Büro → ok')])"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONIOENCODING": "ascii"}, capture_output=True, check=True
    )
    assert done.stdout.decode("ascii").strip() == "B?ro ? ok"

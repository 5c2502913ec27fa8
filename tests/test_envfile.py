"""A `.env` that was written reads back as it was meant, whatever is in it."""

import io

import pytest
from dotenv import dotenv_values

from sidecar import envfile


@pytest.mark.parametrize(
    "value", ["plain", "abcd efgh", "it's", 'a"b', "a\\b", "$HOME", "#1", "x # y", "", " ", "é 😀", "a=b", "\\'"]
)
def test_any_value_comes_back(value):
    assert dotenv_values(stream=io.StringIO(envfile.merged("", {"NAME": value}))) == {"NAME": value}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", "A=1\nB=2\n", id="nothing was there"),
        pytest.param("X=9", "X=9\nA=1\nB=2\n", id="a last line without an end"),
        pytest.param("# A=0\nA=0\nX=9\n", "# A=0\nA=1\nX=9\nB=2\n", id="in its place"),
        pytest.param("export A='multi\nline'\nX=9\n", "A=1\nX=9\nB=2\n", id="a value of several lines"),
        pytest.param("A=0\nX=9\nA=00\n", "A=1\nX=9\nB=2\n", id="said twice"),
    ],
)
def test_what_is_there_stays(before, after):
    assert envfile.merged(before, {"A": "1", "B": "2"}) == after


def test_a_file_appears_whole_and_for_its_owner_alone(tmp_path):
    path = tmp_path / ".env"
    envfile.write(path, "A=1\n")
    assert path.read_text() == "A=1\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == [".env"]

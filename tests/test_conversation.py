"""Asking a person: what they mean by what they paste, and by what they choose."""

import click
import pytest
from rich.console import Console

from sidecar.conversation import Conversation, Question, pasted

TOKEN = "ntn_1"


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"  {TOKEN}\t",
        f'"{TOKEN}"',
        f"'{TOKEN}' ",
        f"“{TOKEN}”",
        f"`{TOKEN}`",
        f"\ufeff{TOKEN}\u200b",
        f"{TOKEN}\r\n",
    ],
)
def test_what_is_around_a_pasted_secret_is_not_part_of_it(text):
    assert pasted(text) == TOKEN


@pytest.mark.parametrize("text", ["", '"', "it's", "'a", "a b c"])
def test_what_is_inside_stays(text):
    assert pasted(text) == text


@pytest.mark.parametrize(("said", "meant"), [("2", 1), (" 1 ", 0), ("Done", 1)])
def test_one_of_several_is_named_by_its_number_or_its_words(said, meant):
    talk = Conversation(Console(), is_alone=True)
    assert talk.choice(Question("Which", "--which", said), ["Adding", "Done"]) == meant


@pytest.mark.parametrize("said", ["0", "3", "adding?", "²"])
def test_what_is_none_of_several_is_said_with_those_there_are(said):
    talk = Conversation(Console(), is_alone=True)
    with pytest.raises(click.UsageError, match="'Adding', 'Done'"):
        talk.choice(Question("Which", "--which", said), ["Adding", "Done"])

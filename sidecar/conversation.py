"""Asking a person on the terminal, or taking the answers that came as options. Decides nothing about the answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import click
from rich.console import Console
from rich.markup import escape

from sidecar.checks import Verdict
from sidecar.screen import Line, show
from sidecar.terminal import verdict_lines


@dataclass(frozen=True)
class Question:
    """What is asked, the option that answers it, and the answer if that was given."""

    words: str
    option: str
    given: str | None = None
    default: str = ""
    is_secret: bool = False


class Conversation:
    """One person at one terminal; with `is_alone` nobody is there, and options have to answer everything."""

    def __init__(self, console: Console, is_alone: bool) -> None:
        self._console, self.is_alone = console, is_alone

    def heading(self, words: str) -> None:
        self._console.print(f"\n[bold]{escape(words)}[/bold]")

    def say(self, words: str) -> None:
        show(self._console, [Line("  ", escape(words))])

    def show(self, verdicts: Sequence[Verdict]) -> bool:
        """Shows what a look at an answer found. True when there is no failure in it."""
        for verdict in verdicts:
            show(self._console, verdict_lines(verdict))
        return not any(verdict.is_failure for verdict in verdicts)

    def answer(self, question: Question, look: Callable[[str], Sequence[Verdict]]) -> str:
        """Asks until a look at the answer finds no failure. An answer that was given is looked at once."""
        while True:
            value = self.ask(question)
            if self.show(look(value)):
                return value
            self.give_up_if_alone(question)

    def give_up_if_alone(self, question: Question) -> None:
        """An answer that does not work and came as an option ends it all: asking would give it again."""
        if question.given is not None or self.is_alone:
            raise click.ClickException(f"{question.option}: this does not work; the line above says why.")

    def ask(self, question: Question) -> str:
        """One answer, which is looked at together with others."""
        return pasted(question.given) if question.given is not None else self._asked(question)

    def _asked(self, question: Question) -> str:
        if not self.is_alone:
            shown = "as it is" if question.is_secret else question.default
            hidden = " (not shown while you type or paste it)" if question.is_secret else ""
            words = f"  {question.words}{hidden}" + (f" [{shown}]" if question.default else "")
            text: str = click.prompt(
                words, default=question.default or None, hide_input=question.is_secret, show_default=False
            )
            return pasted(text)
        if question.default:
            return question.default
        raise click.UsageError(f"Nobody is there to answer “{question.words}”: give {question.option}.")

    def choice(self, question: Question, choices: Sequence[str], default: int = 0) -> int:
        """Which of several: its number. An option gives the words of a choice, or its number on the screen."""
        if question.given is not None:
            return self._given(question, choices)
        if self.is_alone:
            return default
        for number, words in enumerate(choices, 1):
            self.say(f"{number:>3}  {words}")
        chosen: int = click.prompt(
            f"  {question.words}", default=str(default + 1), value_proc=lambda text: _number(text, choices)
        )
        return chosen

    def _given(self, question: Question, choices: Sequence[str]) -> int:
        try:
            return _number(question.given or "", choices)
        except click.UsageError as error:
            words = f"{question.option}: {question.given!r} is none of {', '.join(map(repr, choices))}."
            raise click.UsageError(words) from error

    def agrees(self, words: str, default: bool = False) -> bool:
        return default if self.is_alone else click.confirm(f"  {words}", default=default)

    def wait(self, words: str) -> None:
        """Until the person has done something elsewhere."""
        click.prompt(f"  {words}", default="", show_default=False, prompt_suffix=" ")

    def text(self, words: str) -> str:
        """A line that may be empty; empty when nobody is there."""
        if self.is_alone:
            return ""
        said: str = click.prompt(f"  {words}", default="", show_default=False)
        return said.strip()


def _number(text: str, choices: Sequence[str]) -> int:
    """Which of several somebody means, by its words or by its number on the screen. Raises UsageError."""
    if text.strip() in choices:
        return choices.index(text.strip())
    if text.strip().isdecimal() and 0 < int(text) <= len(choices):
        return int(text) - 1
    raise click.UsageError(f"{text!r} is none of them: say a number from 1 to {len(choices)}.")


INVISIBLE = "\u200b\u200e\u200f\u2060\ufeff"
QUOTES = ('""', "''", "“”", "„“", "«»", "``", "<>")


def pasted(text: str) -> str:
    """What somebody means who pastes: without blanks, line ends and invisible signs around it, and without quotes."""
    bare = text.strip().strip(INVISIBLE).strip()
    is_quoted = len(bare) > 1 and bare[0] + bare[-1] in QUOTES
    return bare[1:-1].strip() if is_quoted else bare

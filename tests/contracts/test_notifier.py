"""What every `Notifier` promises: the one in memory, and Telegram on a stand-in for its bot API."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from sidecar.adapters.telegram import Telegram
from sidecar.config import Config
from sidecar.errors import Refused, Unavailable
from sidecar.ports import Notifier
from tests.fakes.notifier import FakeNotifier
from tests.stage.telegram import TelegramStandIn


@dataclass
class Messenger:
    notifier: Notifier
    messages: list[str]
    go_away: Callable[[], None]


@contextlib.contextmanager
def in_memory() -> Iterator[Messenger]:
    notifier = FakeNotifier()

    def go_away() -> None:
        notifier.trouble = Unavailable("It could not be reached.")

    yield Messenger(notifier, notifier.messages, go_away)


@contextlib.contextmanager
def on_telegram() -> Iterator[Messenger]:
    with contextlib.ExitStack() as stack:
        telegram = stack.enter_context(TelegramStandIn())
        yield Messenger(Telegram(Config.parse(telegram.settings)), telegram.messages, stack.close)


@pytest.fixture(params=[in_memory, on_telegram], ids=["in memory", "Telegram"])
def messenger(request: pytest.FixtureRequest) -> Iterator[Messenger]:
    with request.param() as messenger:
        yield messenger


def test_messages_arrive_as_they_are_and_in_order(messenger: Messenger) -> None:
    for text in ("<b>Größe</b> 🌊", "x" * 4096):
        messenger.notifier.send(text)
    assert messenger.messages == ["<b>Größe</b> 🌊", "x" * 4096]


@pytest.mark.parametrize("text", ["", "x" * 4097], ids=["empty", "too long"])
def test_a_message_that_cannot_be_delivered_is_refused(messenger: Messenger, text: str) -> None:
    with pytest.raises(Refused):
        messenger.notifier.send(text)
    assert messenger.messages == []


def test_one_that_is_away_may_be_asked_again(messenger: Messenger) -> None:
    messenger.go_away()
    with pytest.raises(Unavailable, match="could not be reached"):
        messenger.notifier.send("x")

"""Telegram, if it is wanted: a bot, a chat, and a message that shows that both work."""

from __future__ import annotations

from collections.abc import Mapping

from sidecar.adapters.examine import answered
from sidecar.adapters.telegram import Telegram
from sidecar.checks import Verdict, failed, ok
from sidecar.conversation import Question
from sidecar.errors import SidecarError
from sidecar.init.setup import Setup

HELP = (
    "Write /newbot to @BotFather: it gives you a token.",
    "Write something to your new bot, or add it to a group;"
    " then https://api.telegram.org/bot<token>/getUpdates shows the number of that chat (message > chat > id).",
)
TRIAL = "<b>Notion WordPress Sidecar</b>\nThis is where you will read what was published."


def ask(setup: Setup) -> None:
    talk, given = setup.talk, setup.given
    known = setup.value("TELEGRAM_BOT_TOKEN")
    wanted = given["telegram_token"] is not None or bool(known)
    if not wanted:
        talk.heading("Telegram")
        if not talk.agrees("A summary of each run by Telegram?"):
            return
        for line in HELP:
            talk.say(line)
    while True:
        token = Question("Token of the bot", "--telegram-token", given["telegram_token"], known, True)
        known_chat = setup.value("TELEGRAM_CHAT_ID")
        chat = Question("Number of the chat", "--telegram-chat", given["telegram_chat"], known_chat)
        said = {"TELEGRAM_BOT_TOKEN": talk.ask(token), "TELEGRAM_CHAT_ID": talk.ask(chat)}
        if talk.show([_look_at_chat(setup, said)]):
            setup.answers.update(said)
            return
        talk.give_up_if_alone(chat)
        if not talk.agrees("Try again?", default=True):
            return


def _look_at_chat(setup: Setup, said: Mapping[str, str]) -> Verdict:
    sent = answered(lambda: Telegram(setup.config(**said)).send(TRIAL))
    if isinstance(sent, SidecarError):
        return failed("telegram", sent)
    return ok("telegram", "A message was sent: look whether it came.")

"""Telegram: sends the summary of a run to one chat. What it says is written in `summarise`."""

from __future__ import annotations

from collections.abc import Mapping

import requests

from sidecar import catalogue
from sidecar.config import Config
from sidecar.errors import Refused, Unavailable

TIMEOUT = (5.0, 15.0)
"""Seconds to connect, and between bytes of the answer."""


class Telegram:
    """A chat, reached through the bot API (core.telegram.org/bots/api#sendmessage)."""

    def __init__(self, config: Config) -> None:
        self._token = config.telegram_bot_token.get_secret_value()
        self._url = f"{config.telegram_base_url}/bot{self._token}"
        self._chat = config.telegram_chat_id

    def send(self, text: str) -> None:
        message = {
            "chat_id": self._chat,
            "text": text,
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        }
        self._call("sendMessage", message)

    def chat(self) -> str:
        """The name of the chat. Sends nothing (core.telegram.org/bots/api#getchat)."""
        found = self._call("getChat", {"chat_id": self._chat}).json().get("result") or {}
        return str(found.get("title") or found.get("first_name") or found.get("username") or f"chat {self._chat}")

    def _call(self, method: str, values: Mapping[str, object]) -> requests.Response:
        try:
            answer = requests.post(f"{self._url}/{method}", json=values, timeout=TIMEOUT)
        except requests.RequestException as error:
            # The exception's text holds the URL, and the URL holds the token: neither may reach a log.
            raise Unavailable.of(catalogue.TELEGRAM_UNREACHABLE, {"reason": type(error).__name__}) from None
        if answer.status_code == requests.codes.ok:
            return answer
        raise _error(answer)


def _error(answer: requests.Response) -> Unavailable | Refused:
    try:
        body = answer.json()
    except ValueError:
        body = {}
    words = body.get("description", answer.reason) if isinstance(body, dict) else answer.reason
    if answer.status_code == requests.codes.too_many_requests:
        wait = body.get("parameters", {}).get("retry_after")
        return Unavailable.of(catalogue.TELEGRAM_SLOW_DOWN, {"said": words}, retry_after=wait)
    if answer.status_code >= requests.codes.server_error:
        return Unavailable.of(catalogue.TELEGRAM_DOWN, {"said": f"{answer.status_code} {words}"})
    return Refused.of(catalogue.TELEGRAM_REFUSED, {"said": words})

"""Telegram: sends the summary of a run to one chat. What it says is written in `summarise`."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import requests
import urllib3

from sidecar import catalogue
from sidecar.adapters.retry import seconds_asked
from sidecar.config import Config
from sidecar.errors import Refused, Unavailable

CONNECT_SECONDS, SILENCE_SECONDS, TOTAL_SECONDS = 5.0, 15.0, 30.0
"""To connect, between bytes of the answer, and for all of it."""
MOST_BYTES = 1_000_000


class Telegram:
    """A chat, reached through the bot API (core.telegram.org/bots/api#sendmessage)."""

    def __init__(self, config: Config, seconds: float = TOTAL_SECONDS) -> None:
        self._token = config.telegram_bot_token.get_secret_value()
        self._url = f"{config.telegram_base_url}/bot{self._token}"
        self._chat = config.telegram_chat_id
        self._seconds = seconds

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
        found = _object(self._call("getChat", {"chat_id": self._chat})).get("result") or {}
        return str(found.get("title") or found.get("first_name") or found.get("username") or f"chat {self._chat}")

    def _call(self, method: str, values: Mapping[str, object]) -> bytes:
        """Sent once: a summary that comes twice says that everything happened twice."""
        ends = time.monotonic() + self._seconds
        timeout = (min(CONNECT_SECONDS, self._seconds), min(SILENCE_SECONDS, self._seconds))
        try:
            with requests.post(f"{self._url}/{method}", json=values, timeout=timeout, stream=True) as answer:
                body = _read(answer, ends)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            # The exception's text holds the URL, and the URL holds the token: neither may reach a log.
            raise Unavailable.of(catalogue.TELEGRAM_UNREACHABLE, {"reason": type(error).__name__}) from None
        if answer.status_code == requests.codes.ok:
            return body
        raise _error(answer, body)


def _read(answer: requests.Response, ends: float) -> bytes:
    """The answer, in time: one that drips would begin its time-out anew with every byte."""
    parts, size = [], 0
    for part in answer.iter_content(1024):
        parts.append(part)
        size += len(part)
        if time.monotonic() > ends or size > MOST_BYTES:
            raise requests.exceptions.ReadTimeout
    return b"".join(parts)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _error(answer: requests.Response, body: bytes) -> Unavailable | Refused:
    said = _object(body)
    words = said.get("description", answer.reason)
    parameters = said.get("parameters")
    asked = parameters.get("retry_after") if isinstance(parameters, dict) else None
    wait = seconds_asked(asked if asked is not None else answer.headers.get("Retry-After"))
    if answer.status_code == requests.codes.too_many_requests:
        return Unavailable.of(catalogue.TELEGRAM_SLOW_DOWN, {"said": words}, retry_after=wait)
    if answer.status_code >= requests.codes.server_error:
        said_so = f"{answer.status_code} {words}"
        return Unavailable.of(catalogue.TELEGRAM_DOWN, {"said": said_so}, retry_after=wait)
    return Refused.of(catalogue.TELEGRAM_REFUSED, {"said": words})

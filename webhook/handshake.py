"""The token under which Notion signs its events: how it comes, who may set it, where the operator finds it.

Notion sends it once, to an address that cannot know yet who is calling. So anybody may send one, until an event
that was signed with it has come: from then on it stays, whatever is sent. NOTION_VERIFICATION_TOKEN beats both.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from sidecar.config import Config
from sidecar.ledger import Memory

SENT = "events token"
VERIFIED = "events token verified"
LARGEST = 2048
"""Bytes of the largest body that may be a handshake: strangers are not parsed for longer."""


@dataclass(frozen=True, slots=True)
class Token:
    value: str
    is_settled: bool
    """Nobody can replace it any more by sending another one."""


def address(config: Config) -> str:
    """What to give Notion as the webhook's URL."""
    return f"{config.public_url or 'https://<your host>/notion-sidecar'}/webhooks/notion/events"


def token_in(raw: bytes) -> str | None:
    """The token in a handshake; None for anything else. One that no header could be signed with is none."""
    try:
        body = json.loads(raw) if len(raw) <= LARGEST else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(body, dict) or "type" in body:
        return None
    token = body.get("verification_token")
    return token if isinstance(token, str) and re.fullmatch(r"[!-~]{8,256}", token) else None


def known(config: Config, memory: Memory) -> Token | None:
    """The token that events are to be signed with, as far as we know."""
    settled = config.notion_verification_token.get_secret_value() or memory.get(VERIFIED)
    if settled:
        return Token(settled, is_settled=True)
    sent = memory.get(SENT)
    return Token(sent, is_settled=False) if sent else None


def store(memory: Memory, token: str) -> None:
    """Keeps a token that was sent, as long as none is settled."""
    memory.put(SENT, token)


def settle(memory: Memory, token: str) -> None:
    """An event came that was signed with this token: it stays."""
    memory.put(SENT, token)
    memory.put(VERIFIED, token)


def forget(memory: Memory) -> None:
    """The next token that is sent counts again: the operator has made a new subscription."""
    memory.forget(VERIFIED)
    memory.forget(SENT)

"""A messenger in memory, in the role `Notifier`: keeps what it was sent, or fails as it is told."""

from __future__ import annotations

from sidecar.errors import Refused, SidecarError

MOST = 4096


class FakeNotifier:
    """`trouble` makes every later message fail."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.trouble: SidecarError | None = None

    def send(self, text: str) -> None:
        if self.trouble is not None:
            raise self.trouble
        if not text or len(text) > MOST:
            raise Refused("The message is empty, or too long.", "It may have at most 4096 characters.")
        self.messages.append(text)

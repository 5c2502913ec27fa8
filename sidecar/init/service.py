"""What the service is asked with: a token for its status page, a secret for Notion's button. Made up, not asked for."""

from __future__ import annotations

import secrets

from sidecar.init.setup import Setup

KEYS = {
    "SYNC_TOKEN": "the status page of the service asks for it",
    "WEBHOOK_SECRET": "a button in Notion is to send it",
}
BYTES = 32


def make_keys(setup: Setup) -> None:
    """Those that are not set yet: without them `sidecar up` has a status page and a webhook that let nobody in."""
    for name, what in KEYS.items():
        if not setup.value(name) and not setup.value(f"{name}_FILE"):
            setup.answers[name] = secrets.token_urlsafe(BYTES)
            setup.talk.say(f"{name} is made up: {what}.")

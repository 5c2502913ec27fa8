"""Who is calling: bearer token, shared secret, signature. Whoever is not who they say gets a no with a reason."""

from __future__ import annotations

import math
from collections.abc import Mapping

from flask import request

from sidecar.config import Config
from webhook.answers import Declined
from webhook.signature import is_same
from webhook.throttle import Throttle, caller

BEARER = 'Bearer realm="notion-sidecar"'
SHARED = 'Secret realm="notion-sidecar", header="X-Sidecar-Secret"'
SIGNATURE = 'Signature realm="notion-sidecar", header="X-Notion-Signature"'


def need_bearer(config: Config, throttle: Throttle) -> None:
    """Lets pass who sends SYNC_TOKEN."""
    right = config.sync_token.get_secret_value()
    if not right:
        raise not_configured("SYNC_TOKEN", "Set SYNC_TOKEN to a long random text, and send it as a bearer token.")
    given = request.authorization
    is_right = given is not None and given.type == "bearer" and is_same(given.token or "", right)
    check(is_right, throttle, BEARER, "Send the header Authorization: Bearer, followed by the value of SYNC_TOKEN.")


def need_secret(config: Config, throttle: Throttle) -> None:
    """Lets pass who sends WEBHOOK_SECRET."""
    right = config.webhook_secret.get_secret_value()
    if not right:
        remedy = "Set WEBHOOK_SECRET to a long random text, and add it to the webhook in Notion as X-Sidecar-Secret."
        raise not_configured("WEBHOOK_SECRET", remedy)
    is_right = is_same(request.headers.get("X-Sidecar-Secret", ""), right)
    check(
        is_right, throttle, SHARED, "Add the header X-Sidecar-Secret with the value of WEBHOOK_SECRET to the webhook."
    )


def check(is_right: bool, throttle: Throttle, scheme: str, remedy: str) -> None:
    """Declines who failed to authenticate, and for a while whoever keeps failing. The right secret always passes."""
    if is_right:
        return
    slow_down(throttle)
    raise Declined(401, "unauthorized", "The secret is missing or wrong.", remedy, {"WWW-Authenticate": scheme})


def slow_down(throttle: Throttle) -> None:
    """Counts a request that nobody vouches for, and declines it when there were too many."""
    wait = throttle.failed(caller(request.remote_addr))
    if wait is not None:
        headers: Mapping[str, str] = {"Retry-After": str(max(1, math.ceil(wait)))}
        remedy = "Wait as long as Retry-After says. A request with the right secret is never held up."
        raise Declined(429, "too_many_failures", "Too many requests without the right secret.", remedy, headers)


def not_configured(name: str, remedy: str) -> Declined:
    return Declined(503, "not_configured", f"{name} is not set, so this address is closed.", remedy)

"""Links to hosted files as Notion signs them: made anew at each read, good for a while, the same path for ever."""

from __future__ import annotations

import hmac
import math
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

KEY = b"stand-in"


def signed(path: str, now: float, lifetime: float) -> str:
    """The path with its query. The exact end rides in the token: tests want lifetimes below a second."""
    until = now + lifetime
    at = datetime.fromtimestamp(now, UTC)
    query = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD",
        "X-Amz-Credential": f"STANDIN/{at:%Y%m%d}/us-west-2/s3/aws4_request",
        "X-Amz-Date": f"{at:%Y%m%dT%H%M%SZ}",
        "X-Amz-Expires": str(max(1, math.ceil(lifetime))),
        "X-Amz-Security-Token": f"{until:.3f}",
        "X-Amz-Signature": _signature(path, f"{until:.3f}"),
        "X-Amz-SignedHeaders": "host",
        "x-amz-checksum-mode": "ENABLED",
        "x-id": "GetObject",
    }
    return f"{quote(path)}?{urlencode(query)}"


def refusal(url: str, now: float) -> bytes | None:
    """What S3 says to a link that it does not serve any more, or never did; None for a good one."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    until = query.get("X-Amz-Security-Token", "")
    if "X-Amz-Signature" not in query:
        return _error("AccessDenied", "Access Denied")
    if not hmac.compare_digest(query["X-Amz-Signature"], _signature(unquote(parts.path), until)):
        words = "The request signature we calculated does not match the signature you provided."
        return _error("SignatureDoesNotMatch", words)
    if float(until) <= now:
        return _error("AccessDenied", "Request has expired")
    return None


def _signature(path: str, until: str) -> str:
    return hmac.new(KEY, f"{path}\n{until}".encode(), sha256).hexdigest()


def _error(code: str, message: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f"{head}\n<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()


def walk(value: Any, sign: Any) -> Any:
    """A copy of some JSON in which every hosted file has the link that `sign` makes of its name."""
    if isinstance(value, list):
        return [walk(it, sign) for it in value]
    if not isinstance(value, dict):
        return value
    made = {key: walk(it, sign) for key, it in value.items()}
    if (
        made.get("type") == "file"
        and isinstance(made.get("file"), dict)
        and "://" not in made["file"].get("url", "://")
    ):
        made["file"] = sign(made["file"]["url"])
    return made

"""Whether bytes were signed by who knows a token, and whether two secrets are one. Pure; no request is known here."""

from __future__ import annotations

import hmac
from hashlib import sha256

PREFIX = "sha256="


def is_signed(raw: bytes, header: str | None, token: str) -> bool:
    """True when the header is the HMAC of exactly these bytes under the token. Upper-case hex is taken as well."""
    if not token or not header or not header.startswith(PREFIX):
        return False
    right = hmac.new(token.encode(), raw, sha256).hexdigest()
    return is_same(header.removeprefix(PREFIX).lower(), right)


def is_same(given: str, right: str) -> bool:
    """Compares in constant time. `given` is a header's value: WSGI hands its bytes on as Latin-1."""
    return bool(right) and hmac.compare_digest(given.encode("latin-1", "replace"), right.encode())

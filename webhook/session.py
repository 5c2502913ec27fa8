"""Who may see the status page: SYNC_TOKEN once, then a signed cookie. No page is rendered here.

The key behind the signature is made from SYNC_TOKEN, so a new token ends every session. Nothing is kept on the server.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

from flask import Request, Response
from itsdangerous import BadData, URLSafeSerializer

from sidecar.config import Config

COOKIE = "sidecar_session"
LIFE = 14 * 86_400
"""Seconds after which one has to sign in again."""


@dataclass(frozen=True)
class Session:
    """Somebody who knew the token. `csrf` is what their forms carry."""

    id: str
    until: float
    csrf: str


def is_open(config: Config) -> bool:
    """False when no SYNC_TOKEN is set: then nobody can sign in."""
    return bool(config.sync_token.get_secret_value())


def is_token(config: Config, given: str) -> bool:
    """True for the one right token, after the same time for every wrong one."""
    right = config.sync_token.get_secret_value()
    return bool(right) and hmac.compare_digest(given.strip().encode(), right.encode())


def session(config: Config, request: Request, now: float) -> Session | None:
    """The session that came with a request, when it is ours and not over."""
    if not is_open(config):
        return None
    try:
        said = _serializer(config).loads(request.cookies.get(COOKIE, ""))
        found = _session(config, str(said["id"]), float(said["until"]))
    except (BadData, KeyError, TypeError, ValueError):
        return None
    return found if found.until > now else None


def is_meant(session: Session, request: Request) -> bool:
    """True when a form was made by us for this session, and not by a page of somebody else's."""
    return hmac.compare_digest(request.form.get("csrf", "").encode(), session.csrf.encode())


def begin(config: Config, request: Request, response: Response, now: float) -> None:
    """Gives a new session to whoever gets this response."""
    said = {"id": secrets.token_urlsafe(18), "until": now + LIFE}
    response.set_cookie(
        COOKIE,
        str(_serializer(config).dumps(said)),
        max_age=LIFE,
        path=_path(request),
        httponly=True,
        samesite="Lax",
        secure=_is_https(config, request),
    )


def end(config: Config, request: Request, response: Response) -> None:
    """Takes the session away from whoever gets this response."""
    response.delete_cookie(
        COOKIE, path=_path(request), httponly=True, samesite="Lax", secure=_is_https(config, request)
    )


def _session(config: Config, id: str, until: float) -> Session:
    return Session(id, until, hmac.new(_key(config), f"form {id}".encode(), sha256).hexdigest())


def _serializer(config: Config) -> URLSafeSerializer:
    return URLSafeSerializer(_key(config), salt="session", signer_kwargs={"digest_method": sha256})


def _key(config: Config) -> bytes:
    token = config.sync_token.get_secret_value().encode()
    return hmac.digest(token, b"the status page of notion-wordpress-sidecar", "sha256")


def _path(request: Request) -> str:
    """The folder below which the service lives: another program on the same host does not get the cookie."""
    return f"{request.root_path}/"


def _is_https(config: Config, request: Request) -> bool:
    """True when the browser came by https, also when only PUBLIC_URL tells so: the proxy may not be trusted to."""
    public = urlsplit(config.public_url)
    return request.is_secure or (public.scheme == "https" and public.netloc == request.host)

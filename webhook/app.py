"""The web service as one Flask app: who answers what. Everything it needs is in the Service; nothing happens at import.

Accepting is all it does: authenticate, one transaction in the ledger, wake a worker, answer. It calls no far end, but
for `POST /check`, where somebody waits to hear whether WordPress answers.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from sidecar.config import Config
from sidecar.errors import Unavailable
from webhook import metrics, notion, probes, status, wordpress
from webhook.answers import LARGEST_BODY, declined, unavailable
from webhook.service import Service, kin, together
from webhook.throttle import Throttle

log = structlog.get_logger()

QUIET = frozenset({"metrics.metrics", "probes.healthz", "probes.readyz", "status.live", "status.static"})
"""Asked all the time: not worth a line in the log unless something is wrong."""

MOST_DRAINED = 4 * LARGEST_BODY


class App(Flask):
    """Flask, with our words for our own mistakes."""

    def log_exception(self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]) -> None:
        log.error("a mistake of ours", exc_info=exc_info)


def create_app(service: Service) -> Flask:
    app = App(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    throttle = Throttle(service.now)
    app.register_blueprint(notion.endpoints(service, throttle))
    app.register_blueprint(wordpress.endpoints(service, throttle))
    app.register_blueprint(probes.endpoints(service))
    app.register_blueprint(metrics.endpoints(service))
    app.register_blueprint(status.pages(service, throttle))
    app.register_error_handler(HTTPException, declined)
    app.register_error_handler(Unavailable, unavailable)
    app.before_request(_begin)
    app.after_request(_end)
    _trust(app, service.config.trusted_proxies)
    return app


def create_sites_app(shared: Config, sites: Sequence[Service]) -> Flask:
    """The service of several sites: each has a whole one below /sites/<name>; at the top is what is about all."""
    common = together(shared, sites)
    app = create_app(_behind(common))
    below: dict[str, Any] = {
        f"/sites/{site.name}": create_app(_behind(replace(site, kin=kin(site, sites)))) for site in sites
    }
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, below)  # type: ignore[method-assign]
    _trust(app, shared.trusted_proxies)
    return app


def _behind(service: Service) -> Service:
    """One of several apps: proxies are dealt with once, before all of them."""
    return replace(service, config=service.config.model_copy(update={"trusted_proxies": 0}))


def _trust(app: Flask, proxies: int) -> None:
    """Believes what so many proxies in front of us say of the caller; the nearest one says where we are mounted."""
    if proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=1, x_prefix=1
        )


# --- around each request ---------------------------------------------------------------------------------


def _begin() -> None:
    """Every line that is logged meanwhile carries the request's id; a proxy may have given it one."""
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if re.fullmatch(r"[A-Za-z0-9._-]{1,64}", given) else uuid4().hex
    g.begun = time.monotonic()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=g.request_id)


def _drain() -> None:
    """Takes what of a refused body is still on its way: a proxy that cannot hand it over tells 502, not our answer."""
    left = min(request.content_length or 0, MOST_DRAINED)
    while left > 0 and (part := request.environ["wsgi.input"].read(min(left, 65536))):
        left -= len(part)


def _end(response: Response) -> Response:
    if response.status_code >= 400:
        _drain()
    response.headers["X-Request-ID"] = g.request_id
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if request.endpoint not in QUIET or response.status_code >= 400:
        # The rule and not the path: what strangers write into an address stays out of the log.
        path = request.url_rule.rule if request.url_rule else None
        milliseconds = round((time.monotonic() - g.begun) * 1000, 1)
        log.info("answered", method=request.method, path=path, status=response.status_code, ms=milliseconds)
    return response

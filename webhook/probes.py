"""/healthz for whoever restarts us, /readyz for whoever sends us requests. Open to all, so they tell little."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from sidecar.running import SharedCircuit
from webhook.answers import Declined
from webhook.health import blamed
from webhook.service import Service


def endpoints(service: Service) -> Blueprint:
    blueprint = Blueprint("probes", __name__)
    blueprint.add_url_rule("/healthz", "healthz", healthz)
    blueprint.add_url_rule("/readyz", "readyz", lambda: readyz(service))
    return blueprint


def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


def readyz(service: Service) -> ResponseReturnValue:
    """The ledger answers and has our schema. Without Redis or a far end we still accept: that is only degraded."""
    if not service.ledger.figures.is_current():
        remedy = "Restart the web service: it brings the ledger up to date when it starts."
        raise Declined(503, "not_migrated", "The ledger is older than this program.", remedy)
    sites = {site.name: _far_ends(site) for site in service.all}
    ends = {end: _worse(site[end] for site in sites.values()) for end in ("notion", "wordpress")}
    found = {"database": "ok", "redis": _redis(service), **ends}
    more = {"sites": sites} if service.sites else {}
    return jsonify({"status": _worse(found.values()), **found, **more})


def _worse(states: Iterable[str]) -> str:
    return "degraded" if "degraded" in states else "ok"


def _redis(service: Service) -> str:
    if not service.config.redis_url:
        return "none"
    return "ok" if service.waker.depths() is not None else "degraded"


def _far_ends(service: Service) -> dict[str, str]:
    """As the workers found them: this process asks neither."""
    circuit = SharedCircuit(service.ledger.memory, service.now)
    name = blamed(circuit.reason, service.config) if circuit.is_open else None
    # A reason that names neither of them speaks against both.
    down = {"Notion", "WordPress"} if name == "" else {name}
    return {end.lower(): "degraded" if end in down else "ok" for end in ("Notion", "WordPress")}

"""What Notion sends: buttons and automations with a secret, events with a signature. Stores, wakes, answers 2xx.

Notion pauses an automation whose webhook fails, so whatever is authentic gets a 2xx, also what is then ignored.
The page is read by a worker: nothing in a payload is believed but which page it is about.
"""

from __future__ import annotations

from uuid import uuid4

import structlog
from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from sidecar.blocks import PageId
from sidecar.ledger import Trigger
from sidecar.model import Intent
from sidecar.parse.ids import page_id as canonical_id
from webhook import handshake, payloads
from webhook.answers import body, json_value
from webhook.callers import SIGNATURE, check, need_secret, not_configured, slow_down
from webhook.handshake import Token
from webhook.payloads import Heard, Home, Ignored, Wanted
from webhook.service import Service
from webhook.signature import is_signed
from webhook.throttle import Throttle

log = structlog.get_logger()

FRESH, UNKNOWN = 60.0, 1.0
"""Seconds for which a fact is not asked for again: that would be a third of what an event costs. What is not known
yet is known after the first sync, and what that one writes must not be taken for somebody's edit."""


class Facts:
    """What syncs have found out, asked from the ledger now and then: it hardly ever changes."""

    def __init__(self, service: Service) -> None:
        self._memory = service.ledger.memory
        self._now = service.now
        self._known: dict[str, tuple[float, str | None]] = {}

    def get(self, key: str) -> str | None:
        asked, known = self._known.get(key, (-FRESH, None))
        if asked <= self._now() - (UNKNOWN if known is None else FRESH):
            known = self._memory.get(key)
            self._known[key] = self._now(), known
        return known


def endpoints(service: Service, throttle: Throttle) -> Blueprint:
    facts = Facts(service)
    blueprint = Blueprint("notion", __name__, url_prefix="/webhooks/notion")
    blueprint.add_url_rule("/automation", "automation", lambda: automation(service, throttle, facts), methods=["POST"])
    blueprint.add_url_rule("/events", "events", lambda: events(service, throttle, facts), methods=["POST"])
    return blueprint


def automation(service: Service, throttle: Throttle, facts: Facts) -> ResponseReturnValue:
    """A button was pressed, or an automation ran: the page is worked on at once."""
    need_secret(service.config, throttle)
    heard = payloads.automation(json_value(body()), home(service, facts))
    return take(service, heard, "automation", "button", quiet=0.0)


def events(service: Service, throttle: Throttle, facts: Facts) -> ResponseReturnValue:
    """Something was edited, trashed or restored: the page is worked on when it has been quiet for a while."""
    raw, memory = body(), service.ledger.memory
    token = handshake.known(service.config, memory)
    sent = handshake.token_in(raw)
    if sent is not None:
        return shake_hands(service, throttle, token, sent)
    if token is None:
        remedy = (
            "Add the webhook in Notion (your integration's settings, Webhooks): its first request brings the token."
        )
        raise not_configured("NOTION_VERIFICATION_TOKEN", remedy)
    is_authentic = is_signed(raw, request.headers.get("X-Notion-Signature"), token.value)
    check(is_authentic, throttle, SIGNATURE, "Sign the body with the subscription's verification token.")
    if not token.is_settled:
        handshake.settle(memory, token.value)
        log.info("Notion signs its events with the token that it sent; no other one is taken from now on")
    heard = payloads.event(json_value(raw), home(service, facts), facts.get("bot id"))
    return take(service, heard, "event", "event", quiet=service.config.debounce_seconds)


def shake_hands(service: Service, throttle: Throttle, known: Token | None, sent: str) -> ResponseReturnValue:
    """Shows the operator the token that was sent, unless there is one that stays. A signature proves nothing here."""
    if known is not None and known.value == sent:
        return jsonify(handshake="this token is known")
    slow_down(throttle)
    if known is not None and known.is_settled:
        log.warning(
            "a verification token was sent, but there is one already: it was not taken",
            remedy="If you made a new subscription, run `sidecar events token --forget` (or change "
            "NOTION_VERIFICATION_TOKEN), and press Resend token in Notion.",
        )
        return jsonify(ignored="there is a token already")
    handshake.store(service.ledger.memory, sent)
    # The one secret that is logged on purpose: the operator has to paste it into Notion.
    log.warning("Notion sent a verification token: paste it into your integration's Webhooks tab", token=sent)
    return jsonify(handshake="stored: see the log, or run `sidecar events token`")


def home(service: Service, facts: Facts) -> Home:
    """Where we publish from, as far as a sync has found out."""
    try:
        configured = canonical_id(service.config.notion_data_source_id)
    except ValueError:
        return Home(None)
    return Home(configured, facts.get(f"data source of {configured}"))


def take(service: Service, heard: Heard, source: str, run: str, quiet: float) -> ResponseReturnValue:
    """Stores what was heard, in one transaction, and wakes a worker when something is wanted."""
    # A page that was moved elsewhere after it was published is still ours to withdraw.
    if isinstance(heard, Wanted) and heard.is_elsewhere and service.ledger.records.get(heard.page_id) is None:
        heard = Ignored("its page is not in our data source", heard.event_id, heard.kind, heard.page_id)
    event_id = heard.event_id or uuid4().hex
    if isinstance(heard, Ignored):
        noted = Trigger(heard.page_id or PageId(""), Intent.LISTED, source, event_id, heard.kind, heard.reason)
        is_new = service.ledger.pages.note_event(noted)
        return jsonify({"ignored": heard.reason} | ({} if is_new else {"duplicate": True}))
    trigger = Trigger(heard.page_id, heard.intent, source, event_id, heard.kind, quiet=quiet)
    accepted = service.ledger.pages.accept(trigger, run=run)
    if not accepted.is_new:
        return jsonify(duplicate=True)
    service.waker.pages([accepted.waiting] if accepted.waiting else [], urgent=quiet == 0)
    log.info("accepted", page=heard.page_id, intent=heard.intent.value, job=accepted.job_id)
    return jsonify(job_id=accepted.job_id), 202

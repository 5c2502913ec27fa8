"""What Notion sends: buttons and automations with a secret, events with a signature. Stores, wakes, answers 2xx.

Notion pauses an automation whose webhook fails, so whatever is authentic gets a 2xx, also what is then ignored.
The page is read by a worker: nothing in a payload is believed but which page it is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import uuid4

import structlog
from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from sidecar.blocks import PageId
from sidecar.ledger import JobId, Trigger
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


ELSEWHERE, NOWHERE = "its page is not in our data source", "its page is in the data source of no site"
"""Why a page is left alone."""


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
    facts = {site.name: Facts(site) for site in (*service.all, *service.kin)}
    blueprint = Blueprint("notion", __name__, url_prefix="/webhooks/notion")
    blueprint.add_url_rule("/automation", "automation", lambda: automation(service, throttle, facts), methods=["POST"])
    blueprint.add_url_rule("/events", "events", lambda: events(service, throttle, facts), methods=["POST"])
    return blueprint


def automation(service: Service, throttle: Throttle, facts: Mapping[str, Facts]) -> ResponseReturnValue:
    """A button was pressed, or an automation ran: the page is worked on at once."""
    need_secret(service.config, throttle)
    said = json_value(body())
    heard = [(site, payloads.automation(said, home(site, facts[site.name]))) for site in service.all]
    return take(heard, "automation", "button", is_urgent=True)


def events(service: Service, throttle: Throttle, facts: Mapping[str, Facts]) -> ResponseReturnValue:
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
    said = json_value(raw)
    known = [(site, facts[site.name]) for site in service.kin or service.all]
    heard = [(site, payloads.event(said, home(site, its), its.get("bot id"))) for site, its in known]
    return take(heard, "event", "event", is_urgent=False)


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
    ours = configured(service)
    return Home(ours, facts.get(f"data source of {ours}"), facts.get(f"database of {ours}")) if ours else Home(None)


def configured(service: Service) -> PageId | None:
    """The data source, or the database, of a site; None when what is set is neither."""
    try:
        return canonical_id(service.config.notion_data_source_id)
    except ValueError:
        return None


def take(heard: Sequence[tuple[Service, Heard]], source: str, run: str, is_urgent: bool) -> ResponseReturnValue:
    """Stores what was heard, in one transaction, and wakes a worker when something is wanted."""
    wanted = homes(heard)
    if not wanted:
        return leave(heard, source)
    jobs = [accept(site, one, source, run, is_urgent) for site, one in wanted]
    found = [job for job in jobs if job is not None]
    return (jsonify(job_id=found[0]), 202) if found else jsonify(duplicate=True)


def homes(heard: Sequence[tuple[Service, Heard]]) -> Sequence[tuple[Service, Wanted]]:
    """Which sites it is about: those whose data source the page is in, else those that published it once.

    A page that was moved elsewhere after it was published is still ours to withdraw. A payload that does not say where
    a page is leaves no doubt where there is only one site.
    """
    wanted = [(site, one) for site, one in heard if isinstance(one, Wanted)]
    here = [(site, one) for site, one in wanted if one.is_here]
    # Of several data sources in one database, a button does not say which.
    if len({configured(site) for site, _ in here}) == 1:
        return here
    possible = [(site, one) for site, one in wanted if not one.is_elsewhere]
    if possible and len(heard) == 1:
        return possible
    return [(site, one) for site, one in wanted if has_published(site, one.page_id)]


def has_published(site: Service, page_id: PageId) -> bool:
    return site.ledger.records.get(page_id) is not None


def accept(site: Service, wanted: Wanted, source: str, run: str, is_urgent: bool) -> JobId | None:
    """The run in which the page is worked on; None when this was heard before."""
    event_id, quiet = wanted.event_id or uuid4().hex, 0.0 if is_urgent else site.config.debounce_seconds
    trigger = Trigger(wanted.page_id, wanted.intent, source, event_id, wanted.kind, quiet=quiet)
    accepted = site.ledger.pages.accept(trigger, run=run)
    if not accepted.is_new:
        return None
    site.waker.pages([accepted.waiting] if accepted.waiting else [], urgent=quiet == 0)
    log.info("accepted", site=site.name, page=wanted.page_id, intent=wanted.intent.value, job=accepted.job_id)
    return accepted.job_id


def leave(heard: Sequence[tuple[Service, Heard]], source: str) -> ResponseReturnValue:
    """Notes what asks for nothing, and why, so that people can find out."""
    site, one = heard[0]
    reasons = [each.reason for _, each in heard if isinstance(each, Ignored)]
    reason = reasons[0] if reasons else ELSEWHERE if len(heard) == 1 else NOWHERE
    trigger = Trigger(one.page_id or PageId(""), Intent.LISTED, source, one.event_id or uuid4().hex, one.kind, reason)
    is_new = site.ledger.pages.note_event(trigger)
    return jsonify({"ignored": reason} | ({} if is_new else {"duplicate": True}))

"""What the companion plugin and other programs ask: sync now, runs, how it all does. JSON, with a bearer token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any
from uuid import uuid4

import structlog
from flask import Blueprint, jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sidecar.blocks import PageId
from sidecar.errors import SidecarError
from sidecar.ledger import Accepted, Job, JobId, Trigger, Working
from sidecar.model import Intent
from sidecar.objects import job_object
from sidecar.parse.ids import page_id as canonical_id
from webhook import status
from webhook.answers import Declined, body, json_value
from webhook.callers import need_bearer
from webhook.health import TONES, FarEnd, Sign
from webhook.overview import overview
from webhook.service import Service
from webhook.throttle import Throttle
from webhook.wording import progress

log = structlog.get_logger()

LARGEST_ID = 2**31 - 1
MOST_JOBS = 100


def endpoints(service: Service, throttle: Throttle) -> Blueprint:
    blueprint = Blueprint("wordpress", __name__)
    blueprint.add_url_rule("/sync", "sync", lambda: sync(service, throttle), methods=["POST"])
    blueprint.add_url_rule("/jobs", "jobs", lambda: jobs(service, throttle))
    blueprint.add_url_rule(
        f"/jobs/<int(max={LARGEST_ID}):number>", "job", lambda number: job(service, throttle, number)
    )
    blueprint.add_url_rule("/status", "status", lambda: state(service, throttle))
    blueprint.add_url_rule("/check", "check", lambda: check(service, throttle), methods=["POST"])
    return blueprint


# --- asking ----------------------------------------------------------------------------------------------


def sync(service: Service, throttle: Throttle) -> ResponseReturnValue:
    """Asks for one page, or for all that want to be published."""
    need_bearer(service.config, throttle)
    said = _said(body())
    page = _page_id(said)
    asked = [(site, _ask(site, page) if page else _ask_for_all(site)) for site in _meant(service, said, page)]
    for site, accepted in asked:
        log.info("accepted", site=site.name, page=page, intent=Intent.ASKED.value, job=accepted.job_id)
    jobs = [{"job_id": one.job_id, "status_url": _address(service, one)} for _, one in asked]
    several = [{"site": site.name, **job} for (site, _), job in zip(asked, jobs, strict=True)]
    more = {"jobs": several} if service.sites else {}
    return jsonify({**jobs[0], **more}), 202, {"Location": str(jobs[0]["status_url"])}


def _meant(service: Service, said: Mapping[str, Any], page: PageId | None) -> Sequence[Service]:
    """The sites that a body asks: the one it names; else those that know the page, or all of them."""
    names = ", ".join(site.name for site in service.all)
    if said.get("site") is not None:
        named = [site for site in service.all if site.name == said["site"]]
        if not named:
            raise Declined(400, "no_site", "There is no site of this name.", f"There are: {names}.")
        return named
    if page is None or not service.sites:
        return service.all
    found = [site for site in service.all if _has_written(site, page)]
    found = found or [site for site in service.all if site.ledger.insight.knows(page)]
    if not found:
        remedy = f'Name the site beside the page, "site": one of {names}; or ask at /sites/<name>/sync.'
        raise Declined(400, "which_site", "No site knows this page yet.", remedy)
    return found


def _has_written(site: Service, page: PageId) -> bool:
    record = site.ledger.records.get(page)
    return record is not None and bool(record.fingerprint)


def _ask(service: Service, page: PageId) -> Accepted:
    trigger = Trigger(page, Intent.ASKED, "manual", uuid4().hex, kind="sync")
    accepted = service.ledger.pages.accept(trigger, run="manual")
    service.waker.pages([accepted.waiting] if accepted.waiting else [], urgent=True)
    return accepted


def _ask_for_all(service: Service) -> Accepted:
    accepted = service.ledger.pages.accept_listing("manual", uuid4().hex, run="manual")
    if accepted.job_id is not None:
        service.waker.listing(accepted.job_id, urgent=True)
    return accepted


def _said(raw: bytes) -> Mapping[str, Any]:
    said = json_value(raw) if raw.strip() else {}
    if not isinstance(said, dict):
        raise Declined(400, "not_an_object", "The body is JSON, but no object.", 'Send {} or {"page_id": "..."}.')
    return said


def _page_id(said: Mapping[str, Any]) -> PageId | None:
    """The page that a body names, by id or link. No body at all asks for no page in particular."""
    given = said.get("page_id")
    if given is None:
        return None
    try:
        return canonical_id(given if isinstance(given, str) else "")
    except ValueError:
        remedy = "Send the id of a Notion page, or the link that Share > Copy link gives."
        raise Declined(400, "no_page", "page_id is neither a Notion id nor a link to a page.", remedy) from None


def _address(service: Service, accepted: Accepted) -> str:
    """Where the run can be looked at, as the outside sees it."""
    public, number = service.config.public_url, accepted.job_id
    return f"{public}/jobs/{number}" if public else url_for("wordpress.job", number=number, _external=True)


# --- looking ---------------------------------------------------------------------------------------------


def jobs(service: Service, throttle: Throttle) -> ResponseReturnValue:
    """The newest runs first."""
    need_bearer(service.config, throttle)
    limit = request.args.get("limit", "20")
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:9]) <= MOST_JOBS):
        remedy = f"Send a number from 1 to {MOST_JOBS}."
        raise Declined(400, "wrong_limit", "limit is not a number that can be served.", remedy)
    found = [job for site in service.all for job in site.ledger.jobs.recent(int(limit))]
    newest = sorted(found, key=lambda job: job.id, reverse=True)[: int(limit)]
    return jsonify(jobs=[job_object(job) for job in newest])


def job(service: Service, throttle: Throttle, number: int) -> ResponseReturnValue:
    """One run, with what became of each page: JSON, or a page for a person in a browser."""
    if request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html":
        return _with_vary(_job_page(service, number))
    need_bearer(service.config, throttle)
    found = _job(service, number)
    if found is None:
        raise Declined(404, "no_such_job", f"There is no run {number}.", "GET /jobs lists the last ones.")
    return _with_vary(jsonify(job_object(found) | {"working": _working(service, found)}))


def _working(service: Service, job: Job) -> list[dict[str, Any]]:
    """How far the pages of this run have come that are being worked on."""
    if job.status != "Running":
        return []
    held = [page for page in service.ledger.insight.working() if page.job_id == job.id]
    return [_on_its_way(page, *progress(page)) for page in held]


def _on_its_way(page: Working, percent: int, words: str) -> dict[str, Any]:
    return {"page_id": page.page_id, "title": page.title, "percent": percent, "words": words}


def _job_page(service: Service, number: int) -> ResponseReturnValue:
    if status.signed_in(service) is None:
        return status.ask_to_sign_in()
    found = _job(service, number)
    if found is None:
        text = "It may be one of another site, or the number is wrong."
        return render_template("message.html", title=f"There is no run {number}", text=text, home=True), 404
    return status.job_page(next(site for site in service.all if site.name == found.site), found)


def _job(service: Service, number: int) -> Job | None:
    found = service.ledger.jobs.job(JobId(number))
    return found if found is not None and found.site in {site.name for site in service.all} else None


def _with_vary(answer: ResponseReturnValue) -> ResponseReturnValue:
    response = make_response(answer)
    response.vary.add("Accept")
    return response


def state(service: Service, throttle: Throttle) -> ResponseReturnValue:
    """How it all does, for the plugin: version, headline, far ends, what waits, the last runs."""
    need_bearer(service.config, throttle)
    states = [_state(site) for site in service.all]
    return jsonify({**worst(states), "sites": states} if service.sites else states[0])


def worst(states: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The site that is most in need of somebody, in the place of one that stands for all."""
    return min(states, key=lambda state: TONES.index(state["headline"]["state"]))


def _state(service: Service) -> dict[str, Any]:
    view = overview(service)
    waiting = {name: getattr(view.backlog, name) for name in ("waiting", "working", "given_up", "listings")}
    return {
        "version": version("notion-wordpress-sidecar"),
        "site": service.name,
        "headline": _sign(view.headline),
        "far_ends": [_far_end(far_end) for far_end in view.far_ends],
        "queue": {**waiting, "oldest_seconds": _age(view.backlog.oldest, view.now), "redis": view.depths},
        "last_runs": [job_object(job) for job in view.runs],
    }


def _far_end(far_end: FarEnd) -> dict[str, Any]:
    return {"name": far_end.name, **_sign(far_end.sign)}


def _sign(sign: Sign) -> dict[str, Any]:
    return {"state": sign.tone, "words": sign.words, "more": sign.more}


def _age(since: float | None, now: float) -> float | None:
    return None if since is None else round(now - since, 3)


def check(service: Service, throttle: Throttle) -> ResponseReturnValue:
    """Asks WordPress, now, as a sync would, and says what came of it: for whoever tests the connection."""
    need_bearer(service.config, throttle)
    if service.ask_wordpress is None:
        raise Declined(503, "not_configured", "This process cannot ask WordPress.", "Start it by `sidecar serve`.")
    said: dict[str, Any] = dict.fromkeys(("url", "version", "plugin", "way", "error", "trouble"))
    try:
        site, way = service.ask_wordpress()
        said |= {"url": site.url, "version": site.version, "plugin": site.plugin, "way": way}
    except SidecarError as error:
        said |= {"url": service.config.wp_url, "error": str(error), "trouble": _trouble(error)}
    return jsonify(wordpress=said)


def _trouble(error: SidecarError) -> dict[str, str | None]:
    """In the words of the catalogue, and under its name there, if it has one."""
    return {"id": error.entry.id if error.entry else None, "words": error.message, "do": error.remedy}

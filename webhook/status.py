"""The status page: what runs, what failed and why, how the far ends do; Sync now and Retry. HTML forms, no API.

Everything works without JavaScript; with it the page keeps itself up to date by asking for `/live`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sidecar.errors import SidecarError
from sidecar.ledger import Job, Trigger
from sidecar.model import Intent
from sidecar.parse.ids import page_id as canonical_id
from webhook import session as sessions
from webhook import wording
from webhook.overview import Overview, overview
from webhook.service import Service
from webhook.session import Session
from webhook.throttle import Throttle, caller

HERE = Path(__file__).parent

SAFETY = {
    # No inline script or style, nothing from elsewhere, in nobody's frame: text that slipped through stays text.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}

SAID = {
    "sync": "Asked for. Pages that want to be published are being looked for.",
    "retry": "Asked for. The page is tried again.",
    "unknown": "That page is not known here, so nothing was done.",
}
"""What is said after a form was sent, by the word in the address."""

Show = Callable[[Service, Session], ResponseReturnValue]
Press = Callable[[Service], ResponseReturnValue]


def pages(service: Service, throttle: Throttle | None = None) -> Blueprint:
    """Everything under `/` that a person looks at. Its templates are the app's: `job_page` needs them too."""
    throttle = throttle or Throttle(service.now)
    blueprint = Blueprint(
        "status", __name__, template_folder="templates", static_folder="static", static_url_path="/assets"
    )
    version = _version()
    for path, name, show in SHOWN:
        blueprint.add_url_rule(path, name, _members_only(service, partial(show, service)))
    for path, name, press in PRESSED:
        blueprint.add_url_rule(path, name, _members_only(service, partial(_pressed, service, press)), methods=["POST"])
    blueprint.add_url_rule("/login", "login", partial(login, service, throttle), methods=["GET", "POST"])
    blueprint.register_error_handler(SidecarError, _in_trouble)
    blueprint.after_app_request(_harden)
    blueprint.app_context_processor(lambda: {"words": wording, "version": version, "all_sites": _all_sites(service)})
    return blueprint


def job_page(service: Service, job: Job) -> str:
    """One run with all its pages and their notes, for somebody who is signed in."""
    session = signed_in(service)
    running = {page.page_id: page for page in service.ledger.insight.working() if job.status == "Running"}
    return render_template(
        "job.html", job=job, now=service.now(), running=running, csrf=session.csrf if session else None
    )


def signed_in(service: Service) -> Session | None:
    """The session of whoever asks; None for a stranger."""
    return sessions.session(service.config, request, service.now())


def ask_to_sign_in() -> ResponseReturnValue:
    """Sends a stranger to the login, and from there back to where they wanted to go."""
    wanted = request.path.lstrip("/")
    return redirect(url_for("status.login", next=wanted if _is_job(wanted) else None), 303)


# --- views -----------------------------------------------------------------------------------------------


def home(service: Service, session: Session) -> ResponseReturnValue:
    said = SAID.get(request.args.get("said", ""), "")
    if service.sites:
        return render_template("sites.html", views=views(service), csrf=session.csrf, said=said)
    return render_template("status.html", view=overview(service), csrf=session.csrf, config=service.config, said=said)


def live(service: Service, session: Session) -> ResponseReturnValue:
    """The changing part of the page; nothing when it is still the same."""
    if service.sites:
        html = render_template("sites_live.html", views=views(service), csrf=session.csrf, said="")
    else:
        html = render_template("live.html", view=overview(service), csrf=session.csrf, config=service.config, said="")
    response = make_response(html)
    response.add_etag()
    return response.make_conditional(request)


def views(service: Service) -> Sequence[tuple[Service, Overview]]:
    """How each of several sites does."""
    return [(site, overview(site)) for site in service.sites]


def sync_now(service: Service) -> ResponseReturnValue:
    for site in service.all:
        accepted = site.ledger.pages.accept_listing("status page", uuid4().hex, "manual")
        if accepted.job_id is not None:
            site.waker.listing(accepted.job_id, urgent=True)
    return _back_home("sync")


def retry(service: Service) -> ResponseReturnValue:
    """Makes a page due at once, attempts at zero. `side=notion`: the post's own edits may be overwritten."""
    page_id = str((request.view_args or {}).get("page_id", ""))
    try:
        page = canonical_id(page_id)
    except ValueError:
        return _back_home("unknown")
    if not service.ledger.insight.knows(page):
        return _back_home("unknown")
    intent = Intent.FORCED if request.form.get("side") == "notion" else Intent.ASKED
    trigger = Trigger(page, intent, "status page", uuid4().hex, kind="retry")
    accepted = service.ledger.pages.accept(trigger, run="manual")
    service.waker.pages([accepted.waiting] if accepted.waiting else [], urgent=True)
    return _back_home("retry")


def logout(service: Service) -> ResponseReturnValue:
    response = make_response(redirect(url_for("status.login"), 303))
    sessions.end(service.config, request, response)
    return response


SHOWN: tuple[tuple[str, str, Show], ...] = (("/", "home", home), ("/live", "live", live))
PRESSED: tuple[tuple[str, str, Press], ...] = (
    ("/sync-now", "sync_now", sync_now),
    ("/retry/<page_id>", "retry", retry),
    ("/logout", "logout", logout),
)
"""What only those see and press who are signed in."""


# --- who may ---------------------------------------------------------------------------------------------


def login(service: Service, throttle: Throttle) -> ResponseReturnValue:
    if not sessions.is_open(service.config):
        return _closed()
    wanted = request.values.get("next", "")
    wanted = wanted if _is_job(wanted) else ""
    if request.method == "GET":
        return render_template("login.html", wanted=wanted, error="")
    if not sessions.is_token(service.config, request.form.get("token", "")):
        return _not_let_in(throttle, wanted)
    response = make_response(redirect(url_for("status.home") + wanted, 303))
    sessions.begin(service.config, request, response, service.now())
    return response


def _not_let_in(throttle: Throttle, wanted: str) -> ResponseReturnValue:
    """No, with a reason. The right token is let in however often a wrong one came before."""
    wait = throttle.failed(caller(request.remote_addr))
    if wait is None:
        return render_template("login.html", wanted=wanted, error="That is not the SYNC_TOKEN of this sidecar."), 401
    error = f"Too many wrong tokens came from your address. Wait {wording.took(wait)}, then send the right one."
    return render_template("login.html", wanted=wanted, error=error), 429, {"Retry-After": str(math.ceil(wait))}


def _members_only(service: Service, view: Callable[[Session], ResponseReturnValue]) -> Callable[..., Any]:
    """The view, for those who are signed in."""

    def answer(**_: str) -> ResponseReturnValue:
        if not sessions.is_open(service.config):
            return _closed()
        session = signed_in(service)
        if session is not None:
            return view(session)
        return ("", 401) if request.endpoint == "status.live" else ask_to_sign_in()

    return answer


def _pressed(service: Service, press: Press, session: Session) -> ResponseReturnValue:
    """Does what a form asks for, when it is a form of ours and made for this session."""
    return press(service) if sessions.is_meant(session, request) else _refused()


def _closed() -> ResponseReturnValue:
    return render_template(
        "message.html",
        title="No SYNC_TOKEN is set",
        text="This page shows what the sidecar does and can start it, so it opens only for those who know a token. "
        "Set SYNC_TOKEN to a long random text in the sidecar's environment, or SYNC_TOKEN_FILE to a file that holds "
        "one, and restart the web service.",
        code="python3 -c 'import secrets; print(secrets.token_urlsafe(32))'",
    ), 503


def _refused() -> ResponseReturnValue:
    return render_template(
        "message.html",
        title="That form is out of date",
        text="It was made for another session, so nothing was done. Go back to the status page and press again.",
        home=True,
    ), 403


def _in_trouble(error: SidecarError) -> ResponseReturnValue:
    return render_template("message.html", title="The ledger cannot be read", text=str(error), home=True), 503


def _all_sites(service: Service) -> str:
    """Where the page of all sites is, seen from one of them; empty where there is no such page."""
    return url_for("status.home").removesuffix(f"sites/{service.name}/") if service.kin and not service.sites else ""


def _back_home(said: str) -> ResponseReturnValue:
    return redirect(url_for("status.home", said=said), 303)


def _is_job(path: str) -> bool:
    return bool(re.fullmatch(r"jobs/\d{1,18}", path))


def _harden(response: Response) -> Response:
    if response.mimetype == "text/html":
        for name, value in SAFETY.items():
            response.headers.setdefault(name, value)
    return response


def _version() -> str:
    """Changes whenever the style sheet or the script does, so that a browser never keeps an old one."""
    files = sorted((HERE / "static").iterdir())
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]

"""Ways to break a set-up, each for real. A way is entered with the clinic and gives the settings that differ."""

from __future__ import annotations

import contextlib
import functools
import http.server
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from sidecar.adapters.ledger import ledger, open_store
from tests.deploy.fronts import plain_nginx
from tests.doctor.clinic import Clinic
from tests.stage.ports import free_port
from tests.stage.telegram import TelegramStandIn

Settings = Mapping[str, str]
Break = Callable[[Clinic], AbstractContextManager[Settings]]


def with_settings(**settings: str) -> Break:
    """Nothing is broken but a setting."""
    return lambda _: contextlib.nullcontext(settings)


def as_user(login: str) -> Break:
    def broken(clinic: Clinic) -> AbstractContextManager[Settings]:
        user = clinic.wordpress.users[login]
        return contextlib.nullcontext({"WP_USERNAME": login, "WP_APP_PASSWORD": user.application_password})

    return broken


def in_mode(words: str, **settings: str) -> Break:
    @contextmanager
    def broken(clinic: Clinic) -> Iterator[Settings]:
        with clinic.mode(words):
            yield settings

    return broken


def behind_nginx(lines: str, **settings: str) -> Break:
    @contextmanager
    def broken(clinic: Clinic) -> Iterator[Settings]:
        with plain_nginx(lines, clinic.wordpress.url) as url:
            yield {"WP_URL": url, **settings}

    return broken


def in_notion(change: Callable[[Clinic], object], **settings: str) -> Break:
    """Something that a person did in Notion."""

    def broken(clinic: Clinic) -> AbstractContextManager[Settings]:
        change(clinic)
        return contextlib.nullcontext(settings)

    return broken


# --- Notion ----------------------------------------------------------------------------------------------


def unshared(clinic: Clinic) -> None:
    clinic.notion.content.source.is_unshared = True


def without_the_right_to(name: str) -> Callable[[Clinic], None]:
    return lambda clinic: clinic.notion.capabilities.discard(name)


def status_is_text(clinic: Clinic) -> None:
    clinic.notion.content.source.schema["Status"] = "rich_text"


def no_message_property(clinic: Clinic) -> None:
    del clinic.notion.content.schema["WordPress Message"]


def hour_ahead(clinic: Clinic) -> None:
    clinic.notion.content.clock = lambda: time.time() - 3600


# --- WordPress -------------------------------------------------------------------------------------------


@contextmanager
def plain_http_in_production(clinic: Clinic) -> Iterator[Settings]:
    """WordPress gives no application passwords to sites without TLS, unless it is told that it is no real one."""
    wordpress = clinic.wordpress
    wordpress.serve_as("production")
    try:
        yield {}
    finally:
        wordpress.serve_as("local")


@contextmanager
def uploads_cannot_be_written(clinic: Clinic) -> Iterator[Settings]:
    """A file lies where WordPress makes its folders."""
    uploads = clinic.wordpress.site / "wp-content/uploads"
    shutil.rmtree(uploads)
    uploads.write_text("in the way")
    try:
        yield {}
    finally:
        uploads.unlink()
        uploads.mkdir()


@contextmanager
def another_web_server(_: Clinic) -> Iterator[Settings]:
    """Something that is no WordPress."""

    class Quiet(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = (200, b"<h1>It works!</h1>") if self.path == "/" else (404, b"not found")
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    thread = threading.Thread(target=functools.partial(server.serve_forever, poll_interval=0.02))
    thread.start()
    try:
        yield {"WP_URL": f"http://127.0.0.1:{server.server_port}"}
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def nobody_listens(setting: str) -> Break:
    return lambda _: contextlib.nullcontext({setting: f"http://127.0.0.1:{free_port()}"})


# --- the machine, and the service ------------------------------------------------------------------------


@contextmanager
def telegram_with_a_wrong_chat(_: Clinic) -> Iterator[Settings]:
    with TelegramStandIn() as telegram:
        yield {**telegram.settings, "TELEGRAM_CHAT_ID": "7"}


@contextmanager
def public_url_leads_to_the_blog(clinic: Clinic) -> Iterator[Settings]:
    """The web server in front sends the sidecar's address to WordPress."""
    yield {"PUBLIC_URL": f"{clinic.wordpress.url}/notion-sidecar"}


@contextmanager
def nobody_keeps_the_schedule(clinic: Clinic) -> Iterator[Settings]:
    """Pages were looked for an hour ago, every five minutes is what is set."""
    store = open_store(clinic.settings["DATABASE_URL"])
    jobs = ledger(store, "main", now=lambda: time.time() - 3600).jobs
    jobs.listed(jobs.open("schedule"))
    store.close()
    yield {"WEBHOOK_SECRET": "a secret"}


def mapping_of_a_property_that_is_not_there(clinic: Clinic) -> None:
    (clinic.folder / "sidecar.toml").write_text('[properties]\n"Short link" = "slug"\n')

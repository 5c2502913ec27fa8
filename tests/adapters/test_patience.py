"""What every far end gets from us, adapter by adapter: time-outs, `Retry-After` in full, and no create twice.

The way to fail is the same for all of them; the table says how each is called. When all of a run stops is in
`test_running`.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from jobs.queue import RqWaker, waker
from sidecar.adapters.notion_calls import Limits as NotionLimits
from sidecar.adapters.oneshot import Body, Http, NoAnswer
from sidecar.adapters.telegram import Telegram
from sidecar.adapters.web import SafeWeb
from sidecar.adapters.wordpress.connection import Limits
from sidecar.adapters.wordpress_rest import RestBlog
from sidecar.config import Config
from sidecar.errors import Unavailable
from sidecar.model import PostId
from tests.adapters.far_end import Script, answer, far_end
from tests.adapters.notion_source import opened as notion_source
from tests.adapters.scripted_site import PAGE, Answer, on, post_struct, scripted_site
from tests.fakes.memory import FakeMemory
from tests.stage.notion import NotionStandIn

SECONDS = 0.5
"""What a whole call may take of which the answer does not come."""
PATIENT = 30.0
"""The same for one of which it does, on a machine that has much else to do."""
MUCH_LONGER = 20.0
LONG = 130
"""Seconds: longer than anybody sleeps through, so that the wait is given to the caller, in full."""
PLUGIN = ["notion_sidecar.version", "notion_sidecar.find", "notion_sidecar.upsert"]

Failing = Callable[[Script, float], None]
"""Makes one call, of at most so many seconds, to a far end that answers like this. Raises what the adapter raises."""


def notion(script: Script, seconds: float) -> None:
    limits = NotionLimits(seconds, seconds, seconds, attempts=1)
    with (
        NotionStandIn() as stand_in,
        far_end(script) as end,
        notion_source(stand_in, NOTION_BASE_URL=end.url, limits=limits) as source,
    ):
        source.bot_id()


def file_host(script: Script, seconds: float) -> None:
    with far_end(script) as end:
        web = SafeWeb((end.url.removeprefix("http://"),), total_seconds=seconds)
        with contextlib.closing(web):
            web.download(f"{end.url}/picture.png", 1_000_000)


def telegram(script: Script, seconds: float) -> None:
    with far_end(script) as end:
        config = Config(telegram_bot_token="1:x", telegram_chat_id="42", telegram_base_url=end.url)
        Telegram(config, seconds).send("Done")


def rest(script: Script, seconds: float) -> None:
    with far_end(script) as end:
        config = Config(wp_url=end.url, wp_username="editor", wp_app_password="x")
        with contextlib.closing(RestBlog(config, FakeMemory(), limits=Limits(seconds, 0.01))) as blog:
            blog.post(PostId("7"))


def posted(script: Script, seconds: float) -> None:
    """As all calls over XML-RPC are, those to the companion plugin as well."""
    with far_end(script) as end, contextlib.closing(Http(seconds)) as http:
        try:
            http.post(end.url, Body([b"<methodCall/>"], time.monotonic() + seconds))
        except NoAnswer as error:
            raise Unavailable(str(error)) from error


FAR_ENDS: dict[str, Failing] = {
    "Notion": notion, "XML-RPC and the plugin": posted, "REST": rest, "file host": file_host, "Telegram": telegram,
}  # fmt: skip


# --- time-outs -----------------------------------------------------------------------------------------------


def silence(connection: socket.socket, _: bytes) -> None:
    connection.recv(1)


def body_drips(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
    while True:
        connection.sendall(b" " * 1024)
        time.sleep(0.05)


@pytest.mark.parametrize("script", [silence, body_drips], ids=lambda script: script.__name__)
@pytest.mark.parametrize("name", FAR_ENDS)
def test_no_call_is_waited_for_longer_than_it_may_take(name: str, script: Script) -> None:
    began = time.monotonic()
    with pytest.raises(Unavailable):
        FAR_ENDS[name](script, SECONDS)
    assert time.monotonic() - began < MUCH_LONGER


# --- Retry-After ---------------------------------------------------------------------------------------------


def in_seconds() -> str:
    return str(LONG)


def as_a_date() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=LONG), usegmt=True)


def busy(status: int, wait: str) -> Script:
    return answer(b"<html>busy</html>", f"{status} Busy", Retry_After=wait)


def over_xmlrpc(method: str) -> Callable[[Answer], None]:
    """A call that fails on a connection that worked until then."""

    def fail(told: Answer) -> None:
        with scripted_site(answers={"wp.getPost": post_struct(7)}) as site:
            site.methods += PLUGIN
            with on(site) as blog:
                blog.post(PostId("7"))
                site.everything = told
                blog.post(PostId("7")) if method == "wp.getPost" else blog.find_all([PAGE])

    return fail


BUSY: dict[str, Callable[[int, str], None]] = {
    "Notion": lambda status, wait: notion(busy(status, wait), PATIENT),
    "XML-RPC": lambda status, wait: over_xmlrpc("wp.getPost")(Answer(b"busy", status, {"Retry-After": wait})),
    "plugin": lambda status, wait: over_xmlrpc("notion_sidecar.find")(Answer(b"busy", status, {"Retry-After": wait})),
    "REST": lambda status, wait: rest(busy(status, wait), PATIENT),
    "file host": lambda status, wait: file_host(busy(status, wait), PATIENT),
    "Telegram": lambda status, wait: telegram(busy(status, wait), PATIENT),
}


@pytest.mark.parametrize("wait", [in_seconds, as_a_date], ids=lambda wait: wait.__name__)
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("name", BUSY)
def test_who_asks_us_to_come_back_later_is_heard_in_full(name: str, status: int, wait: Callable[[], str]) -> None:
    with pytest.raises(Unavailable) as told:
        BUSY[name](status, wait())
    assert told.value.retry_after is not None
    assert LONG - 10 < told.value.retry_after <= LONG


# --- what must not be done twice -------------------------------------------------------------------------------


@contextlib.contextmanager
def losing(method: str) -> Iterator[tuple[object, Callable[[], int]]]:
    """A WordPress whose gateway gives up on one method, whose deed may be done; and how often it was asked for it."""
    answers = {method: Answer(b"<html>gateway time-out</html>", 504), "notion_sidecar.version": {"plugin": "1"}}
    with scripted_site(answers=answers) as site:
        site.methods += PLUGIN if method.startswith("notion_sidecar") else []
        with on(site) as blog:
            yield blog, lambda: site.times(method)


CREATES = {
    "wp.newPost": lambda blog: blog.create(PAGE, {"post_title": "New"}),
    "notion_sidecar.upsert": lambda blog: blog.create(PAGE, {"post_title": "New"}),
    "wp.uploadFile": lambda blog: blog.upload("view.png", b"x", "image/png"),
    "wp.newTerm": lambda blog: blog.create_term("category", "New"),
}


@pytest.mark.parametrize("method", CREATES)
def test_what_makes_something_is_sent_once_when_its_answer_is_lost(method: str) -> None:
    with losing(method) as (blog, times), pytest.raises(Unavailable) as told:
        CREATES[method](blog)
    assert (times(), told.value.maybe_done) == (1, True)


# --- the webhook and Redis -------------------------------------------------------------------------------------


def test_a_redis_that_says_nothing_keeps_no_webhook_waiting() -> None:
    """It is a wake-up that is lost: what is wanted stands in the ledger already."""
    with far_end(silence) as end:
        config = Config(redis_url=end.url.replace("http", "redis"))
        woken = waker(config)
        assert isinstance(woken, RqWaker)
        began = time.monotonic()
        woken.listing(1)
        assert time.monotonic() - began < MUCH_LONGER / 2

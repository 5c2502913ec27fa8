"""What every `Web` promises: the one in memory, and the adapter on real sockets."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from sidecar.adapters.web import SafeWeb
from sidecar.errors import Refused, Unavailable
from sidecar.ports import Web
from tests.fakes.web import FakeWeb
from tests.stage.notion import NotionStandIn
from tests.stage.notion import web as behaviour


@dataclass
class Internet:
    """A web, and ways to put something into it."""

    web: Web
    url: Callable[[str], str]
    serve: Callable[[str, bytes], None]
    redirect: Callable[[str, str], None]
    break_down: Callable[[str], None]


@contextlib.contextmanager
def in_memory() -> Iterator[Internet]:
    web = FakeWeb()

    def url(name: str) -> str:
        return f"https://pictures.example/{name}"

    yield Internet(
        web,
        url,
        lambda name, data: web.serve(url(name), data),
        lambda name, to: web.redirect(url(name), url(to)),
        lambda name: web.fail(url(name), Unavailable("pictures.example answers 503.")),
    )


@contextlib.contextmanager
def on_sockets() -> Iterator[Internet]:
    with NotionStandIn() as notion, contextlib.closing(SafeWeb([notion.url.removeprefix("http://")])) as web:
        yield Internet(
            web,
            notion.web_url,
            lambda name, data: notion.web.__setitem__(name, behaviour.answer(200, data, "image/jpeg; charset=binary")),
            lambda name, to: notion.web.__setitem__(name, behaviour.redirect(to)),
            lambda name: notion.web.__setitem__(name, behaviour.answer(503)),
        )


@pytest.fixture(params=[in_memory, on_sockets], ids=["in memory", "on sockets"])
def internet(request: pytest.FixtureRequest) -> Iterator[Internet]:
    with request.param() as internet:
        yield internet


def test_a_file_comes_with_its_type_and_the_address_it_came_from(internet: Internet) -> None:
    internet.serve("a.jpg", b"pixels")
    internet.redirect("moved", "a.jpg")
    for name in ("a.jpg", "moved"):
        found = internet.web.download(internet.url(name), 6)
        assert (found.data, found.mime, found.url) == (b"pixels", "image/jpeg", internet.url("a.jpg"))


def test_a_file_that_is_too_large_is_refused(internet: Internet) -> None:
    internet.serve("a.jpg", b"pixels")
    with pytest.raises(Refused):
        internet.web.download(internet.url("a.jpg"), 5)


def test_a_file_that_is_not_there_is_refused(internet: Internet) -> None:
    with pytest.raises(Refused, match="no longer at"):
        internet.web.download(internet.url("nothing.jpg"), 100)


def test_a_server_that_is_down_may_be_asked_again(internet: Internet) -> None:
    internet.break_down("a.jpg")
    with pytest.raises(Unavailable, match="answers 503"):
        internet.web.download(internet.url("a.jpg"), 100)


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/a.png", "http://localhost:1/", "http://[::1]:1/", "http://169.254.169.254/"]
)
def test_private_addresses_are_refused(internet: Internet, url: str) -> None:
    with pytest.raises(Refused, match="private network"):
        internet.web.download(url, 100)


@pytest.mark.parametrize("url", ["ftp://pictures.example/a.png", "file:///etc/passwd", "data:image/png;base64,AA", ""])
def test_what_is_no_web_address_is_refused(internet: Internet, url: str) -> None:
    with pytest.raises(Refused, match="no web address"):
        internet.web.download(url, 100)

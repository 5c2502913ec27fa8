"""A two-page sync of which every single call can be made to fail, and what has to be true when all is over.

Notion's stand-in with its files, and a Telegram behind a fault proxy; as the blog either a real WordPress behind
another one, or, where many runs are wanted, one in memory.
"""

from __future__ import annotations

import re
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import certifi
import pytest

from sidecar import orchestrator
from sidecar.adapters.connect import folder
from sidecar.adapters.ledger import ledger, open_store
from sidecar.adapters.limiter import limiter
from sidecar.adapters.notion import NotionSource
from sidecar.adapters.notion_calls import Limits as NotionLimits
from sidecar.adapters.telegram import Telegram
from sidecar.adapters.web import SafeWeb
from sidecar.adapters.wordpress import XmlRpcBlog
from sidecar.adapters.wordpress.connection import Limits as WordPressLimits
from sidecar.config import Config
from sidecar.errors import Refused, SidecarError, Unavailable
from sidecar.model import Report
from sidecar.orchestrator import Request
from sidecar.ports import Blog, World
from tests.fakes.blog import FakeBlog
from tests.stage.notion import NotionStandIn, art
from tests.stage.notion import build as b
from tests.stage.proxy import FaultProxy
from tests.stage.telegram import TelegramStandIn
from tests.stage.wordpress import WordPress

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
GARBAGE = b"this is neither JSON nor XML"
PAGE_502 = b"<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"

NOTION_SECONDS, WORDPRESS_SECONDS, FILE_SECONDS = 1.5, 8.0, 1.0
"""How long our clients wait for an answer that does not come."""
PATIENCE = 20.0
"""How long they wait for one that does, on a machine that has much else to do."""
HANG, LONG_HANG = 3.5, 8.5
"""Seconds of silence: longer than clients wait that are in a hurry."""

WAYS = ("500", "502 in HTML", "429 with Retry-After", "reset", "time-out", "lost reply", "garbage", "broken off")

OF_NOTION: dict[str, dict[str, Any]] = {
    "500": {"kind": "status", "status": 500},
    "502 in HTML": {"kind": "status", "status": 502, "html": True},
    "429 with Retry-After": {"kind": "status", "status": 429, "retry_after": 1},
    "reset": {"kind": "reset"},
    "time-out": {"kind": "hang", "seconds": HANG},
    "lost reply": {"kind": "lost reply"},
    "garbage": {"kind": "garbage"},
    "broken off": {"kind": "truncated"},
}
OF_A_PROXY: dict[str, dict[str, Any]] = {
    "500": {"kind": "answer", "status": 500, "body": b"<html>There has been a critical error.</html>"},
    "502 in HTML": {"kind": "answer", "status": 502, "body": PAGE_502},
    "429 with Retry-After": {"kind": "answer", "status": 429, "headers": {"Retry-After": "1"}},
    "reset": {"kind": "reset"},
    "time-out": {"kind": "hang", "seconds": LONG_HANG},
    "lost reply": {"kind": "lost reply"},
    "garbage": {"kind": "answer", "status": 200, "body": GARBAGE},
    "broken off": {"kind": "truncated"},
}

OF_A_BLOG: dict[str, tuple[SidecarError, bool]] = {
    "unavailable": (Unavailable("The blog did not answer."), False),
    "nobody knows": (Unavailable("The blog did not answer.", maybe_done=True), False),
    "lost reply": (Unavailable("The blog did not answer.", maybe_done=True), True),
    "refused": (Refused("The blog does not want to."), False),
}
"""What a blog's own adapter makes of all this, and whether the deed was done."""


@dataclass(frozen=True, order=True)
class Call:
    """One call of a run: the `number`th of its name, counted from 0."""

    far_end: str
    name: str
    number: int

    def __str__(self) -> str:
        return f"{self.far_end}: {self.name} #{self.number + 1}"


@cache
def picture(number: int) -> bytes:
    return art.jpeg(art.landscape(number, (120, 80)))


# --- blogs -----------------------------------------------------------------------------------------------


class Backdrop(Protocol):
    """A blog as a stage needs it."""

    settings: Mapping[str, str]

    def made(self) -> list[str]:
        """The names of the calls it got."""
        ...

    def forget(self) -> None: ...

    def spoil(self, call: Call, way: str) -> None: ...

    def instead(self) -> Blog | None:
        """What takes the place of the real adapter."""
        ...

    def seen(self) -> dict[str, Any]:
        """All posts and library items that there are."""
        ...


class RealBlog:
    """A WordPress without posts, behind a proxy."""

    def __init__(self, wordpress: WordPress, proxy: FaultProxy) -> None:
        wordpress.reset()
        editor = wordpress.users["editor"]
        self.wordpress, self.proxy = wordpress, proxy
        self.settings = {
            "WP_URL": proxy.url,
            "WP_USERNAME": editor.login,
            "WP_APP_PASSWORD": editor.application_password,
        }

    def made(self) -> list[str]:
        return [passed.name for passed in self.proxy.passed]

    def forget(self) -> None:
        self.proxy.passed.clear()

    def spoil(self, call: Call, way: str) -> None:
        self.proxy.spoil(exactly(call.name), after=call.number, **OF_A_PROXY[way])

    def instead(self) -> None:
        return None

    def seen(self) -> dict[str, Any]:
        found: dict[str, Any] = self.wordpress.php(
            "$all = fn($type) => get_posts(['numberposts' => -1, 'post_type' => $type, 'orderby' => 'ID',"
            " 'order' => 'ASC', 'post_status' => ['publish','draft','pending','private','future','trash','inherit']]);"
            "return ['posts' => array_map(fn($p) => ['title' => $p->post_title, 'content' => $p->post_content,"
            " 'status' => $p->post_status, 'link' => get_permalink($p),"
            " 'marker' => get_post_meta($p->ID, 'notion_page_id', true)], $all('post')),"
            " 'library' => array_map(fn($p) => wp_get_attachment_url($p->ID), $all('attachment'))];"
        )
        return found


class MemoryBlog(FakeBlog):
    """A WordPress in memory of which the n-th call of a method can fail, before the deed or after it."""

    settings: Mapping[str, str] = {
        "WP_URL": "https://blog.example", "WP_USERNAME": "editor", "WP_APP_PASSWORD": "x"
    }  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._made: list[str] = []
        self._spoilt: tuple[str, int, SidecarError, bool] | None = None

    def made(self) -> list[str]:
        return self._made

    def forget(self) -> None:
        self._made = []

    def spoil(self, call: Call, way: str) -> None:
        error, after = OF_A_BLOG[way]
        self._spoilt = (call.name, call.number, error, after)

    def instead(self) -> Blog:
        return self

    def seen(self) -> dict[str, Any]:
        states = [self._state(row) for row in self.posts.values()]
        posts = [
            {"title": state.fields["post_title"], "content": state.fields["post_content"], "status": state.status,
             "link": state.link, "marker": state.page_id}
            for state in states
        ]  # fmt: skip
        return {"posts": posts, "library": [media.url for media in self.media.values()]}

    @contextmanager
    def _call(self, method: str, *, writes: bool = False) -> Iterator[None]:
        number = self._made.count(method)
        self._made.append(method)
        if self._spoilt is not None and self._spoilt[:2] == (method, number):
            self.trouble(method, self._spoilt[2], after=self._spoilt[3])
            self._spoilt = None
        with super()._call(method, writes=writes):
            yield


# --- the stage -------------------------------------------------------------------------------------------


@dataclass
class Stage:
    """Two pages that ask for publication, and everybody who takes part."""

    notion: NotionStandIn
    blog: Backdrop
    telegram: TelegramStandIn
    messenger: FaultProxy
    config: Config
    is_hurried: bool = False
    """Nobody waits long for an answer: there is one that does not come."""

    def fill(self) -> None:
        """Two pages that ask for publication."""
        names = [self.notion.add_file(f"view-{number}.jpg", picture(number)) for number in (1, 2)]
        self.pages = {self.notion.add_page(title, blocks): title for title, blocks in content(names).items()}

    def publish_and_edit(self) -> None:
        """The two pages are published; then their writers change a word, and ask again."""
        self.sync()
        self.check(WORDS)
        for page, title in self.pages.items():
            self.notion.edit(page, blocks=content(["view-1.jpg", "view-2.jpg"], "Other words")[title])
            self.notion.set_status(page, "Adding")
        self.forget()

    def sync(self) -> Report:
        """One run; only waiting is short."""
        with impatient(self.config, self.blog.instead(), self.is_hurried) as world:
            return orchestrator.sync(world, Request())

    # --- calls -------------------------------------------------------------------------------------------

    def calls(self) -> list[Call]:
        """Every call that was made, in an order that is the same each time."""
        made = [("Notion", ID.sub("*", f"{call.method} {call.path}")) for call in self.notion.calls]
        made += [("files", f"GET {ID.sub('*', download.path)}") for download in self.notion.downloads]
        made += [("WordPress", name) for name in self.blog.made()]
        made += [("Telegram", passed.name) for passed in self.messenger.passed]
        return [Call(*one, number) for one, times in sorted(Counter(made).items()) for number in range(times)]

    def spoil(self, call: Call, way: str) -> None:
        """This call of the next run goes wrong in this way."""
        self.is_hurried = way == "time-out"
        if call.far_end == "WordPress":
            self.blog.spoil(call, way)
        elif call.far_end == "Telegram":
            self.messenger.spoil(exactly(call.name), after=call.number, **OF_A_PROXY[way])
        else:
            self.notion.faults.add(exactly(call.name), after=call.number, **OF_NOTION[way])

    def forget(self) -> None:
        self.notion.forget()
        self.blog.forget()
        self.messenger.passed.clear()

    # --- what became of it -------------------------------------------------------------------------------

    def not_done(self) -> list[str]:
        return [page for page in self.pages if self.notion.status(page) != "Done"]

    def check(self, words: Mapping[str, list[str]]) -> None:
        """One public post a page with the right content, each picture once, and each page says Done with its link."""
        seen = self.blog.seen()
        assert sorted(post["marker"] for post in seen["posts"]) == sorted(self.pages)
        shown = []
        for post in seen["posts"]:
            page = post["marker"]
            assert (post["title"], post["status"]) == (self.pages[page], "publish")
            assert re.findall(r">([^<>\n]+)<", post["content"]) == words[post["title"]]
            assert self.notion.said(page, "WordPress URL") == post["link"]
            assert self.notion.status(page) == "Done"
            assert self.notion.said(page, "WordPress Message") == ""
            shown += re.findall(r'<img src="([^"]+)"', post["content"])
        assert len(shown) == 2
        assert sorted(shown) == sorted(seen["library"])
        assert self.notion.violations == []


def content(pictures: Sequence[str], first: str = "First words") -> dict[str, list[Any]]:
    """One page with two pictures, one with blocks inside blocks."""
    inner = [b.bullet("third level"), b.paragraph("beside it")]
    nested = b.bullet("first level", children=[b.bullet("second level", children=inner)])
    return {
        "Views": [b.paragraph(first), b.image(pictures[0]), b.paragraph("Second view"), b.image(pictures[1])],
        "Tides": [b.paragraph(first), nested, b.paragraph("High water")],
    }


def words(first: str) -> dict[str, list[str]]:
    """What a reader of each post reads."""
    tides = [first, "first level", "second level", "third level", "beside it", "High water"]
    return {"Views": [first, "Second view"], "Tides": tides}


WORDS, EDITED = words("First words"), words("Other words")


@pytest.fixture(autouse=True)
def one_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate_in(tmp_path)))


def certificate_in(folder: Path) -> Path:
    """Nothing here speaks TLS, and to load all the web's certificates for each client takes longer than a run."""
    text, end, file = Path(certifi.where()).read_text(), "-----END CERTIFICATE-----", folder / "one.pem"
    file.write_text(text[: text.index(end) + len(end)] + "\n")
    return file


def exactly(name: str) -> str:
    """A pattern for the calls of one name, whatever their ids."""
    return "^" + re.escape(name).replace(r"\*", ID.pattern) + "$"


@contextmanager
def stage(wordpress: WordPress | None = None) -> Iterator[Stage]:
    """A new Notion, a blog without posts (in memory when none is given), an empty ledger."""
    with NotionStandIn() as notion, TelegramStandIn() as telegram, ExitStack() as stack:
        here = stack.enter_context(tempfile.TemporaryDirectory(prefix="sidecar-stage-"))
        messenger = stack.enter_context(FaultProxy(telegram.url))
        blog: Backdrop = MemoryBlog()
        if wordpress is not None:
            blog = RealBlog(wordpress, stack.enter_context(FaultProxy(wordpress.url)))
        given = {
            "NOTION_TOKEN": notion.token,
            "NOTION_DATA_SOURCE_ID": notion.data_source_id,
            "NOTION_BASE_URL": notion.url,
            "NOTION_RATE_PER_MINUTE": "6000",
            "WP_POST_STATUS": "publish",
            "DATABASE_URL": f"sqlite:///{here}/ledger.db",
            "MEDIA_ALLOWED_PRIVATE_HOSTS": notion.url.removeprefix("http://"),
            **telegram.settings,
            "TELEGRAM_BASE_URL": messenger.url,
        }
        made = Stage(notion, blog, telegram, messenger, Config.parse({**given, **blog.settings}))
        made.fill()
        yield made


@contextmanager
def impatient(config: Config, blog: Blog | None, is_hurried: bool) -> Iterator[World]:
    """The real world of a config, whose pauses are short; in a hurry its clients give up soon as well."""
    stop = threading.Event()
    notion, wordpress, file = (
        (NOTION_SECONDS, WORDPRESS_SECONDS, FILE_SECONDS) if is_hurried else (PATIENCE, PATIENCE, PATIENCE)
    )
    with ExitStack() as stack:
        store = stack.enter_context(closing(open_store(config.database_url)))
        known = ledger(store, config.site, config.lease_seconds)
        pace = stack.enter_context(closing(limiter(config, folder(config))))
        limits = NotionLimits(notion, notion, first_wait=0.02)
        real = XmlRpcBlog(config, known.memory, stop=stop, limits=WordPressLimits(wordpress, 0.02))
        stack.callback(real.close)
        yield World(
            config=config,
            source=stack.enter_context(closing(NotionSource(config, pace, known.memory, stop, limits))),
            blog=blog or real,
            web=stack.enter_context(closing(SafeWeb(config.media_allowed_private_hosts, silence_seconds=file))),
            ledger=known,
            notifier=Telegram(config),
            owner=uuid4().hex,
            now=time.time,
            sleep=stop.wait,
            stop=stop,
            patience=(0.05, 0.1),
            look_again=(0.05, 0.1),
        )

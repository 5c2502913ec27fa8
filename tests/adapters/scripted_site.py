"""A site on loopback that answers XML-RPC as a test tells it to: for hosts that a healthy WordPress cannot play."""

from __future__ import annotations

import contextlib
import threading
import xmlrpc.client
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sidecar.adapters.wordpress import XmlRpcBlog
from sidecar.blocks import PageId
from tests.contracts.blogs import opened

PASSWORD = "abcd efgh ijkl mnop qrst uvwx"
PAGE = PageId("11111111-1111-4111-8111-111111111111")
METHODS = [
    f"wp.{name}"
    for name in (
        *("getPost", "getPosts", "newPost", "editPost", "deletePost", "uploadFile", "getMediaItem", "getOptions"),
        *("getProfile", "getTerms", "newTerm", "getAuthors", "getUsers"),
    )
]


@dataclass
class Answer:
    """An HTTP answer as it is to be sent."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Site:
    """`answers` by XML-RPC method, a value or a function of the arguments after the login; `pages` by path for GET."""

    url: str = ""
    endpoint: str = "/xmlrpc.php"
    answers: dict[str, Any] = field(default_factory=dict)
    pages: dict[str, Answer] = field(default_factory=dict)
    methods: list[str] = field(default_factory=lambda: list(METHODS))
    everything: Answer | None = None
    """What every POST gets, whatever it asks."""
    calls: list[str] = field(default_factory=list)
    arguments: list[tuple[Any, ...]] = field(default_factory=list)
    heads: list[Message] = field(default_factory=list)

    def times(self, method: str) -> int:
        return self.calls.count(method)

    def answer(self, path: str, body: bytes) -> Answer:
        if path != self.endpoint:
            self.calls.append(f"POST {path}")
            return Answer(b"<html><title>Not found</title></html>", 404)
        given, method = xmlrpc.client.loads(body)
        self.calls.append(str(method))
        self.arguments.append(given)
        if self.everything is not None:
            return self.everything
        try:
            return self._result(str(method), given)
        except xmlrpc.client.Fault as fault:
            return Answer(xmlrpc.client.dumps(fault).encode())

    def _result(self, method: str, given: tuple[Any, ...]) -> Answer:
        if method == "mt.supportedMethods":
            value: Any = self.methods
        elif method in self.answers:
            value = self.answers[method]
            value = value(*given[3:]) if callable(value) else value
        else:
            raise xmlrpc.client.Fault(-32601, f"server error. requested method {method} does not exist.")
        if isinstance(value, Answer):
            return value
        return Answer(xmlrpc.client.dumps((value,), methodresponse=True, allow_none=True).encode())


@contextlib.contextmanager
def scripted_site(**given: Any) -> Iterator[Site]:
    site = Site(**given)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.heads.append(self.headers)
            site.calls.append(f"GET {self.path}")
            self._send(site.pages.get(self.path, Answer(b"<html></html>")))

        def do_POST(self) -> None:
            site.heads.append(self.headers)
            self._send(site.answer(self.path, self.rfile.read(int(self.headers["Content-Length"]))))

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:
            """Tests read `calls`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=lambda: server.serve_forever(0.02), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def on(site: Site, **more: Any) -> Iterator[XmlRpcBlog]:
    """The adapter on this site."""
    with contextlib.closing(opened(more.pop("url", site.url), "editor", PASSWORD, seconds=5.0, **more)) as blog:
        yield blog


def fault(code: int, text: str, status: int = 200) -> Answer:
    return Answer(xmlrpc.client.dumps(xmlrpc.client.Fault(code, text)).encode(), status)


Method = Callable[..., Any]


def post_list(ids: list[int], marked: dict[int, str] | None = None) -> Method:
    """wp.getPosts over posts with these ids, newest first, of which some carry a page."""

    def get_posts(wanted: dict[str, Any], _fields: list[str]) -> list[dict[str, Any]]:
        newest_first = sorted(ids, reverse=True)
        page = newest_first[wanted["offset"] : wanted["offset"] + wanted["number"]]
        return [post_struct(number, (marked or {}).get(number)) for number in page]

    return get_posts


def post_struct(number: int, page_id: str | None = None, **more: Any) -> dict[str, Any]:
    custom = [{"id": "1", "key": "notion_page_id", "value": page_id}] if page_id else []
    return {
        "post_id": str(number),
        "post_status": "draft",
        "post_type": "post",
        "post_title": f"Post {number}",
        "post_content": "x",
        "post_excerpt": "",
        "post_date_gmt": xmlrpc.client.DateTime("20260101T00:00:00"),
        "post_modified_gmt": xmlrpc.client.DateTime("20260102T00:00:00"),
        "link": f"https://blog.example/?p={number}",
        "post_thumbnail": [],
        "terms": [],
        "custom_fields": custom,
        **more,
    }

"""The transport: sends once, ends in time, believes nothing, and says how far a call came."""

from __future__ import annotations

import base64
import contextlib
import gzip
import socket
import struct
import threading
import time
import tracemalloc
import xmlrpc.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sidecar.adapters.oneshot import Http, NoAnswer, NotSent
from sidecar.adapters.xmlrpc import BadAnswer, Transport, clean, parse
from tests.adapters.far_end import FarEnd, Script, answer, far_end


def response(value: Any) -> bytes:
    return xmlrpc.client.dumps((value,), methodresponse=True, allow_none=True).encode()


FAULT = xmlrpc.client.dumps(xmlrpc.client.Fault(405, "XML-RPC services are disabled on this site.")).encode()
FINE = response("fine")


@contextlib.contextmanager
def opened(**limits: Any) -> Iterator[Http]:
    with contextlib.closing(Http(**{"seconds": 5.0, **limits})) as http:
        yield http


def call(end: FarEnd, http: Http, *values: Any) -> Any:
    transport = Transport("http", http, 5.0)
    return xmlrpc.client.ServerProxy(end.url + "/xmlrpc.php", transport=transport, allow_none=True).wp.newPost(*values)


def called(script: Script, **limits: Any) -> Any:
    with far_end(script) as end, opened(**limits) as http:
        return call(end, http, "x")


# --- how far a call came -----------------------------------------------------------------------------------


def test_an_answer_is_given_back() -> None:
    assert called(answer(response({"id": 7}))) == {"id": 7}


def hang_up(connection: socket.socket, _: bytes) -> None:
    """The answer is lost after the far end has done its work."""


def reset(connection: socket.socket, _: bytes) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def break_off(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<?xml version='1.0'?><methodResp")


def say_nothing(connection: socket.socket, _: bytes) -> None:
    connection.recv(1)


def drip(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        connection.sendall(b" ")
        time.sleep(0.05)


@pytest.mark.parametrize("script", [hang_up, reset, break_off, say_nothing, drip], ids=lambda script: script.__name__)
def test_a_lost_answer_is_no_answer_and_the_call_went_out_once(script: Script) -> None:
    with far_end(script) as end, opened(seconds=0.6) as http:
        begun = time.monotonic()
        with pytest.raises(NoAnswer):
            call(end, http, "x")
        assert time.monotonic() - begun < 10
        time.sleep(0.1)
        assert len(end.bodies) == 1
        assert http.calls() == 1


def test_a_far_end_that_is_not_there_got_nothing() -> None:
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        end = FarEnd(f"http://127.0.0.1:{taken.getsockname()[1]}")
        with opened() as http, pytest.raises(NotSent, match="Connection refused"):
            call(end, http, "x")


def test_a_name_that_does_not_exist_got_nothing() -> None:
    with opened() as http, pytest.raises(NotSent):
        call(FarEnd("http://no-such-host.invalid"), http, "x")


def test_a_redirect_is_told_and_not_followed() -> None:
    with (
        far_end(answer(b"", "301 Moved Permanently", Location="https://blog.example/xmlrpc.php")) as end,
        opened() as http,
    ):
        with pytest.raises(BadAnswer) as caught:
            call(end, http, "x")
        assert (caught.value.status, caught.value.headers["Location"]) == (301, "https://blog.example/xmlrpc.php")
        assert len(end.bodies) == 1


def test_a_fault_is_a_fault() -> None:
    with pytest.raises(xmlrpc.client.Fault, match="disabled"):
        called(answer(FAULT))


def test_a_fault_that_comes_with_an_error_status_is_kept_beside_it() -> None:
    with pytest.raises(BadAnswer) as caught:
        called(answer(FAULT, "405 Method Not Allowed", Retry_After="7"))
    assert caught.value.fault is not None
    assert (caught.value.fault.faultCode, caught.value.status, caught.value.headers["Retry-After"]) == (405, 405, "7")


def test_an_error_page_is_kept_for_the_words() -> None:
    with pytest.raises(BadAnswer) as caught:
        called(answer(b"<html>Bad gateway</html>", "502 Bad Gateway"))
    assert (caught.value.status, caught.value.body) == (502, b"<html>Bad gateway</html>")


# --- what is believed ------------------------------------------------------------------------------------

BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>
<methodResponse><params><param><value><string>&b;</string></value></param></params></methodResponse>"""


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<html>Just a moment</html>", id="a web page"),
        pytest.param(b"<b>Warning</b>: in x.php\n" + FINE, id="a PHP notice before the answer"),
        pytest.param(FINE + b"<!-- cached --><b>Notice</b>", id="text after the answer"),
        pytest.param(b"", id="nothing"),
        pytest.param(FINE[: len(FINE) // 2], id="half of it"),
        pytest.param(BOMB, id="entities"),
        pytest.param(b"<?xml version='1.0'?><methodResponse></methodResponse>", id="a response without a value"),
        pytest.param(FINE.replace(b"string", b"i4"), id="a number that is none"),
    ],
)
def test_what_is_no_answer_is_not_taken_for_one(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        called(answer(body))


@pytest.mark.parametrize(
    ("body", "value"),
    [
        pytest.param(b"\r\n \n" + FINE, "fine", id="blank lines before it"),
        pytest.param(b"\xef\xbb\xbf" + FINE, "fine", id="a byte order mark"),
        pytest.param(b"\n\xef\xbb\xbf\n" + FINE, "fine", id="both"),
        pytest.param(response("fi").replace(b"fi<", b"fi\x0bne<"), "fine", id="a control character in a post"),
        pytest.param(response("fine").replace(b"fine", b"fin\xff"), "fin\ufffd", id="bytes that are no UTF-8"),
    ],
)
def test_what_does_no_harm_is_read_over(body: bytes, value: str) -> None:
    assert parse(body)[0] == value


def test_an_answer_that_is_too_large_is_given_up() -> None:
    with pytest.raises(NoAnswer, match="larger than 1 MB"):
        called(answer(response("x" * 2_000_000)), max_reply_bytes=1_000_000)


def test_a_small_answer_that_unpacks_to_a_large_one_is_given_up() -> None:
    packed = gzip.compress(response("x" * 20_000_000))
    assert len(packed) < 100_000
    with pytest.raises(NoAnswer, match="larger than 1 MB"):
        called(answer(packed, Content_Encoding="gzip"), max_reply_bytes=1_000_000)


def test_text_loses_just_what_xml_forbids() -> None:
    kept = "tab\t line\n nbsp\u00a0 \u2028 👩‍👩‍👧‍👦 \U0010ffff"
    assert clean(f"\x00{kept}\x0b\x1f\ud800\ufffe\uffff") == kept


# --- what is sent ----------------------------------------------------------------------------------------


def test_neither_proxies_nor_cookies_nor_netrc_have_a_say(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    netrc = tmp_path_factory.mktemp("home") / ".netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    with far_end(answer(FINE, Set_Cookie="a=b")) as end, opened() as http:
        call(end, http, "x")
        call(end, http, "x")
        heads = [head.lower() for head in end.heads]
    assert len(heads) == 2
    assert not any(b"cookie:" in head or b"authorization:" in head for head in heads)


def test_a_slow_line_is_no_reason_to_break_off_while_it_moves() -> None:
    """Sending the whole takes longer than a connection may take to come about; no part of it does."""

    def sip(connection: socket.socket, _: bytes) -> None:
        connection.settimeout(1.0)
        with contextlib.suppress(TimeoutError):
            while True:
                connection.recv(100_000)
                time.sleep(0.03)
        answer(FINE)(connection, b"")

    with far_end(sip, read_body=False, receive_buffer=65536) as end, opened(connect_seconds=0.8, seconds=60) as http:
        begun = time.monotonic()
        assert call(end, http, "x" * 4_000_000) == "fine"
        assert time.monotonic() - begun - 1.0 > 0.8, "besides the second in which the far end waits for more"


def test_sending_that_takes_too_long_is_given_up() -> None:
    def sip(connection: socket.socket, _: bytes) -> None:
        while connection.recv(200_000):
            time.sleep(0.02)

    with far_end(sip, read_body=False, receive_buffer=65536) as end, opened(seconds=0.5) as http:
        transport = Transport("http", http, 0.5)
        begun = time.monotonic()
        with pytest.raises(NoAnswer):
            xmlrpc.client.ServerProxy(end.url, transport=transport).wp.newPost("x" * 20_000_000)
        assert time.monotonic() - begun < 10


def test_an_answer_that_comes_before_all_was_sent_is_heard() -> None:
    """What nginx does with a body that is too large."""

    def refuse(connection: socket.socket, _: bytes) -> None:
        answer(b"", "413 Request Entity Too Large")(connection, b"")
        connection.settimeout(2)
        with contextlib.suppress(TimeoutError):
            while connection.recv(1_000_000):
                pass

    with far_end(refuse, read_body=False) as end, opened() as http:
        with pytest.raises(BadAnswer) as caught:
            call(end, http, "x" * 3_000_000)
        assert caught.value.status == 413


def test_a_file_is_sent_as_base64_without_a_copy_of_it_in_memory() -> None:
    data = bytes(range(256)) * 40_000 + b"odd"  # 10 MB

    def check(connection: socket.socket, body: bytes) -> None:
        sent = body.partition(b"<base64>")[2].partition(b"</base64>")[0]
        answer(response(base64.b64decode(sent) == data))(connection, body)

    with far_end(check) as end, opened() as http:
        transport = Transport("http", http, 5.0)
        server = xmlrpc.client.ServerProxy(end.url, transport=transport)
        with transport.attached(data) as bits:
            assert server.wp.uploadFile({"name": "film.mp4", "bits": bits}) is True


def test_sending_a_file_takes_little_memory_besides_the_file() -> None:
    data = bytes(20_000_000)

    def swallow(connection: socket.socket, _: bytes) -> None:
        connection.settimeout(0.3)
        with contextlib.suppress(TimeoutError):
            while connection.recv(65536):
                pass
        answer(FINE)(connection, b"")

    with far_end(swallow, read_body=False) as end, opened() as http:
        transport = Transport("http", http, 5.0)
        server = xmlrpc.client.ServerProxy(end.url, transport=transport)
        tracemalloc.start()
        with transport.attached(data) as bits:
            server.wp.uploadFile({"bits": bits})
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 4_000_000


def test_threads_each_get_their_own_answer_and_every_call_is_counted() -> None:
    def echo(connection: socket.socket, body: bytes) -> None:
        answer(response(xmlrpc.client.loads(body)[0][0]))(connection, body)

    with far_end(echo) as end, opened() as http, ThreadPoolExecutor(8) as pool:
        transport = Transport("http", http, 5.0)
        server = xmlrpc.client.ServerProxy(end.url, transport=transport)
        words = [f"word {number}" for number in range(80)]
        assert list(pool.map(lambda word: server.echo(word), words)) == words
        assert http.calls() == 80


def test_files_of_several_threads_do_not_mix() -> None:
    def echo(connection: socket.socket, body: bytes) -> None:
        answer(response(xmlrpc.client.loads(body)[0][0].data.decode()))(connection, body)

    with far_end(echo) as end, opened() as http, ThreadPoolExecutor(6) as pool:
        transport = Transport("http", http, 5.0)
        server = xmlrpc.client.ServerProxy(end.url, transport=transport)
        barrier = threading.Barrier(6)

        def send(number: int) -> str:
            with transport.attached(f"file {number}".encode()) as bits:
                barrier.wait()
                return str(server.echo(bits))

        assert list(pool.map(send, range(6))) == [f"file {number}" for number in range(6)]

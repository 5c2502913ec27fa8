"""Downloads: what may be reached, how much and how long is read, and in which words it fails. Over real sockets."""

import contextlib
import gzip
import re
import socket
import threading
import time

import pytest

from sidecar.adapters.web import MAX_REDIRECTS, SafeWeb
from sidecar.adapters.web_guard import Blocked, check, resolve
from sidecar.errors import Refused, Unavailable
from tests.adapters.far_end import answer, far_end
from tests.stage.notion import NotionStandIn, web

SECRET = "X-Amz-Signature=5ec4e7"
NOWHERE = "3000::1"
"""A public address that nobody has: no network of the Internet has been given away there."""


@pytest.fixture(scope="module")
def notion():
    with NotionStandIn() as notion:
        notion.add_file("a.jpg", b"pixels" * 1000)
        yield notion


@pytest.fixture
def fetch(notion):
    """Downloads a URL, or a file of the stand-in by its name, which is let through as an exception."""
    with contextlib.closing(SafeWeb([notion.url.removeprefix("http://")])) as safe:
        yield lambda url, most=1_000_000: safe.download(url if ":" in url else notion.web_url(url), most)


@contextlib.contextmanager
def canary(family=socket.AF_INET):
    """A port on loopback, and whether somebody has connected to it. The system lets them in: nobody has to wait."""
    with socket.socket(family) as listener:
        listener.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)

        def is_touched():
            try:
                listener.accept()[0].close()
            except BlockingIOError:
                return False
            return True

        yield listener.getsockname()[1], is_touched


def fetch_from(url, *, allowed=(), most=1_000_000, **more):
    with contextlib.closing(SafeWeb(allowed, **more)) as safe:
        return safe.download(url, most)


# --- what is private sees no connection ------------------------------------------------------------------

FORMS = [
    "127.0.0.1",
    "127.1",
    "0.0.0.0",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "user:password@127.0.0.1",
    "0",
    "017700000001",
]
FORMS_OF_IPV6 = ["[::1]", "[0:0:0:0:0:0:0:1]", "[::0001]", "six.example"]
"""The last is a name, for which a look-up says ::1."""

WAYS = [(socket.AF_INET, host) for host in [*FORMS, "four.example"]]
WAYS += [(socket.AF_INET6, host) for host in FORMS_OF_IPV6]
NAMES = {"four.example": ["127.0.0.1"], "six.example": ["::1"]}


def look_up(host, port):
    return NAMES.get(host) or resolve(host, port)


def allowed(host, port):
    return f"{host.rpartition('@')[2].rstrip('.')}:{port}"


@pytest.mark.parametrize(("family", "host"), WAYS, ids=[host for _, host in WAYS])
def test_loopback_sees_no_connection_however_it_is_written(notion, family, host):
    """Neither by itself nor by a redirect. Let through on purpose, each way does lead there: the canary can sing."""
    with canary(family) as (port, is_touched):
        url = f"http://{host}:{port}/a.png"
        notion.web["away"] = web.redirect(url)
        for ask, exceptions in ((url, []), (notion.web_url("away"), [notion.url.removeprefix("http://")])):
            with pytest.raises(Refused, match=r"private network.*MEDIA_ALLOWED_PRIVATE_HOSTS"):
                fetch_from(ask, allowed=exceptions, resolver=look_up)
            assert not is_touched()
        with pytest.raises(Unavailable):
            fetch_from(url, allowed=[allowed(host, port)], resolver=look_up, silence_seconds=0.1)
        assert is_touched()


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_loopback_sees_no_connection_over_tls(family):
    with canary(family) as (port, is_touched):
        with pytest.raises(Refused, match="private network"):
            fetch_from(f"https://{'[::1]' if family == socket.AF_INET6 else '127.0.0.1'}:{port}/a.png")
        assert not is_touched()


def test_a_name_that_changes_between_two_look_ups_reaches_nothing():
    """What was checked is what is connected to: the name is looked up once, and anew for the next file."""
    answers = [[NOWHERE], ["127.0.0.1"]]
    asked = []

    def resolver(host, _port):
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    with canary() as (port, is_touched), contextlib.closing(SafeWeb(total_seconds=0.5, resolver=resolver)) as safe:
        with pytest.raises(Unavailable):
            safe.download(f"http://rebind.example:{port}/", 1000)
        assert (asked, is_touched()) == (["rebind.example"], False)
        with pytest.raises(Refused, match=r"rebind.example is an address inside a private network"):
            safe.download(f"http://rebind.example:{port}/", 1000)
        assert (asked, is_touched()) == (["rebind.example"] * 2, False)


def test_a_name_that_has_a_private_address_among_others_is_not_reached_at_all():
    with canary() as (port, is_touched):
        with pytest.raises(Refused, match=r"mixed.example is an address inside a private network"):
            fetch_from(f"http://mixed.example:{port}/", resolver=lambda *_: [NOWHERE, "127.0.0.1"])
        assert not is_touched()


def test_a_proxy_of_the_environment_is_not_used(monkeypatch, notion, fetch):
    with canary() as (port, is_touched):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        assert fetch("a.jpg").data == b"pixels" * 1000
        assert not is_touched()


PRIVATE = [
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.1.1", "192.0.2.1",
    "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "fe80::1",
    "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "100::1", "2001:0:7f00:1::",
    "168.63.129.16", "192.0.0.192", "::ffff:168.63.129.16", "64:ff9b::a83f:8110", "::ffff:0:127.0.0.1",
    "100.100.100.200",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_content_may_not_reach(address):
    with pytest.raises(Blocked):
        check(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "64:ff9b::101:101", "2002:101:101::"]
)
def test_addresses_that_content_may_reach(address):
    check(address)


# --- exceptions ------------------------------------------------------------------------------------------


def test_an_exception_counts_for_its_host_and_port_alone(notion):
    allowed = notion.url.removeprefix("http://")
    port = allowed.rpartition(":")[2]
    assert fetch_from(notion.web_url("a.jpg"), allowed=[allowed]).data
    with canary() as (other, is_touched):
        for url in (f"http://127.0.0.1:{other}/", f"http://127.0.0.2:{port}/", f"http://localhost:{port}/web/a.jpg"):
            with pytest.raises(Refused, match="private network"):
                fetch_from(url, allowed=[allowed])
        assert not is_touched()


def test_an_exception_may_be_a_name_in_any_case(notion):
    port = notion.url.rpartition(":")[2]
    assert fetch_from(f"http://LocalHost:{port}/web/a.jpg", allowed=[f"Localhost:{port}"]).data


def test_an_exception_may_be_an_address_of_ipv6():
    with far_end_v6(answer(b"here")) as port:
        assert fetch_from(f"http://[::1]:{port}/", allowed=[f"[::1]:{port}"]).data == b"here"


@contextlib.contextmanager
def far_end_v6(script):
    with socket.socket(socket.AF_INET6) as listener:
        listener.bind(("::1", 0))
        listener.listen()

        def serve():
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                script(connection, b"")

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def test_a_host_that_is_down_at_its_first_address_is_reached_at_its_second():
    with far_end(answer(b"here")) as end:
        port = end.url.rpartition(":")[2]
        found = fetch_from(
            f"http://two.example:{port}/",
            allowed=[f"two.example:{port}"],
            resolver=lambda *_: ["127.0.0.9", "127.0.0.1"],
        )
    assert found.data == b"here"


def test_a_name_that_has_very_many_addresses_is_tried_no_longer_than_a_download_may_take():
    with socket.socket() as listener, contextlib.ExitStack() as waiting:
        listener.bind(("0.0.0.0", 0))
        listener.listen(0)  # and full, as of now: whoever comes next is not even told so
        port = listener.getsockname()[1]
        for _ in range(4):
            early = waiting.enter_context(socket.socket())
            early.setblocking(False)
            early.connect_ex(("127.0.0.1", port))
        addresses = [f"127.0.1.{number}" for number in range(1, 200)]
        started = time.monotonic()
        with pytest.raises(Unavailable, match="takes too long"):
            fetch_from(
                f"http://many.example:{port}/",
                allowed=[f"many.example:{port}"],
                resolver=lambda *_: addresses,
                total_seconds=0.5,
            )
        assert time.monotonic() - started < 12


# --- redirects -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, MAX_REDIRECTS])
def test_a_few_redirects_are_followed(notion, fetch, number):
    for step in range(number):
        notion.web[f"hop-{step}"] = web.redirect(f"hop-{step + 1}" if step + 1 < number else "../web/a.jpg", 307)
    found = fetch("hop-0")
    assert (found.data, found.url, found.mime) == (b"pixels" * 1000, notion.web_url("a.jpg"), "image/jpeg")


def test_more_redirects_than_three_are_too_many(notion, fetch):
    for step in range(MAX_REDIRECTS + 1):
        notion.web[f"hop-{step}"] = web.redirect(f"hop-{step + 1}")
    notion.downloads.clear()
    with pytest.raises(Refused, match=f"redirects more than {MAX_REDIRECTS} times"):
        fetch("hop-0")
    assert len(notion.downloads) == MAX_REDIRECTS + 1


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://x.example/a", "http://[::1/", "data:image/png;base64,AA"])
def test_a_redirect_to_what_is_no_web_address_is_refused(notion, fetch, to):
    notion.web["odd"] = web.redirect(to)
    with pytest.raises(Refused, match=r"no web address|not a valid web address"):
        fetch("odd")


def test_cookies_are_not_kept_from_one_download_to_the_next():
    with (
        far_end(answer(b"x", Set_Cookie="track=1; Path=/")) as end,
        contextlib.closing(SafeWeb([end.url.removeprefix("http://")])) as safe,
    ):
        safe.download(end.url, 10)
        safe.download(end.url, 10)
    assert not [head for head in end.heads if b"cookie" in head.lower()]


# --- size ------------------------------------------------------------------------------------------------


def test_a_file_of_exactly_the_most_bytes_is_taken(fetch):
    assert len(fetch("a.jpg", 6000).data) == 6000


def test_a_file_that_says_it_is_larger_is_not_even_read(notion, fetch):
    notion.web["huge"] = web.huge(60_000_000)
    started = time.monotonic()
    with pytest.raises(Refused, match=r"has 60 MB; at most 1 MB.*MEDIA_MAX_BYTES"):
        fetch("huge")
    assert time.monotonic() - started < 10


def test_a_file_without_end_is_read_to_the_most_bytes_and_no_further(notion, fetch):
    notion.web["endless"] = web.endless()
    with pytest.raises(Refused, match="larger than that; at most 1 MB"):
        fetch("endless")


def test_a_small_answer_that_unpacks_to_a_large_one_is_read_no_further():
    packed = gzip.compress(bytes(200_000_000))
    with far_end(answer(packed, Content_Encoding="gzip")) as end:
        allowed = [end.url.removeprefix("http://")]
        started = time.monotonic()
        with pytest.raises(Refused, match="at most 1 MB"):
            fetch_from(end.url, allowed=allowed)
        assert time.monotonic() - started < 10
        assert b"Accept-Encoding: identity" in end.heads[0]


# --- what breaks -----------------------------------------------------------------------------------------


def test_half_a_file_is_no_file(notion, fetch):
    notion.web["half"] = web.truncated(b"pixels" * 1000)
    with pytest.raises(Unavailable, match=r"broke off in the middle|sent only 3000 of 6000 bytes"):
        fetch("half")


def test_a_length_that_lies_gives_no_more_than_it_says(notion, fetch):
    notion.web["liar"] = web.lying_length(b"pixels" * 1000, says=100)
    assert len(fetch("liar").data) == 100


LENGTHS = ["-1", "²", "many", "1e9", "12, 13"]


@pytest.mark.parametrize("length", LENGTHS)
def test_a_length_that_is_no_number_ends_in_words(length):
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n".encode("latin-1")
    with far_end(lambda connection, _: connection.sendall(head + b"pixels")) as end:
        allowed = [end.url.removeprefix("http://")]
        with contextlib.suppress(Unavailable, Refused):
            assert fetch_from(end.url, allowed=allowed, silence_seconds=0.5).data == b"pixels"


def test_what_is_no_http_ends_in_words():
    with (
        far_end(lambda connection, _: connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")) as end,
        pytest.raises(Unavailable, match="cannot be reached"),
    ):
        fetch_from(end.url, allowed=[end.url.removeprefix("http://")])


# --- time ------------------------------------------------------------------------------------------------


def test_silence_is_not_waited_for(notion):
    notion.web["silent"] = web.silent(15.0)
    started = time.monotonic()
    with pytest.raises(Unavailable, match="does not answer in time"):
        fetch_from(notion.web_url("silent"), allowed=[notion.url.removeprefix("http://")], silence_seconds=0.3)
    assert time.monotonic() - started < 10


def body_drips(connection, _):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    _drip(connection, b"x")


def body_without_length_drips(connection, _):
    connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    _drip(connection, b"x")


def body_in_pieces_drips(connection, _):
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    _drip(connection, b"1\r\nx\r\n")


def head_drips(connection, _):
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    _drip(connection, b"x")


def _drip(connection, part):
    for _ in range(400):
        connection.sendall(part)
        time.sleep(0.05)


@pytest.mark.parametrize("script", [body_drips, body_without_length_drips, body_in_pieces_drips, head_drips])
def test_what_drips_in_is_cut_off_when_the_time_is_over(script):
    with far_end(script) as end:
        started = time.monotonic()
        with pytest.raises(Unavailable, match="takes too long"):
            fetch_from(end.url, allowed=[end.url.removeprefix("http://")], total_seconds=0.6)
        assert 0.6 <= time.monotonic() - started < 10


def test_a_download_in_time_is_not_cut_off_afterwards(notion):
    """The clock of one download has no say in the next one over the same connection."""
    with contextlib.closing(SafeWeb([notion.url.removeprefix("http://")], total_seconds=1.0)) as safe:
        for _ in range(4):
            assert safe.download(notion.web_url("a.jpg"), 10_000).data
            time.sleep(0.4)


def test_several_threads_download_at_once(notion, fetch):
    notion.web["slow"] = web.slow(b"0123456789", seconds=0.03)
    results = []
    threads = [threading.Thread(target=lambda: results.append(fetch("slow").data)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [b"0123456789"] * 8
    del notion.web["slow"]


# --- words -----------------------------------------------------------------------------------------------

STATUSES = {
    404: (Refused, r"no longer at 127\.0\.0\.1 \(404\).*Put it into the page again"),
    410: (Refused, "no longer at"),
    401: (Refused, r"does not give a file away \(401\).*Upload the file to Notion"),
    403: (Refused, r"does not give a file away \(403\)"),
    204: (Refused, r"does not give a file away \(204\)"),
    429: (Unavailable, "answers 429"),
    500: (Unavailable, "answers 500"),
    503: (Unavailable, "answers 503"),
}


@pytest.mark.parametrize("status", STATUSES)
def test_each_status_is_put_into_words(notion, fetch, status):
    kind, words = STATUSES[status]
    notion.web["status"] = web.answer(status, b"" if status == 204 else b"no")
    with pytest.raises(kind, match=words):
        fetch("status")


@pytest.mark.parametrize(("given", "seconds"), [("7", 7.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), ("²", None)])
def test_how_long_to_wait_is_read_where_it_is_a_number_or_a_date(notion, fetch, given, seconds):
    notion.web["wait"] = web.answer(429, Retry_After=given)
    with pytest.raises(Unavailable) as raised:
        fetch("wait")
    assert raised.value.retry_after == seconds


ODD = [
    "ftp://x.example/a.png", "file:///etc/passwd", "data:image/png;base64,AAAA", "//x.example/a.png", "a.png", "",
    "http://", "http://[::1", "http://x.example:port/", "http://x.example:99999/", "http://a..b.example/",
    f"http://{'a' * 300}.example/", "http://\udcff.example/",
]  # fmt: skip


@pytest.mark.parametrize("url", ODD, ids=ascii)
def test_what_is_no_web_address_is_refused_in_words(url):
    with pytest.raises((Refused, Unavailable)):
        fetch_from(url)


FAILING = {
    "not found": web.not_found(),
    "a reset": lambda it: it.hang_up(),
    "half a file": web.truncated(b"x" * 1000),
    "silence": web.silent(2.0),
    "too large": web.huge(60_000_000),
    "a redirect to a private host": lambda it: web.redirect(f"http://10.0.0.1/?{SECRET}")(it),
    "a redirect to nothing": lambda it: web.redirect(f"ftp://x.example/?{SECRET}")(it),
}


@pytest.mark.parametrize("failing", FAILING)
def test_a_signed_link_is_in_no_error(notion, fetch, failing):
    notion.web["signed"] = FAILING[failing]
    with pytest.raises((Refused, Unavailable)) as raised:
        fetch(f"{notion.web_url('signed')}?{SECRET}")
    assert not re.search("5ec4e7|Amz", f"{raised.value} {raised.value!r}")
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


def test_a_name_that_nobody_has_is_an_error_that_may_pass():
    with pytest.raises(Unavailable, match=r"no-such-host\.invalid cannot be reached"):
        fetch_from(f"https://no-such-host.invalid/?{SECRET}")

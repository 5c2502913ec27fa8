"""The sidecar under /notion-sidecar/ of a real WordPress, behind real nginx and Apache with our snippets."""

from __future__ import annotations

import xmlrpc.client

import pytest
import requests
from requests.adapters import HTTPAdapter

from tests.deploy.fronts import FRONTS, apache_with_htaccess
from tests.deploy.upstream import upstream
from tests.stage.ports import free_port

WEBHOOKS = ["/notion-sidecar/webhooks/notion/automation", "/notion-sidecar/webhooks/notion/events"]
INSIDE = ["", "/", "/sync", "/jobs", "/status", "/metrics", "/healthz", "/webhooks"]


@pytest.fixture(scope="module")
def sidecar():
    with upstream() as started:
        yield started


@pytest.fixture(scope="module", params=sorted(FRONTS))
def front(request, sidecar, running_wordpress):
    with FRONTS[request.param]("notion-sidecar", sidecar.url, running_wordpress.url) as url:
        yield url


@pytest.fixture(scope="module", params=sorted(FRONTS))
def webhooks_only(request, sidecar, running_wordpress):
    with FRONTS[request.param]("notion-sidecar-webhooks-only", sidecar.url, running_wordpress.url) as url:
        yield url


def blog_answers(front, running_wordpress):
    page = requests.get(f"{front}/", timeout=20)
    with xmlrpc.client.ServerProxy(f"{front}/xmlrpc.php") as blog:
        hello = blog.demo.sayHello()
    return page.status_code == 200 and running_wordpress._title in page.text and hello == "Hello!"


def test_the_sidecar_is_reached_under_its_prefix_and_told_of_it(front):
    got = requests.get(f"{front}/notion-sidecar/healthz?a=1&b=%2F", timeout=5).json()
    assert got["path"] == "/healthz?a=1&b=%2F"
    host = front.removeprefix("http://")
    assert {name: value for name, value in got["headers"].items() if name.startswith("x-forwarded-")}.items() >= {
        "x-forwarded-prefix": "/notion-sidecar",
        "x-forwarded-proto": "http",
        "x-forwarded-host": host,
        "x-forwarded-for": "127.0.0.1",
    }.items()
    assert got["headers"]["host"] == host


def test_the_blog_beside_it_still_answers(front, running_wordpress):
    assert blog_answers(front, running_wordpress)


@pytest.mark.parametrize("path", ["wp-login.php", "static/x.css", "a/b/c"])
def test_what_looks_like_the_blogs_goes_to_the_sidecar_all_the_same(front, path):
    assert requests.get(f"{front}/notion-sidecar/{path}", timeout=5).json()["path"] == f"/{path}"


def test_headers_that_a_caller_made_up_do_not_count(front):
    forged = {"Prefix": "/evil", "Proto": "https", "Host": "evil.example", "For": "203.0.113.9"}
    headers = {f"X-Forwarded-{name}": value for name, value in forged.items()}
    got = requests.get(f"{front}/notion-sidecar/", headers=headers, timeout=5).json()["headers"]
    # One trusted proxy means that the last value is believed.
    believed = {name: got[f"x-forwarded-{name.lower()}"].split(",")[-1].strip() for name in forged}
    host = front.removeprefix("http://")
    assert believed == {"Prefix": "/notion-sidecar", "Proto": "http", "Host": host, "For": "127.0.0.1"}


def test_secret_and_signature_headers_and_bodies_arrive_as_they_were_sent(front):
    headers = {"X-Sidecar-Secret": "s3cret", "X-Notion-Signature": "sha256=00", "Authorization": "Bearer t"}
    got = requests.post(f"{front}{WEBHOOKS[0]}", data=b"x" * 250_000, headers=headers, timeout=5).json()
    assert got["size"] == 250_000
    assert got["headers"].items() >= {name.lower(): value for name, value in headers.items()}.items()


def test_a_body_that_the_sidecar_would_refuse_stays_outside(front, sidecar):
    before = len(sidecar.reached)
    assert requests.post(f"{front}{WEBHOOKS[0]}", data=b"x" * 300_000, timeout=5).status_code == 413
    assert len(sidecar.reached) == before


def test_this_machine_gets_the_metrics(front):
    assert requests.get(f"{front}/notion-sidecar/metrics", timeout=5).json()["path"] == "/metrics"


def test_nobody_else_gets_the_metrics(sidecar, running_wordpress):
    class FromElsewhere(HTTPAdapter):
        def init_poolmanager(self, *args, **more):
            super().init_poolmanager(*args, **more, source_address=("127.0.0.2", 0))

    with FRONTS["nginx"]("notion-sidecar", sidecar.url, running_wordpress.url) as front, requests.Session() as session:
        session.mount("http://", FromElsewhere())
        assert session.get(f"{front}/notion-sidecar/metrics", timeout=5).status_code == 403
        assert session.get(f"{front}/notion-sidecar/healthz", timeout=5).status_code == 200


def test_the_address_without_its_slash_leads_there(sidecar, running_wordpress):
    with FRONTS["nginx"]("notion-sidecar", sidecar.url, running_wordpress.url) as front:
        assert leads_there(front)


def leads_there(front):
    answer = requests.get(f"{front}/notion-sidecar", timeout=5, allow_redirects=False)
    return (answer.status_code, answer.headers["Location"]) == (301, f"{front}/notion-sidecar/")


@pytest.mark.parametrize("path", WEBHOOKS)
def test_only_the_webhooks_when_that_is_wanted(webhooks_only, path):
    got = requests.post(f"{webhooks_only}{path}", data=b"{}", timeout=5).json()
    assert got["path"] == path.removeprefix("/notion-sidecar")
    assert got["headers"]["x-forwarded-prefix"] == "/notion-sidecar"


@pytest.mark.parametrize("path", INSIDE)
def test_nothing_else_is_reached_when_only_webhooks_are_wanted(webhooks_only, sidecar, path):
    before = len(sidecar.reached)
    for method in ("GET", "POST"):
        answer = requests.request(method, f"{webhooks_only}/notion-sidecar{path}", timeout=20, allow_redirects=False)
        assert answer.status_code in (301, 403, 404)
    assert requests.get(f"{webhooks_only}{WEBHOOKS[0]}", timeout=5).status_code == 403
    assert len(sidecar.reached) == before


def test_the_blog_answers_beside_the_webhooks(webhooks_only, running_wordpress):
    assert blog_answers(webhooks_only, running_wordpress)


@pytest.mark.parametrize("kind", sorted(FRONTS))
def test_a_sidecar_that_is_down_does_not_take_the_blog_with_it(kind, running_wordpress):
    with FRONTS[kind]("notion-sidecar", f"http://127.0.0.1:{free_port()}", running_wordpress.url) as front:
        assert requests.get(f"{front}/notion-sidecar/healthz", timeout=10).status_code in (502, 503)
        assert blog_answers(front, running_wordpress)


def test_wordpresss_rules_for_pretty_addresses_do_not_swallow_the_sidecar(sidecar):
    with apache_with_htaccess("notion-sidecar", sidecar.url) as front:
        assert requests.get(f"{front}/2026/11/a-post/", timeout=5).text == "the blog"
        assert requests.get(f"{front}/notion-sidecar/jobs/7", timeout=5).json()["path"] == "/jobs/7"
        assert leads_there(front)

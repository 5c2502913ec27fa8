"""Several sites behind one web service: what comes in finds its site, and each has its own pages and figures."""

import dataclasses
import os
import subprocess
import sys

import pytest
from prometheus_client.parser import text_string_to_metric_families

from sidecar.blocks import PageId
from sidecar.config import Config
from sidecar.model import Metrics, PostId, Record
from tests.make import PAGE_ID
from tests.webhook.reception import (
    BEARER,
    EVENTS,
    OTHER,
    SECRET,
    SOURCE,
    automation,
    bearer,
    encoded,
    event,
    signature,
)
from webhook.app import create_sites_app

SHOP = "88888888-8888-4888-8888-888888888888"
SHOP_DATABASE = "99999999-9999-4999-8999-999999999999"
FAR = "https://outside.example"


class Two:
    """Two sites on one ledger, `main` and `shop`, and a client that knows no site."""

    def __init__(self, receptions, **settings):
        self.main = receptions(NOTION_TOKEN="ntn_one", SITE="main", WP_URL="https://main.example")
        own = {"NOTION_TOKEN": "ntn_one", "NOTION_DATA_SOURCE_ID": SHOP, "WP_URL": "https://shop.example"}
        self.shop = receptions(SITE="shop", **{**own, **settings})
        shared = Config.parse({"WEBHOOK_SECRET": SECRET, "SYNC_TOKEN": BEARER})
        self.app = create_sites_app(shared, [self.main.service, self.shop.service])
        self.client = self.app.test_client()

    def post(self, path, body=None, **headers):
        return self.client.post(path, data=encoded(body) if body is not None else b"", headers=headers)

    def press(self, body, path=""):
        return self.post(f"{path}/webhooks/notion/automation", body, **{"X-Sidecar-Secret": SECRET})

    def tell(self, body, path="", token=EVENTS):
        signed = {"X-Notion-Signature": signature(encoded(body), token)}
        return self.post(f"{path}/webhooks/notion/events", body, **signed)

    def wanted(self):
        """How many pages each site wants."""
        return tuple(it.ledger.insight.backlog().waiting for it in (self.main, self.shop))

    def wrote(self, reception, page_id=PAGE_ID):
        """That site has published the page."""
        reception.ledger.records.adopt(
            Record(PageId(page_id), PostId("7"), "https://x.example/7", "f", "h", None, None)
        )


@pytest.fixture
def two(receptions):
    return Two(receptions)


def parent(source, database=None):
    return {"parent": {"type": "data_source_id", "data_source_id": source, "database_id": database or OTHER}}


@pytest.mark.parametrize(
    ("source", "wanted"), [(SOURCE, (1, 0)), (SHOP, (0, 1)), (OTHER, (0, 0))], ids=["first", "second", "none"]
)
def test_a_button_is_pressed_on_the_site_of_the_page(two, source, wanted):
    answer = two.press(automation(data=parent(source)))
    assert two.wanted() == wanted
    assert answer.status_code == (202 if any(wanted) else 200)
    woken = (two.main.woken.waiting, two.shop.woken.waiting)
    assert tuple(len(it) for it in woken) == wanted


@pytest.mark.parametrize(("source", "wanted"), [(SOURCE, (1, 0)), (SHOP, (0, 1)), (OTHER, (0, 0))])
def test_an_edit_is_for_the_site_of_the_page(two, source, wanted):
    at = {"data": {"parent": {"id": OTHER, "type": "database", "data_source_id": source}}}
    two.tell(event("page.content_updated", **at))
    assert two.wanted() == wanted


def test_a_database_whose_data_source_a_sync_found_is_known_again(receptions):
    two = Two(receptions, NOTION_DATA_SOURCE_ID=SHOP_DATABASE)
    two.shop.ledger.memory.put(f"data source of {SHOP_DATABASE}", SHOP)
    two.press(automation(data=parent(SHOP)))
    assert two.wanted() == (0, 1)


def test_a_button_that_names_only_the_database_is_understood_once_a_sync_has_found_that_out(two):
    """Notion's buttons still send the shape from before there were data sources."""
    body = automation(data={"parent": {"type": "database_id", "database_id": SHOP_DATABASE}})
    assert two.press(body).json == {"ignored": "its page is in the data source of no site"}
    for reception, source, database in ((two.main, SOURCE, OTHER), (two.shop, SHOP, SHOP_DATABASE)):
        reception.ledger.memory.put(f"data source of {source}", source)
        reception.ledger.memory.put(f"database of {source}", database)
    two.main.clock.now += 60
    two.shop.clock.now += 60
    body["source"]["event_id"] = "pressed again"
    assert two.press(body).status_code == 202
    assert two.wanted() == (0, 1)


def test_a_page_that_was_moved_away_is_for_the_site_that_published_it(two):
    two.wrote(two.shop)
    two.press(automation(data=parent(OTHER)))
    assert two.wanted() == (0, 1)


def test_what_is_for_no_site_is_noted_with_the_reason(two):
    answer = two.press(automation(data=parent(OTHER)))
    assert answer.json == {"ignored": "its page is in the data source of no site"}
    (noted,) = two.main.ledger.figures.events(1)
    assert noted.body == "its page is in the data source of no site"


def test_the_same_event_counts_once_on_its_site(two):
    body = automation(data=parent(SHOP), event_id="once")
    assert [two.press(body).status_code for _ in range(2)] == [202, 200]


def test_an_integration_of_its_own_tells_at_the_address_of_its_site(receptions):
    two = Two(receptions, NOTION_TOKEN="ntn_two", NOTION_VERIFICATION_TOKEN="secret_two")
    at = {"data": {"parent": {"id": OTHER, "type": "database", "data_source_id": SHOP}}}
    assert two.tell(event("page.content_updated", **at)).status_code == 200
    assert two.wanted() == (0, 0), "the first integration says nothing about the pages of the second"
    assert two.tell(event("page.content_updated", **at), "/sites/shop").status_code == 401
    assert two.tell(event("page.content_updated", **at), "/sites/shop", "secret_two").status_code == 202
    assert two.wanted() == (0, 1)


def test_one_subscription_tells_of_all_sites_of_its_token_wherever_it_arrives(two):
    at = {"data": {"parent": {"id": OTHER, "type": "database", "data_source_id": SOURCE}}}
    two.tell(event("page.content_updated", **at), "/sites/shop")
    assert two.wanted() == (1, 0)


# --- POST /sync, runs --------------------------------------------------------------------------------------


def test_without_a_page_every_site_is_asked_and_each_run_is_told(two):
    answer = two.post("/sync", **bearer(BEARER))
    assert answer.status_code == 202
    assert [one["site"] for one in answer.json["jobs"]] == ["main", "shop"]
    for one in answer.json["jobs"]:
        found = two.client.get(one["status_url"], headers=bearer(BEARER))
        assert found.json["site"] == one["site"]


@pytest.mark.parametrize(
    ("body", "path", "wanted"),
    [
        pytest.param({"page_id": PAGE_ID, "site": "shop"}, "", (0, 1), id="by name"),
        pytest.param({"page_id": PAGE_ID}, "/sites/shop", (0, 1), id="at its address"),
        pytest.param({"page_id": PAGE_ID}, "", (1, 0), id="that published the page"),
    ],
)
def test_a_page_is_asked_of_one_site(two, body, path, wanted):
    two.wrote(two.main)
    assert two.post(f"{path}/sync", body, **bearer(BEARER)).status_code == 202
    assert two.wanted() == wanted


def test_a_page_that_no_site_knows_needs_a_name(two):
    answer = two.post("/sync", {"page_id": PAGE_ID}, **bearer(BEARER))
    assert (answer.status_code, answer.json["error"]) == (400, "which_site")
    assert "main, shop" in answer.json["remedy"]
    answer = two.post("/sync", {"site": "garden"}, **bearer(BEARER))
    assert (answer.status_code, answer.json["error"]) == (400, "no_site")


def test_runs_of_one_site_are_not_shown_at_the_address_of_another(two):
    run = two.shop.ledger.jobs.open("button")
    assert two.client.get(f"/sites/shop/jobs/{run}", headers=bearer(BEARER)).json["site"] == "shop"
    assert two.client.get(f"/sites/main/jobs/{run}", headers=bearer(BEARER)).status_code == 404
    two.main.ledger.jobs.open("button")
    assert [job["site"] for job in two.client.get("/jobs", headers=bearer(BEARER)).json["jobs"]] == ["main", "shop"]


# --- figures -----------------------------------------------------------------------------------------------


def test_figures_are_told_for_each_site(two):
    for reception, calls in ((two.main, 3), (two.shop, 4)):
        run = reception.ledger.jobs.open("button")
        reception.ledger.jobs.close(run, "Completed", Metrics(notion_calls=calls), None)
    two.press(automation(data=parent(SHOP)))
    samples = [
        it for family in text_string_to_metric_families(two.client.get("/metrics").text) for it in family.samples
    ]
    found = {(it.name, it.labels.get("site"), it.labels.get("state")): it.value for it in samples}
    calls = [found["notion_sidecar_notion_calls_total", site, None] for site in ("main", "shop")]
    assert calls == [3, 4]
    assert [found["notion_sidecar_queue_pages", site, "waiting"] for site in ("main", "shop")] == [0, 1]


def break_off(reception):
    """Its WordPress does not answer."""
    state = '{"pages": [], "opened": 1, "until": 2000000, "reason": "WordPress at shop.example did not answer."}'
    reception.ledger.memory.put("circuit", state)


def test_the_state_of_each_site_is_told_and_the_worst_stands_for_all(two):
    break_off(two.shop)
    said = two.client.get("/status", headers=bearer(BEARER)).json
    assert (said["site"], said["headline"]["state"]) == ("shop", "bad")
    assert [(one["site"], one["headline"]["state"]) for one in said["sites"]] == [("main", "idle"), ("shop", "bad")]
    ready = two.client.get("/readyz").json
    assert (ready["status"], ready["wordpress"]) == ("degraded", "degraded")
    assert ready["sites"]["main"] == {"notion": "ok", "wordpress": "ok"}


# --- pages for people --------------------------------------------------------------------------------------


def test_one_signs_in_once_and_goes_from_the_page_of_all_sites_to_each_and_back(two):
    break_off(two.shop)
    two.client.post("/login", data={"token": BEARER})
    home = two.client.get("/").text
    assert "2 sites" in home
    assert "WordPress is not answering" in home
    assert 'href="/sites/shop/"' in home
    page = two.client.get("/sites/shop/")
    assert page.status_code == 200
    assert 'href="/">All sites' in page.text
    assert "Site shop." in page.text
    assert two.client.get("/live").status_code == 200


def test_sync_all_now_asks_every_site(two):
    two.client.post("/login", data={"token": BEARER})
    csrf = two.client.get("/").text.split('name="csrf" value="')[1].split('"')[0]
    assert two.client.post("/sync-now", data={"csrf": csrf}).status_code == 303
    assert [len(it.woken.listings) for it in (two.main, two.shop)] == [1, 1]


def test_a_site_may_have_a_token_of_its_own(receptions):
    two = Two(receptions, SYNC_TOKEN="of the shop alone")
    assert two.post("/sites/shop/sync", **bearer(BEARER)).status_code == 401
    assert two.post("/sites/shop/sync", **bearer("of the shop alone")).status_code == 202
    assert two.post("/sites/main/sync", **bearer("of the shop alone")).status_code == 401
    assert two.post("/sync", **bearer("of the shop alone")).status_code == 401


def test_behind_a_proxy_the_addresses_are_those_of_the_outside(receptions):
    two = Two(receptions)
    shared = Config.parse({"WEBHOOK_SECRET": SECRET, "SYNC_TOKEN": BEARER, "TRUSTED_PROXIES": "1"})
    sites = [dataclasses.replace(it.service, config=it.config) for it in (two.main, two.shop)]
    client = create_sites_app(shared, sites).test_client(use_cookies=False)
    proxy = {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/notion-sidecar"}
    answer = client.post("/sites/shop/sync", headers={**bearer(BEARER), **proxy, "Host": "blog.example"})
    assert "/notion-sidecar/sites/shop/jobs/" in answer.json["status_url"]
    page = client.get("/sites/shop/", headers={**proxy, "Cookie": session(client, proxy)}, base_url=FAR)
    assert 'href="/notion-sidecar/">All sites' in page.text


def session(client, proxy):
    """The cookie that a login gives, as a browser would send it below the proxy's path."""
    answer = client.post("/login", data={"token": BEARER}, headers=proxy, base_url=FAR)
    cookie = answer.headers["Set-Cookie"]
    assert "Path=/notion-sidecar/" in cookie
    return cookie.split(";")[0]


@pytest.mark.parametrize("site", ["", "news"], ids=["all there are", "one by name"])
def test_a_site_of_a_table_is_below_its_name_even_alone(tmp_path, site):
    """Its PUBLIC_URL says so, in what people copy into Notion and WordPress."""
    (tmp_path / "sidecar.toml").write_text(
        '[[site]]\nname = "news"\nnotion_data_source_id = "5cf00923e38f52e0ba8bcca163f657d3"\n'
        'wp_url = "https://news.example"\nwp_username = "editor"\nwp_app_password = "${NEWS}"\n'
    )
    asks = (
        "from webhook.wsgi import app; client = app(" + repr(site or None) + ").test_client();"
        "print([client.get(path).status_code for path in ('/healthz', '/sites/news/healthz', '/sites/other/healthz')])"
    )
    environment = {**os.environ, "NOTION_TOKEN": "ntn_nobody", "NOTION_DATA_SOURCE_ID": "", "NEWS": "nobody"}
    done = subprocess.run([sys.executable, "-P", "-c", asks], cwd=tmp_path, env=environment, capture_output=True)
    assert done.stdout.decode().strip() == "[200, 200, 404]", done.stderr.decode()

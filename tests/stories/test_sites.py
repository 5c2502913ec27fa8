"""Several sites from one sidecar, with one ledger: each is published where it belongs, and none waits for another."""

import json
import signal
import subprocess
import sys
from contextlib import ExitStack

import pytest
import requests

from tests.stage.notion import build as b
from tests.stage.redis import RedisServer
from tests.stage.service import Processes, until

SITES = """
[[site]]
name = "news"
notion_data_source_id = "{news}"
wp_url = "{url}"
wp_username = "{login}"
wp_app_password = "${{NEWS_PASSWORD}}"
wp_post_status = "publish"
"""


@pytest.fixture
def newsroom(magazine, tmp_path):
    """A second site beside that of the environment: another data source, and WordPress without a proxy before it."""
    editor = magazine.wordpress.users["editor"]
    source = magazine.notion.content.add_data_source("News")
    text = SITES.format(news=source.id, url=magazine.wordpress.url, login=editor.login)
    (tmp_path / "sidecar.toml").write_text(text)
    magazine.settings["NEWS_PASSWORD"] = editor.application_password
    return source


@pytest.fixture
def run(magazine, tmp_path):
    def command(*words):
        return subprocess.run(
            [sys.executable, "-m", "sidecar", *words],
            env=magazine.settings,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return command


def test_each_site_publishes_its_own_pages_by_its_own_settings(magazine, newsroom, run):
    first = magazine.notion.add_page("Of the magazine", [b.paragraph("x")])
    second = magazine.notion.content.add_page("Of the news", [b.paragraph("y")], source=newsroom)
    planned = json.loads(run("plan", "--json").stdout)["sites"]
    assert [(one["site"], [page["title"] for page in one["pages"]]) for one in planned] == [
        ("main", ["Of the magazine"]),
        ("news", ["Of the news"]),
    ]
    strange = run("sync", "--page", second)
    assert strange.returncode == 2
    assert f"No site knows the page {second} yet: name its site with --site (main, news)" in strange.stderr
    alone = run("sync", "--site", "news", "--json")
    assert alone.returncode == 0, alone.stderr
    assert [page["title"] for page in json.loads(alone.stdout)["pages"]] == ["Of the news"]
    both = run("sync")
    assert both.returncode == 0, both.stderr
    assert "main: Success" in both.stderr
    assert sorted((post["title"], post["status"]) for post in magazine.posts()) == [
        ("Of the magazine", "draft"),
        ("Of the news", "publish"),
    ]
    named = run("sync", "--page", first, "--page", second, "--json")
    assert [[page["page_id"] for page in one["pages"]] for one in json.loads(named.stdout)["sites"]] == [
        [first],
        [second],
    ]
    jobs = json.loads(run("history", "--json", "--all").stdout)["jobs"]
    assert sorted(job["site"] for job in jobs) == ["main", "main", "news", "news", "news"]
    assert {job["site"] for job in json.loads(run("history", "--site", "news", "--json").stdout)["jobs"]} == {"news"}
    assert "news cli" in run("history").stdout


def test_a_wordpress_that_hangs_keeps_no_other_site_waiting(magazine, newsroom, tmp_path):
    magazine.notion.add_page("Of the magazine", [b.paragraph("x")])
    news = magazine.notion.content.add_page("Of the news", [b.paragraph("y")], source=newsroom)
    magazine.proxy.spoil("", "hang", times=99, seconds=300)
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "sidecar", "sync"], env=magazine.settings, cwd=tmp_path, stdout=log, stderr=log
        )
        try:
            until(lambda: "news: Success" in (tmp_path / "log").read_text(), 60, "the page of the news is done")
            assert process.poll() is None, "the other site hangs still"
        finally:
            process.kill()
            process.wait()
    assert [post["title"] for post in magazine.posts(status="publish")] == ["Of the news"]
    assert magazine.notion.content.status(news) == "Done"


SECRET, TOKEN = "button-secret", "sync-token-of-the-story"
SOON = 60.0


@pytest.fixture(params=["with Redis", "without Redis"])
def service(request, magazine, newsroom, tmp_path):
    """The service of both sites: a web process and `sidecar worker`."""
    with ExitStack() as stack:
        settings = {**magazine.settings, "WEBHOOK_SECRET": SECRET, "SYNC_TOKEN": TOKEN, "WP_POST_STATUS": "publish"}
        if request.param == "with Redis":
            settings["REDIS_URL"] = stack.enter_context(RedisServer()).url
        service = stack.enter_context(Processes(tmp_path, settings))
        service.start("web", "serve")
        service.start("worker", "worker")
        if "REDIS_URL" in settings:
            service.start("scheduler", "scheduler")
        until(service.is_up, SOON, "the service is up")
        yield service
        # Told to leave it would first finish the call that hangs.
        service.end("worker", signal.SIGKILL)


def test_while_one_site_hangs_the_pages_of_the_other_are_done_in_their_usual_time(magazine, newsroom, service):
    content = magazine.notion.content
    button = f"{service.url}/webhooks/notion/automation"

    def page(title, source=None):
        return content.add_page(title, [b.paragraph("x")], source=source or content.source, status="Draft")

    def published(title, source):
        """Seconds from the press of the button until the page says so."""
        made = page(title, source)
        until(lambda: magazine.notion.press_button(made, button, SECRET).status == 202, SOON, "the site is known")
        return until(lambda: content.status(made) == "Done", SOON, f"{title} is done")

    # The first runs of the schedule find out which database each data source is in: buttons name only that.
    published("Where the workers have come up", newsroom)
    published("Where those of the first have", content.source)
    usual = max(published(f"Usual {number}", newsroom) for number in range(3))
    magazine.proxy.spoil("", "hang", times=999, seconds=300)
    stuck = [page(f"Stuck {number}") for number in range(8)]
    for one in stuck:
        assert magazine.notion.press_button(one, button, SECRET).status == 202
    until(lambda: any(it.fault == "hang" for it in magazine.proxy.passed), SOON, "the first site hangs")
    times = [published(f"Meanwhile {number}", newsroom) for number in range(4)]
    assert max(times) < 2 * usual + 2, f"usually {usual:.1f} s, beside a site that hangs {times}"
    assert [content.status(one) for one in stuck] == ["Draft"] * len(stuck)
    state = requests.get(f"{service.url}/status", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10).json()
    queues = {site["site"]: site["queue"]["waiting"] + site["queue"]["working"] for site in state["sites"]}
    assert queues == {"main": len(stuck), "news": 0}

"""Several sites from one sidecar, with one ledger: each is published where it belongs, and none waits for another."""

import json
import subprocess
import sys

import pytest

from tests.stage.notion import build as b
from tests.stage.service import until

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
    jobs = json.loads(run("history", "--json").stdout)["jobs"]
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

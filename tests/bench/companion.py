"""What the companion plugin saves: calls and seconds for a page, and the look-up of many pages among many posts."""

from __future__ import annotations

import contextlib
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from sidecar.adapters.wordpress import XmlRpcBlog
from sidecar.blocks import PageId
from tests.bench.sync import FAST, blocks, run, settings
from tests.contracts.blogs import opened
from tests.stage.mariadb import MariaDb
from tests.stage.notion import NotionStandIn
from tests.stage.wordpress import WordPress

T = TypeVar("T")

PLUGIN = Path(__file__).parents[2] / "wp-plugin-stub"
PAGES, PICTURES = 20, 2
POSTS, IDS = 10_000, 100
FILL = """
global $wpdb; $text = str_repeat('Words and words. ', 120); $wpdb->query('START TRANSACTION');
for ($n = 1; $n <= %d; $n++) {
    $page = sprintf('00000000-0000-4000-8000-%%012d', $n);
    $wpdb->insert($wpdb->posts, ['post_title' => "Post $n", 'post_name' => "post-$n", 'post_status' => 'publish',
        'post_author' => 1, 'post_content' => $text, 'post_excerpt' => '', 'to_ping' => '', 'pinged' => '',
        'post_content_filtered' => '', 'post_date' => '2026-01-01 00:00:00', 'post_date_gmt' => '2026-01-01 00:00:00',
        'post_modified' => '2026-01-01 00:00:00', 'post_modified_gmt' => '2026-01-01 00:00:00']);
    $id = $wpdb->insert_id;
    $fields = ['_notion_page_id' => $page, 'notion_page_id' => $page, '_edit_last' => '1', 'mood' => 'calm'];
    foreach ($fields as $k => $v) {
        $wpdb->insert($wpdb->postmeta, ['post_id' => $id, 'meta_key' => $k, 'meta_value' => $v]);
    }
}
$wpdb->query('COMMIT'); return $n - 1;
"""
"""Posts with both markers, and some other fields."""


def main() -> None:
    with MariaDb() as server, server.database() as database, WordPress("newest", database=database) as wordpress:
        _pages(wordpress, "without")
        wordpress.reset()
        wordpress.activate(PLUGIN)
        _pages(wordpress, "with")
        _look_ups(wordpress, "MariaDB")
    with WordPress("newest", plugins=[PLUGIN]) as wordpress:
        _look_ups(wordpress, "SQLite")


def _pages(wordpress: WordPress, how: str) -> None:
    """New pages with pictures, then the same pages again with a word changed."""
    with NotionStandIn(per_minute=FAST) as notion, tempfile.TemporaryDirectory() as folder:
        pages = [notion.add_page(f"Page {number}", blocks(notion, number, PICTURES)) for number in range(PAGES)]
        print(f"{PAGES} pages with {PICTURES} pictures each, {how} the plugin:")
        for what in ("new", "changed"):
            report, seconds, _ = run(settings(wordpress, notion, folder, FAST), folder)
            assert {page["status"] for page in report["pages"]} == {"Success"}, report
            calls = report["metrics"]["wordpress_calls"] / PAGES
            print(f"  {what:8}        {calls:.1f} calls to WordPress and {seconds / PAGES:.2f} s a page", flush=True)
            for page in pages:
                notion.content.edit(page, title="Another title")
                notion.content.set_status(page, "Adding")


def _look_ups(wordpress: WordPress, database: str) -> None:
    wordpress.php(FILL % POSTS)
    pages = [PageId(f"00000000-0000-4000-8000-{number * (POSTS // IDS):012d}") for number in range(1, IDS + 1)]
    print(f"{IDS} pages looked for among {POSTS} posts, on {database}:")
    with _opened(wordpress) as blog:
        blog.site()
        found, seconds, calls = _timed(blog, lambda: blog.find_all(pages))
        assert found is not None
        print(f"  with the plugin    {seconds:.2f} s, {calls} call, {len(found)} posts; {_queries(wordpress, pages)}")
    wordpress.deactivate(PLUGIN)
    with _opened(wordpress) as blog:
        blog.site()
        scan, stock, calls = _timed(blog, lambda: blog.scan(0))
        there = sum(post.page_id in set(pages) for post in scan.posts)
        print(f"  without it         {stock:.2f} s, {calls} calls, {there} posts; {stock / seconds:.0f} times as long")


def _queries(wordpress: WordPress, pages: list[PageId]) -> str:
    """How many queries the look-up is for the database, and how long it takes there."""
    number, seconds = wordpress.php(
        f"global $wpdb; $pages = json_decode('{json.dumps(pages)}'); $before = $wpdb->num_queries;"
        "$started = microtime(true); NotionSidecar\\posts_of_pages($pages);"
        "return [$wpdb->num_queries - $before, microtime(true) - $started];"
    )
    return f"{number} query of {seconds:.2f} s"


@contextlib.contextmanager
def _opened(wordpress: WordPress) -> Iterator[XmlRpcBlog]:
    editor = wordpress.users["editor"]
    with contextlib.closing(opened(wordpress.url, editor.login, editor.application_password)) as blog:
        yield blog


def _timed(blog: XmlRpcBlog, call: Callable[[], T]) -> tuple[T, float, int]:
    before, started = blog.calls(), time.monotonic()
    answer = call()
    return answer, time.monotonic() - started, blog.calls() - before

"""Moving in from the system that was here before: its posts and files are taken over, and nothing is doubled."""

import json
import sqlite3

import pytest
from click.testing import CliRunner

from sidecar.cli import main
from tests.stage.notion import art
from tests.stage.notion import build as b
from tests.stage.notion.shown import WORKSPACE
from tests.stories.magazine import by_title

SCHEMA = """
CREATE TABLE npage_post_map (notion_page_id TEXT, wp_post_id INTEGER, created_at TEXT);
CREATE TABLE image_assets (page_id INTEGER, notion_page_id TEXT, notion_block_id TEXT, notion_url TEXT,
                           wp_media_id INTEGER, wp_media_url TEXT, status TEXT);
CREATE TABLE pages (id INTEGER PRIMARY KEY, job_id INTEGER, notion_page_id TEXT, wp_post_id INTEGER, status TEXT);
CREATE TABLE jobs (id INTEGER PRIMARY KEY, job_type TEXT, status TEXT, started_at TEXT, completed_at TEXT,
                   last_sync_timestamp TEXT);
"""


class Before:
    """The system that was here before, as its traces: posts and files in WordPress, and its memory."""

    def __init__(self, magazine, path):
        self.magazine, self.path = magazine, path
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.executescript(SCHEMA)

    def post(self, title, date="2026-01-02 03:04:05"):
        return self.magazine.wordpress.php(
            f"return wp_insert_post(['post_title' => '{title}', 'post_content' => '<p>Old</p>',"
            f" 'post_status' => 'publish', 'post_date_gmt' => '{date}']);"
        )

    def item(self, name, data):
        hexadecimal = data.hex()
        return self.magazine.wordpress.php(
            "require_once ABSPATH . 'wp-admin/includes/image.php';"
            f"$file = wp_upload_bits('{name}', null, hex2bin('{hexadecimal}'));"
            "$id = wp_insert_attachment(['post_title' => 'Old', 'post_mime_type' => $file['type'],"
            " 'guid' => $file['url']], $file['file']);"
            "wp_update_attachment_metadata($id, wp_generate_attachment_metadata($id, $file['file'])); return $id;"
        )

    def note(self, table, *values):
        self.database.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)

    def hosted(self, name):
        """The link under which Notion gave a file, months ago."""
        path = f"files/{WORKSPACE}/{self.magazine.notion.content.file_id(name)}/{name}"
        return f"https://prod-files-secure.s3.us-west-2.amazonaws.com/{path}?X-Amz-Signature=old"


@pytest.fixture
def before(magazine, tmp_path):
    found = Before(magazine, tmp_path / "original.db")
    yield found
    found.database.close()


def take_over(magazine, path, *words, **settings):
    return CliRunner().invoke(main, ["import-original", str(path), *words], env={**magazine.settings, **settings})


@pytest.mark.parametrize("transport", ["xmlrpc", "rest"])
def test_posts_and_files_are_taken_over_and_nothing_is_doubled(magazine, before, transport):
    content = magazine.notion.content
    data = art.jpeg(art.landscape(4, (300, 200)))
    page = content.add_page("Low water", [b.paragraph("New"), b.image(content.add_file("boat.jpg", data))])
    other, gone, fresh = (content.add_page(title, [b.paragraph("x")]) for title in ("Other", "Gone", "Fresh"))
    post, second, item = before.post("Low water"), before.post("Other"), before.item("image.png", data)
    before.note("jobs", 1, "full_sync", "success", "2026-01-02 03:00:00", "2026-01-02 03:05:00", "2026-01-02T03:05:00Z")
    before.note("jobs", 2, "full_sync", "running", "2026-01-03 03:00:00", None, None)
    before.note("npage_post_map", page.replace("-", ""), post, "2026-01-02 03:04:05")
    before.note("npage_post_map", gone, 99999, "2026-01-02 03:04:05")
    before.note("npage_post_map", "nonsense", 1, None)
    before.note("pages", 1, 1, other, second, "success")
    before.note("pages", 2, 1, fresh, None, "failed")
    before.note("image_assets", 1, page, None, before.hosted("boat.jpg"), item, "http://x/image.png", "Uploaded")
    before.note("image_assets", 1, page, None, "https://x/lost.png", 99998, "http://x/lost.png", "Uploaded")
    before.note("image_assets", 1, page, None, "https://x/never.png", None, None, "Failed")
    asked = before.path.read_bytes()

    done = take_over(magazine, before.path, "--json", WP_TRANSPORT=transport)
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    ends = {one["page_id"]: (one["post_id"], one["title"], one["end"]) for one in said["pages"]}
    assert ends == {
        page: (str(post), "Low water", "adopted"),
        other: (str(second), "Other", "adopted"),
        gone: ("99999", "", "gone"),
    }
    assert said["files"] == {"adopted": 1, "known": 0, "gone": 1}
    assert (said["last_sync"], said["running"]) == ("2026-01-02T03:05:00+00:00", 1)
    assert said["strange"] == ["npage_post_map: page 'nonsense', post 1"]
    assert before.path.read_bytes() == asked
    assert [len(magazine.posts()), len(magazine.library())] == [2, 1]

    report = magazine.sync(WP_TRANSPORT=transport)
    outcomes = by_title(report)
    assert {title: outcome.action for title, outcome in outcomes.items()} == {
        "Low water": "update",
        "Other": "update",
        "Gone": "create",
        "Fresh": "create",
    }
    assert {outcome.status for outcome in report.outcomes} == {"Success"}
    posts = {one["title"]: one for one in magazine.posts()}
    assert [len(magazine.posts()), len(magazine.library())] == [4, 1]
    assert (posts["Low water"]["id"], posts["Low water"]["status"]) == (post, "publish")
    assert f"wp-image-{item}" in posts["Low water"]["content"]
    assert magazine.notion.downloads == []


def test_a_second_time_nothing_is_taken_over_again_and_a_lost_ledger_finds_the_posts(magazine, before, tmp_path):
    page = magazine.notion.content.add_page("Low water", [b.paragraph("New")])
    post = before.post("Low water")
    before.note("npage_post_map", page, post, "2026-01-02 03:04:05")
    assert "1 posts adopted" in take_over(magazine, before.path).stdout
    again = take_over(magazine, before.path)
    assert "0 posts adopted, 1 known before" in again.stdout
    magazine.sync(DATABASE_URL=f"sqlite:///{tmp_path}/new.db")
    assert [(one["id"], one["title"], one["marker"]) for one in magazine.posts()] == [(post, "Low water", page)]


def test_what_somebody_changes_after_the_move_is_a_conflict_and_what_was_changed_before_is_said(magazine, before):
    page = magazine.notion.content.add_page("Low water", [b.paragraph("New")])
    post = before.post("Low water")
    before.note("npage_post_map", page, post, "2026-01-02 03:04:05")
    magazine.wordpress.php(f"return wp_update_post(['ID' => {post}, 'post_content' => '<p>Mine</p>']);")
    done = take_over(magazine, before.path, COLUMNS="200")
    assert "changed in WordPress on" in done.stdout
    assert "WordPress keeps what was there as a revision" in " ".join(done.stdout.split())
    magazine.wordpress.php(f"return wp_update_post(['ID' => {post}, 'post_content' => '<p>Mine again</p>']);")
    assert [outcome.status for outcome in magazine.sync().outcomes] == ["Conflict"]
    assert [one["content"] for one in magazine.posts()] == ["<p>Mine again</p>"]


def test_a_file_that_is_something_else_is_refused_with_words(magazine, tmp_path):
    text, empty = tmp_path / "notes.txt", tmp_path / "empty.db"
    text.write_text("no database, and longer than nothing " * 9)
    sqlite3.connect(empty).close()
    for path, words in [
        (tmp_path / "none.db", "There is no file"),
        (text, "cannot be read as an SQLite database"),
        (empty, "has no table npage_post_map"),
    ]:
        done = take_over(magazine, path)
        assert (done.exit_code, words in " ".join(done.stderr.split())) == (2, True), done.stderr

"""The plugin on the oldest PHP that it promises, on the newest that it names and on the newest there is."""

import shutil
import xmlrpc.client
from base64 import b64decode

import pytest

from tests.plugin.desk import PLUGIN, TOKEN
from tests.plugin.stand_in import PAGE, Sidecar
from tests.plugin.visitor import ROUTES, Visitor
from tests.stage.php import command
from tests.stage.wordpress import WordPress

PAIRS = [("7.4", "6.1"), ("8.3", "newest"), ("8.5", "newest")]
EAR = """<?php
function hear( $words, $place = '' ) {
    foreach ( debug_backtrace() as $frame ) { $place .= ' ' . ( $frame['file'] ?? '' ); }
    if ( strpos( $place, '/plugins/wp-plugin-stub/' ) ) {
        file_put_contents( ABSPATH . 'wp-content/heard.txt', "$words\\n", FILE_APPEND );
    }
    return true;
}
set_error_handler( fn ( $kind, $words, $file, $line ) => hear( "$kind $words $file:$line", $file ) );
foreach ( array( 'doing_it_wrong', 'deprecated_function', 'deprecated_argument', 'deprecated_hook' ) as $what ) {
    add_action( "{$what}_run", fn ( ...$told ) => hear( $what . json_encode( $told ) ), 10, 3 );
}
register_shutdown_function( function () {
    file_put_contents( ABSPATH . 'wp-content/read.txt', implode( "\\n", get_included_files() ) . "\\n", FILE_APPEND );
} );
if ( isset( $_GET['classic-editor'] ) ) { add_filter( 'use_block_editor_for_post', '__return_false' ); }
"""
"""Keeps every notice, warning and deprecation, PHP's and WordPress's, that our files have a part in."""
WRONG = """<?php
require dirname( __DIR__, 3 ) . '/wp-load.php';
echo PHP_VERSION, $absent;
_deprecated_argument( 'of_ours', '1.0' );
"""
ITSELF = "/plugins/wp-plugin-stub/notion-sidecar"
PIXEL = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
HASH = "1" * 64


class Site:
    """A WordPress that another PHP serves, its administrator, and what was complained about."""

    def __init__(self, wordpress, php):
        self.wordpress, self.php, self.post = wordpress, php, ""
        self.content = wordpress.site / "wp-content"
        self.plugin = self.content / "plugins" / PLUGIN.name
        self.admin = Visitor(wordpress, "admin")

    def heard(self):
        path = self.content / "heard.txt"
        return path.read_text() if path.exists() else ""

    def core(self, method, path, **said):
        """WordPress's own REST, asked by the administrator."""
        headers = {"X-WP-Nonce": self.admin.nonce()}
        return self.admin.http.request(method, f"{self.wordpress.url}/wp-json/wp/v2{path}", headers=headers, json=said)


@pytest.fixture(scope="module", params=PAIRS, ids=[f"PHP {php}, WordPress {release}" for php, release in PAIRS])
def site(request):
    php, release = request.param
    with WordPress(release, mu_plugins={"ear.php": EAR}, server=command(php)) as wordpress:
        shutil.copytree(PLUGIN, wordpress.site / "wp-content/plugins" / PLUGIN.name)
        yield Site(wordpress, php)


def test_it_is_activated_and_what_is_wrong_would_be_heard(site):
    answer = site.core("PUT", ITSELF, status="active")
    assert answer.status_code == 200, answer.text
    assert site.heard() == ""
    wrong = site.plugin / "wrong.php"
    wrong.write_text(WRONG)
    version = site.admin.page("wp-content/plugins/wp-plugin-stub/wrong.php").text
    wrong.unlink()
    assert version.startswith(f"{site.php}.")
    assert "ndefined variable" in site.heard()
    assert 'deprecated_argument["of_ours"' in site.heard()
    (site.content / "heard.txt").unlink()


def test_the_methods_answer(site):
    editor = site.wordpress.users["editor"]
    server = xmlrpc.client.ServerProxy(f"{site.wordpress.url}/xmlrpc.php", use_builtin_types=True)

    def call(method, *words):
        return getattr(server, method)(1, editor.login, editor.application_password, *words)

    assert call("notion_sidecar.version")["php"].startswith(f"{site.php}.")
    assert call("notion_sidecar.find", [PAGE]) == {}
    image = {"name": f"dot-{HASH[:12]}.png", "type": "image/png", "bits": PIXEL}
    uploaded = call("wp.uploadFile", image)
    assert call("notion_sidecar.media_find", [HASH])[HASH]["attachment_id"] == str(uploaded["id"])
    words = {"post_title": "Tides", "post_content": "<!-- wp:paragraph --><p>1</p><!-- /wp:paragraph -->"}
    made = call("notion_sidecar.upsert", PAGE, {**words, "post_status": "publish", "post_type": "post"})
    again = call("notion_sidecar.upsert", PAGE, {**words, "post_title": "High tides"})
    assert (made["created"], again) == (True, {"post_id": made["post_id"], "created": False})
    assert call("notion_sidecar.find", [PAGE])[PAGE][0]["post_status"] == "publish"
    with pytest.raises(xmlrpc.client.Fault, match="Notion page id"):
        call("notion_sidecar.upsert", "x", words)
    site.post = made["post_id"]
    assert site.heard() == ""


def test_every_screen_and_every_route_is_made(site):
    admin, post = site.admin, site.post
    with Sidecar() as sidecar:
        typed = {"action": "notion_sidecar_save", "url": sidecar.url, "token": TOKEN, "styles": "1"}
        assert admin.send(**typed, _wpnonce=admin.field_nonce()).status_code == 302
        nonce = admin.nonce()
        for method, path, _ in ROUTES:
            answer = admin.ask(method, path.format(editor=post, author=post), nonce)
            assert answer.status_code == 200, (path, answer.text)
        assert {path for _, path, _ in sidecar.asked} >= {"/check", "/sync", "/jobs/7", "/status"}
        assert {authorization for _, _, authorization in sidecar.asked} == {f"Bearer {TOKEN}"}
    screens = {
        "wp-admin/options-general.php?page=notion-sidecar": "notion-sidecar-list",
        "wp-admin/edit.php?notion=any": "notion-sidecar-state",
        f"wp-admin/post.php?post={post}&action=edit": "notionSidecar.editor = ",
        f"wp-admin/post.php?post={post}&action=edit&classic-editor": "edits here will be kept",
        "wp-admin/plugins.php": "page=notion-sidecar",
        f"?p={post}": "High tides",
    }
    for path, words in screens.items():
        shown = admin.page(path)
        assert shown.status_code == 200, path
        assert words in shown.text, path
    assert site.heard() == ""


def test_it_is_deleted_and_every_file_of_it_was_read(site):
    assert site.core("PUT", ITSELF, status="inactive").status_code == 200
    answer = site.core("DELETE", ITSELF)
    assert answer.status_code == 200, answer.text
    assert not site.plugin.exists()
    assert site.wordpress.php("return get_option('notion_sidecar');") is False
    assert site.wordpress.php(f"return count(get_posts(array('meta_value' => '{PAGE}')));") == 1
    read = {path.partition("/wp-plugin-stub/")[2] for path in (site.content / "read.txt").read_text().splitlines()}
    assert read - {"", "wrong.php"} == {str(path.relative_to(PLUGIN)) for path in PLUGIN.rglob("*.php")}
    assert site.heard() == ""

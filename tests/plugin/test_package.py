"""The plugin as a package: what `make plugin` builds, its words to translate, and what is left when it is deleted."""

from __future__ import annotations

import re
import runpy
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.desk import PLUGIN
from tests.plugin.standard import complaints
from tests.stage.wordpress import WordPress

BUILD = runpy.run_path(str(PLUGIN.parent / "deploy" / "plugin.py"))
PAGE = "11111111-1111-4111-8111-111111111111"


@pytest.fixture(scope="module")
def wordpress(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WordPress]:
    """A WordPress in which the zip was unpacked, as an upload does."""
    folder: Path = tmp_path_factory.mktemp("plugins")
    with zipfile.ZipFile(BUILD["build"](folder / "notion-sidecar.zip")) as archive:
        archive.extractall(folder)
    with WordPress("newest", plugins=[folder / "notion-sidecar"]) as wordpress:
        yield wordpress


def kept(wordpress: WordPress) -> Any:
    """Names of all that is stored in the name of the plugin, and the fields of the posts."""
    return wordpress.php(
        "global $wpdb; return array('options' => $wpdb->get_col(\"SELECT option_name FROM $wpdb->options WHERE"
        " option_name LIKE '%notion_sidecar%' ORDER BY 1\"), 'fields' => $wpdb->get_col(\"SELECT DISTINCT meta_key FROM"
        " $wpdb->postmeta WHERE meta_key LIKE '%notion%' ORDER BY 1\"), 'posts' => wp_count_posts()->publish,"
        " 'autoloaded' => $wpdb->get_col(\"SELECT option_name FROM $wpdb->options WHERE option_name LIKE"
        " '%notion_sidecar%' AND autoload NOT IN ('no', 'off', 'auto-off')\"));"
    )


def test_every_word_can_be_translated_from_the_list_that_is_shipped() -> None:
    assert BUILD["pot"]() == BUILD["POT"].read_text(encoding="utf-8"), "`make plugin` brings it up to date"


def test_it_is_written_as_wordpress_asks(tmp_path: Path) -> None:
    (tmp_path / "careless.php").write_text('<?php echo $_GET["x"]; $wpdb->query( "DELETE $x" );')
    found = complaints(tmp_path)
    assert "WordPress.Security.EscapeOutput.OutputNotEscaped" in found
    assert "WordPress.DB.PreparedSQL.InterpolatedNotPrepared" in found
    assert complaints(PLUGIN) == ""


def test_one_version_is_named_everywhere() -> None:
    main, readme = ((PLUGIN / name).read_text() for name in ("notion-sidecar.php", "readme.txt"))
    named = re.findall(r"(?:Version: +|VERSION += ')([\d.]+)", main) + re.findall(r"Stable tag: ([\d.]+)", readme)
    assert len(named) == 3
    assert len(set(named)) == 1
    for name in ("Requires at least", "Requires PHP", "License"):
        assert re.search(rf"{name}: +(\S+)", main)[1] == re.search(rf"{name}: +(\S+)", readme)[1], name  # type: ignore[index]


def test_deleting_the_plugin_takes_away_what_it_stored_and_leaves_the_posts(wordpress: WordPress) -> None:
    wordpress.php(
        "\\NotionSidecar\\save_options(array('url' => 'http://127.0.0.1:9', 'token' => 'x'));"
        "\\NotionSidecar\\ask('GET', '/status');"
        "$id = wp_insert_post(array('post_title' => 'Kept', 'post_status' => 'publish'));"
        f"update_post_meta($id, '_notion_page_id', '{PAGE}');"
        "foreach (\\NotionSidecar\\post_keys() as $key) { update_post_meta($id, $key, 'x'); }"
    )
    before = kept(wordpress)
    assert "notion_sidecar" in before["options"]
    assert "_transient_notion_sidecar_down" in before["options"]
    assert before["autoloaded"] == []
    assert "_notion_last_sync" in before["fields"]
    wordpress.php(
        "require_once ABSPATH . 'wp-admin/includes/plugin.php'; $it = 'notion-sidecar/notion-sidecar.php';"
        "deactivate_plugins($it); uninstall_plugin($it); return true;"
    )
    after = kept(wordpress)
    assert after == {"options": [], "fields": ["notion_page_id"], "posts": before["posts"], "autoloaded": []}
    assert wordpress.php(f"return get_posts(array('meta_value' => '{PAGE}'))[0]->post_title;") == "Kept"

"""A set-up that works, ways to break it for real, and what the doctor says of it."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sidecar.checks import Verdict
from sidecar.config import Config
from sidecar.environment import property_mapping
from sidecar.examination import examine
from tests.stage.notion import NotionStandIn
from tests.stage.service import OURS
from tests.stage.wordpress import WordPress

SWITCH = """<?php
$mode = trim((string) @file_get_contents(WP_CONTENT_DIR . '/mode'));
if ($mode === 'changes posts') {
    add_filter('content_save_pre', fn ($text) => strtoupper($text));
}
if (defined('XMLRPC_REQUEST')) {
    $say = function ($status, $text = '<html><title>Go away</title></html>', ...$headers) {
        http_response_code($status); array_map('header', $headers); echo $text; exit;
    };
    match ($mode) {
        'disabled' => add_filter('xmlrpc_enabled', '__return_false'),
        'no methods' => add_filter('xmlrpc_methods', fn () => []),
        'no uploads' => add_filter('xmlrpc_methods', fn ($known) => array_diff_key($known, ['wp.uploadFile' => 1])),
        '403' => $say(403),
        'check page' => $say(200, '<!doctype html><title>Just a moment...</title>'),
        'notice' => print("<br />\\n<b>Warning</b>: Undefined variable in <b>/srv/x.php</b><br />\\n"),
        'little memory' => ini_set('memory_limit', '48M'),
        default => null,
    };
}
"""
"""A must-use plugin that does what hosts and other plugins do, as the file `mode` says."""
CAPBSET_DROP, DAC_OVERRIDE = 24, 1


@dataclass
class Clinic:
    """`settings` may be overridden for one examination."""

    notion: NotionStandIn
    wordpress: WordPress
    folder: Path
    settings: dict[str, str]

    def examined(self, **settings: str) -> list[Verdict]:
        """Every verdict, in order."""
        return list(self._verdicts(settings))

    def first_bad(self, **settings: str) -> Verdict | None:
        """The first line that is not ok. Nothing is looked at after it."""
        return next((verdict for verdict in self._verdicts(settings) if verdict.state != "ok"), None)

    def _verdicts(self, settings: Mapping[str, str]) -> Iterator[Verdict]:
        config = Config.parse({**self.settings, **settings})
        config = config.model_copy(update={"property_mapping": property_mapping(self.folder)})
        with contextlib.closing(examine(config, [config], threading.Event())) as found:
            yield from (finding.verdict for finding in found)

    def command(
        self, *words: str, before: Callable[[], None] | None = None, **settings: str
    ) -> subprocess.CompletedProcess[str]:
        """`sidecar doctor` as a process. `before` runs in it first."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        return subprocess.run(
            [sys.executable, "-m", "sidecar", "doctor", *words],
            env={**clean, **self.settings, **settings},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=before,
            timeout=180,
        )

    @contextlib.contextmanager
    def mode(self, words: str) -> Iterator[None]:
        """The site misbehaves meanwhile."""
        switch = self.wordpress.site / "wp-content/mode"
        switch.write_text(words)
        try:
            yield
        finally:
            switch.unlink()

    def rows(self) -> Any:
        """Everything in WordPress that a trial could have left behind."""
        return self.wordpress.php(
            'global $wpdb; $rows = fn ($table, $column) => $wpdb->get_col("SELECT $column FROM {$wpdb->$table}");'
            "$files = iterator_to_array(new RecursiveIteratorIterator(new RecursiveDirectoryIterator("
            "wp_upload_dir()['basedir'], FilesystemIterator::SKIP_DOTS)));"
            "return [$rows('posts', 'ID'), $rows('postmeta', 'meta_id'), $rows('terms', 'term_id'),"
            " $rows('comments', 'comment_ID'), array_keys($files)];"
        )


def as_an_ordinary_user() -> None:
    """Runs in a child: what a file's mode forbids is forbidden for root, too."""
    ctypes.CDLL(None).prctl(CAPBSET_DROP, DAC_OVERRIDE)


def without_room() -> None:
    """Runs in a child: no file grows beyond a page."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


def checks(done: subprocess.CompletedProcess[str]) -> list[dict[str, str]]:
    """What `sidecar doctor --json` printed."""
    found: list[dict[str, str]] = json.loads(done.stdout)["checks"]
    return found

"""A WordPress whose XML-RPC is closed, in the ways in which hosts and plugins close it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping

from tests.stage.wordpress.site import WordPress

WAYS: Mapping[str, str] = {
    "by filter": "add_filter('xmlrpc_enabled', '__return_false');",
    "by a 403 page": "if (defined('XMLRPC_REQUEST')) { http_response_code(403); echo '<h1>Forbidden</h1>'; exit; }",
    "by a 404 page": "if (defined('XMLRPC_REQUEST')) { http_response_code(404); echo '<h1>Not found</h1>'; exit; }",
    "by a 405": "if (defined('XMLRPC_REQUEST')) { http_response_code(405); exit; }",
    "by a check page": "if (defined('XMLRPC_REQUEST')) { echo '<!doctype html><title>One moment</title>'; exit; }",
    "by taking its methods away": "add_filter('xmlrpc_methods', fn () => []);",
}


@contextlib.contextmanager
def closed(wordpress: WordPress, way: str) -> Iterator[None]:
    """XML-RPC of a running site is closed meanwhile."""
    # A name for each way: PHP goes on with what it has compiled under a name for some seconds.
    path = wordpress.site / "wp-content/mu-plugins" / f"closed-{way.replace(' ', '-')}.php"
    path.write_text(f"<?php {WAYS[way]}")
    try:
        yield
    finally:
        path.unlink()

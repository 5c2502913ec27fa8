"""The blogs of the contract: one in memory; over each transport, the oldest WordPress that is served and the newest.
With the companion plugin as well, where the transport uses it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sidecar.adapters.wordpress import XmlRpcBlog
from sidecar.adapters.wordpress_rest import RestBlog
from tests.contracts.blogs import Stand, in_memory, opened, real
from tests.stage.mariadb import MariaDb
from tests.stage.wordpress import WordPress

GERMAN = """<?php add_filter('language_attributes', fn () => 'dir="ltr" lang="de-DE"');"""
PLUGIN = Path(__file__).parents[2] / "wp-plugin-stub"


@dataclass(frozen=True)
class Site:
    """A WordPress to be started."""

    version: str
    has_plugin: bool = False
    on_mariadb: bool = False


BLOGS = {
    "in memory": None,
    "in memory with the plugin": None,
    "WordPress 6.1": (Site("6.1"), XmlRpcBlog),
    "WordPress 6.1 over REST": (Site("6.1"), RestBlog),
    "WordPress 6.1 with the plugin": (Site("6.1", has_plugin=True), XmlRpcBlog),
    "the newest WordPress": (Site("newest"), XmlRpcBlog),
    "the newest WordPress over REST": (Site("newest"), RestBlog),
    "the newest WordPress with the plugin, on MariaDB": (Site("newest", has_plugin=True, on_mariadb=True), XmlRpcBlog),
}


@pytest.fixture(scope="package")
def started() -> Iterator[Callable[[Site], WordPress]]:
    """A WordPress, the same one for both transports."""
    with contextlib.ExitStack() as stack:
        known: dict[Site, WordPress] = {}

        def start(site: Site) -> WordPress:
            if site not in known:
                plugins = [PLUGIN] if site.has_plugin else []
                database = None
                if site.on_mariadb:
                    database = stack.enter_context(stack.enter_context(MariaDb()).database())
                wordpress = WordPress(
                    site.version,
                    zone="Europe/Lisbon",
                    plugins=plugins,
                    mu_plugins={"german.php": GERMAN},
                    database=database,
                )
                known[site] = stack.enter_context(wordpress)
            return known[site]

        yield start


@pytest.fixture(params=BLOGS, scope="package")
def stand(request: pytest.FixtureRequest, started: Callable[[Site], WordPress]) -> Iterator[Stand]:
    chosen = BLOGS[request.param]
    if chosen is None:
        yield in_memory(has_plugin="plugin" in request.param)
        return
    site, blog_class = chosen
    wordpress = started(site)
    editor = wordpress.users["editor"]
    with contextlib.closing(opened(wordpress.url, editor.login, editor.application_password, over=blog_class)) as blog:
        yield real(blog, wordpress, has_plugin=site.has_plugin)

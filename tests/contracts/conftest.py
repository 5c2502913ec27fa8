"""The blogs of the contract: one in memory; over each transport, the oldest WordPress that is served and the newest."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest

from sidecar.adapters.wordpress import XmlRpcBlog
from sidecar.adapters.wordpress_rest import RestBlog
from tests.contracts.blogs import Stand, in_memory, opened, real
from tests.stage.wordpress import WordPress

BLOGS = {
    "in memory": None,
    "WordPress 6.1": ("6.1", XmlRpcBlog),
    "WordPress 6.1 over REST": ("6.1", RestBlog),
    "the newest WordPress": ("newest", XmlRpcBlog),
    "the newest WordPress over REST": ("newest", RestBlog),
}


@pytest.fixture(scope="package")
def started() -> Iterator[Callable[[str], WordPress]]:
    """A WordPress of a version, the same one for both transports."""
    with contextlib.ExitStack() as stack:
        known: dict[str, WordPress] = {}

        def start(version: str) -> WordPress:
            if version not in known:
                known[version] = stack.enter_context(WordPress(version, zone="Europe/Lisbon"))
            return known[version]

        yield start


@pytest.fixture(params=BLOGS, scope="package")
def stand(request: pytest.FixtureRequest, started: Callable[[str], WordPress]) -> Iterator[Stand]:
    chosen = BLOGS[request.param]
    if chosen is None:
        yield in_memory()
        return
    version, blog_class = chosen
    wordpress = started(version)
    editor = wordpress.users["editor"]
    with contextlib.closing(opened(wordpress.url, editor.login, editor.application_password, over=blog_class)) as blog:
        yield real(blog, wordpress)

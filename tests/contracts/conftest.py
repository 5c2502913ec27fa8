"""The blogs of the contract: one in memory, one on the oldest WordPress that is served, one on the newest."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from tests.contracts.blogs import Stand, in_memory, opened, real
from tests.stage.wordpress import WordPress

BLOGS = {"in memory": None, "WordPress 6.1": "6.1", "the newest WordPress": "newest"}


@pytest.fixture(params=BLOGS, scope="package")
def stand(request: pytest.FixtureRequest) -> Iterator[Stand]:
    version = BLOGS[request.param]
    if version is None:
        yield in_memory()
        return
    with WordPress(version, zone="Europe/Lisbon") as wordpress:
        editor = wordpress.users["editor"]
        with contextlib.closing(opened(wordpress.url, editor.login, editor.application_password)) as blog:
            yield real(blog, wordpress)

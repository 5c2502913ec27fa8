"""Fixtures of the adapters' tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adapters.scripted_site import PAGE, Site, post_struct, scripted_site


@pytest.fixture
def site() -> Iterator[Site]:
    """A site that knows a post of any id."""
    with scripted_site() as site:
        site.answers["wp.getPost"] = lambda post_id, _fields: post_struct(int(post_id), PAGE)
        yield site

"""Every endpoint of the API that the stand-in has, in one table. An endpoint is a function of what was asked."""

from __future__ import annotations

from tests.stage.notion.asking import Route, route
from tests.stage.notion.endpoints import blocks, pages, people, sources

PAGED = ("page_size", "start_cursor")
ROUTES: tuple[Route, ...] = (
    route("GET", "databases/*", sources.get_database, "read"),
    route("GET", "data_sources/*", sources.get_data_source, "read"),
    route("POST", "data_sources/*/query", sources.query, "read", "filter_properties"),
    route("GET", "pages/*", pages.get_page, "read", "filter_properties"),
    route("PATCH", "pages/*", pages.patch_page, "update"),
    route("GET", "pages/*/properties/*", pages.get_property, "read", *PAGED),
    route("GET", "blocks/*", blocks.get_block, "read"),
    route("GET", "blocks/*/children", blocks.get_children, "read", *PAGED),
    route("PATCH", "blocks/*/children", blocks.append, "insert"),
    route("GET", "users/me", people.get_me, None),
    route("GET", "users", people.get_users, "read users", *PAGED),
    route("GET", "users/*", people.get_user, "read users"),
    route("POST", "search", sources.search, "read"),
    route("GET", "comments", people.get_comments, "read comments", "block_id", *PAGED),
    route("POST", "comments", people.comment, "insert comments"),
)

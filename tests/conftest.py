"""What tests share: far ends that start once and are reset for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stage.mariadb import MariaDb
from tests.stage.notion import NotionStandIn
from tests.stage.postgres import Postgres
from tests.stage.proxy import FaultProxy
from tests.stage.wordpress import WordPress
from tests.stories.magazine import Magazine

LONG = ("tests/stories/", "tests/chaos/", "tests/docs/", "tests/plugin/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first: no process of a parallel run should end alone with one of them."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture(scope="session")
def running_wordpress() -> Iterator[WordPress]:
    with WordPress("newest") as wordpress:
        yield wordpress


@pytest.fixture
def wordpress(running_wordpress: WordPress) -> WordPress:
    """The newest WordPress, without posts and media."""
    running_wordpress.reset()
    return running_wordpress


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with Postgres() as postgres:
        yield postgres


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDb]:
    with MariaDb() as mariadb:
        yield mariadb


@pytest.fixture(params=["SQLite", "PostgreSQL", "MariaDB"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The DATABASE_URL of an empty ledger, on one kind of database after the other."""
    if request.param == "SQLite":
        yield f"sqlite:///{tmp_path}/ledger.db"
        return
    if request.param == "MariaDB":
        with request.getfixturevalue("mariadb").database() as database:
            yield database.url
        return
    with request.getfixturevalue("postgres").database() as url:
        yield url


@pytest.fixture
def notion() -> Iterator[NotionStandIn]:
    with NotionStandIn() as notion:
        yield notion


@pytest.fixture
def magazine(notion: NotionStandIn, wordpress: WordPress, tmp_path: Path) -> Iterator[Magazine]:
    """A Notion, a WordPress behind a fault proxy, and an empty ledger."""
    editor = wordpress.users["editor"]
    with FaultProxy(wordpress.url) as proxy:
        settings = {
            "NOTION_TOKEN": notion.token,
            "NOTION_DATA_SOURCE_ID": notion.data_source_id,
            "NOTION_BASE_URL": notion.url,
            "WP_URL": proxy.url,
            "WP_USERNAME": editor.login,
            "WP_APP_PASSWORD": editor.application_password,
            "DATABASE_URL": f"sqlite:///{tmp_path}/ledger.db",
            "MEDIA_ALLOWED_PRIVATE_HOSTS": notion.url.removeprefix("http://"),
        }
        yield Magazine(notion, wordpress, proxy, settings)

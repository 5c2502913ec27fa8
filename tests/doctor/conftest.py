"""One WordPress that can be told to misbehave, and a set-up around it that works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doctor.clinic import SWITCH, Clinic
from tests.stage.notion import NotionStandIn
from tests.stage.wordpress import WordPress


@pytest.fixture(scope="session")
def switched_wordpress(running_wordpress: WordPress) -> Iterator[WordPress]:
    plugin = running_wordpress.site / "wp-content/mu-plugins/switch.php"
    plugin.write_text(SWITCH)
    yield running_wordpress
    plugin.unlink()


@pytest.fixture
def clinic(notion: NotionStandIn, switched_wordpress: WordPress, wordpress: WordPress, tmp_path: Path) -> Clinic:
    editor = wordpress.users["editor"]
    settings = {
        "NOTION_TOKEN": notion.token,
        "NOTION_DATA_SOURCE_ID": notion.data_source_id,
        "NOTION_BASE_URL": notion.url,
        "WP_URL": wordpress.url,
        "WP_USERNAME": editor.login,
        "WP_APP_PASSWORD": editor.application_password,
        "DATABASE_URL": f"sqlite:///{tmp_path}/ledger.db",
        "MEDIA_MAX_BYTES": "3000000",
        "PORT": "1",
    }
    return Clinic(notion, wordpress, tmp_path, settings)

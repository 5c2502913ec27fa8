"""`sidecar init`: at a terminal, and with options alone; what it writes, and what it leaves alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from dotenv import dotenv_values

from sidecar.environment import property_mapping, whole
from tests.deploy.fronts import plain_nginx
from tests.doctor.clinic import Clinic
from tests.doctor.newcomer import Newcomer, first_post, post_recorded
from tests.stage.service import OURS
from tests.stage.telegram import TelegramStandIn

DOCS = Path(__file__).parents[2] / "docs"


def init(clinic: Clinic, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """`sidecar init --no-input` in the clinic's folder; settings are in its environment."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return subprocess.run(
        [sys.executable, "-m", "sidecar", "init", "--no-input", *words],
        env={**clean, "NOTION_BASE_URL": clinic.notion.url, **settings},
        cwd=clinic.folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def options(clinic: Clinic, **changed: str) -> list[str]:
    editor = clinic.wordpress.users["editor"]
    given = {
        "--notion-token": clinic.notion.token,
        "--data-source": "Magazine",
        "--wp-url": clinic.wordpress.url,
        "--wp-username": editor.login,
        "--wp-app-password": editor.application_password,
        **{f"--{name.replace('_', '-')}": value for name, value in changed.items()},
    }
    return [word for pair in given.items() for word in pair]


def written(clinic: Clinic) -> dict[str, str | None]:
    return dotenv_values(clinic.folder / ".env")


# --- at a terminal ---------------------------------------------------------------------------------------


def test_a_newcomer_goes_from_an_empty_folder_to_a_published_page(clinic: Clinic) -> None:
    with TelegramStandIn() as telegram:
        who = first_post(clinic.notion, clinic.wordpress, telegram, clinic.folder)
        assert len(telegram.messages) == 2
    posts = clinic.wordpress.php(
        "return array_map(fn($p) => [$p->post_title, $p->post_status, wp_get_post_categories($p->ID,"
        " ['fields' => 'names'])], get_posts(['post_status' => 'any']));"
    )
    assert posts == [["The first page", "publish", ["Harbour"]]]
    assert (clinic.folder / ".env").stat().st_mode & 0o777 == 0o600
    assert not any(secret in who.screen for secret in (clinic.notion.token, telegram.token, "my login password 1"))
    assert post_recorded(who, clinic.wordpress) in (DOCS / "first-post.md").read_text(), "run: make recording"


def test_ctrl_c_writes_nothing(clinic: Clinic) -> None:
    who = Newcomer(clinic.folder, {"NOTION_BASE_URL": clinic.notion.url})
    assert who.types("sidecar init", [("Secret of the integration", "\x03")]) == 1
    assert "Traceback" not in who.screen
    assert not (clinic.folder / ".env").exists()


# --- with options alone ----------------------------------------------------------------------------------


def test_options_answer_everything(clinic: Clinic) -> None:
    clinic.notion.content.source.add_property("Topic", "select", ["Harbour"])
    clinic.notion.add_page("Waiting", [])
    done = init(clinic, *options(clinic, post_status="pending", map="Topic=tags"))
    assert done.returncode == 0, done.stdout + done.stderr
    made_up = [written(clinic).pop(name) for name in ("SYNC_TOKEN", "WEBHOOK_SECRET")]
    assert all(len(secret) > 40 and secret not in done.stdout for secret in made_up)
    assert len(set(made_up)) == 2
    assert {name: value for name, value in written(clinic).items() if value not in made_up} == {
        "NOTION_TOKEN": clinic.notion.token,
        "NOTION_DATA_SOURCE_ID": clinic.notion.data_source_id,
        "WP_URL": clinic.wordpress.url,
        "WP_USERNAME": "editor",
        "WP_APP_PASSWORD": clinic.wordpress.users["editor"].application_password,
        "WP_POST_STATUS": "pending",
    }
    assert property_mapping(clinic.folder) == (("Topic", "tags"),)
    assert re.search(r"create +Waiting: never published", done.stdout)


def test_secrets_may_come_from_the_environment_and_reach_no_screen(clinic: Clinic) -> None:
    secrets = {name: clinic.settings[name] for name in ("NOTION_TOKEN", "WP_APP_PASSWORD")}
    words = ["--data-source", clinic.notion.database_id, "--wp-url", clinic.wordpress.url, "--wp-username", "editor"]
    done = init(clinic, *words, **secrets)
    assert done.returncode == 0, done.stdout + done.stderr
    assert written(clinic)["NOTION_TOKEN"] == secrets["NOTION_TOKEN"]
    assert not any(secret in done.stdout + done.stderr for secret in secrets.values())
    assert not (clinic.folder / "sidecar.toml").exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        pytest.param({"notion_token": "ntn_no"}, "does not accept the token.*--notion-token", id="a wrong token"),
        pytest.param({"data_source": "Cookbook"}, "neither a Notion id nor a link.*--data-source", id="no such source"),
        pytest.param({"status_property": "State"}, "no property 'State'", id="no such property"),
        pytest.param({"ready": "Publish me"}, "no option 'Publish me'", id="no such option"),
        pytest.param({"map": "Topic=nonsense"}, "there is no such field", id="no such field"),
        pytest.param({"wp_url": "http://blog.example"}, "plain http.*--wp-url", id="plain http"),
        pytest.param({"wp_app_password": "no"}, "does not accept the user editor.*--wp-app-password", id="a password"),
    ],
)
def test_an_answer_that_does_not_work_ends_it_and_writes_nothing(
    clinic: Clinic, changed: dict[str, str], words: str
) -> None:
    done = init(clinic, *options(clinic, **changed))
    assert done.returncode in (1, 2)
    assert re.search(words, done.stdout + done.stderr, re.DOTALL)
    assert "Traceback" not in done.stderr
    assert not (clinic.folder / ".env").exists()


def test_what_nobody_answers_is_named_with_its_option(clinic: Clinic) -> None:
    done = init(clinic, "--data-source", "Magazine", NOTION_TOKEN=clinic.notion.token)
    assert done.returncode == 2
    assert "--wp-url" in done.stderr


def test_other_names_for_the_status_are_written_down(clinic: Clinic) -> None:
    content = clinic.notion.content
    content.rename_property("Status", "State")
    for old, new in (("Adding", "Publish"), ("Done", "Published"), ("Error", "Broken")):
        content.source.rename_option(old, new, "State")
    done = init(clinic, *options(clinic, ready="Publish", done="Published", error="Broken"))
    assert done.returncode == 0, done.stdout + done.stderr
    names = {name: value for name, value in written(clinic).items() if name.startswith("NOTION_STATUS")}
    assert list(names.values()) == ["Publish", "Published", "Broken", "State"]


def test_the_address_that_redirects_lead_to_is_written_down(clinic: Clinic) -> None:
    with plain_nginx(f"return 301 {clinic.wordpress.url}$request_uri;", clinic.wordpress.url) as url:
        done = init(clinic, *options(clinic, wp_url=f"{url}/wp-login.php"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert written(clinic)["WP_URL"] == clinic.wordpress.url


@pytest.mark.parametrize("way", ["403", "disabled"])
def test_where_xml_rpc_is_closed_the_other_way_is_written_down(clinic: Clinic, way: str) -> None:
    with clinic.mode(way):
        done = init(clinic, *options(clinic))
    assert done.returncode == 0, done.stdout + done.stderr
    assert written(clinic)["WP_TRANSPORT"] == "auto"


def test_a_bot_that_cannot_write_is_told_at_once(clinic: Clinic) -> None:
    with TelegramStandIn() as telegram:
        words = options(clinic, telegram_token=telegram.token, telegram_chat="7")
        done = init(clinic, *words, TELEGRAM_BASE_URL=telegram.url)
    assert done.returncode == 1
    assert "chat not found" in done.stdout
    assert not (clinic.folder / ".env").exists()


# --- files that are there --------------------------------------------------------------------------------

BEFORE = "# mine\nREDIS_URL=redis://127.0.0.1:1/0  # kept\nWP_USERNAME=somebody\nLOG_FORMAT=console"


def test_a_file_that_is_there_is_not_changed_without_consent(clinic: Clinic) -> None:
    (clinic.folder / ".env").write_text(BEFORE)
    done = init(clinic, *options(clinic))
    assert done.returncode == 1
    assert "--overwrite" in done.stderr
    assert (clinic.folder / ".env").read_text() == BEFORE


def test_with_consent_only_what_was_answered_is_changed(clinic: Clinic) -> None:
    (clinic.folder / ".env").write_text(BEFORE)
    assert init(clinic, *options(clinic), "--overwrite").returncode == 0
    lines = (clinic.folder / ".env").read_text().splitlines()
    assert lines[:4] == [
        "# mine",
        "REDIS_URL=redis://127.0.0.1:1/0  # kept",
        "WP_USERNAME=editor",
        "LOG_FORMAT=console",
    ]
    assert (clinic.folder / ".env").stat().st_mode & 0o777 == 0o600
    assert "says all of that already" in init(clinic, *options(clinic)).stdout


def test_a_mapping_that_is_there_is_left_to_its_owner(clinic: Clinic) -> None:
    clinic.notion.content.source.add_property("Topic", "select", ["Harbour"])
    (clinic.folder / "sidecar.toml").write_text("[properties]\nSlug = 'ignore'\n")
    done = init(clinic, *options(clinic, map="Topic=tags"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"Topic" = "tags"' in done.stdout
    assert (clinic.folder / "sidecar.toml").read_text() == "[properties]\nSlug = 'ignore'\n"


# --- one more site ---------------------------------------------------------------------------------------


def test_one_more_site_gets_a_table_and_its_secret_a_variable_of_its_own(clinic: Clinic) -> None:
    clinic.notion.content.source.add_property("Topic", "select", ["Harbour"])
    clinic.notion.add_page("Waiting", [])
    first = "NOTION_TOKEN=%s\nNOTION_DATA_SOURCE_ID=%s\nWP_URL=https://first.example\nWP_USERNAME=maria\n"
    before = first % (clinic.notion.token, "f" * 32) + "WP_APP_PASSWORD=of-the-first\n"
    (clinic.folder / ".env").write_text(before)
    (clinic.folder / "sidecar.toml").write_text('[properties]\nSlug = "ignore"')
    words = [*options(clinic, post_status="pending", map="Topic=tags"), "--site", "press-room"]
    done = init(clinic, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    password = clinic.wordpress.users["editor"].application_password
    assert (clinic.folder / ".env").read_text().startswith(before)
    assert written(clinic)["PRESS_ROOM_WP_APP_PASSWORD"] == password
    assert password not in (clinic.folder / "sidecar.toml").read_text() + done.stdout + done.stderr
    _, site = whole({}, clinic.folder).sites
    assert (site.site, site.wp_url, site.wp_username) == ("press-room", clinic.wordpress.url, "editor")
    assert site.wp_app_password.get_secret_value() == password
    assert (site.notion_data_source_id, site.wp_post_status) == (clinic.notion.data_source_id, "pending")
    assert site.property_mapping == (("Slug", "ignore"), ("Topic", "tags"))
    assert property_mapping(clinic.folder) == (("Slug", "ignore"),)
    assert re.search(r"create +Waiting: never published.*sync --site press-room", done.stdout, re.DOTALL)

    again = init(clinic, *words)
    assert again.returncode == 2
    assert "sidecar doctor --site press-room" in again.stderr


def test_the_first_site_may_be_a_table_and_needs_no_env_beside_it(clinic: Clinic) -> None:
    done = init(clinic, *options(clinic), "--site", "magazine")
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(written(clinic)) == {"NOTION_TOKEN", "MAGAZINE_WP_APP_PASSWORD"}
    assert [site.site for site in whole({}, clinic.folder).sites] == ["magazine"]


def test_a_name_that_no_site_can_have_is_said_before_anything_is_asked(clinic: Clinic) -> None:
    done = init(clinic, *options(clinic), "--site", "my site")
    assert done.returncode == 2
    assert "my site" in done.stderr
    assert not list(clinic.folder.iterdir())

"""The doctor before set-ups that are broken for real: its first line that is not well names the cause."""

from __future__ import annotations

import re

import pytest

from sidecar.adapters.ledger import open_store
from tests.doctor import breaking as b
from tests.doctor.clinic import Clinic, as_an_ordinary_user, checks, without_room

FAILURES = [
    pytest.param(
        b.with_settings(NOTION_TOKEN="ntn_wrong"),
        "notion token",
        "does not accept the token.*NOTION_TOKEN",
        id="a wrong Notion token",
    ),
    pytest.param(
        b.nobody_listens("NOTION_BASE_URL"), "notion token", "Notion cannot be reached", id="Notion is not reached"
    ),
    pytest.param(
        b.in_notion(b.unshared),
        "notion data source",
        "not shared with the integration.*Connections",
        id="a data source that is not shared",
    ),
    pytest.param(
        b.with_settings(NOTION_DATA_SOURCE_ID="my database"),
        "notion data source",
        "NOTION_DATA_SOURCE_ID.*Copy the link",
        id="an id that is no id",
    ),
    pytest.param(
        b.in_notion(lambda clinic: clinic.notion.content.remove_option("Error")),
        "notion status",
        "no option 'Error'.*NOTION_STATUS_ERROR",
        id="a missing option",
    ),
    pytest.param(
        b.in_notion(lambda clinic: clinic.notion.content.rename_property("Status", "State")),
        "notion status",
        "no property 'Status'.*NOTION_STATUS_PROPERTY to one of 'State'",
        id="a status property of another name",
    ),
    pytest.param(
        b.in_notion(b.status_is_text),
        "notion status",
        "of type rich_text.*Status or Select",
        id="a status that is text",
    ),
    pytest.param(
        b.in_notion(b.without_the_right_to("read")),
        "notion data source",
        "does not let the integration.*capabilities",
        id="an integration that may not read",
    ),
    pytest.param(
        b.in_notion(b.without_the_right_to("update")),
        "notion writing",
        "does not let the integration.*capabilities to read and update",
        id="an integration that may not update",
    ),
    pytest.param(b.in_notion(b.hour_ahead), "clock", "360. s ahead of Notion.*timedatectl", id="a clock that is wrong"),
    pytest.param(
        b.in_notion(b.no_message_property, NOTION_MESSAGE_PROPERTY="WordPress Message"),
        "notion message",
        "no property 'WordPress Message' of type Text.*NOTION_MESSAGE_PROPERTY",
        id="a message property that is not there",
    ),
    pytest.param(b.nobody_listens("WP_URL"), "wordpress address", "cannot be reached", id="a site that is down"),
    pytest.param(
        b.plain_http_in_production,
        "wordpress login",
        "Application passwords are switched off there.*not on https",
        id="http in production",
    ),
    pytest.param(
        b.with_settings(WP_APP_PASSWORD="abcd efgh ijkl mnop qrst uvwx"),
        "wordpress login",
        "does not accept the user editor.*make a new application password",
        id="a wrong password",
    ),
    pytest.param(
        b.with_settings(WP_APP_PASSWORD="hunter2"),
        "wordpress login",
        "does not look like an application password",
        id="a password of the wrong kind",
    ),
    pytest.param(
        b.in_mode("disabled"), "wordpress login", "switched off.*xmlrpc_enabled", id="XML-RPC disabled by filter"
    ),
    pytest.param(b.in_mode("403"), "wordpress xml-rpc", "blocked.*403.*firewall", id="blocked by a 403 page"),
    pytest.param(
        b.in_mode("check page"), "wordpress xml-rpc", "web page.*Just a moment", id="a check page with status 200"
    ),
    pytest.param(b.in_mode("notice"), "wordpress xml-rpc", "prints text before.*WP_DEBUG_DISPLAY", id="a PHP notice"),
    pytest.param(b.in_mode("no uploads"), "wordpress methods", "lacks wp.uploadFile.*plugin", id="methods taken away"),
    pytest.param(
        b.behind_nginx("location = /xmlrpc.php { deny all; }"),
        "wordpress xml-rpc",
        "blocked.*403",
        id="denied by nginx",
    ),
    pytest.param(
        b.behind_nginx("return 301 https://$host:1$request_uri;"),
        "wordpress address",
        r"sends everybody on to https://.*Set WP_URL to https://127.0.0.1:1",
        id="a redirect to https",
    ),
    pytest.param(
        b.behind_nginx('auth_basic "staging"; auth_basic_user_file /dev/null;'),
        "wordpress xml-rpc",
        "second password.*WP_URL",
        id="a password in front of the site",
    ),
    pytest.param(
        b.behind_nginx("client_max_body_size 500k;"),
        "wordpress file size",
        "takes no upload of this size.*client_max_body_size",
        id="a tiny body limit",
    ),
    pytest.param(b.another_web_server, "wordpress xml-rpc", "no WordPress at.*Set WP_URL", id="not a WordPress"),
    pytest.param(b.as_user("subscriber"), "wordpress role", "subscriber.*role Editor", id="a subscriber"),
    pytest.param(b.as_user("contributor"), "wordpress role", "contributor.*role Editor", id="a contributor"),
    pytest.param(
        b.with_settings(WP_POST_TYPE="book"),
        "wordpress post type",
        "no type of post 'book'.*page, post",
        id="no such type",
    ),
    pytest.param(
        b.uploads_cannot_be_written,
        "wordpress upload",
        "cannot store the file.*wp-content/uploads",
        id="no folder for files",
    ),
    pytest.param(
        b.with_settings(REDIS_URL="redis://127.0.0.1:1/0"), "redis", "Redis does not answer.*REDIS_URL", id="no Redis"
    ),
    pytest.param(b.telegram_with_a_wrong_chat, "telegram", "chat not found.*TELEGRAM_CHAT_ID", id="a wrong chat"),
    pytest.param(
        b.public_url_leads_to_the_blog,
        "web service",
        "Something else than the web service",
        id="PUBLIC_URL leads elsewhere",
    ),
]


def said(clinic: Clinic, broken: b.Break) -> tuple[str, str, str]:
    with broken(clinic) as settings:
        bad = clinic.first_bad(**settings)
    assert bad is not None
    return bad.state, bad.check, f"{bad.says} {bad.do}"


@pytest.mark.parametrize(("broken", "check", "words"), FAILURES)
def test_the_first_failure_names_the_cause(clinic: Clinic, broken: b.Break, check: str, words: str) -> None:
    state, found, text = said(clinic, broken)
    assert (state, found) == ("failure", check)
    assert re.search(words, text), text


@pytest.mark.parametrize("way", ["disabled", "403", "check page", "no methods"])
def test_where_xml_rpc_is_closed_the_other_way_is_looked_at(clinic: Clinic, way: str) -> None:
    with clinic.mode(way):
        over_rest = clinic.examined(WP_TRANSPORT="auto")
        assert [verdict for verdict in over_rest if verdict.state != "ok"] == []
        assert {"wordpress draft", "wordpress upload", "wordpress file size"} <= {
            verdict.check for verdict in over_rest
        }
        told = {verdict.check: verdict for verdict in clinic.examined(WP_TRANSPORT="xmlrpc")}
    assert "WP_TRANSPORT=auto" in told["wordpress rest"].says


OVER_REST = [
    pytest.param(
        b.with_settings(WP_APP_PASSWORD="abcd efgh ijkl mnop qrst uvwx"),
        "wordpress login",
        "make a new application password",
        id="a wrong password",
    ),
    pytest.param(b.plain_http_in_production, "wordpress login", "switched off there.*https", id="http in production"),
    pytest.param(b.as_user("subscriber"), "wordpress role", "role Editor", id="a subscriber"),
    pytest.param(
        b.behind_nginx("location /wp-json { deny all; } if ($arg_rest_route) { return 403; }"),
        "wordpress login",
        "REST API.*403",
        id="the REST API denied",
    ),
    pytest.param(
        b.behind_nginx("client_max_body_size 500k;"),
        "wordpress file size",
        "client_max_body_size",
        id="a tiny body limit",
    ),
]


@pytest.mark.parametrize(("broken", "check", "words"), OVER_REST)
def test_the_first_failure_names_the_cause_over_rest(clinic: Clinic, broken: b.Break, check: str, words: str) -> None:
    with broken(clinic) as settings:
        bad = clinic.first_bad(**settings, WP_TRANSPORT="rest")
    assert bad is not None
    assert (bad.state, bad.check) == ("failure", check)
    assert re.search(words, f"{bad.says} {bad.do}"), bad


WARNINGS = [
    pytest.param(b.as_user("author"), "wordpress role", "Author.*role Editor", id="an author"),
    pytest.param(
        b.with_settings(WP_APP_PASSWORD="editor-pass-1"),
        "wordpress login",
        "no application password",
        id="the password of the login page",
    ),
    pytest.param(
        b.in_mode("changes posts"), "wordpress draft", "gives a text back changed.*plugin", id="posts are changed"
    ),
    pytest.param(
        b.behind_nginx("client_max_body_size 3m;"),
        "wordpress file size",
        "2 MB get through.*client_max_body_size",
        id="a limit below MEDIA_MAX_BYTES",
    ),
    pytest.param(
        b.in_mode("little memory", MEDIA_MAX_BYTES="20000000"),
        "wordpress file size",
        "larger ones may not.*memory_limit",
        id="too little memory",
    ),
    pytest.param(
        b.in_notion(b.no_message_property),
        "notion message",
        "No property tells.*WordPress Message",
        id="no message property",
    ),
    pytest.param(
        b.in_notion(b.mapping_of_a_property_that_is_not_there),
        "notion properties",
        "sidecar.toml names 'Short link'",
        id="a mapping of what is not there",
    ),
    pytest.param(b.with_settings(WEBHOOK_SECRET="set"), "web service", "does not answer.*sidecar up", id="no service"),
]


@pytest.mark.parametrize(("broken", "check", "words"), WARNINGS)
def test_what_a_sync_survives_is_a_warning(clinic: Clinic, broken: b.Break, check: str, words: str) -> None:
    state, found, text = said(clinic, broken)
    assert (state, found) == ("warning", check)
    assert re.search(words, text), text


def test_a_schedule_that_nobody_keeps_is_a_failure(clinic: Clinic) -> None:
    with b.nobody_keeps_the_schedule(clinic) as settings:
        (bad,) = [verdict for verdict in clinic.examined(**settings) if verdict.is_failure]
    assert bad.check == "schedule"
    assert re.search("60 minutes ago.*overdue", bad.says)
    assert "sidecar up" in bad.do


# --- as a process: what only a process can be ------------------------------------------------------------


def test_a_ledger_that_cannot_be_written_is_named(clinic: Clinic) -> None:
    open_store(clinic.settings["DATABASE_URL"]).close()
    ledger = clinic.folder / "ledger.db"
    for path in (*clinic.folder.glob("ledger.db*"), clinic.folder):
        path.chmod(0o555)
    done = clinic.command("--json", before=as_an_ordinary_user)
    clinic.folder.chmod(0o755)
    assert done.returncode == 1, done.stderr
    bad = next(check for check in checks(done) if check["state"] != "ok")
    assert bad["check"] == "ledger"
    assert re.search(rf"{ledger} cannot be (written|opened)", bad["says"])
    assert "write access" in bad["do"] or "writable folder" in bad["do"]


def test_a_ledger_without_room_is_named(clinic: Clinic) -> None:
    bad = next(check for check in checks(clinic.command("--json", before=without_room)) if check["state"] != "ok")
    assert (bad["check"], bad["state"]) == ("ledger", "failure")
    assert re.search("no room left|does not answer.*I/O", bad["says"])


def test_plain_http_to_another_host_is_refused_before_anything_is_sent(clinic: Clinic) -> None:
    done = clinic.command(WP_URL="http://blog.example")
    assert done.returncode == 2
    assert re.search("failure +WP_URL: plain http would send the password in the clear", done.stdout)
    assert clinic.notion.calls == []


def test_each_of_several_sites_has_its_own_lines(clinic: Clinic) -> None:
    table = '[[site]]\nname = "other"\nnotion_data_source_id = "%s"\nnotion_status_property = "%s"\n'
    (clinic.folder / "sidecar.toml").write_text(table % (clinic.notion.data_source_id, "State"))
    done = clinic.command("--json")
    assert done.returncode == 1, done.stderr
    assert [(one["site"], one["check"]) for one in checks(done) if one["state"] == "failure"] == [
        ("other", "notion status")
    ]
    assert sum(one["check"] == "ledger" for one in checks(done)) == 1
    assert {one["area"] for one in checks(done)} == {"machine", "notion", "wordpress", "service"}
    alone = clinic.command("--json", "--site", "other", WP_APP_PASSWORD="")
    assert [one["check"] for one in checks(alone) if one["state"] == "failure"] == ["notion status", "settings"]


def test_settings_that_are_missing_are_named_and_what_is_there_is_looked_at(clinic: Clinic) -> None:
    done = clinic.command("--json", WP_URL="", WP_APP_PASSWORD="")
    assert done.returncode == 2
    bad = [check["says"] for check in checks(done) if check["state"] == "failure"]
    assert [words.split()[0] for words in bad] == ["WP_URL", "WP_APP_PASSWORD"]
    assert any(check["check"] == "notion writing" and check["state"] == "ok" for check in checks(done))

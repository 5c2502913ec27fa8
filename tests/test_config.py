"""Settings: what is taken, what is refused, and in which words."""

import pytest

from sidecar import environment
from sidecar.config import FOR_SYNC, Config
from sidecar.errors import ConfigError


def problems(values):
    with pytest.raises(ConfigError) as raised:
        Config.parse(values)
    return raised.value.problems


def test_every_problem_is_listed_at_once_by_the_variables_name():
    found = problems({"WP_URL": "blog", "PORT": "x", "ON_EDIT": "maybe"})
    assert sorted(line.split(":")[0] for line in found) == ["ON_EDIT", "PORT", "WP_URL"]


def test_what_is_missing_is_listed_with_the_way_to_get_it():
    with pytest.raises(ConfigError) as raised:
        Config.parse({}).require(*FOR_SYNC)
    assert len(raised.value.problems) == len(FOR_SYNC)
    assert "Internal secret" in str(raised.value)
    assert "Application Passwords" in str(raised.value)


def test_a_password_is_never_sent_over_plain_http():
    assert "https" in problems({"WP_URL": "http://blog.example"})[0]
    assert Config.parse({"WP_URL": "http://127.0.0.1:8080/"}).wp_url == "http://127.0.0.1:8080"
    assert Config.parse({"WP_URL": "http://localhost"}).wp_url == "http://localhost"


@pytest.mark.parametrize("token", ["“ntn_1”", "ntn_1 ntn_2", "ntn_ü"])
def test_a_token_with_a_sign_that_none_has_is_to_be_copied_again_and_not_shown(token):
    (problem,) = problems({"NOTION_TOKEN": token})
    assert "copy it again" in problem
    assert token not in problem


@pytest.mark.parametrize(
    "address", ["blog", "http://[::", "https://", "https://exa mple", "https://a..b", "https://x:0", "http://x:99999"]
)
@pytest.mark.parametrize("name", ["WP_URL", "NOTION_BASE_URL", "PUBLIC_URL", "TELEGRAM_BASE_URL"])
def test_what_no_web_client_could_use_is_no_address(name, address):
    (problem,) = problems({name: address})
    assert problem.startswith(f"{name}: {address!r} is not a web address")


@pytest.mark.parametrize(
    "address", ["https://bücher.example", "https://[2001:db8::1]:8443/blog", "https://a_b.example"]
)
def test_an_address_may_have_any_name(address):
    assert Config.parse({"WP_URL": address}).wp_url == address


@pytest.mark.parametrize("address", ["nonsense", "http://localhost:6379", "redis://localhost:abc/0", "redis://"])
def test_what_is_no_redis_is_named(address):
    assert "REDIS_URL" in problems({"REDIS_URL": address})[0]


@pytest.mark.parametrize(
    "address", ["redis://:secret@10.0.0.1:6379/2", "rediss://cache.example/0", "unix:///run/redis.sock?db=1"]
)
def test_every_kind_of_redis_is_taken(address):
    assert Config.parse({"REDIS_URL": address}).redis_url == address


def test_a_file_of_an_editor_that_marks_its_encoding_and_ends_lines_twice_is_read(tmp_path):
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfON_EDIT=update\r\nexport PORT=9999 # mine\r\n")
    (tmp_path / "sidecar.toml").write_bytes(b"\xef\xbb\xbf[properties]\r\nSlug = 'ignore'\r\n")
    config = environment.load({}, tmp_path)
    assert (config.on_edit, config.port, config.property_mapping) == ("update", 9999, (("Slug", "ignore"),))


def test_names_that_look_like_a_setting_and_are_none_are_found(tmp_path):
    (tmp_path / ".env").write_text(
        "ON_CONFLIT=overwrite\nNOTION_TOKN_FILE=/run/x\nexport wp_usernam=maria\n"
        "WP_URL=https://blog.example\nPOSTGRES_PASSWORD=x\nA_WP_APP_PASSWORD=y\nWP_APP_PASSWORD_FILE=/run/y\n"
    )
    assert environment.misspelt(tmp_path) == {
        "ON_CONFLIT": "ON_CONFLICT", "NOTION_TOKN_FILE": "NOTION_TOKEN_FILE", "wp_usernam": "WP_USERNAME",
    }  # fmt: skip


def test_an_empty_prefix_for_alternative_texts_turns_them_off():
    assert Config.parse({}).image_alt_prefix == "alt:"
    assert Config.parse({"IMAGE_ALT_PREFIX": ""}).image_alt_prefix == ""


def test_an_empty_value_is_the_default():
    assert Config.parse({"NOTION_STATUS_READY": "", "PORT": " "}).notion_status_ready == "Adding"


def test_private_hosts_are_host_port_pairs():
    assert Config.parse({"MEDIA_ALLOWED_PRIVATE_HOSTS": "localhost:80, [::1]:81"}).media_allowed_private_hosts == (
        "localhost:80",
        "[::1]:81",
    )
    assert "host:port" in problems({"MEDIA_ALLOWED_PRIVATE_HOSTS": "localhost"})[0]


def test_no_secret_is_shown():
    config = Config.parse({"NOTION_TOKEN": "ntn_topsecret", "WP_APP_PASSWORD": "topsecret"})
    assert "topsecret" not in repr(config) + str(config)


def test_the_environment_wins_over_the_file(tmp_path):
    (tmp_path / ".env").write_text("WP_URL=https://file.example\nWP_USERNAME=anna\n")
    config = environment.load({"WP_URL": "https://env.example"}, tmp_path)
    assert (config.wp_url, config.wp_username) == ("https://env.example", "anna")


def test_a_secret_may_come_from_a_file(tmp_path):
    (tmp_path / "token").write_text("ntn_1\n")
    config = environment.load({"NOTION_TOKEN_FILE": str(tmp_path / "token")}, tmp_path)
    assert config.notion_token.get_secret_value() == "ntn_1"


def test_a_secret_file_that_is_not_there_is_a_clear_error(tmp_path):
    with pytest.raises(ConfigError, match="NOTION_TOKEN_FILE"):
        environment.load({"NOTION_TOKEN_FILE": str(tmp_path / "nothing")}, tmp_path)

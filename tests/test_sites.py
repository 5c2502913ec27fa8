"""Several sites in `sidecar.toml`: what each goes by, what is refused, and in which words."""

import re
from pathlib import Path

import pytest

from sidecar import environment
from sidecar.errors import ConfigError

SHARED = {"NOTION_TOKEN": "ntn_one", "ON_EDIT": "update", "DATABASE_URL": "sqlite:////var/lib/sidecar/ledger.db"}
FIRST = {
    **SHARED,
    "NOTION_DATA_SOURCE_ID": "a" * 32,
    "WP_URL": "https://first.example",
    "WP_USERNAME": "anna",
    "WP_APP_PASSWORD": "first secret",
}
MAGAZINE = """
[[site]]
name = "magazine"
notion_data_source_id = "https://www.notion.so/Articles-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb?v=1"
wp_url = "https://magazine.example"
wp_username = "maria"
wp_app_password = "${MAGAZINE_PASSWORD}"
"""
PASSWORD = {"MAGAZINE_PASSWORD": "abcd efgh"}


@pytest.fixture
def told(tmp_path):
    """The sites that a sidecar.toml and an environment make, by name."""

    def read(text, environ, site=None):
        (tmp_path / "sidecar.toml").write_text(text)
        return {one.site: one for one in environment.whole(environ, tmp_path, site).sites}

    return read


@pytest.fixture
def problems(told):
    def read(text, environ=SHARED | PASSWORD, site=None):
        with pytest.raises(ConfigError) as raised:
            told(text, environ, site)
        return raised.value.problems

    return read


def test_without_tables_there_is_the_site_of_the_environment_alone(told):
    (site,) = told('[properties]\nKicker = "excerpt"\n', {**FIRST, "PUBLIC_URL": "https://x.example"}).values()
    assert (site.site, site.wp_url, site.public_url) == ("main", "https://first.example", "https://x.example")
    assert site.property_mapping == (("Kicker", "excerpt"),)


def test_a_site_says_what_is_its_own_and_has_the_rest_from_the_environment(told):
    text = MAGAZINE + 'on_withdraw = "trash"\nsync_schedule = 60\nwithdraw_limit = 3\n'
    site = told(text, SHARED | PASSWORD)["magazine"]
    assert (site.wp_url, site.wp_username) == ("https://magazine.example", "maria")
    assert (site.on_withdraw, site.sync_schedule, site.withdraw_limit) == ("trash", "60", 3)
    assert (site.on_edit, site.notion_token.get_secret_value()) == ("update", "ntn_one")
    assert site.database_url == SHARED["DATABASE_URL"]


def test_the_site_of_the_environment_stays_when_another_comes(told):
    found = told(MAGAZINE, {**FIRST, **PASSWORD, "PUBLIC_URL": "https://x.example/"})
    assert list(found) == ["main", "magazine"]
    assert found["main"].wp_url == "https://first.example"
    assert [site.public_url for site in found.values()] == [
        "https://x.example/sites/main",
        "https://x.example/sites/magazine",
    ]


def test_a_table_of_the_first_sites_name_goes_on_with_it(told):
    (site,) = told('[[site]]\nname = "main"\nwp_post_status = "publish"\n', FIRST).values()
    assert (site.wp_post_status, site.wp_url, site.notion_data_source_id) == (
        "publish",
        "https://first.example",
        "a" * 32,
    )


def test_a_variable_may_be_read_from_a_file_and_so_may_a_setting(told, tmp_path):
    (tmp_path / "secret").write_text("from a file\n")
    site = told(MAGAZINE, {**SHARED, "MAGAZINE_PASSWORD_FILE": str(tmp_path / "secret")})["magazine"]
    assert site.wp_app_password.get_secret_value() == "from a file"
    text = MAGAZINE.replace('wp_app_password = "${MAGAZINE_PASSWORD}"', f'wp_app_password_file = "{tmp_path}/secret"')
    assert told(text, SHARED)["magazine"].wp_app_password.get_secret_value() == "from a file"


def test_a_mapping_of_its_own_takes_the_place_of_the_common_one(told):
    second = MAGAZINE.replace("magazine", "shop").replace("b" * 32, "c" * 32)
    common = '[properties]\nKicker = "excerpt"\n'
    text = common + MAGAZINE + '[site.properties]\nTopics = ["tags", "taxonomy:region"]\n' + second
    found = told(text, SHARED | PASSWORD)
    assert found["magazine"].property_mapping == (("Topics", "tags"), ("Topics", "taxonomy:region"))
    assert found["shop"].property_mapping == (("Kicker", "excerpt"),)


def test_a_password_never_goes_to_another_wordpress(told, problems):
    assert told(MAGAZINE, FIRST | PASSWORD)["magazine"].wp_app_password.get_secret_value() == "abcd efgh"
    (line,) = problems(MAGAZINE.replace('wp_app_password = "${MAGAZINE_PASSWORD}"', ""), FIRST)
    assert "wp_url, wp_username stands here without wp_app_password" in line


def test_the_token_of_another_integrations_events_is_not_taken_over(told):
    text = MAGAZINE + 'notion_token = "${OTHER}"\n'
    environ = {**SHARED, **PASSWORD, "OTHER": "ntn_two", "NOTION_VERIFICATION_TOKEN": "secret_1"}
    assert told(text, environ)["magazine"].notion_verification_token.get_secret_value() == ""
    assert told(MAGAZINE, environ)["magazine"].notion_verification_token.get_secret_value() == "secret_1"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("[[sites]]\n", "no table 'sites'; it has [properties] and [[site]]", id="a table of another name"),
        pytest.param("[site]\n", "two pairs of brackets", id="one pair of brackets"),
        pytest.param("[[site]]\n", "site 1 has no name", id="no name"),
        pytest.param(MAGAZINE + MAGAZINE, "two sites are called 'magazine'", id="a name twice"),
        pytest.param(MAGAZINE.replace('"magazine"', '"a b"'), "'a b' is no name", id="a name that is none"),
        pytest.param(MAGAZINE + "wp_ulr = 1\n", "no setting 'wp_ulr'. Is 'wp_url' meant?", id="a slip"),
        pytest.param(MAGAZINE + "color = 1\n", "no setting 'color'. There are: notion_token", id="another thing"),
        pytest.param(MAGAZINE + "port = 1\n", "port is for all sites: set PORT", id="a setting of the service"),
        pytest.param(MAGAZINE + "on_edit = true\n", "on_edit is to be a text", id="neither text nor number"),
        pytest.param(MAGAZINE + 'on_edit = "maybe"\n', "site 'magazine': ON_EDIT: ", id="a wrong value"),
        pytest.param(
            MAGAZINE.replace("${MAGAZINE_PASSWORD}", "abcd efgh"),
            'Write wp_app_password = "${MAGAZINE_WP_APP_PASSWORD}" and set MAGAZINE_WP_APP_PASSWORD.',
            id="a secret in the file",
        ),
        pytest.param(
            MAGAZINE.replace("MAGAZINE_PASSWORD", "NOWHERE"), "is to be ${NOWHERE}, but NOWHERE is not set", id="unset"
        ),
        pytest.param('[[site]]\nname = "x"\n', "notion_data_source_id is missing: it is the link", id="no data source"),
        pytest.param(MAGAZINE + '[site.properties]\nA = "nothing"\n', "there is no such field", id="a wrong mapping"),
        pytest.param("[[sites]]\n", "Is 'site' meant?", id="a misspelt table"),
        pytest.param(
            MAGAZINE + MAGAZINE.replace('"magazine"', '"shop"'),
            "'magazine' and 'shop' read the same data source by the same status",
            id="one data source twice",
        ),
        pytest.param(
            MAGAZINE.replace('wp_app_password = "${MAGAZINE_PASSWORD}"', 'wp_app_password_file = "/nowhere/x"'),
            "wp_app_password_file: /nowhere/x cannot be read",
            id="a file that is not there",
        ),
    ],
)
def test_what_is_wrong_is_said_with_the_site_and_what_to_do(problems, text, words):
    (line,) = problems(text)
    assert words in line


def test_all_problems_of_all_sites_are_told_at_once(problems):
    second = MAGAZINE.replace('"magazine"', '"shop"').replace("b" * 32, "c" * 32)
    found = problems(MAGAZINE + 'on_edit = "x"\n' + second + 'on_conflict = "x"\nport = 1\n')
    assert ["'magazine'" in found[0], "'shop'" in found[1]] == [True, True]


def test_one_status_for_each_site_lets_two_read_the_same_pages(told):
    second = MAGAZINE.replace('"magazine"', '"shop"') + 'notion_status_property = "Shop status"\n'
    assert list(told(MAGAZINE + second, SHARED | PASSWORD)) == ["magazine", "shop"]


def test_one_site_is_asked_for_by_name_whatever_is_wrong_with_the_others(told, problems):
    second = MAGAZINE.replace('"magazine"', '"shop"').replace("MAGAZINE_PASSWORD", "SHOP_PASSWORD")
    assert list(told(MAGAZINE + second, SHARED | PASSWORD, "magazine")) == ["magazine"]
    assert problems(MAGAZINE, site="shop") == ["There is no site 'shop'. There is: magazine."]
    assert problems("", FIRST, site="shop") == ["There is no site 'shop'. There is: main."]


def test_the_example_in_the_documentation_is_one(told, tmp_path):
    (tmp_path / "secret").write_text("from a file")
    page = (Path(__file__).parents[1] / "docs/sites.md").read_text()
    example = re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)[0]
    found = told(example.replace("/run/secrets/shop", f"{tmp_path}/secret"), SHARED | PASSWORD)
    assert [site.wp_url for site in found.values()] == ["https://magazine.example", "https://shop.example"]
    assert (found["magazine"].sync_schedule, found["magazine"].property_mapping) == ("60", (("Kicker", "excerpt"),))

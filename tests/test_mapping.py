"""Which property feeds which field: by name and type, or as sidecar.toml says; and what is refused, in words."""

from pathlib import Path

import pytest

from sidecar import environment, fitting, mapping
from sidecar.errors import ConfigError
from sidecar.mapping import CATEGORIES, DEFAULTS, TAGS, WORDS, Custom, Feed, Field, PropertyMapping, Taxonomy
from sidecar.parse.properties import PARSERS

NOTHING_SAID = PropertyMapping()


def fed(types, said=(), reserved=()):
    """What is fed by what: target to property."""
    return {feed.target: feed.property for feed in mapping.feeds(types, mapping.read(said), reserved)}


# --- without configuration -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind", "target"),
    [
        ("Slug", "rich_text", Field.SLUG),
        ("URL slug", "formula", Field.SLUG),
        ("Excerpt", "rich_text", Field.EXCERPT),
        ("Summary", "rich_text", Field.EXCERPT),
        ("Categories", "multi_select", CATEGORIES),
        ("Category", "select", CATEGORIES),
        ("Tags", "multi_select", TAGS),
        ("tags", "relation", TAGS),
        ("Author", "people", Field.AUTHOR),
        ("Author", "select", Field.AUTHOR),
        ("Written by", "created_by", Field.AUTHOR),
        ("Publish date", "date", Field.DATE),
        ("publish_date", "date", Field.DATE),
        ("Published on", "created_time", Field.DATE),
        ("Date", "date", Field.DATE),
        ("Featured image", "files", Field.FEATURED_IMAGE),
        ("Cover image", "url", Field.FEATURED_IMAGE),
        ("Post type", "select", Field.TYPE),
        ("WordPress status", "status", Field.STATUS),
        ("Visibility", "select", Field.VISIBILITY),
        ("Password", "rich_text", Field.PASSWORD),
        ("Sticky", "checkbox", Field.STICKY),
        ("Comments", "checkbox", Field.COMMENTS),
        ("Template", "select", Field.TEMPLATE),
        ("Post format", "select", Field.FORMAT),
        ("Language", "select", Field.LANGUAGE),
        ("SEO title", "rich_text", Field.SEO_TITLE),
        ("Meta description", "formula", Field.SEO_DESCRIPTION),
        ("custom:subtitle", "rich_text", Custom("subtitle")),
        ("taxonomy: genre", "multi_select", Taxonomy("genre")),
    ],
)
def test_a_property_feeds_the_field_it_is_called_like(name, kind, target):
    assert fed({"Name": "title", name: kind}) == {target: name}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        pytest.param("Comments", "rich_text", id="notes of an editor are no switch"),
        pytest.param("Date", "created_time", id="when a page was made is no date of publication"),
        pytest.param("Slug", "people", id="people are no slug"),
        pytest.param("Tags", "button", id="a button has no value"),
        pytest.param("Slug", "title", id="the title stays the title"),
        pytest.param("Words", "number", id="a name that means nothing"),
        pytest.param("Note: private", "rich_text", id="a colon alone makes no custom field"),
        pytest.param("custom:_hidden", "rich_text", id="a protected custom field"),
    ],
)
def test_a_property_of_another_type_or_name_feeds_nothing(name, kind):
    assert fed({"Title": "title", name: kind}) == {}


def test_of_two_names_for_one_field_the_better_one_counts():
    types = {"Summary": "rich_text", "Excerpt": "rich_text", "Date": "date", "Publish date": "date"}
    assert fed(types) == {Field.EXCERPT: "Excerpt", Field.DATE: "Publish date"}


def test_a_better_name_of_a_wrong_type_leaves_the_field_to_the_next():
    assert fed({"Excerpt": "number", "Summary": "rich_text"}) == {Field.EXCERPT: "Summary"}


def test_what_takes_the_answer_feeds_nothing():
    types = {"Post status": "status", "Permalink": "url", "Summary": "rich_text"}
    assert fed(types, reserved=("Post status", "Permalink", "Summary")) == {}


def test_capitals_and_hyphens_matter_only_between_names_that_differ_by_them_alone():
    types = {"post-type": "select", "Post Type": "select"}
    assert mapping.find("Post Type", types) == "Post Type"
    assert mapping.find("POST_TYPE", types) == "post-type"
    assert mapping.find("post", types) is None


def test_every_default_is_found_by_its_own_words():
    for default in DEFAULTS:
        for name in default.names:
            for kind in default.types:
                assert fed({name.title(): kind}) == {default.target: name.title()}, name


def test_the_documentation_names_every_property_that_is_known():
    told = (Path(__file__).parents[1] / "docs" / "mapping.md").read_text(encoding="utf-8")
    for default in DEFAULTS:
        for name in default.names:
            assert (
                name.capitalize()
                .replace("Url", "URL")
                .replace("Seo", "SEO")
                .replace("Wp ", "WP ")
                .replace("Wordpress", "WordPress")
                in told
            )
    assert all(f"`{word}`" in told for word in WORDS)


# --- sidecar.toml ----------------------------------------------------------------------------------------


def test_sidecar_toml_goes_before_the_names():
    types = {"Name": "title", "Slug": "rich_text", "Address": "formula", "Tags": "multi_select"}
    assert fed(types, [("Address", "slug"), ("Tags", "taxonomy:genre")]) == {
        Field.SLUG: "Address",
        Taxonomy("genre"): "Tags",
    }


def test_a_property_may_be_ignored_and_one_may_feed_several_fields():
    types = {"Tags": "multi_select", "Kicker": "rich_text"}
    said = [("tags", "ignore"), ("Kicker", "excerpt"), ("Kicker", "custom:kicker")]
    assert fed(types, said) == {Field.EXCERPT: "Kicker", Custom("kicker"): "Kicker"}


def test_several_properties_may_feed_one_taxonomy():
    feeds = mapping.feeds({"Topic": "select", "Place": "select"}, mapping.read([("Topic", "tags"), ("Place", "tags")]))
    assert feeds == (Feed("Topic", TAGS), Feed("Place", TAGS))


@pytest.mark.parametrize("kind", sorted(set(PARSERS) - {"button"}))
@pytest.mark.parametrize("target", ["title", "slug", "excerpt", "author", "tags", "taxonomy:genre", "custom:x"])
def test_any_type_may_feed_what_takes_words(kind, target):
    fitting.check(mapping.read([("Any", target)]), {"Any": {"type": kind}})


@pytest.mark.parametrize("word", sorted(WORDS))
def test_every_field_may_come_from_a_formula_or_a_rollup(word):
    for kind in ("formula", "rollup"):
        fitting.check(mapping.read([("Any", word)]), {"Any": {"type": kind}})


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        pytest.param(
            [("Kicker", "subtitle")], "'Kicker' = 'subtitle': there is no such field. There are: title,", id="no field"
        ),
        pytest.param([("A", "field:x")], "neither taxonomy:name nor custom:key", id="no kind"),
        pytest.param([("A", "custom:")], "neither taxonomy:name nor custom:key", id="no key"),
        pytest.param([("A", "custom:_wp_x")], "begins with _", id="a protected custom field"),
        pytest.param([("A", "custom:notion_page_id")], "take another name", id="our own marker"),
        pytest.param([("A", "slug"), ("B", "slug")], "slug comes from one property, but 'A', 'B'", id="fed twice"),
        pytest.param([("A", "custom:x"), ("B", "custom:x")], "custom:x comes from one", id="custom field fed twice"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_there_is(pairs, words):
    with pytest.raises(ConfigError, match=r"^sidecar\.toml: ") as refused:
        mapping.read(pairs)
    assert words in str(refused.value)


def test_every_problem_is_told_at_once():
    with pytest.raises(ConfigError) as refused:
        mapping.read([("A", "nothing"), ("B", "custom:_x"), ("C", "slug"), ("D", "slug")])
    assert len(refused.value.problems) == 3


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        pytest.param(
            ("Kicker", "excerpt"), "has no property 'Kicker'. It has: 'Day', 'Go', 'Name', 'Seen'.", id="absent"
        ),
        pytest.param(("Kicker", "ignore"), "has no property 'Kicker'. It has: 'Day'", id="absent, though only ignored"),
        pytest.param(("Go", "slug"), "'Go' is of type button: a button has no value.", id="a button"),
        pytest.param(
            ("Seen", "date"), "'Seen' is of type checkbox: date needs one of created_time, date,", id="no date"
        ),
        pytest.param(("Seen", "featured_image"), "featured_image needs one of files,", id="no picture"),
    ],
)
def test_a_mapping_that_does_not_fit_the_data_source_is_refused_with_what_there_is(pair, words):
    schema = {name: {"type": kind} for name, kind in SOURCE.items()}
    with pytest.raises(ConfigError) as refused:
        fitting.check(mapping.read([pair]), schema)
    assert words in str(refused.value)


SOURCE = {"Name": "title", "Go": "button", "Seen": "checkbox", "Day": "date"}


def test_the_cover_may_be_ignored_though_it_is_no_property():
    fitting.check(mapping.read([(mapping.COVER, "ignore")]), {"Name": {"type": "title"}})


def test_what_a_page_does_not_have_is_named_once():
    said = mapping.read([("Kicker", "excerpt"), ("Kicker", "custom:kicker"), ("Name", "slug")])
    assert mapping.missing({"name": "title"}, said) == ["Kicker"]


# --- the file --------------------------------------------------------------------------------------------


def test_the_table_properties_is_read_one_target_or_several_to_a_name(tmp_path):
    (tmp_path / "sidecar.toml").write_text(
        '[properties]\nKicker = ["excerpt", "custom:kicker"]\n"Due: day" = "date"\nNotes = "ignore"\n'
    )
    assert environment.property_mapping(tmp_path) == (
        ("Kicker", "excerpt"),
        ("Kicker", "custom:kicker"),
        ("Due: day", "date"),
        ("Notes", "ignore"),
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("[properties\n", "cannot be read", id="no TOML"),
        pytest.param("properties = 1\n", "is to be a table", id="no table"),
        pytest.param("[properties]\nSlug = 1\n", "'Slug' is to be the name of a field", id="no name"),
        pytest.param("[properties]\nSlug = 'sluggg'\n", "there is no such field. Is 'slug' meant?", id="no field"),
        pytest.param("[propertys]\nSlug = 'slug'\n", "'propertys'", id="a table that is not known"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(tmp_path, text, words):
    (tmp_path / "sidecar.toml").write_text(text)
    with pytest.raises(ConfigError, match=r"sidecar\.toml") as refused:
        environment.property_mapping(tmp_path)
    assert words in str(refused.value)

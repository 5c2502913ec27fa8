"""What properties say becomes what a post is to have. One table for each field: a value, and what is made of it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from sidecar.blocks import FileRef, PageId
from sidecar.mapping import CATEGORIES, TAGS, Custom, Feed, Field, Taxonomy
from sidecar.values import (
    Files,
    Flag,
    Names,
    Nothing,
    Number,
    People,
    Person,
    Related,
    Several,
    Unreadable,
    When,
    Words,
)
from sidecar.wanted import Wanted, wanted, zone

LISBON = ZoneInfo("Europe/Lisbon")
SHORE = FileRef("https://files.example/shore.jpg", "image", True, "shore.jpg")
PAPER = FileRef("https://files.example/paper.pdf", "pdf", True, "paper.pdf")
COVER = FileRef("https://files.example/cover.jpg", "image", True, "cover.jpg")


def read(site=LISBON, cover=None, **fields):
    """What is wanted of a page whose properties feed these fields."""
    feeds = [Feed(f"The {name}", Field[name.upper()]) for name in fields]
    return wanted(feeds, {f"The {name}": value for name, value in fields.items()}, cover, site)


def fed(target, *values):
    """What is wanted when these properties all feed one target."""
    feeds = [Feed(f"P{number}", target) for number, _ in enumerate(values)]
    return wanted(feeds, {f"P{number}": value for number, value in enumerate(values)}, None, LISBON)


def messages(found):
    return [warning.message for warning in found.warnings]


def test_a_page_without_properties_wants_nothing():
    assert wanted([], {}, None, LISBON) == Wanted()


# --- words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(Words("low-water"), "low-water", id="a slug"),
        pytest.param(Words(" /2026/11/low-water/ "), "low-water", id="the last part of a path"),
        pytest.param(Words("https://blog.example/low-water/?x=1#y"), "low-water", id="the last part of a link"),
        pytest.param(Names(("Low water",)), "Low water", id="an option; WordPress makes the slug of it"),
        pytest.param(Number(2026.0), "2026", id="a number"),
        pytest.param(Words("低い水"), "低い水", id="any script"),
        pytest.param(Nothing(), None, id="nothing: WordPress makes one"),
        pytest.param(Words("///"), None, id="slashes alone"),
    ],
)
def test_slug(value, expected):
    assert read(slug=value).slug == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(Words("  Two\nlines. "), "Two\nlines.", id="lines are kept, spaces around are not"),
        pytest.param(Nothing(), "", id="an empty property empties it"),
        pytest.param(Several((Words("One"), Words("two"))), "One, two", id="a rollup is a list"),
    ],
)
def test_excerpt(value, expected):
    assert read(excerpt=value).excerpt == expected


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("title", Words("A title\non two lines"), "A title on two lines"),
        ("title", Words("SP-12"), "SP-12"),
        ("title", Nothing(), ""),
        ("template", Names(("page-no-title",)), "page-no-title"),
        ("template", Nothing(), ""),
        ("type", Names(("Book review",)), "book-review"),
        ("type", Nothing(), None),
        ("format", Names(("Aside",)), "aside"),
        ("format", Nothing(), ""),
        ("language", Names(("Português",)), "Português"),
        ("language", Nothing(), ""),
        ("password", Words(" sesame "), "sesame"),
        ("password", Number(1234.0), "1234"),
        ("password", Nothing(), ""),
    ],
)
def test_a_word(field, value, expected):
    assert getattr(read(**{field: value}), field) == expected


def test_a_format_that_wordpress_does_not_have_is_none_with_a_warning():
    found = read(format=Names(("Essay",)))
    assert found.format == ""
    assert messages(found)[0].startswith(
        "The format: “Essay” is no post format, so the post has none; there are standard,"
    )


# --- yes and no ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "sticky", "comments"),
    [
        (Flag(True), True, "open"),
        (Flag(False), False, "closed"),
        (Names(("Yes",)), True, "open"),
        (Words(" TRUE "), True, "open"),
        (Names(("Open",)), True, "open"),
        (Names(("closed",)), False, "closed"),
        (Number(1.0), True, "open"),
        (Number(0.0), False, "closed"),
        (Nothing(), False, None),
    ],
)
def test_a_switch(value, sticky, comments):
    found = read(sticky=value, comments=value)
    assert (found.sticky, found.comments, found.warnings) == (sticky, comments, ())


def test_a_switch_that_says_neither_yes_nor_no_is_told():
    found = read(comments=Names(("Members",)))
    assert found.comments is None
    assert messages(found) == ["The comments: “Members” is neither yes nor no, so it was not taken over."]


# --- when ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(When("2026-11-24"), "2026-11-24T00:00", id="a day begins at midnight in the site's zone"),
        pytest.param(When("2026-07-01"), "2026-06-30T23:00", id="in summer an hour earlier"),
        pytest.param(When("2026-07-01T09:30:00"), "2026-07-01T08:30", id="a time without a zone is the site's"),
        pytest.param(When("2026-07-01T09:30:00.000+02:00"), "2026-07-01T07:30", id="a time with an offset"),
        pytest.param(When("2026-07-01T09:30:00.000Z"), "2026-07-01T09:30", id="a time of the API"),
        pytest.param(When("2026-07-01T09:30:00", None, "Asia/Tokyo"), "2026-07-01T00:30", id="a time with a zone"),
        pytest.param(When("2026-07-01", None, "Asia/Tokyo"), "2026-06-30T15:00", id="a day with a zone"),
        pytest.param(When("2026-07-01", "2026-07-09"), "2026-06-30T23:00", id="of a span, its beginning"),
        pytest.param(When("2026-03-29T01:30:00"), "2026-03-29T01:30", id="an hour that the clocks leave out"),
        pytest.param(When("2026-10-25T01:30:00"), "2026-10-25T00:30", id="of an hour that comes twice, the first"),
        pytest.param(When("1999-12-31"), "1999-12-31T00:00", id="long ago"),
        pytest.param(Words(" 2026-11-24 10:00 "), "2026-11-24T10:00", id="typed as text"),
        pytest.param(Several((Nothing(), When("2026-11-24"))), "2026-11-24T00:00", id="the first of a rollup"),
        pytest.param(Nothing(), None, id="nothing"),
    ],
)
def test_date(value, expected):
    found = read(date=value)
    assert found.date == (datetime.fromisoformat(f"{expected}+00:00") if expected else None)
    assert found.warnings == ()


@pytest.mark.parametrize("value", [Words("next spring"), Words("24.11.2026"), When("0001-01-01"), When("10000-01-01")])
def test_what_is_no_date_is_told(value):
    found = read(site=zone("+02:00"), date=value)
    assert found.date is None
    assert "is no date, so it was not taken over." in messages(found)[0]


@pytest.mark.parametrize(
    ("name", "noon"),
    [
        ("Europe/Lisbon", 11),
        ("+05:30", 6.5),
        ("-03:00", 15),
        ("UTC", 12),
        ("Atlantis/Harbour", 12),
        ("../etc/passwd", 12),
        ("", 12),
    ],
)
def test_zone(name, noon):
    moment = datetime(2026, 7, 1, 12, tzinfo=zone(name)).astimezone(UTC)
    assert moment.hour + moment.minute / 60 == noon


# --- who -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (People((Person("Ana", "ana@x.example"), Person("Rui"))), (Person("Ana", "ana@x.example"), Person("Rui"))),
        (Names(("Ana Reis",)), (Person("Ana Reis"),)),
        (Words("ana@x.example"), (Person("ana@x.example", "ana@x.example"),)),
        (Several((People((Person("Ana"),)), Words("Rui"))), (Person("Ana"), Person("Rui"))),
        (Nothing(), ()),
    ],
)
def test_authors(value, expected):
    assert read(author=value).authors == expected


# --- pictures --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(Files((PAPER, SHORE)), SHORE, id="the first picture among the files"),
        pytest.param(Nothing(), COVER, id="the cover when the property is empty"),
        pytest.param(
            Words("https://pictures.example/x"), FileRef("https://pictures.example/x", "image", False), id="a link"
        ),
        pytest.param(Several((Files((PAPER,)), Files((SHORE,)))), SHORE, id="a rollup of files"),
    ],
)
def test_featured_image(value, expected):
    found = read(featured_image=value, cover=COVER)
    assert (found.featured, found.warnings) == (expected, ())


def test_the_cover_is_the_featured_image_of_a_page_without_such_a_property():
    assert read(cover=COVER).featured == COVER


@pytest.mark.parametrize("value", [Files((PAPER,)), Words("a lighthouse"), Words("ftp://x.example/y.jpg")])
def test_what_is_no_picture_is_told_and_the_cover_takes_its_place(value):
    found = read(featured_image=value, cover=COVER)
    assert found.featured == COVER
    assert "is no picture" in messages(found)[0]


# --- terms -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "tags", "categories"),
    [
        pytest.param(
            Names(("Sea", "Salt, fine")), [("Sea",), ("Salt, fine",)], [("Sea",), ("Salt, fine",)], id="options"
        ),
        pytest.param(Names(("Food/Fish",)), [("Food/Fish",)], [("Food", "Fish")], id="tags know no hierarchy"),
        pytest.param(
            Words("Food / Fish, Sea;Salt\n"),
            [("Food / Fish",), ("Sea",), ("Salt",)],
            [("Food", "Fish"), ("Sea",), ("Salt",)],
            id="text is a list",
        ),
        pytest.param(Names(("/Food//Fish/",)), [("/Food//Fish/",)], [("Food", "Fish")], id="slashes around"),
        pytest.param(Names(("Sea", "Sea", " / ")), [("Sea",)], [("Sea",)], id="each once, and no empty one"),
        pytest.param(People((Person("Ana"),)), [("Ana",)], [("Ana",)], id="people"),
        pytest.param(Flag(True), [("P0",)], [("P0",)], id="a ticked box is a term of its name"),
        pytest.param(Flag(False), [], [], id="an empty box is none"),
        pytest.param(Number(7.0), [("7",)], [("7",)], id="a number"),
        pytest.param(
            Several((Names(("Sea",)), Words("Salt"))), [("Sea",), ("Salt",)], [("Sea",), ("Salt",)], id="a rollup"
        ),
        pytest.param(Nothing(), [], [], id="nothing empties them"),
    ],
)
def test_terms(value, tags, categories):
    assert list(fed(TAGS, value).terms["post_tag"]) == tags
    assert list(fed(CATEGORIES, value).terms["category"]) == categories


def test_several_properties_feed_one_taxonomy_together():
    found = fed(Taxonomy("genre"), Names(("Essay",)), Nothing(), Names(("Poem", "Essay")))
    assert found.terms == {"genre": (("Essay",), ("Poem",))}


# --- custom fields ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Words("Plain"), "Plain"),
        (Names(("A", "B")), "A, B"),
        (Number(3.0), "3"),
        (Number(0.1), "0.1"),
        (Number(1e21), "1e+21"),
        (Flag(True), "1"),
        (Flag(False), "0"),
        (When("2026-11-24", "2026-11-26"), "2026-11-24/2026-11-26"),
        (People((Person("Ana"), Person("", "rui@x.example"))), "Ana, rui@x.example"),
        (Files((SHORE, PAPER)), (SHORE, PAPER)),
        (Several((Files((SHORE,)), Files((PAPER,)))), (SHORE, PAPER)),
        (Related((PageId("p"),)), "p"),
        (Nothing(), ""),
    ],
)
def test_custom_field(value, expected):
    found = fed(Custom("x"), value)
    assert found.custom_fields == {"x": expected}
    assert found.files == (expected if isinstance(expected, tuple) else ())


def test_what_cannot_be_read_says_nothing_and_is_told():
    found = fed(Field.EXCERPT, Unreadable("formula", "Notion's API does not give the result of this formula"))
    assert found.excerpt is None
    assert messages(found) == ["P0: Notion's API does not give the result of this formula, so it was not taken over."]


# --- who may see it --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "status", "password"),
    [
        pytest.param({"status": "Publish"}, "publish", None, id="publish"),
        pytest.param({"status": "Pending review"}, "pending", None, id="pending"),
        pytest.param({"visibility": "Private"}, "private", None, id="private"),
        pytest.param({"visibility": "Public"}, None, None, id="public is no restriction, and no publication"),
        pytest.param({"visibility": "Public", "password": "x"}, None, "x", id="a password protects"),
        pytest.param({"visibility": "Password", "password": "x"}, None, "x", id="password, when it is published"),
        pytest.param({"status": "Password", "password": "x"}, "publish", "x", id="a status password is published"),
        pytest.param({"status": "Publish", "visibility": "private"}, "private", None, id="the one fewer see decides"),
        pytest.param({"status": "Draft", "password": "x"}, "draft", "x", id="a draft with a password"),
        pytest.param({"status": ""}, None, None, id="an empty status says nothing"),
        pytest.param({"password": ""}, None, "", id="a password taken away"),
        pytest.param({"status": "Scheduled", "date": "2030-01-01"}, "future", None, id="scheduled"),
    ],
)
def test_openness(said, status, password):
    found = read(**{name: Words(text) if text else Nothing() for name, text in said.items()})
    assert (found.status, found.password, found.warnings) == (status, password, ())


@pytest.mark.parametrize(
    ("said", "status", "password", "words"),
    [
        ({"visibility": "Password"}, "draft", None, "there is no password for it in the page, so the post is a draft."),
        ({"status": "Scheduled"}, "draft", None, "no publish date to schedule it for, so the post is a draft."),
        ({"status": "Private", "password": "x"}, "private", "", "a private post has no password, so it was left out."),
        (
            {"visibility": "Members only"},
            "draft",
            None,
            "“Members only” is no status of WordPress, so the post is a draft",
        ),
        ({"status": "publish", "visibility": "Friends"}, "draft", None, "“Friends” is no status of WordPress"),
    ],
)
def test_in_doubt_fewer_people_see_the_post_and_the_writer_is_told(said, status, password, words):
    found = read(**{name: Words(text) for name, text in said.items()})
    assert (found.status, found.password) == (status, password)
    assert words in messages(found)[0]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"password": "x"}, "a post with a password does not stay on top, so this was left out."),
        ({"visibility": "private"}, "a private post does not stay on top, so this was left out."),
        ({"type": "Page"}, "a post of the type page does not stay on top, so this was left out."),
    ],
)
def test_what_wordpress_does_not_keep_on_top_is_told(said, words):
    found = read(sticky=Flag(True), **{name: Words(text) for name, text in said.items()})
    assert (found.sticky, messages(found)) == (False, [f"The sticky: {words}"])


def test_a_page_has_no_post_format_and_the_writer_is_told():
    found = read(type=Words("page"), format=Words("aside"))
    assert (found.format, messages(found)) == ("", ["The format: a page has no post format, so “aside” was left out."])


def test_every_warning_names_its_property():
    found = read(status=Words("Maybe"), date=Words("soon"), sticky=Words("perhaps"))
    assert {warning.block_id for warning in found.warnings} == {"The status", "The date", "The sticky"}
    assert {warning.type for warning in found.warnings} == {"property"}

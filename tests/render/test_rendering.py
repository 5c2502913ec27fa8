"""What depends on the site, the other pages and the WordPress version."""

import pytest

from sidecar.blocks import (
    BlockId,
    Bookmark,
    DateMention,
    Embed,
    Equation,
    EquationSpan,
    FileRef,
    MediaBlock,
    PageId,
    PageLink,
    Paragraph,
    Tab,
    Tabs,
    TextSpan,
)
from sidecar.parse import blocks
from sidecar.render import Context, anchor, document, files_to_store
from tests.stage.notion import build

OTHER = PageId("22222222-2222-4222-8222-222222222222")
LINK = "https://blog.example/low-water/"


def html(*blocks, **context):
    return document(blocks, Context(**context)).html


def mention(start, end=None, own_zone=None, **context):
    return (
        html(Paragraph(BlockId("x"), (DateMention(start, end, own_zone),)), **context).split("<p>")[1].split("</p>")[0]
    )


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        pytest.param("Asia/Tokyo", "24 November 2026, 17:00", id="by a city"),
        pytest.param("+05:30", "24 November 2026, 13:30", id="by a distance"),
        pytest.param("UTC-3", "24 November 2026, 05:00", id="by a distance in words"),
        pytest.param("Mars/Olympus", "24 November 2026, 09:00", id="unknown: as it was written"),
    ],
)
def test_a_time_is_shown_in_the_zone_of_the_site(zone, shown):
    assert mention("2026-11-24T09:00:00.000+01:00", time_zone=zone) == shown


def test_a_time_with_a_zone_of_its_own_is_moved_to_that_of_the_site():
    shown = mention("2026-11-24T09:00:00", None, "Asia/Tokyo", time_zone="Europe/Lisbon")
    assert shown == "24 November 2026, 00:00"


def test_a_day_is_the_same_day_everywhere():
    assert mention("2026-11-24", time_zone="Pacific/Auckland") == "24 November 2026"


@pytest.mark.parametrize(
    ("language", "day", "hours"),
    [
        ("en-US", "July 4, 2026", "July 14, 2026, 6:30\u202fPM → 8:00\u202fPM"),
        ("en-GB", "4 July 2026", "14 July 2026, 18:30 → 20:00"),
        ("de-DE", "4. Juli 2026", "14. Juli 2026, 18:30 → 20:00"),
        pytest.param("de_DE_formal", "4. Juli 2026", "14. Juli 2026, 18:30 → 20:00", id="WordPress's own name"),
        ("fr-FR", "4 juillet 2026", "14 juillet 2026, 18:30 → 20:00"),
        ("pt-BR", "4 de julho de 2026", "14 de julho de 2026 18:30 → 20:00"),
        ("ja", "2026年7月4日", "2026年7月14日 18:30 → 20:00"),
        ("ar", "4 يوليو 2026", "14 يوليو 2026، 6:30 م → 8:00 م"),
        pytest.param("ary", "4 July 2026", "14 July 2026, 18:30 → 20:00", id="a language without names of months"),
        pytest.param("xx-XX", "4 July 2026", "14 July 2026, 18:30 → 20:00", id="no language"),
        pytest.param("", "4 July 2026", "14 July 2026, 18:30 → 20:00", id="nothing said"),
        pytest.param(None, "4 July 2026", "14 July 2026, 18:30 → 20:00", id="not known"),
    ],
)
def test_a_date_is_written_in_the_language_of_the_site(language, day, hours):
    assert mention("2026-07-04", language=language) == day
    times = ("2026-07-14T16:30:00.000+00:00", "2026-07-14T18:00:00.000+00:00")
    assert mention(*times, time_zone="Europe/Berlin", language=language) == hours


@pytest.mark.parametrize("type", ["link_to_page", "child_page"])
def test_a_link_to_a_published_page_is_named_as_that_page_is(type):
    shown = html(PageLink(BlockId("x"), OTHER, type), links={OTHER: LINK}, titles={OTHER: "Low <water>"})
    assert f'<a href="{LINK}">Low &lt;water&gt;</a>' in shown


def test_a_card_that_leads_to_a_published_page_is_named_as_that_page_is():
    shown = html(Bookmark(BlockId("x"), f"https://www.notion.so/x-{OTHER}"), links={OTHER: LINK}, titles={OTHER: "Low"})
    assert f'<a href="{LINK}"><strong>Low</strong></a><br>blog.example' in shown


def test_a_link_in_the_label_of_a_tab_is_said_to_be_lost():
    tab = Tab(BlockId("t"), (TextSpan("There", link="https://example.com/"),))
    rendered = document((Tabs(BlockId("x"), (tab,)),), Context(wordpress=(7, 1)))
    assert "example.com" not in rendered.html
    assert [(warning.block_id, warning.type) for warning in rendered.warnings] == [("t", "tab")]


def test_a_mention_that_notion_gives_no_words_is_named_as_that_page_is_when_it_is_known():
    (raw,) = build.paragraph(build.page_mention(OTHER, ""))["paragraph"]["rich_text"]
    tree = blocks(
        [
            build.paragraph(raw),
            {**build.heading(2, raw), "id": "d0000000-0000-4000-8000-0000000000aa"},
            build.contents(),
        ]
    )
    shown = str(document(tree, Context(links={OTHER: LINK}, titles={OTHER: "Low <water>"})).html)
    assert shown.count(f'<a href="{LINK}">Low &lt;water&gt;</a>') == 2
    assert shown.count("Low &lt;water&gt;") == 3, "also where it may be no link"
    assert "Untitled" in str(document(tree, Context()).html)


def test_the_pages_that_a_page_points_to_are_known_whether_they_are_published_or_not():
    raw = [
        build.paragraph(build.page_mention(OTHER, "Low water"), build.run("x", link=f"/{'4' * 32}")),
        build.link_to_page(OTHER),
    ]
    rendered = document(blocks(raw), Context(links={OTHER: LINK}))
    assert rendered.links == (OTHER, PageId("44444444-4444-4444-4444-444444444444"))


def test_an_anchor_can_be_worked_out_from_the_id_of_a_block():
    raw = {**build.heading(2, "Ebb"), "id": "D0000000-0000-4000-8000-0000000000AA"}
    place = anchor("d00000000000400080000000000000aa")
    assert f'id="{place}"' in document(blocks([raw]), Context()).html


def test_films_that_wordpress_embeds_are_not_stored():
    film = MediaBlock(BlockId("x"), FileRef("https://youtu.be/abc", "video", False))
    own = MediaBlock(BlockId("x"), FileRef("https://films.example/a.mp4", "video", False))
    assert files_to_store((film, own)) == (own.file,)


@pytest.mark.parametrize(
    ("version", "begins"),
    [((6, 5), "<!-- wp:group"), ((6, 6), "<!-- wp:embed"), ((7, 1), "<!-- wp:embed")],
)
def test_a_site_is_embedded_by_those_wordpresses_that_know_it(version, begins):
    shown = html(Embed(BlockId("x"), "https://bsky.app/profile/a.example/post/3k"), wordpress=version)
    assert shown.startswith(begins)


@pytest.mark.parametrize(
    ("version", "shown"),
    [
        pytest.param((6, 8), ('<!-- wp:html -->\n<math display="block">', "<math><semantics>"), id="6.8: as HTML"),
        pytest.param((6, 9), ("<!-- wp:math {", '<math data-latex="a^2"><semantics>'), id="6.9: as WordPress's own"),
        pytest.param((7, 1), ("<!-- wp:math {", '<math data-latex="a^2"><semantics>'), id="7.1: the same"),
    ],
)
def test_a_formula_is_wordpress_own_from_the_version_on_that_has_them(version, shown):
    tree = (Equation(BlockId("x"), "a^2"), Paragraph(BlockId("y"), (EquationSpan("a^2"),)))
    assert all(part in html(*tree, wordpress=version) for part in shown)


def test_the_same_message_about_the_same_block_is_said_once():
    span = TextSpan("a", link="javascript:1")
    rendered = document((Paragraph(BlockId("x"), (span, TextSpan("b"), span)),), Context())
    assert len(rendered.warnings) == 1


SIGNED = "https://s3.us-west-2.amazonaws.com/a/b/tide.pdf?X-Amz-Expires=3600&X-Amz-Signature=abc"


@pytest.mark.parametrize(
    "url", [SIGNED, "https://file.notion.so/f/f/a/b/tide.pdf?table=block&expirationTimestamp=1784&signature=abc"]
)
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda url: Paragraph(BlockId("x"), (TextSpan("tide.pdf", link=url),)), id="a link"),
        pytest.param(lambda url: Bookmark(BlockId("x"), url), id="a bookmark"),
        pytest.param(lambda url: Bookmark(BlockId("x"), url, (TextSpan("tide.pdf"),)), id="a bookmark with a caption"),
        pytest.param(lambda url: Embed(BlockId("x"), url), id="an embed"),
        pytest.param(lambda url: MediaBlock(BlockId("x"), FileRef(url, "file", False, "tide.pdf")), id="a far file"),
    ],
)
def test_a_link_that_dies_within_the_hour_is_not_kept(make, url):
    rendered = document((make(url),), Context())
    assert ("tide.pdf" in rendered.html, "signature" in rendered.html.lower(), "<a " in rendered.html) == (
        True,
        False,
        False,
    )
    assert len(rendered.warnings) == 1


def test_a_link_with_a_signature_of_another_kind_is_kept():
    url = "https://shop.example/?signature=abc&X-Amz-Expires=3600"
    assert 'href="https://shop.example/' in html(Paragraph(BlockId("x"), (TextSpan("shop", link=url),)))


COLOR = ("color", "The colour “teal” is not known here and was left out.")


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (build.paragraph("Words", color="teal"), COLOR),
        (build.paragraph(build.run("Words", color="teal")), COLOR),
        (build.bullet("Words", color="teal"), COLOR),
        (build.callout("Words", icon=None, color="teal"), COLOR),
        (build.heading(2, "Words", color="teal"), COLOR),
        (
            build.number("Words", list_format="greek"),
            ("numbered_list_item", "A way to number, “greek”, is not known here: the list has plain numbers."),
        ),
        (
            build.callout("Words", icon={"type": "hologram", "hologram": {}}),
            ("callout", "The icon “hologram” exists only inside Notion and became nothing."),
        ),
    ],
)
def test_a_look_that_came_later_is_left_out_and_told(raw, told):
    made = document(blocks([{**raw, "id": "b1"}]), Context())
    assert [(warning.block_id, warning.type, warning.message) for warning in made.warnings] == [("b1", *told)]
    assert "Words" in made.html and "teal" not in made.html


DATABASE = "is shown as text: it leads to a database, which does not become a post."
PAGE = "is shown as text: it leads to a page that is not published yet."


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (build.paragraph(build.run("the  list", link=f"https://www.notion.so/{'a' * 32}?v={'b' * 32}")), DATABASE),
        (build.paragraph(build.run("the  list", link=f"/{'a' * 32}?v={'b' * 32}&p={'c' * 32}&pm=s")), PAGE),
        (build.paragraph(build.run("the  list", link=f"/the-list-{'a' * 32}?pvs=4#{'b' * 32}")), PAGE),
        (build.paragraph(build.run("the  list", link=f"https://app.notion.com/p/the-list-{'a' * 32}%20")), PAGE),
    ],
)
def test_a_note_about_a_link_calls_it_by_its_words_and_tells_a_database_from_a_page(raw, told):
    made = document(blocks([{**raw, "id": "b1"}]), Context())
    assert [warning.message for warning in made.warnings] == [f"The link “the list” {told}"]


@pytest.mark.parametrize("color", ["default", "default_background", "red", "red_background"])
def test_a_colour_that_notion_has_is_no_note(color):
    raw = build.paragraph(build.run("Words", color=color), color=color)
    assert document(blocks([{**raw, "id": "b1"}]), Context()).warnings == ()

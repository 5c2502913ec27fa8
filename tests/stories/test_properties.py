"""What the properties of a page do to its post, told on a real WordPress; and what the writer is told of them."""

import json
import subprocess
import sys

import pytest

from sidecar import environment
from sidecar.errors import ConfigError
from tests.stage.notion import art
from tests.stage.notion import build as b
from tests.stage.telegram import TelegramStandIn
from tests.stories.magazine import by_title

SEEN = """
    $path = function ($term) use (&$path) {
        return ($term->parent ? $path(get_term($term->parent)) . '/' : '') . html_entity_decode($term->name);
    };
    return array_map(function ($p) use ($path) {
        $terms = [];
        foreach (get_object_taxonomies($p->post_type) as $taxonomy) {
            $found = array_map($path, wp_get_object_terms($p->ID, $taxonomy));
            sort($found);
            if ($found) { $terms[$taxonomy] = $found; }
        }
        $fields = [];
        foreach (get_post_meta($p->ID) as $key => $values) {
            if ($key[0] !== '_' && $key !== 'notion_page_id') { $fields[$key] = $values; }
        }
        return ['title' => $p->post_title, 'type' => $p->post_type, 'status' => $p->post_status,
            'slug' => $p->post_name, 'excerpt' => $p->post_excerpt, 'password' => $p->post_password,
            'date' => $p->post_date, 'gmt' => $p->post_date_gmt, 'comments' => $p->comment_status,
            'author' => get_userdata($p->post_author)->user_login, 'sticky' => is_sticky($p->ID),
            'format' => get_post_format($p->ID) ?: '', 'template' => get_page_template_slug($p->ID) ?: '',
            'featured' => basename(wp_get_attachment_url(get_post_thumbnail_id($p->ID)) ?: ''),
            'terms' => (object) $terms, 'fields' => (object) $fields];
    }, get_posts(['numberposts' => -1, 'post_type' => ['post', 'page'], 'orderby' => 'ID', 'order' => 'ASC',
        'post_status' => ['publish', 'draft', 'pending', 'private', 'future', 'trash']]));
"""

MORE = {
    "Post type": "select",
    "Post status": "select",
    "Password": "rich_text",
    "Comments": "checkbox",
    "Template": "select",
    "Post format": "select",
    "Language": "select",
    "custom:subtitle": "rich_text",
    "custom:gallery": "files",
}

EVERYTHING = {
    "Slug": "low-water",
    "Excerpt": 'Twice a day & "always" <so>.',
    "Categories": ["Sea/Shore"],
    "Tags": ["AC/DC", "a, b"],
    "Publish date": "2024-02-29T10:15:00.000+02:00",
    "Featured image": ["shore.jpg"],
    "Sticky": True,
    "Post status": "publish",
    "Comments": False,
    "Post format": "Aside",
    "Language": "Português",
    "custom:subtitle": "From the harbour \\o/",
    "custom:gallery": ["shore.jpg"],
}


@pytest.fixture
def content(magazine):
    content = magazine.notion.content
    for name, kind in MORE.items():
        content.source.add_property(name, kind)
    content.add_file("shore.jpg", art.jpeg(art.landscape(1, (320, 200))))
    content.add_file("tiles.png", art.encoded(art.tiles(1, (300, 200)), "PNG"))
    return content


def seen(magazine):
    """Every post as WordPress has it, by its title."""
    return {post["title"]: post for post in magazine.wordpress.php(SEEN)}


def post_of(magazine, title="Low water"):
    return seen(magazine)[title]


def again(magazine, page, **changes):
    """The writer changes the page and asks once more."""
    magazine.notion.content.edit(page, **changes)
    magazine.notion.content.set_status(page, "Adding")
    return magazine.sync()


def warnings(report):
    return [warning.message for outcome in report.outcomes for warning in outcome.warnings]


# --- by name and type ------------------------------------------------------------------------------------


def everything(magazine, content):
    author = content.add_user("A writer at sea", "author@example.test")
    magazine.wordpress.php(
        "wp_update_user(['ID' => get_user_by('login', 'author')->ID, 'display_name' => 'A writer at sea']);"
    )
    return {**EVERYTHING, "Author": [author]}


def test_every_property_arrives_by_its_name_and_an_update_writes_all_that_a_create_does(magazine, content):
    properties = everything(magazine, content)
    content.add_page("At once", [b.paragraph("x")], properties={**properties, "Slug": "at-once"})
    later = content.add_page("Later", [b.paragraph("x")])
    reports = [magazine.sync(), again(magazine, later, properties={**properties, "Slug": "later"})]
    assert [warnings(report) for report in reports] == [[], []]
    found = seen(magazine)
    assert {**found["Later"], "title": "At once", "slug": "at-once"} == found["At once"]
    post = found["At once"]
    (gallery,) = post["fields"].pop("gallery")
    assert gallery.startswith(f"{magazine.wordpress.url}/wp-content/uploads/")
    assert gallery.rsplit("/", 1)[-1] == post.pop("featured")
    assert post == {
        "title": "At once",
        "type": "post",
        "status": "publish",
        "slug": "at-once",
        "excerpt": 'Twice a day & "always" &lt;so&gt;.',
        "password": "",
        "date": "2024-02-29 08:15:00",
        "gmt": "2024-02-29 08:15:00",
        "comments": "closed",
        "author": "author",
        "sticky": True,
        "format": "aside",
        "template": "",
        "terms": {"category": ["Sea/Shore"], "post_tag": ["AC/DC", "a, b"], "post_format": ["Aside"]},
        "fields": {"subtitle": ["From the harbour \\o/"], "language": ["Português"]},
    }


def test_what_is_emptied_in_the_page_is_emptied_in_the_post(magazine, content):
    page = content.add_page(
        "Low water", [b.paragraph("x")], properties={**EVERYTHING, "Password": "sesame", "Sticky": False}
    )
    magazine.sync()
    assert post_of(magazine)["password"] == "sesame"
    empty = {name: None for name in EVERYTHING if name not in ("Post status", "Sticky")}
    report = again(magazine, page, properties={**empty, "Password": None, "Tags": ["AC/DC"]})
    post = post_of(magazine)
    assert warnings(report) == []
    assert post["terms"] == {"post_tag": ["AC/DC"]}
    assert (post["excerpt"], post["password"], post["featured"], post["fields"]) == ("", "", "", {})
    assert (post["format"], post["template"]) == ("", "")
    assert (post["slug"], post["date"]) == ("low-water", "2024-02-29 08:15:00")


def test_what_a_person_set_in_wordpress_stays_until_the_property_changes(magazine, content):
    page = content.add_page(
        "Low water", [b.paragraph("One")], properties={**EVERYTHING, "Post status": "draft", "Sticky": False}
    )
    magazine.sync()
    magazine.wordpress.php(
        "wp_set_current_user(1); kses_remove_filters();"
        "$id = get_posts(['post_status' => 'any'])[0]->ID; stick_post($id); add_post_meta($id, 'mine', 'kept');"
        "wp_update_post(['ID' => $id, 'post_status' => 'pending', 'post_name' => 'mine', 'edit_date' => true,"
        " 'post_author' => 1, 'post_date' => '2025-05-05 05:05:05', 'post_date_gmt' => '2025-05-05 04:05:05',"
        " 'comment_status' => 'open']);"
    )
    mine = post_of(magazine)
    report = again(magazine, page, blocks=[b.paragraph("Two")])
    assert [outcome.action for outcome in report.outcomes] == ["update"]
    assert post_of(magazine) == mine
    assert (mine["status"], mine["slug"], mine["author"], mine["comments"]) == ("pending", "mine", "admin", "open")
    again(magazine, page, properties={"Slug": "theirs", "Publish date": "2024-03-01"})
    assert post_of(magazine) == {**mine, "slug": "theirs", "date": "2024-03-01 00:00:00", "gmt": "2024-03-01 00:00:00"}


def test_a_title_of_many_mentions_and_marks_is_whole(magazine, content):
    other = content.add_page("Ebb", status="Draft")
    runs = [
        b.run("All of "),
        *(run for number in range(40) for run in (b.page_mention(other, f"Ebb {number}"), b.run(", ", bold=True))),
    ]
    content.add_page(runs, [b.paragraph("x")])
    magazine.sync()
    (title,) = (post["title"] for post in magazine.posts())
    assert title == "All of " + " ".join(f"Ebb {number}," for number in range(40))


# --- when ------------------------------------------------------------------------------------------------


def test_a_publish_date_is_kept_in_the_zone_of_the_site(magazine, content):
    dates = {
        "A day ahead": ("2030-07-01", "future", "2030-07-01 00:00:00", "2030-06-30 23:00:00"),
        "A time ahead": ("2030-07-01T09:30:00", "future", "2030-07-01 09:30:00", "2030-07-01 08:30:00"),
        "Elsewhere": (
            {"start": "2030-07-01T09:30:00", "end": None, "time_zone": "Asia/Tokyo"},
            "future", "2030-07-01 01:30:00", "2030-07-01 00:30:00",
        ),
        "The hour twice": ("2030-10-27T01:30:00", "future", "2030-10-27 01:30:00", "2030-10-27 00:30:00"),
        "After it": ("2030-10-27T02:30:00", "future", "2030-10-27 02:30:00", "2030-10-27 02:30:00"),
        "Long ago": ("1999-12-31", "publish", "1999-12-31 00:00:00", "1999-12-31 00:00:00"),
    }  # fmt: skip
    for title, (date, *_) in dates.items():
        content.add_page(title, [b.paragraph("x")], properties={"Publish date": date})
    report = magazine.sync(WP_POST_STATUS="publish")
    assert (report.status, warnings(report)) == ("Completed", [])
    found = seen(magazine)
    shown = {title: (found[title]["status"], found[title]["date"], found[title]["gmt"]) for title in dates}
    assert shown == {title: tuple(expected) for title, (_, *expected) in dates.items()}


def test_a_slug_that_is_taken_is_told(magazine, content):
    for title in ("Low water", "High water"):
        content.add_page(title, [b.paragraph("x")], properties={"Slug": "tide", "Post status": "publish"})
    told = warnings(magazine.sync())
    assert told == ["Slug: “tide” is taken in WordPress, so the address of the post ends in “tide-2”."]
    assert {post["slug"] for post in seen(magazine).values()} == {"tide", "tide-2"}


def test_a_scheduled_post_moves_with_its_property(magazine, content):
    page = content.add_page("Low water", [b.paragraph("x")], properties={"Publish date": "2030-07-01"})
    magazine.sync(WP_POST_STATUS="publish")
    again(magazine, page, properties={"Publish date": "2031-01-01"})
    assert (post_of(magazine)["status"], post_of(magazine)["date"]) == ("future", "2031-01-01 00:00:00")
    again(magazine, page, properties={"Publish date": "2024-01-01"})
    assert (post_of(magazine)["status"], post_of(magazine)["date"]) == ("publish", "2024-01-01 00:00:00")


def test_a_draft_with_a_date_stays_a_draft(magazine, content):
    content.add_page("Low water", [b.paragraph("x")], properties={"Publish date": "2030-07-01"})
    magazine.sync()
    assert (post_of(magazine)["status"], post_of(magazine)["date"]) == ("draft", "2030-07-01 00:00:00")


def test_a_status_for_wordpress_goes_before_the_setting(magazine, content):
    said = {
        "Awaited": ({"Post status": "Pending"}, "pending", ""),
        "Ours": ({"Post status": "Private"}, "private", ""),
        "Locked": ({"Post status": "Password", "Password": "sesame"}, "publish", "sesame"),
        "Unclear": ({"Post status": "Members only"}, "draft", ""),
        "Plain": ({}, "publish", ""),
    }
    for title, (properties, *_) in said.items():
        content.add_page(title, [b.paragraph("x")], properties=properties)
    magazine.sync(WP_POST_STATUS="publish")
    found = seen(magazine)
    assert {title: [found[title]["status"], found[title]["password"]] for title in said} == {
        title: expected for title, (_, *expected) in said.items()
    }


# --- pictures --------------------------------------------------------------------------------------------


def test_the_featured_image_is_the_property_or_else_the_cover(magazine, content):
    content.add_page("Cover", [b.paragraph("x")], cover="tiles.png")
    both = content.add_page("Both", [b.paragraph("x")], cover="tiles.png", properties={"Featured image": ["shore.jpg"]})
    magazine.sync()
    found = seen(magazine)
    assert (found["Cover"]["featured"][:5], found["Both"]["featured"][:5]) == ("tiles", "shore")
    again(magazine, both, properties={"Featured image": None})
    assert post_of(magazine, "Both")["featured"][:5] == "tiles"


# --- types of post ---------------------------------------------------------------------------------------


def test_a_page_of_another_type_is_made_without_what_that_type_does_not_have(magazine, content):
    properties = {"Post type": "Page", "Tags": ["Tide"], "Slug": "about", "Template": "page-no-title"}
    page = content.add_page("About", [b.paragraph("x")], properties=properties)
    report = magazine.sync()
    post = post_of(magazine, "About")
    assert (post["type"], post["slug"], post["terms"]) == ("page", "about", {})
    assert post["template"] == "page-no-title"
    assert ["this was not set" in message for message in warnings(report)] == [True]
    again(magazine, page, properties={"Template": None, "Tags": None})
    assert post_of(magazine, "About")["template"] == ""


def test_a_template_that_the_theme_does_not_have_is_a_warning(magazine, content):
    content.add_page("Low water", [b.paragraph("x")], properties={"Template": "golden"})
    report = magazine.sync()
    assert (report.status, post_of(magazine)["template"]) == ("Completed", "")
    assert "setting the template golden" in warnings(report)[0]


def test_a_type_that_is_not_there_fails_its_page_and_no_other(magazine, content):
    page = content.add_page("Wrong", [b.paragraph("x")], properties={"Post type": "bok"})
    content.add_page("Right", [b.paragraph("x")])
    report = magazine.sync()
    assert by_title(report)["Wrong"].status == "Failed"
    assert "no such post type" in by_title(report)["Wrong"].error
    content.add_page("Later", [b.paragraph("x")])
    assert magazine.sync().status == "Completed"
    again(magazine, page, properties={"Post type": "post"})
    assert sorted(seen(magazine)) == ["Later", "Right", "Wrong"]


def test_a_type_that_changes_later_is_told_and_nothing_is_lost(magazine, content):
    page = content.add_page("Low water", [b.paragraph("x")])
    magazine.sync()
    report = again(magazine, page, properties={"Post type": "page"}, title="High water")
    assert post_of(magazine, "High water")["type"] == "post"
    assert warnings(report) == ["Post type: WordPress keeps the type that a post was made with, which is post."]


# --- who may what ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("transport", ["xmlrpc", "rest"])
def test_what_wordpress_takes_away_from_an_authors_markup_is_known_before_and_told(magazine, content, transport):
    author = magazine.wordpress.users["author"]
    content.add_file("tides.pdf", art.paper("Tides"))
    blocks = [b.paragraph(b.run("High", color="red"), " tide"), b.media("pdf", "tides.pdf")]
    page = content.add_page("Low water", blocks)
    report = magazine.sync(
        WP_USERNAME=author.login, WP_APP_PASSWORD=author.application_password, WP_TRANSPORT=transport
    )
    post = magazine.posts()[0]["content"]
    assert (
        '<p><mark style="background-color:transparent;color:#d44c47" class="has-inline-color">High</mark> tide' in post
    )
    assert "<object" not in post
    assert warnings(report) == [
        "A PDF is shown as a link: WordPress takes its preview away from what this user writes, and not from what an"
        " Editor writes."
    ]
    content.set_status(page, "Adding")
    magazine.sync(WP_TRANSPORT=transport)
    assert "rgba(0, 0, 0, 0)" in magazine.posts()[0]["content"], "the Editor's"
    assert "<object" in magazine.posts()[0]["content"]


def test_what_an_author_may_not_do_is_a_warning(magazine, content):
    author = magazine.wordpress.users["author"]
    magazine.wordpress.php("wp_insert_term('a, b', 'post_tag'); return true;")
    properties = {**EVERYTHING, "Author": [content.add_user("Editor", "editor@example.test")], "Post format": None}
    content.add_page("Low water", [b.paragraph("x")], properties=properties)
    report = magazine.sync(WP_USERNAME=author.login, WP_APP_PASSWORD=author.application_password)
    assert report.status == "Completed"
    post = post_of(magazine)
    assert post["terms"] == {"category": ["Uncategorized"], "post_tag": ["a, b"]}
    assert (post["status"], post["author"], post["sticky"], post["slug"]) == ("publish", "author", False, "low-water")
    told = "\n".join(warnings(report))
    for words in ("Categories: “Sea” is not there", "Tags: “AC/DC” is not there", "post_author:", "sticky:"):
        assert words in told


# --- sidecar.toml ----------------------------------------------------------------------------------------

COLUMNS = {
    "Computed": "formula",
    "From others": "rollup",
    "Number": "unique_id",
    "Reviewed": "checkbox",
    "Source": "url",
    "Colleagues": "people",
    "Phone": "phone_number",
    "Where": "place",
}

MAPPING = """
[properties]
Computed = "slug"
"From others" = "taxonomy:post_tag"
Related = "categories"
Number = ["title", "custom:number"]
Reviewed = "tags"
Words = "custom:words"
Source = "custom:source"
Colleagues = "author"
Phone = "custom:phone"
Where = "excerpt"
Sticky = "ignore"
"page cover" = "ignore"
"""


def command(magazine, folder, *words):
    return subprocess.run(
        [sys.executable, "-m", "sidecar", *words],
        env=magazine.settings,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_any_type_of_property_may_feed_any_field(magazine, content, tmp_path):
    for name, kind in COLUMNS.items():
        content.source.add_property(name, kind)
    sea = content.add_page("Sea", status="Draft")
    hidden = content.add_page("Hidden", status="Draft")
    content.unshare(hidden)
    text = {"type": "rich_text", "rich_text": b.text("Tide")}
    properties = {
        "Computed": "made-by-formula",
        "From others": {
            "type": "array",
            "function": "show_original",
            "array": [text, text, {"type": "number", "number": 7}],
        },
        "Related": [sea, hidden],
        "Number": {"prefix": "SP", "number": 12},
        "Reviewed": True,
        "Words": 1200,
        "Source": "https://x.example/a?b=1&c=2",
        "Colleagues": [content.add_user("Editor", "editor@example.test")],
        "Phone": "+351 21",
        "Where": {"name": "Cais", "address": "Rua 1", "lat": 1, "lon": 2},
        "Sticky": True,
    }
    content.add_page("Whatever", [b.paragraph("x")], cover="tiles.png", properties=properties)
    (tmp_path / "sidecar.toml").write_text(MAPPING)
    done = command(magazine, tmp_path, "sync", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    post = post_of(magazine, "SP-12")
    assert (post["slug"], post["excerpt"], post["author"]) == ("made-by-formula", "Cais, Rua 1", "editor")
    assert (post["sticky"], post["featured"]) == (False, "")
    assert post["terms"] == {"category": ["Sea"], "post_tag": ["7", "Reviewed", "Tide"]}
    assert post["fields"] == {
        "number": ["SP-12"],
        "words": ["1200"],
        "source": ["https://x.example/a?b=1&c=2"],
        "phone": ["+351 21"],
    }
    (page,) = json.loads(done.stdout)["pages"]
    assert [warning["message"] for warning in page["warnings"]] == [
        "Related: 1 related page that is not shared with the integration."
    ]


@pytest.mark.parametrize(
    ("name", "mapping", "words"),
    [
        ("sync", 'Slugg = "slug"', "the data source has no property 'Slugg'. It has: 'Author', 'Categories', "),
        ("plan", 'Words = "date"', "'Words' is of type number: date needs one of created_time, date, formula,"),
    ],
)
def test_a_wrong_mapping_is_refused_at_the_start_with_what_there_is(magazine, tmp_path, name, mapping, words):
    magazine.notion.content.add_page("Waiting", [b.paragraph("x")])
    (tmp_path / "sidecar.toml").write_text(f"[properties]\n{mapping}\n")
    done = command(magazine, tmp_path, name)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert (magazine.notion.writes(), magazine.posts()) == ([], [])


# --- what the writer is told -----------------------------------------------------------------------------


def test_each_warning_arrives_everywhere_a_writer_may_look(magazine, content, tmp_path):
    stranger = content.add_user("Nobody Here", "nobody@example.test")
    content.source.add_property("Remarks", "rich_text")
    content.source.add_property("Post link", "url")
    page = content.add_page(
        "Low water",
        [b.unsupported("ai_block"), b.paragraph("x")],
        properties={"Author": [stranger], "Post status": "Maybe"},
    )
    with TelegramStandIn() as telegram:
        magazine.settings |= telegram.settings
        magazine.settings |= {"NOTION_MESSAGE_PROPERTY": "Remarks", "NOTION_URL_PROPERTY": "Post link"}
        done = command(magazine, tmp_path, "sync", "--json")
    (told,) = json.loads(done.stdout)["pages"]
    assert done.returncode == 0
    blocks = content.children_of(page)
    assert [(one["block_id"], one["type"]) for one in told["warnings"]] == [
        (blocks[0], "ai_block"),
        ("Post status", "property"),
        ("Author", "property"),
    ]
    messages = [one["message"] for one in told["warnings"]]
    assert "WordPress has no user “Nobody Here”" in messages[2]
    job = str(json.loads(done.stdout)["job_id"])
    (kept,) = json.loads(command(magazine, tmp_path, "history", job, "--json").stdout)["jobs"][0]["pages"]
    assert kept["warnings"] == told["warnings"]
    shown = command(magazine, tmp_path, "history", job).stdout
    assert all(message in shown for message in messages)
    (summary,) = telegram.messages
    assert "3 notes: " in summary
    assert messages[0] in summary
    said = content.said(page, "Remarks")
    assert said == f"Published with 3 notes: {'; '.join(messages)}"
    assert content.said(page, "Post link") == told["post_url"]
    assert content.said(page, "WordPress Message") == ""


@pytest.mark.parametrize(("name", "kind"), [("NOTION_URL_PROPERTY", "url"), ("NOTION_MESSAGE_PROPERTY", "rich_text")])
def test_a_property_for_the_answer_that_is_not_there_is_refused_at_the_start(magazine, name, kind):
    magazine.notion.content.add_page("Waiting", [b.paragraph("x")])
    with pytest.raises(ConfigError, match=f"{name}: the data source has no {kind} property 'Nowhere'. It has: '"):
        magazine.sync(**{name: "Nowhere"})
    assert (magazine.notion.writes(), magazine.posts()) == ([], [])


def test_the_mapping_reaches_every_command_that_needs_it(tmp_path):
    (tmp_path / "sidecar.toml").write_text('[properties]\nKicker = "excerpt"\n')
    assert environment.load({}, tmp_path).property_mapping == (("Kicker", "excerpt"),)

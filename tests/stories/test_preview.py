"""`sidecar plan` and `sidecar preview`: what a sync would do, seen before, with both sides and the ledger untouched."""

import json
import re
import sqlite3
import subprocess
import sys

import pytest

from sidecar.blocks import PageId
from sidecar.planning import intended
from sidecar.previewing import preview
from tests.stage.notion import art
from tests.stage.notion import build as b
from tests.stage.notion.magazine import fill


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


def everything(magazine, folder):
    """Both sides and the ledger, but for facts about the far ends that spare a question."""
    path = folder / "ledger.db"
    tables = {}
    if path.exists():
        with sqlite3.connect(path) as ledger:
            names = [name for (name,) in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            tables = {name: ledger.execute(f"SELECT * FROM {name}").fetchall() for name in names if name != "memory"}
    terms = magazine.wordpress.php(
        "return count(get_terms(['taxonomy' => ['category', 'post_tag'], 'hide_empty' => false]));"
    )
    return magazine.posts(), magazine.library(), terms, tables, len(magazine.notion.writes())


def picture(magazine, name="shore.jpg", seed=1):
    return magazine.notion.content.add_file(name, art.jpeg(art.landscape(seed, (320, 200))))


def planned(magazine, *pages, **settings):
    with magazine.world(**settings) as world:
        return intended(world, [PageId(page) for page in pages])


# --- plan ------------------------------------------------------------------------------------------------


def test_a_plan_shows_what_an_update_would_change_and_writes_nothing(magazine, tmp_path):
    content = magazine.notion.content
    page = content.add_page("Low water", [b.paragraph("One"), b.paragraph("Two"), b.image(picture(magazine))])
    same = content.add_page("Same", [b.paragraph("x"), b.image("shore.jpg")], properties={"Tags": ["Sea"]})
    content.add_page("New", [b.paragraph("x")], status="Draft")
    magazine.sync()
    content.edit(
        page,
        title="High water",
        blocks=[b.paragraph("One"), b.paragraph("2"), b.image("shore.jpg"), b.image(picture(magazine, "b.jpg", 2))],
        properties={"Tags": ["Tide"], "Slug": "high"},
    )
    for one in (page, same, *content.pages):
        content.set_status(one, "Adding")
    before = everything(magazine, tmp_path)
    done = command(magazine, tmp_path, "plan", "--json")
    found = {one["title"]: one for one in json.loads(done.stdout)["pages"]}
    assert (found["New"]["action"], found["New"]["changes"], found["New"]["diff"]) == ("create", [], [])
    assert (found["Same"]["action"], found["Same"]["reason"], found["Same"]["changes"]) == (
        "update",
        "nothing in it has changed",
        [],
    )
    assert found["High water"]["changes"] == ["title", "text", "categories or tags", "slug"]
    diff = found["High water"]["diff"]
    assert [line for line in diff if line[0] in "+-" and line[:3] not in ("---", "+++")] == [
        "-Low water",
        "+High water",
        "-Two",
        "+2",
        "+[img](new:b.jpg)",
    ]
    shown = command(magazine, tmp_path, "plan").stdout
    assert "High water: title, text, categories or tags, slug" in shown
    assert "\n-Low water\n+High water\n" in shown
    assert everything(magazine, tmp_path) == before


def test_a_plan_shows_a_conflict_with_what_the_notion_side_would_write(magazine):
    page = magazine.notion.content.add_page("Low water", [b.paragraph("Ours")])
    magazine.sync()
    magazine.wordpress.php(
        "wp_set_current_user(1); $p = get_posts(['post_status' => 'any'])[0]; sleep(1);"
        "wp_update_post(['ID' => $p->ID, 'post_content' => str_replace('Ours', 'Theirs', $p->post_content)]);"
    )
    (one,) = planned(magazine, page)
    assert (one.action, one.reason, one.changes) == ("conflict", "edited in WordPress: text", ("text",))
    assert {"-Theirs", "+Ours"} <= set(one.diff)


def test_what_differs_only_in_form_is_named_without_a_diff(magazine):
    page = magazine.notion.content.add_page("Low water", [b.paragraph("Plain")])
    magazine.sync()
    magazine.notion.content.edit(page, blocks=[b.paragraph("Plain", color="red")])
    (one,) = planned(magazine, page)
    assert (one.action, one.changes, one.diff) == ("update", ("text",), ())


# --- preview ---------------------------------------------------------------------------------------------


def previewed(magazine, page):
    with magazine.world() as world:
        return preview(world, PageId(page))


def test_a_preview_is_one_file_that_needs_nothing_else_and_changes_nothing(magazine, tmp_path):
    ids = fill(magazine.notion.content)
    page = ids["Fish soup for bad weather"]
    before = everything(magazine, tmp_path)
    done = command(magazine, tmp_path, "preview", page)
    assert done.returncode == 0, done.stderr
    (file,) = tmp_path.glob("preview-*.html")
    html = file.read_text(encoding="utf-8")
    assert file.name in done.stdout
    assert re.findall(r'<img[^>]*src="(?!data:image/)', html) == []
    assert re.findall(r"<(?:script|link|iframe)\b", html) == []
    assert "data:image/jpeg;base64," in html
    *after, ledger, writes = everything(magazine, tmp_path)
    assert (after, writes) == ([*before[:3]], 0)
    assert {name for name, rows in ledger.items() if rows} <= {"schema_migration"}


def test_a_preview_shows_title_fields_and_warnings_before_the_text(magazine):
    content = magazine.notion.content
    page = content.add_page(
        "Low <water> & high",
        [b.unsupported("ai_block"), b.paragraph("The text."), b.image(picture(magazine), "A shore")],
        status="Draft",
        properties={
            "Slug": "low",
            "Excerpt": "In short.",
            "Categories": ["Sea/Shore"],
            "Tags": ["Tide"],
            "Author": [content.add_user("Nobody", "n@x.example")],
        },
    )
    made = previewed(magazine, page)
    html = made.html
    assert (made.name, made.notes, made.problems) == ("preview-low.html", 2, ())
    assert "<title>Low &lt;water&gt; &amp; high</title>" in html
    order = [
        "An AI block cannot be shown",
        "WordPress has no user “Nobody”",
        "<h1>Low &lt;water&gt; &amp; high</h1>",
        "Sea / Shore",
        "In short.",
        "The text.",
        "A shore",
    ]
    places = [html.find(words) for words in order]
    assert places == sorted(places)
    assert -1 not in places


def test_a_preview_of_a_page_that_could_not_be_published_says_why_and_shows_the_rest(magazine, tmp_path):
    page = magazine.notion.content.add_page("Low water", [b.paragraph("The text."), b.image("gone.jpg")])
    done = command(magazine, tmp_path, "preview", f"https://app.notion.com/p/{page.replace('-', '')}", "--output", "-")
    html = done.stdout
    assert done.returncode == 1
    assert "gone.jpg" in done.stderr
    assert list(tmp_path.glob("preview-*")) == []
    assert "could not be published" in html
    assert "The text." in html


def test_the_file_of_a_preview_is_named_after_the_slug_and_must_be_writable(magazine, tmp_path):
    page = magazine.notion.content.add_page("Low water", [b.paragraph("x")], properties={"Slug": "Ébb / flow!"})
    assert previewed(magazine, page).name == "preview-flow.html"
    done = command(magazine, tmp_path, "preview", page, "--output", str(tmp_path / "no" / "such.html"))
    assert done.returncode == 1
    assert "cannot be written" in done.stderr


@pytest.mark.parametrize("given", ["nonsense", "00000000-0000-4000-8000-00000000dead"])
def test_a_page_that_is_not_there_is_an_error_in_words(magazine, tmp_path, given):
    done = command(magazine, tmp_path, "preview", given)
    assert done.returncode in (1, 2)
    assert done.stderr
    assert "Traceback" not in done.stderr

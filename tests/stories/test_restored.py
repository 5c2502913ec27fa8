"""One of the two sides is put back to an earlier state: the ledger from a backup, WordPress from a backup; a copy in
Notion brings what was written to its original.

Told with a WordPress in memory, for what is tried is what we decide, and once with a real one.
"""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from sidecar import comparing, finding, orphans, planning, removing
from sidecar.adapters.ledger import ledger, open_store
from sidecar.blocks import PageId
from sidecar.errors import Unavailable
from sidecar.model import Intent, Outcome, PostId
from tests.fakes.blog import Stored
from tests.stage.notion import build as b
from tests.stories.magazine import Magazine
from tests.stories.test_updates import Quick, picture, quick

DAY = 86400.0


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Quick]:
    with quick(tmp_path, NOTION_STATUS_WITHDRAW="Withdraw") as made:
        yield made


def texts(made: Quick) -> list[str]:
    return [row.texts["post_content"] for _, row in sorted(made.desk.blog.posts.items())]


def outcome(made: Quick, page: str) -> Outcome:
    return next(one for one in made.sync().outcomes if one.page_id == page)


# --- the ledger is restored from a backup -----------------------------------------------------------------


@contextmanager
def with_backup(made: Quick, folder: Path) -> Iterator[Quick]:
    """The same two sides with the ledger as it is at this moment, to be used later."""
    backup = folder / "backup.db"
    with closing(sqlite3.connect(folder / "ledger.db")) as current:
        current.execute("VACUUM INTO ?", [str(backup)])
    store = open_store(f"sqlite:///{backup}")
    try:
        known = ledger(store, made.world.config.site, made.world.config.lease_seconds, made.desk.clock)
        world = dataclasses.replace(made.desk.world, ledger=known, owner="restored")
        yield Quick(dataclasses.replace(made.desk, world=world), made.page)
    finally:
        store.close()


def test_pages_published_since_the_backup_are_no_second_posts(published: Quick, tmp_path: Path) -> None:
    with with_backup(published, tmp_path) as restored:
        new = published.add("New since the backup")
        published.sync()
        published.desk.notion.set_status(new, "Adding")
        assert outcome(restored, new).action == "update"
        assert len(published.desk.blog.posts) == 2
        assert published.desk.notion.status(new) == "Done"


def test_a_post_made_since_the_backup_and_edited_by_hand_is_not_overwritten(published: Quick, tmp_path: Path) -> None:
    with with_backup(published, tmp_path) as restored:
        new = restored.add("New since the backup")
        published.sync()
        row = next(row for row in published.desk.blog.posts.values() if row.page_id == new)
        row.texts["post_content"] = "By hand"
        published.desk.notion.set_status(new, "Adding")
        assert [one.action for one in planning.intended(restored.world, [PageId(new)])] == ["create"]
        finding.adopt_all(restored.world)
        assert [one.action for one in planning.intended(restored.world, [PageId(new)])] == ["conflict"]
        found = outcome(restored, new)
        assert found.status == "Conflict"
        assert "restored from a backup" in published.desk.notion.said(new, "WordPress Message")
        assert row.texts["post_content"] == "By hand"
        published.desk.notion.set_status(new, "Adding")
        assert [one.action for one in planning.intended(restored.world, [PageId(new)])] == ["update"]
        assert outcome(restored, new).status == "Success"
        assert "New since the backup" in row.texts["post_content"]
        assert len(published.desk.blog.posts) == 2


def test_what_was_written_since_the_backup_is_not_overwritten_without_consent(published: Quick, tmp_path: Path) -> None:
    with with_backup(published, tmp_path) as restored:
        published.edit("Written since the backup")
        published.sync()
        restored.edit("And now this")
        assert outcome(restored, published.page).status == "Conflict"
        assert "Written since the backup" in published.row.texts["post_content"]
        restored.edit("And now this")
        assert outcome(restored, published.page).status == "Success"
        assert "And now this" in published.row.texts["post_content"]


# --- WordPress is restored from a backup ------------------------------------------------------------------


def somebodys(made: Quick, **more: object) -> Stored:
    """WordPress was restored to before our post, and somebody's new post got its id."""
    number = made.row.id
    del made.desk.blog.posts[number]
    made.desk.blog._last = number - 1
    theirs = made.desk.blog.somebody_writes("Theirs", "Not ours", "publish")
    assert int(theirs) == number
    row = made.desk.blog.posts[number]
    for name, value in more.items():
        setattr(row, name, value)
    return row


OTHERS = {
    "without a marker": {},
    "of another page": {"page_id": PageId("11111111-1111-4111-8111-111111111111")},
    "a picture": {"type": "attachment"},
}


@pytest.mark.parametrize("kind", OTHERS)
def test_a_post_that_got_the_id_of_ours_is_never_written_to(published: Quick, kind: str) -> None:
    theirs = somebodys(published, **OTHERS[kind])
    for _ in range(3):
        published.edit("Ours")
        published.sync()
    assert (theirs.texts["post_title"], theirs.texts["post_content"], theirs.status) == (
        "Theirs",
        "Not ours",
        "publish",
    )
    (ours,) = [row for row in published.desk.blog.posts.values() if row is not theirs]
    assert (ours.page_id, ours.status) == (published.page, "publish")
    assert "Ours" in ours.texts["post_content"]
    assert published.desk.notion.status(published.page) == "Done"


AGAIN = """
foreach ([$mine => 'post', $other => 'attachment'] as $id => $type) {
    wp_delete_post($id, true);
    wp_insert_post(['import_id' => $id, 'post_type' => $type, 'post_title' => 'Theirs', 'post_content' => 'Not ours',
        'post_status' => 'post' === $type ? 'publish' : 'inherit']);
}
return [get_post($mine)->post_title, get_post($other)->post_type];
"""


def test_a_real_wordpress_gives_ids_of_ours_to_a_post_and_a_file_of_somebody_else(magazine: Magazine) -> None:
    pages = [magazine.notion.add_page(title, [b.paragraph("Ours")]) for title in ("One", "Two")]
    magazine.sync(WP_POST_STATUS="publish")
    mine, other = (post["id"] for post in magazine.posts())
    assert magazine.wordpress.php(f"$mine = {mine}; $other = {other}; {AGAIN}") == ["Theirs", "attachment"]
    for _ in range(2):
        for page in pages:
            magazine.notion.set_status(page, "Adding")
        magazine.sync(force=True, WP_POST_STATUS="publish")
    assert [magazine.notion.status(page) for page in pages] == ["Done", "Done"]
    theirs, *ours = magazine.posts()
    assert (theirs["id"], theirs["title"], theirs["content"]) == (mine, "Theirs", "Not ours")
    assert {post["marker"]: "Ours" in post["content"] for post in ours} == dict.fromkeys(pages, True)
    assert [item["title"] for item in magazine.library()] == ["Theirs"]


def test_a_doubtful_post_is_reported_before_the_page_becomes_a_new_one(published: Quick) -> None:
    somebodys(published)
    published.edit("Ours")
    assert [one.action for one in planning.intended(published.world, [])] == ["conflict"]
    found = outcome(published, published.page)
    assert (found.status, "becomes a new post" in str(found.error)) == ("Conflict", True)
    assert texts(published) == ["Not ours"]


@pytest.mark.parametrize("consent", [{"force": True}, {}], ids=["forced", "ON_CONFLICT=overwrite"])
def test_consent_beforehand_is_none_to_overwrite_somebody_elses_post(tmp_path: Path, consent: dict[str, bool]) -> None:
    with quick(tmp_path, **({} if consent else {"ON_CONFLICT": "overwrite"})) as made:
        theirs = somebodys(made)
        made.edit("Ours")
        assert [one.action for one in made.sync(**consent).outcomes] == ["create"]
        assert theirs.texts["post_content"] == "Not ours"


def test_a_withdrawal_does_not_take_somebody_elses_post_away(published: Quick) -> None:
    theirs = somebodys(published)
    published.desk.notion.set_status(published.page, "Withdraw")
    assert outcome(published, published.page).status == "Success"
    assert theirs.status == "publish"
    published.desk.notion.trash(published.page)
    published.event(Intent.RESTORED, published.page)
    published.sync()
    assert theirs.status == "publish"


def test_the_comparison_says_that_the_post_is_another_one(published: Quick) -> None:
    theirs = somebodys(published)
    comparing.compare(published.world, "a day")
    assert noted(published) == [comparing.OTHER.format(post=theirs.id, ready="Adding")]


def test_the_comparison_says_that_a_post_is_older_than_what_was_written(published: Quick) -> None:
    before = dataclasses.replace(published.row, texts=dict(published.row.texts))
    published.desk.clock.advance(DAY)
    published.edit()
    published.sync()
    published.desk.blog.posts[before.id] = before
    comparing.compare(published.world, "a day")
    assert noted(published) == [comparing.OLDER.format(ready="Adding")]
    for _ in range(2):
        published.desk.notion.set_status(published.page, "Adding")
        published.sync()
    assert "As it is now" in published.row.texts["post_content"]
    comparing.compare(published.world, "the next day")
    assert noted(published) == [comparing.OLDER.format(ready="Adding")]


def noted(made: Quick) -> list[str]:
    """What the comparisons wrote down."""
    jobs = [job for job in made.world.ledger.jobs.recent(9) if job.type == comparing.TYPE]
    return [str(one.error) for job in jobs for one in job.outcomes]


def test_a_marker_that_somebody_took_out_makes_no_second_post(published: Quick) -> None:
    published.row.page_id = None
    published.by_hand(post_content="By hand")
    published.edit()
    assert outcome(published, published.page).status == "Conflict"
    published.edit()
    assert outcome(published, published.page).status == "Success"
    assert "As it is now" in published.row.texts["post_content"]


def test_a_renamed_and_rewritten_post_without_marker_that_readers_find_at_its_address_is_ours(published: Quick) -> None:
    published.row.page_id = None
    published.by_hand(post_title="By hand", post_content="By hand")
    for _ in range(2):
        published.edit()
        published.sync()
    assert "As it is now" in published.row.texts["post_content"]


def test_a_create_cut_short_after_wordpress_was_restored_is_found_again(tmp_path: Path) -> None:
    """Ids that were looked at once are given anew: the look-up must not pass them over."""
    with quick(tmp_path) as made:
        for number in range(5):
            made.add(f"Number {number}")
        made.sync()
        blog = made.desk.blog
        blog.posts.clear()
        blog._last = 0
        new = made.add("After it was restored")
        blog.trouble("create", Unavailable("The blog did not answer.", maybe_done=True), after=True)
        for _ in range(2):
            made.asked()
            made.desk.clock.advance(2000)
        made.sync()
        assert [row.page_id for row in blog.posts.values()] == [new]


@contextmanager
def illustrated(folder: Path) -> Iterator[tuple[Quick, str]]:
    """A page with a picture, whose library item's id belongs to somebody's file since WordPress was restored."""
    with quick(folder) as made:
        notion, blog = made.desk.notion, made.desk.blog
        blocks = [b.paragraph("As it was"), b.image(picture(notion))]
        page = notion.add_page("Illustrated", blocks)
        made.sync()
        (ours,) = blog.media.values()
        blog.media[int(ours.id)] = dataclasses.replace(
            ours, url="https://blog.example/theirs.jpg", name="theirs.jpg", width=5
        )
        yield made, page


def test_a_picture_whose_id_is_another_files_by_now_is_uploaded_anew(tmp_path: Path) -> None:
    with illustrated(tmp_path) as (made, page):
        made.desk.notion.set_status(page, "Adding")
        made.sync()
        theirs, ours = made.desk.blog.media.values()
        (row,) = [row for row in made.desk.blog.posts.values() if row.page_id == page]
        assert ours.url in row.texts["post_content"]
        assert f"wp-image-{theirs.id}" not in row.texts["post_content"]


def test_a_file_of_somebody_elses_is_not_removed_in_place_of_an_orphan(tmp_path: Path) -> None:
    with illustrated(tmp_path) as (made, page):
        made.desk.notion.edit(page, blocks=[b.paragraph("Without a picture")])
        made.desk.notion.set_status(page, "Adding")
        made.sync()
        made.desk.clock.advance(2 * DAY)
        (orphan,) = orphans.find(made.world).orphans
        (removal,) = removing.remove(made.world, [orphan])
        assert (removal.end, "another file" in removal.reason) == ("left", True)
        assert [one.name for one in made.desk.blog.media.values()] == ["theirs.jpg"]


# --- WordPress moves to another domain --------------------------------------------------------------------------


@pytest.mark.parametrize("compared", [False, True], ids=["at once", "after a comparison"])
def test_a_site_that_moves_to_another_domain_makes_no_conflict(tmp_path: Path, compared: bool) -> None:
    with quick(tmp_path) as made:
        notion, blog = made.desk.notion, made.desk.blog
        page = notion.add_page("Illustrated", [b.paragraph("As it was"), b.image(picture(notion))])
        made.sync()
        before, blog.url = blog.url, "https://new.example"
        (row,) = [row for row in blog.posts.values() if row.page_id == page]
        row.texts = {name: text.replace(before, blog.url) for name, text in row.texts.items()}
        blog.media = {
            key: dataclasses.replace(it, url=it.url.replace(before, blog.url)) for key, it in blog.media.items()
        }
        if compared:
            comparing.compare(made.world, "a day")
        notion.edit(page, blocks=[b.paragraph("As it is now"), b.image("view.jpg")])
        notion.set_status(page, "Adding")
        assert outcome(made, page).status == "Success"
        assert "As it is now" in row.texts["post_content"]
        assert before not in row.texts["post_content"]
        assert notion.said(page, "WordPress URL").startswith("https://new.example/")
        assert blog.writes.count("upload") == 1
        made.desk.blog.somebody_edits(PostId(str(row.id)), {"post_content": "By hand"})
        notion.set_status(page, "Adding")
        assert outcome(made, page).status == "Conflict"


# --- a page is copied in Notion -----------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["Adding", "Done"])
def test_a_copy_of_a_page_brings_its_link_and_is_a_page_of_its_own(published: Quick, status: str) -> None:
    notion, original = published.desk.notion, published.row
    link = notion.said(published.page, "WordPress URL")
    copy = published.add("As it was, copied", status=status, **{"WordPress URL": link})
    published.sync()
    if status == "Done":  # nobody asked for it yet
        assert list(published.desk.blog.posts.values()) == [original]
        notion.set_status(copy, "Adding")
        published.sync()
    assert "copied" not in original.texts["post_content"]
    (own,) = [row for row in published.desk.blog.posts.values() if row.page_id == copy]
    assert "copied" in own.texts["post_content"]
    assert notion.said(copy, "WordPress URL") != link == notion.said(published.page, "WordPress URL")

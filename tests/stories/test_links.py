"""Links from page to page: right at once where the other page is a post, and put right later where it becomes one.

The first part is told with a real WordPress; what happens at the wrong moment with one in memory.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.stage.notion import build as b
from tests.stage.notion.rich_text import page_mention, run
from tests.stage.notion.shapes import bare
from tests.stage.service import until
from tests.stories.magazine import Magazine, by_title
from tests.stories.test_updates import DOWN, Quick, quick

HEADING = "aaaaaaaa-0000-4000-8000-00000000000a"
WRITES = {"wp.newPost", "wp.editPost", "wp.uploadFile", "wp.deletePost", "wp.newTerm"}


def link_to(page: str, words: str = "the other page") -> Any:
    return run(words, f"https://app.notion.com/p/{bare(page)}")


def content(magazine: Magazine, title: str) -> str:
    (post,) = magazine.posts(title=title)
    return str(post["content"])


def writes(magazine: Magazine) -> list[str]:
    return [passed.name for passed in magazine.proxy.passed if passed.name in WRITES]


def publish(magazine: Magazine, *pages: str, **settings: str) -> Any:
    """One run; these pages are set to Adding, an hour ago, so that none of them is read a second time."""
    for page in pages:
        magazine.notion.set_status(page, "Adding")
        magazine.notion.content.page(page)["edited"] -= 3600
    magazine.notion.forget()
    magazine.proxy.passed.clear()
    return magazine.sync(WP_POST_STATUS="publish", **settings)


def settled(magazine: Magazine) -> None:
    """Another run, with nothing asked for, writes to neither side."""
    before = magazine.posts()
    publish(magazine)
    assert writes(magazine) == []
    assert magazine.notion.writes() == []
    assert magazine.posts() == before


def test_links_to_a_page_are_put_right_when_it_is_published(magazine: Magazine) -> None:
    there = magazine.notion.add_page("There", [{**b.heading(2, "High tide"), "id": HEADING}], status="Draft")
    words = run("the heading", f"/{bare(there)}#{bare(HEADING)}")
    blocks = [b.paragraph("See ", link_to(there), ", ", words, "."), b.link_to_page(there)]
    here = magazine.notion.add_page("Here", blocks, Tags=["Sea"])
    first = publish(magazine, here)
    assert "<a " not in content(magazine, "Here")
    assert len(by_title(first)["Here"].warnings) == 3
    magazine.notion.edit(here, properties={"Tags": ["Land"]})

    second = publish(magazine, there)
    assert {title: (it.action, it.status) for title, it in by_title(second).items()} == {
        "There": ("create", "Success"),
        "Here": ("update", "Success"),
    }
    assert by_title(second)["Here"].warnings == ()
    url = f"{magazine.wordpress.url}/there/"
    made = content(magazine, "Here")
    assert f'<a href="{url}">the other page</a>' in made
    assert f'<a href="{url}#n-{bare(HEADING)}">the heading</a>' in made
    assert f'<p><a href="{url}">There</a></p>' in made
    assert writes(magazine) == ["wp.newPost", "wp.editPost", "wp.editPost"]
    assert magazine.notion.status(here) == "Done"
    tags = magazine.wordpress.php("return wp_get_post_tags(get_page_by_path('here', OBJECT, 'post')->ID);")
    assert [tag["name"] for tag in tags] == ["Sea"], "what nobody asked to be published is not"
    settled(magazine)
    publish(magazine, here)
    tags = magazine.wordpress.php("return wp_get_post_tags(get_page_by_path('here', OBJECT, 'post')->ID);")
    assert [tag["name"] for tag in tags] == ["Land"], "and comes when somebody does"


def test_pages_that_link_to_each_other_and_to_themselves_end_right_in_one_run(magazine: Magazine) -> None:
    one, two, three = (magazine.notion.add_page(title, []) for title in ("One", "Two", "Three"))
    for page, target in ((one, two), (two, one), (three, three)):
        magazine.notion.edit(page, blocks=[b.paragraph(link_to(target)), b.paragraph(page_mention(three, "Three"))])
    report = publish(magazine, one, two, three)
    assert {(it.action, it.status, it.warnings) for it in report.outcomes} == {("create", "Success", ())}
    for title, target in (("One", "two"), ("Two", "one"), ("Three", "three")):
        made = content(magazine, title)
        assert f'<a href="{magazine.wordpress.url}/{target}/">the other page</a>' in made
        assert f'<a href="{magazine.wordpress.url}/three/">' in made
    settled(magazine)


def test_a_chain_follows_a_slug_and_a_title_that_change_and_a_post_that_is_taken_back(magazine: Magazine) -> None:
    last = magazine.notion.add_page("Last", [b.paragraph("The end")], Slug="last")
    middle = magazine.notion.add_page("Middle", [b.link_to_page(last)])
    first = magazine.notion.add_page("First", [b.paragraph(link_to(middle))])
    publish(magazine, last, middle, first)
    before = content(magazine, "First")
    magazine.notion.edit(last, title="The last", properties={"Slug": "the-end"})
    publish(magazine, last)
    assert f'<a href="{magazine.wordpress.url}/the-end/">The last</a>' in content(magazine, "Middle")
    assert content(magazine, "First") == before
    assert len(writes(magazine)) == 2
    settled(magazine)

    magazine.notion.set_status(last, "Withdraw")
    publish(magazine, NOTION_STATUS_WITHDRAW="Withdraw")
    assert "<a " not in content(magazine, "Middle")
    publish(magazine, last)
    assert f'<a href="{magazine.wordpress.url}/the-end/">The last</a>' in content(magazine, "Middle")


def test_a_post_that_somebody_has_edited_is_left_and_its_page_says_so(magazine: Magazine) -> None:
    there = magazine.notion.add_page("There", [b.paragraph("x")], status="Draft")
    here = magazine.notion.add_page("Here", [b.paragraph(link_to(there))])
    publish(magazine, here)
    (post,) = magazine.posts()
    magazine.wordpress.php(f"wp_update_post(['ID' => {post['id']}, 'post_content' => 'My own words']); return 1;")
    report = publish(magazine, there)
    assert by_title(report)["Here"].status == "Conflict"
    assert content(magazine, "Here") == "My own words"
    assert magazine.notion.status(here) == "Error"
    settled(magazine)


def test_a_page_that_was_edited_since_is_not_published_for_the_sake_of_its_links(magazine: Magazine) -> None:
    there = magazine.notion.add_page("There", [b.paragraph("x")], status="Draft")
    here = magazine.notion.add_page("Here", [b.paragraph(link_to(there))])
    publish(magazine, here)
    magazine.notion.edit(here, blocks=[b.paragraph("Not ready yet"), b.paragraph(link_to(there))])
    report = publish(magazine, there)
    assert (by_title(report)["Here"].status, "edited since" in by_title(report)["Here"].error) == ("Skipped", True)
    assert "Not ready yet" not in content(magazine, "Here")
    settled(magazine)
    publish(magazine, here)
    assert "Not ready yet" in content(magazine, "Here")
    assert f'href="{magazine.wordpress.url}/there/"' in content(magazine, "Here")


def test_a_run_that_is_killed_between_two_pages_leaves_the_links_to_the_next(
    magazine: Magazine, tmp_path: Path
) -> None:
    there = magazine.notion.add_page("There", [b.paragraph("x")], status="Draft")
    here = magazine.notion.add_page("Here", [b.paragraph(link_to(there))])
    publish(magazine, here)
    magazine.notion.set_status(there, "Adding")
    magazine.notion.forget()
    magazine.notion.faults.add("pages", "slow", method="PATCH", seconds=30.0)
    command = [sys.executable, "-m", "sidecar", "sync", "--json"]
    settings = {**magazine.settings, "WP_POST_STATUS": "publish", "LEASE_SECONDS": "5"}
    with subprocess.Popen(
        command, env=settings, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as it:
        until(magazine.notion.writes, 60, "a page is told that it is done")
        it.kill()

    def is_put_right() -> bool:
        magazine.sync(WP_POST_STATUS="publish", LEASE_SECONDS="5")
        return f'href="{magazine.wordpress.url}/there/"' in content(magazine, "Here")

    # Where the dead run had both pages already, they are free after its lease: the first run may be too early.
    until(is_put_right, 60, "the link is put right")
    assert len(magazine.posts()) == 2
    settled(magazine)


def test_a_link_never_leads_to_a_draft_that_its_page_is_not_done_with(tmp_path: Path) -> None:
    with quick(tmp_path) as told:
        there = told.desk.notion.add_page("There", [b.paragraph("x")])
        told.desk.blog.trouble("update", DOWN)
        assert told.asked(there).status == "Deferred"
        here = told.desk.notion.add_page("Here", [b.link_to_page(there), b.paragraph(link_to(there))])
        first = told.asked(here)
        assert (first.status, len(first.warnings)) == ("Success", 2)
        assert "<a " not in shown(told, "Here")
        told.desk.clock.advance(2000)
        told.sync()
        assert shown(told, "Here").count(f'<a href="{told.desk.blog.url}/there/">') == 2


def shown(told: Quick, title: str) -> str:
    """The text of the post of this title."""
    (text,) = (row.texts["post_content"] for row in told.desk.blog.posts.values() if row.texts["post_title"] == title)
    return text

"""The sample magazine: whole pages, as people write them."""

import re

import pytest

from sidecar import parse, render
from sidecar.blocks import PageId
from tests.render.cases import VERSIONS, rendered, stored
from tests.render.test_any_page import nowhere, one_line, text
from tests.render.trees import with_tokens
from tests.stage.notion.magazine import PAGES

IDS = {title: f"{number:08x}-0000-4000-8000-000000000000" for number, (title, _, _) in enumerate(PAGES, 1)}


def blocks_of(content):
    return content(IDS) if callable(content) else content


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("title", "content"), [page[:2] for page in PAGES])
def test_a_page_of_the_magazine_arrives_whole_and_valid(title, content, version, editors):
    raw, texts = with_tokens(blocks_of(content))
    html = rendered(parse.blocks(raw), version).html
    assert editors[version].verdict(html).is_clean(html)
    shown, place = text(html), 0
    for words in map(one_line, texts):
        place = shown.index(words, place) + len(words)


LINKS = re.compile(r'href="([^"]*)"')
NOTION = re.compile(r"notion\.(?:so|com|site)")


@pytest.mark.parametrize("is_published", [True, False], ids=["all are posts", "none is a post yet"])
def test_no_link_of_the_magazine_leads_to_notion_and_each_that_leads_nowhere_yet_is_told(is_published):
    links = {PageId(page_id): f"https://blog.example/{number}/" for number, page_id in enumerate(IDS.values())}
    pointed_to, told = set(), 0
    for _, content, _ in PAGES:
        tree = parse.blocks(blocks_of(content))
        made = render.document(tree, render.Context(media=stored(tree), links=links if is_published else {}))
        found = LINKS.findall(made.html)
        assert [link for link in found if NOTION.search(link)] == []
        assert nowhere(made.html) == []
        pointed_to |= set(made.links)
        told += sum(warning.type == "link" for warning in made.warnings)
        if is_published:
            assert {links[page] for page in made.links} <= set(found)
    assert len(pointed_to) == 2
    assert (told > 0) != is_published

"""The sample magazine: whole pages, as people write them."""

import pytest

from sidecar import parse
from tests.render.cases import VERSIONS, rendered
from tests.render.test_any_page import one_line, text
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

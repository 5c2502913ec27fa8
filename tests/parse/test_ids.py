"""Ids out of what people paste."""

import pytest

from sidecar.parse.ids import canonical, page_id, source_id

ID = "153104cd-477e-809d-8dc4-ff2d96ae3090"
BARE = ID.replace("-", "")

GOOD = {
    "an id with dashes": ID,
    "an id without dashes": BARE,
    "an id in capitals": ID.upper(),
    "an id with spaces around it": f"  {ID}\n",
    "a link on the old host": f"https://www.notion.so/Low-water-{BARE}",
    "a link on the old host with a workspace": f"https://www.notion.so/magazine/Low-water-{BARE}?pvs=4",
    "a link on the new host": f"https://app.notion.com/p/Low-water-{BARE}",
    "a link on the new host without a title": f"https://app.notion.com/p/{BARE}",
    "a link with an id with dashes": f"https://app.notion.com/p/{ID}",
    "a link on a site of one's own": f"https://tides.notion.site/Low-water-{BARE}/",
    "a link to a view": f"https://www.notion.so/{BARE}?v={'0' * 32}",
    "a link to a page that is open beside its database": f"https://www.notion.so/{'2' * 32}?v={'0' * 32}&p={BARE}&pm=s",
    "such a link without its protocol": f"www.notion.so/Magazine-{'2' * 32}?p={BARE.upper()}&v={'0' * 32}#{'1' * 32}",
    "a link to a block": f"https://www.notion.so/Low-water-{BARE}#{'1' * 32}",
    "a link whose title ends in hexadecimal digits": f"https://www.notion.so/Cafe-2bad-face-{BARE}",
    "a link with an odd title": f"https://www.notion.so/%C3%89t%C3%A9-{BARE}",
    "a link inside of Notion": f"/{BARE}",
    "a link without its protocol": f"www.notion.so/Low-water-{BARE}",
}
BAD = {
    "nothing": "",
    "a word": "magazine",
    "too few digits": BARE[:-1],
    "a link without an id": "https://www.notion.so/Low-water",
    "a link whose only id is a view": f"https://www.notion.so/?v={BARE}",
    "an id of something else": "153104cd-477e-809d-8dc4-ff2d96ae309g",
    "a broken link": "https://[www.notion.so/x",
}


@pytest.mark.parametrize("case", GOOD)
def test_an_id_is_found_in(case):
    assert page_id(GOOD[case]) == ID


@pytest.mark.parametrize("case", BAD)
def test_no_id_is_made_up_from(case):
    with pytest.raises(ValueError, match="neither a Notion id nor a link"):
        page_id(BAD[case])


def test_the_link_of_a_page_beside_its_database_is_one_of_the_database_too():
    assert source_id(f"https://www.notion.so/Magazine-{BARE}?v={'0' * 32}&p={'2' * 32}&pm=s") == ID
    assert page_id(f"https://www.notion.so/Low-water-{BARE}?p=12&pvs=4") == ID


def test_an_id_has_its_dashes_where_notion_puts_them():
    assert canonical(BARE.upper()) == canonical(ID) == ID

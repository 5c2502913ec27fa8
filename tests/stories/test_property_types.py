"""Every type of property that Notion has goes through a whole sync into three WordPress versions, and changes there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from sidecar import orchestrator
from sidecar.adapters.connect import connected
from sidecar.config import Config
from sidecar.model import Report
from sidecar.orchestrator import Request
from tests.kinds import PROPERTIES
from tests.render.cases import VERSIONS
from tests.stage.notion import NotionStandIn, art
from tests.stage.notion import build as b
from tests.stage.wordpress import WordPress

SEEN = """
    $id = get_posts(['post_status' => 'any'])[0]->ID;
    $fields = array_filter(get_post_meta($id), fn($key) => $key[0] !== '_' && $key !== 'notion_page_id', ARRAY_FILTER_USE_KEY);
    return ['title' => get_the_title($id), 'fields' => (object) array_map(fn($values) => $values[0], $fields)];
"""  # noqa: E501 -- PHP
SERVED = {"title", "button", "created_time", "last_edited_time", "created_by", "last_edited_by"}
"""Types whose values nobody gives a page as such: the title, a button, and what Notion notes by itself."""


def values(people: list[str], pages: list[str]) -> dict[str, list[tuple[Any, str]]]:
    """For each type a value and how a custom field says it, and another one that the writer changes it to."""
    return {
        "rich_text": [(b.text("Half\\way \\o/ <b>"), "Half\\way \\o/ <b>"), ("Ébb 🌊", "Ébb 🌊")],
        "number": [(1200.5, "1200.5"), (-3.0, "-3")],
        "select": [("Sea, shore", "Sea, shore"), ("Land", "Land")],
        "status": [("Done", "Done"), ("Draft", "Draft")],
        "multi_select": [(["AC/DC", "b"], "AC/DC, b"), (["b"], "b")],
        "date": [
            ({"start": "2026-11-24", "end": "2026-11-26", "time_zone": None}, "2026-11-24/2026-11-26"),
            ("2027-01-01", "2027-01-01"),
        ],
        "people": [(people, "Jo Writer, Ana Sea"), (people[1:], "Ana Sea")],
        "files": [(["shore.jpg"], "shore"), (["tiles.png"], "tiles")],
        "checkbox": [(True, "1"), (False, "0")],
        "url": [("https://x.example/a?b=1&c=2", "https://x.example/a?b=1&c=2"), ("mailto:a@b.example",) * 2],
        "email": [("jo@writer.example",) * 2, ("ana@sea.example",) * 2],
        "phone_number": [("+351 21",) * 2, ("112",) * 2],
        "formula": [({"type": "boolean", "boolean": True}, "1"), ({"type": "number", "number": 7}, "7")],
        "relation": [(pages, "Sea, Shore"), (pages[1:], "Shore")],
        "rollup": [
            (rollup({"type": "number", "number": 7}, {"type": "rich_text", "rich_text": b.text("Tide")}), "7, Tide"),
            ({"type": "date", "function": "latest_date", "date": {"start": "2026-01-02"}}, "2026-01-02"),
        ],
        "last_visited_time": [("2026-06-26T13:45:00.000Z",) * 2, ("2026-06-27T13:45:00.000Z",) * 2],
        "unique_id": [({"prefix": "SP", "number": 12}, "SP-12"), ({"prefix": None, "number": 13}, "13")],
        "verification": [({"state": "verified"}, "verified"), ({"state": "expired"}, "expired")],
        "place": [({"name": "Cais", "address": "Rua 1", "lat": 1, "lon": 2}, "Cais, Rua 1"), ({"name": "Mar"}, "Mar")],
        "location": [({"name": "Cais", "address": "Rua 1"}, "Cais, Rua 1"), ({"name": "Mar"}, "Mar")],
    }


def rollup(*items: Any) -> dict[str, Any]:
    return {"type": "array", "function": "show_original", "array": list(items)}


def test_every_type_is_among_them() -> None:
    assert {*values(["", ""], ["", ""]), *SERVED} == set(PROPERTIES)


@pytest.fixture(params=VERSIONS)
def site(request: pytest.FixtureRequest) -> Iterator[WordPress]:
    if request.param == "newest":
        yield request.getfixturevalue("wordpress")
        return
    with WordPress(request.param) as wordpress:
        yield wordpress


def synced(notion: NotionStandIn, site: WordPress, ledger: str) -> Report:
    """One run in which every property feeds the custom field that is called like its type."""
    editor = site.users["editor"]
    config = Config.parse(
        {
            "NOTION_TOKEN": notion.token,
            "NOTION_DATA_SOURCE_ID": notion.data_source_id,
            "NOTION_BASE_URL": notion.url,
            "WP_URL": site.url,
            "WP_USERNAME": editor.login,
            "WP_APP_PASSWORD": editor.application_password,
            "DATABASE_URL": ledger,
            "MEDIA_ALLOWED_PRIVATE_HOSTS": notion.url.removeprefix("http://"),
        }
    )
    mapping = tuple((f"The {kind}", f"custom:{kind}") for kind in PROPERTIES if kind not in ("title", "button"))
    with ExitStack() as stack:
        world = stack.enter_context(connected(config.model_copy(update={"property_mapping": mapping})))
        return orchestrator.sync(world, Request())


def assert_said(fields: dict[str, str], expected: dict[str, str]) -> None:
    """Files are links into the library; what Notion notes by itself is there, whatever it is."""
    link = fields.pop("files")
    assert "/wp-content/uploads/" in link
    assert link.rsplit("/", 1)[-1].startswith(expected.pop("files"))
    noted = {kind: fields.pop(kind) for kind in SERVED if kind in fields}
    assert {kind: bool(said) for kind, said in noted.items()} == dict.fromkeys(SERVED - {"title", "button"}, True)
    assert fields == expected


def test_a_property_of_any_type_arrives_changes_and_goes(notion: NotionStandIn, site: WordPress, tmp_path: Any) -> None:
    content, ledger = notion.content, f"sqlite:///{tmp_path}/ledger.db"
    for kind in set(PROPERTIES) - {"title"}:
        content.source.add_property(f"The {kind}", kind, ["Done", "Draft"])
    content.add_file("shore.jpg", art.jpeg(art.landscape(1, (120, 80))))
    content.add_file("tiles.png", art.encoded(art.tiles(1, (120, 80)), "PNG"))
    people = [content.add_user("Jo Writer", "jo@writer.example"), content.add_user("Ana Sea", "ana@sea.example")]
    told = values(people, [content.add_page(title, status="Draft") for title in ("Sea", "Shore")])
    page = content.add_page("Low water", [b.paragraph("x")])
    for number in range(2):
        given = {f"The {kind}": two[number][0] for kind, two in told.items()}
        content.edit(page, title=f"Title {number}", properties=given)
        content.set_status(page, "Adding")
        (outcome,) = synced(notion, site, ledger).outcomes
        assert (outcome.status, outcome.warnings) == ("Success", ())
        shown = site.php(SEEN)
        assert shown["title"] == f"Title {number}"
        assert_said(shown["fields"], {kind: two[number][1] for kind, two in told.items()})
    content.edit(page, properties={name: None for name in given if name not in ("The unique_id", "The checkbox")})
    content.set_status(page, "Adding")
    synced(notion, site, ledger)
    assert set(site.php(SEEN)["fields"]) == {"unique_id", "checkbox", *SERVED} - {"title", "button"}

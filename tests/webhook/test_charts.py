"""Numbers and times as people see them: bars, words, how far a page is. No service, no ledger."""

import xml.etree.ElementTree as ET

import pytest

from sidecar.ledger import Working
from tests.make import PAGE_ID
from webhook import wording
from webhook.charts import Bar, bars

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*columns):
    """Each column's parts as (class, top, height), the ground and the pointer's slot left out."""
    root = ET.fromstring(str(bars("summary", columns)).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))
    return [
        [(rect.get("class"), float(rect.get("y")), float(rect.get("height"))) for rect in group.findall(f"{SVG}rect")][
            1:-1
        ]
        for group in root.findall(f"{SVG}g")
    ]


# --- bars ------------------------------------------------------------------------------------------------


def test_the_highest_bar_fills_the_picture_and_the_others_are_in_proportion():
    assert drawn(Bar("a", (("good", 4),)), Bar("b", (("good", 1),))) == [[("good", 0, 100)], [("good", 75, 25)]]


def test_the_parts_of_a_bar_stand_on_each_other():
    assert drawn(Bar("a", (("good", 3), ("bad", 1)))) == [[("good", 25, 75), ("bad", 0, 25)]]


def test_one_of_a_thousand_can_still_be_seen():
    ((_, (_, _, high)),) = [drawn(Bar("a", (("good", 1000), ("bad", 1))))[0]]
    assert high == 3


def test_nothing_is_drawn_for_nothing():
    assert drawn(Bar("a", (("good", 0),)), Bar("b", ())) == [[], []]
    assert drawn() == []


def test_labels_and_summary_are_text():
    picture = str(bars('"><script>', [Bar("<script>", ())]))
    assert "<script>" not in picture
    assert "&lt;script&gt;" in picture


# --- words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-3, "just now"),
        (44, "just now"),
        (45, "1 min ago"),
        (5399, "90 min ago"),
        (5400, "2 h ago"),
        (100 * 3600, "4 days ago"),
    ],
)
def test_the_past_is_told_no_finer_than_one_cares(seconds, words):
    assert wording.ago(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "as soon as a worker is free"), (-9, "as soon as a worker is free"), (4.2, "in 5 s"), (240, "in 4 min")],
)
def test_the_future_is_never_told_too_early(seconds, words):
    assert wording.ahead(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (9.96, "10 s"), (99.4, "99 s"), (119, "2 min"), (7200, "2 h")],
)
def test_a_length_of_time(seconds, words):
    assert wording.took(seconds) == words


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 bytes"), (1500, "1.5 kB"), (61_200_000, "61 MB"), (2_000_000_000, "2.0 GB")]
)
def test_a_size(number, words):
    assert wording.size(number) == words


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://blog.example/a?b=c", "https://blog.example/a?b=c"),
        (" http://blog.example/ ", "http://blog.example/"),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("https:///nowhere", ""),
        ("//evil.example", ""),
        ("http://[::1", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_only_the_web_is_linked_to(url, link):
    assert wording.web_link(url) == link


# --- a page on its way -----------------------------------------------------------------------------------


def working(**more):
    values = {"job_id": None, "title": "", "page_url": "", "post_url": None, "phase": "idle", "attempts": 0}
    times = {"begun_at": 100.0, "written_at": None, "files": 0, "files_stored": 0}
    return Working(**{"page_id": PAGE_ID, **values, **times, **more})


WAY = [
    pytest.param(working(begun_at=None), "Looking at the page", id="claimed"),
    pytest.param(working(written_at=50.0), "Reading the page", id="what an earlier attempt wrote does not count"),
    pytest.param(working(files=4), "Storing files, 0 of 4", id="files begun"),
    pytest.param(working(files=4, files_stored=3), "Storing files, 3 of 4", id="files nearly there"),
    pytest.param(working(files=4, files_stored=4), "Writing the post", id="files done"),
    pytest.param(working(phase="creating"), "Making the post", id="create under way"),
    pytest.param(working(phase="created"), "Filling the post", id="draft there"),
    pytest.param(working(phase="created", written_at=101.0), "Telling Notion", id="remembered"),
]


@pytest.mark.parametrize(("page", "words"), WAY)
def test_a_step_has_a_name(page, words):
    assert wording.progress(page)[1] == words


def test_a_page_never_goes_backwards():
    percents = [wording.progress(one.values[0])[0] for one in WAY]
    assert percents == sorted(percents)
    assert percents[-1] < 100

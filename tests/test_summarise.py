"""The words of a run's end."""

from html.parser import HTMLParser

from rich.text import Text

from sidecar import summarise
from sidecar.model import BlockWarning, Metrics, Report
from sidecar.terminal import MOST_NOTED, report_lines
from tests.make import outcome


def report(*outcomes, status="Completed", error=None):
    return Report(1, status, outcomes, Metrics(), error)


class Balanced(HTMLParser):
    """Fails on a tag that is not closed, or closed twice."""

    def __init__(self, text):
        super().__init__()
        self.open = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_a_failed_page_comes_with_its_reason_and_its_link():
    text = summarise.telegram(report(outcome("Failed", error="The picture is broken."), status="Failed"))
    assert "The picture is broken." in text
    assert 'href="https://app.notion.com/p/x"' in text
    assert "1 failed" in text


def test_everything_that_comes_from_a_page_is_escaped():
    text = summarise.telegram(report(outcome("Failed", title="<script>&", error='<b>"x"</b>')))
    assert "<script>" not in text
    assert "&lt;script&gt;&amp;" in text
    Balanced(text)


def test_notes_are_counted_and_listed():
    made = outcome(warnings=(BlockWarning("b", "form", "A form was left out."),))
    assert "1 note: A form was left out." in summarise.telegram(report(made))


def test_notes_that_do_not_fit_are_counted():
    warnings = tuple(BlockWarning("b", "form", f"{number}. {'x' * 90}") for number in range(20))
    text = summarise.telegram(report(outcome(warnings=(*warnings, warnings[0]))))
    assert "21 notes: 0. x" in text
    assert text.endswith("; and 14 more")
    assert text.count("0. x") == 1


def test_the_end_of_a_run_lists_the_notes_of_its_pages():
    made = outcome(title="Low [b]water[/b]", warnings=(BlockWarning("b", "form", "A form was left out."),))
    shown = Text.from_markup("\n".join(f"{it.head}{it.body}" for it in report_lines(report(*[made] * 30)))).plain
    assert shown.count("Low [b]water[/b]: 1 note: A form was left out.") == MOST_NOTED
    assert "30 notes on what is shown differently: sidecar history 1" in shown


def test_a_page_that_was_never_seen_is_named_by_its_id():
    lost = outcome("Failed", title="", page_url="", error="Notion does not show this.")
    shown = [f"{it.head}{it.body}" for it in report_lines(report(lost))]
    assert f"  {lost.page_id}: Notion does not show this." in shown


def test_a_summary_of_a_thousand_pages_fits_and_says_how_many_are_missing():
    text = summarise.telegram(
        report(*[outcome("Failed", title=f"Page {n} <&>" * 5, error="é" * 900) for n in range(1000)])
    )
    assert len(text) <= summarise.TELEGRAM_LIMIT
    assert "more pages" in text
    Balanced(text)


def test_failures_come_first():
    text = summarise.telegram(report(outcome(title="Fine"), outcome("Failed", title="Broken", error="x")))
    assert text.index("Broken") < text.index("Fine")


def test_nothing_is_worth_telling_when_nothing_happened():
    assert not summarise.is_worth_telling(report())
    assert not summarise.is_worth_telling(report(outcome("Skipped", "skip")))
    assert summarise.is_worth_telling(report(status="Failed", error="Notion is down"))


def test_a_run_that_could_not_begin_says_why():
    assert "Notion is down" in summarise.telegram(report(status="Failed", error="Notion is down"))


def test_a_page_is_told_each_kind_of_note_once():
    warnings = [BlockWarning(str(n), "form", "A form was left out.") for n in range(2)]
    assert summarise.notes(warnings) == "Published with 2 notes: A form was left out."
    assert summarise.notes([]) == ""

"""Every single call of a two-page sync fails once, in each way; the sync ends right after at most one more run.

With a blog in memory all calls fail in all ways, every time. With a real WordPress it is a sample of them; with
EVERY_CALL=all in the environment, and by `make faults`, all of them: that takes a while.
"""

from __future__ import annotations

import itertools
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue

from tests.stage.wordpress import WordPress
from tests.stories.spoiling import EDITED, OF_A_BLOG, WAYS, WORDS, Call, Stage, certificate_in, one_certificate, stage

__all__ = ["one_certificate"]

Case = tuple[Call, str]
"""A call, and the way in which it fails."""

AT_ONCE = 4
ALL = os.environ.get("EVERY_CALL") == "all"


def test_every_call_of_notion_the_file_host_and_telegram_fails_once() -> None:
    cases = [(call, way) for call in clean_run() if call.far_end != "WordPress" for way in WAYS]
    assert wrong(cases) == []


def test_every_call_of_the_blog_fails_once() -> None:
    cases = [(call, way) for call in clean_run() if call.far_end == "WordPress" for way in ways(call)]
    assert wrong(cases) == []


def test_every_call_of_an_update_fails_once() -> None:
    with stage() as quiet:
        quiet.publish_and_edit()
        quiet.sync()
        quiet.check(EDITED)
        cases = [(call, way) for call in quiet.calls() for way in ways(call)]
    assert wrong(cases, is_update=True) == []


def test_every_kind_of_call_of_a_real_wordpress_fails_once(running_wordpress: WordPress) -> None:
    calls = [call for call in clean_run(running_wordpress) if call.far_end == "WordPress"]
    cases = [(call, way) for call in calls for way in WAYS]
    assert wrong(cases if ALL else list(sample(calls)), running_wordpress) == []


def ways(call: Call) -> Collection[str]:
    """In which a call fails here: of a blog's only those that write may have been carried out, or not."""
    if call.far_end != "WordPress":
        return ("502 in HTML", "lost reply")
    if call.name == "describe":
        return ("unavailable",)  # refused, the page is done, with a note
    return OF_A_BLOG if call.name in ("create", "update", "upload") else ("unavailable", "refused")


# --- cases -----------------------------------------------------------------------------------------------


def clean_run(wordpress: WordPress | None = None) -> Sequence[Call]:
    """The calls of a run without a fault."""
    with stage(wordpress) as quiet:
        quiet.sync()
        quiet.check(WORDS)
        return quiet.calls()


def sample(calls: Collection[Call]) -> Iterator[Case]:
    """One call of each name, each in another way; what writes, in the three ways of which nobody knows the outcome."""
    turns = itertools.cycle(WAYS)
    for name, same in itertools.groupby(calls, key=lambda call: call.name):
        call = list(same)[-1]
        if name in ("wp.newPost", "wp.editPost", "wp.uploadFile"):
            yield from ((call, way) for way in ("lost reply", "broken off", "garbage"))
        else:
            yield call, next(turns)


# --- what has to be true -----------------------------------------------------------------------------------


def wrong(cases: Sequence[Case], wordpress: WordPress | None = None, is_update: bool = False) -> list[str]:
    """The cases that did not end right, and how. In memory several are tried side by side."""
    with ThreadPoolExecutor(1 if wordpress else AT_ONCE) as pool:
        tried = pool.map(lambda case: _tried(*case, wordpress, is_update), cases)
        return [words for words in tried if words]


def _tried(call: Call, way: str, wordpress: WordPress | None, is_update: bool) -> str:
    try:
        with stage(wordpress) as set_up:
            if is_update:
                set_up.publish_and_edit()
            ends_right(set_up, call, way, EDITED if is_update else WORDS)
            if wordpress is None:
                nothing_is_left(set_up)
    except Exception:
        return f"{way} at {call}:\n{traceback.format_exc(limit=-2)}"
    return ""


def ends_right(set_up: Stage, call: Call, way: str, words: Mapping[str, list[str]]) -> None:
    """Spoils one call of a run, lets one more run follow if the first left anything, and looks at all there is."""
    set_up.spoil(call, way)
    report = set_up.sync()
    left = set_up.not_done()
    if left:
        assert report.status == "Failed" or {outcome.status for outcome in report.outcomes} - {"Success"}
    assert "Conflict" not in {outcome.status for outcome in report.outcomes}
    for page in left:
        if set_up.notion.status(page) == "Error":
            assert set_up.notion.said(page, "WordPress Message") != ""
            set_up.notion.set_status(page, "Adding")
    if left:
        set_up.sync()
    set_up.check(words)


def nothing_is_left(set_up: Stage) -> None:
    """The next run asks Notion once, and that is all."""
    set_up.forget()
    report = set_up.sync()
    assert (report.status, report.outcomes) == ("Completed", ())
    assert [str(call) for call in set_up.calls()] == ["Notion: POST /v1/data_sources/*/query #1"]


def all_of_them() -> list[str]:
    """Every call, in every way, on several WordPresses side by side: most of the time is waiting. Says how far it is;
    gives what did not end right."""
    sites: SimpleQueue[WordPress] = SimpleQueue()

    def tried(case: Case) -> list[str]:
        site = sites.get()
        try:
            return wrong([case], site)
        finally:
            sites.put(site)

    with ExitStack() as stack, ThreadPoolExecutor(AT_ONCE) as pool:
        for site in pool.map(lambda _: stack.enter_context(WordPress("newest")), range(AT_ONCE)):
            sites.put(site)
        every = [(call, way) for call in clean_run(site) for way in WAYS]
        broken = []
        for number, (case, found) in enumerate(zip(every, pool.map(tried, every), strict=True), 1):
            broken += found
            print(f"{number}/{len(every)} {case[1]} at {case[0]}{': not right' if found else ''}", flush=True)
        return broken


if __name__ == "__main__":
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as here:
        os.environ["SSL_CERT_FILE"] = str(certificate_in(Path(here)))
        broken = all_of_them()
    print(f"{len(broken)} did not end right, {time.monotonic() - began:.0f} seconds")
    sys.exit("\n".join(broken) if broken else 0)

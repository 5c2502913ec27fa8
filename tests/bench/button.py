"""From the press of a button to a published page, against the time that its own remote calls take on the way there."""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.stage.notion import NotionStandIn, art
from tests.stage.notion import build as b
from tests.stage.proxy import FaultProxy, Span
from tests.stage.service import Processes, until
from tests.stage.wordpress import WordPress

PRESSES = 5
PICTURES = 3
FAR = 0.2
"""Seconds that a call of Notion takes over the Internet; WordPress is a neighbour."""
ALLOWED = 1.3
SECRET = "the-secret-of-the-button"

Fill = Callable[[NotionStandIn, int], list[dict]]


@dataclass(frozen=True)
class Pressed:
    """One press: seconds until the button had its answer, until the page said Done, and those of remote calls."""

    accepted: float
    done: float
    remote: float
    calls: int

    @property
    def ratio(self) -> float:
        return self.done / self.remote


def main() -> None:
    with WordPress("newest") as wordpress:
        for far, words in ((FAR, f"Notion {FAR * 1000:.0f} ms away"), (0.0, "Notion on this machine too")):
            wordpress.reset()
            with stage(wordpress, far) as newsroom:
                for fill in (_text, _pictures):  # what the first ones alone have to find out is asked once a day
                    newsroom.press(fill, 0)
                print(f"{words}; {PRESSES} presses, the middle one:")
                for kind, fill in (("text", _text), (f"{PICTURES} pictures", _pictures)):
                    print(_line(kind, [newsroom.press(fill, number) for number in range(1, PRESSES + 1)]), flush=True)
    print(f"  asked for: at most {ALLOWED}x")


def _line(kind: str, presses: Sequence[Pressed]) -> str:
    middle = sorted(presses, key=lambda press: press.ratio)[len(presses) // 2]
    accepted = statistics.median(press.accepted for press in presses)
    return (
        f"  {kind:<12} answered after {accepted:.3f} s, done after {middle.done:.2f} s, of which its {middle.calls} "
        f"remote calls took {middle.remote:.2f} s: {middle.ratio:.2f}x"
    )


def _text(notion: NotionStandIn, number: int) -> list[dict]:
    return [b.paragraph(f"Words and words of page {number}. " * 40) for _ in range(10)]


def _pictures(notion: NotionStandIn, number: int) -> list[dict]:
    seeds = range(number * PICTURES, (number + 1) * PICTURES)
    names = [notion.add_file(f"{seed}.jpg", art.jpeg(art.landscape(seed, (1200, 800)))) for seed in seeds]
    return [*_text(notion, number), *(b.image(name, "A caption") for name in names)]


# --- the stage -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Newsroom:
    """A service between two far ends whose calls are timed."""

    notion: NotionStandIn
    service: Processes
    proxies: tuple[FaultProxy, FaultProxy]

    def press(self, fill: Fill, number: int) -> Pressed:
        page = self.notion.add_page(f"Page {number}", fill(self.notion, number), status="Draft")
        for proxy in self.proxies:
            proxy.spans.clear()
        url = f"{self.service.url}/webhooks/notion/automation"
        started = time.monotonic()
        delivery = self.notion.press_button(page, url, SECRET)
        if delivery.status != 202:
            raise SystemExit(f"the button was answered {delivery.status}: {self.service.log('up')[-4000:]}")
        try:
            until(lambda: self.notion.status(page) in ("Done", "Error"), 60, "the page says Done or Error")
        except AssertionError as error:
            raise SystemExit(f"{error}; the service says:\n{self.service.log('up')[-4000:]}") from None
        if self.notion.status(page) == "Error":
            raise SystemExit(f"the page says Error: {self.notion.said(page, 'WordPress Message')}")
        time.sleep(0.5)  # the worker takes the answer, and ends the run
        spans = [span for proxy in self.proxies for span in proxy.spans]
        # The call that makes the page Done is the last one of Notion's; what comes after it keeps nobody waiting.
        done = max(span.ended for span in self.proxies[0].spans if span.name.startswith("PATCH "))
        on_the_way = [span for span in spans if span.ended <= done]
        return Pressed(delivery.seconds, done - started, together(on_the_way), len(on_the_way))


def together(spans: Sequence[Span]) -> float:
    """Seconds in which at least one call was under way."""
    total, until_then = 0.0, 0.0
    for span in sorted(spans, key=lambda span: span.begun):
        total += max(0.0, span.ended - max(span.begun, until_then))
        until_then = max(until_then, span.ended)
    return total


@contextlib.contextmanager
def stage(wordpress: WordPress, far: float) -> Iterator[Newsroom]:
    editor = wordpress.users["editor"]
    with (
        NotionStandIn() as notion,
        FaultProxy(notion.url, delay=far) as to_notion,
        FaultProxy(wordpress.url) as to_wordpress,
        tempfile.TemporaryDirectory() as folder,
    ):
        notion.content.origin = to_notion.url
        settings = {
            "NOTION_TOKEN": notion.token,
            "NOTION_DATA_SOURCE_ID": notion.data_source_id,
            "NOTION_BASE_URL": to_notion.url,
            "WP_URL": to_wordpress.url,
            "WP_USERNAME": editor.login,
            "WP_APP_PASSWORD": editor.application_password,
            "WP_POST_STATUS": "publish",
            "WEBHOOK_SECRET": SECRET,
            "DATABASE_URL": f"sqlite:///{folder}/ledger.db",
            "MEDIA_ALLOWED_PRIVATE_HOSTS": to_notion.url.removeprefix("http://"),
        }
        with Processes(Path(folder), settings) as service:
            service.start("up", "up")
            until(service.is_up, 60, "the service is up")
            time.sleep(3)
            yield Newsroom(notion, service, (to_notion, to_wordpress))

"""Somebody who begins: at a terminal of their own, answering what `sidecar init` asks. What they saw is kept."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pexpect

from tests.stage.notion import NotionStandIn
from tests.stage.notion import build as b
from tests.stage.service import OURS
from tests.stage.telegram import TelegramStandIn
from tests.stage.wordpress import WordPress

SECONDS = 120
WIDTH = 120
TITLE = "The Tidal Review"


class Newcomer:
    """`screen` is everything that stood on the terminal so far, with what was typed visibly."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        # A terminal without colours, so that a recording is plain text.
        self._environment = {**clean, "TERM": "dumb", "COLUMNS": str(WIDTH), **settings}
        self._folder = folder
        self.screen = ""

    def types(self, command: str, answers: Sequence[tuple[str, str | Callable[[], str]]] = ()) -> int:
        """Runs `sidecar ...`; each answer is typed when its question stands there. The exit status.

        An answer may be something that is done elsewhere first, and gives what is typed then.
        """
        self.screen += f"$ {command}\n"
        child = pexpect.spawn(
            sys.executable,
            ["-m", "sidecar", *command.split()[1:]],
            cwd=str(self._folder),
            env=self._environment,
            encoding="utf-8",
            timeout=SECONDS,
            dimensions=(50, WIDTH),
            # As at a terminal: what a script starts in the background, and all below it, would not hear Ctrl-C.
            preexec_fn=_hear_ctrl_c,
        )
        try:
            for question, answer in answers:
                child.expect_exact(question)
                self.screen += plain(child.before + child.after)
                child.sendline(answer() if callable(answer) else answer)
            child.expect(pexpect.EOF)
            self.screen += plain(child.before)
        finally:
            child.close()
        return int(child.exitstatus)


def plain(text: str) -> str:
    """What stays on the screen: without control sequences and without what was written over."""
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r\n", "\n")
    return "\n".join(line.rsplit("\r", 1)[-1].rstrip(" ") if "\r" in line else line for line in text.split("\n"))


# --- the story -------------------------------------------------------------------------------------------


def first_post(notion: NotionStandIn, wordpress: WordPress, telegram: TelegramStandIn, folder: Path) -> Newcomer:
    """From an empty folder to a published page, with the mistakes that people make on the way."""
    notion.content.remove_option("Error")
    notion.content.source.add_property("Topic", "select", ["Harbour"])
    notion.add_page("The first page", [b.paragraph("Hello from Notion.")], properties={"Topic": "Harbour"})
    editor = wordpress.users["editor"]

    def adds_the_option() -> str:
        notion.content.source.with_option("Status", "Error")
        return ""

    who = Newcomer(folder, {"NOTION_BASE_URL": notion.url, "TELEGRAM_BASE_URL": telegram.url})
    who.types(
        "sidecar init",
        [
            ("Secret of the integration", "ntn_of_another_workspace"),
            ("Secret of the integration", notion.token),
            ("Which one holds the pages to publish", ""),
            ("Which option says that something is wrong", "1"),
            ("Press Enter when it is there", adds_the_option),
            ("Property = field", "Topic = category"),
            ("Property = field", "Topic = categories"),
            ("Property = field", ""),
            ("Address of your WordPress", f"{wordpress.url.removeprefix('http://')}/wp-admin/"),
            ("User name", editor.login),
            ("Application password", "my login password 1"),
            ("User name", ""),
            ("Application password", editor.application_password),
            ("What is a new post to be", "2"),
            ("A summary of each run by Telegram?", "y"),
            ("Token of the bot", telegram.token),
            ("Number of the chat", telegram.chat),
        ],
    )
    who.types("sidecar sync")
    return who


def recorded(who: Newcomer, wordpress: WordPress) -> str:
    """The page of the documentation: what was on the screen, without what is another each time."""
    screen = who.screen.replace(wordpress.url.removeprefix("http://"), "127.0.0.1:8080")
    screen = re.sub(r"WordPress \d+(\.\d+)+", "WordPress 7.1.4", screen)
    screen = re.sub(r"in \d+\.\d s", "in 2.1 s", screen)
    return PAGE.format(screen=screen.strip())


PAGE = """# The first post

<!-- made by `make recording` from tests/doctor/newcomer.py -->

What a newcomer sees between an empty folder and a published page, recorded on a terminal. They have an integration in
Notion, a database that is shared with it, and a WordPress on their own machine; they mistype the secret, take the
password of the login page for an application password, and have no option *Error* yet. Secrets are not shown while
they are typed.

```
{screen}
```

`sidecar doctor` looks at all of this again whenever something seems wrong.
"""


def _hear_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)

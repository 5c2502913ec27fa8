"""Somebody who begins: at a terminal of their own, with `make demo`, then answering what `sidecar init` asks. What they
saw is kept."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pexpect

from tests.stage.notion import NotionStandIn
from tests.stage.notion import build as b
from tests.stage.service import OURS
from tests.stage.telegram import TelegramStandIn
from tests.stage.wordpress import WordPress

ROOT = Path(__file__).parents[2]
SECONDS = 600
WIDTH = 120
TITLE = "The Tidal Review"


class Newcomer:
    """`screen` is everything that stood on the terminal so far, with what was typed visibly."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        # A height that a parallel run of the tests has in its environment would make lines longer than they are alone.
        clean = {name: value for name, value in os.environ.items() if not name.startswith((*OURS, "LINES"))}
        # A terminal without colours, so that a recording is plain text.
        self._environment = {**clean, "TERM": "dumb", "COLUMNS": str(WIDTH), **settings}
        self._folder = folder
        self.screen = ""

    def types(self, command: str, answers: Sequence[tuple[str, str | Callable[[], str]]] = ()) -> int:
        """Runs a command; each answer is typed when its question stands there. The exit status.

        An answer may be something that is done elsewhere first, and gives what is typed then.
        """
        self.screen += f"$ {command}\n"
        program, *words = command.split()
        ours = program == "sidecar"
        child = pexpect.spawn(
            sys.executable if ours else program,
            ["-m", "sidecar", *words] if ours else words,
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
        return int(child.exitstatus if child.exitstatus is not None else 128 + child.signalstatus)


def plain(text: str) -> str:
    """What stays on the screen: without control sequences and without what was written over."""
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r\n", "\n")
    return "\n".join(line.rsplit("\r", 1)[-1].rstrip(" ") if "\r" in line else line for line in text.split("\n"))


# --- the demo --------------------------------------------------------------------------------------------


def clean_clone(folder: Path) -> Path:
    """What somebody has who cloned this program, as it stands here: what git does not know of is not in it."""
    clone = folder / "notion-wordpress-sidecar"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    changes = subprocess.run(["git", "diff", "HEAD", "--binary"], cwd=ROOT, check=True, capture_output=True).stdout
    subprocess.run(["git", "apply", "--allow-empty"], cwd=clone, check=True, input=changes)
    return clone


def demo(clone: Path) -> Newcomer:
    """The demo in a clean clone, until they have seen enough."""
    who = Newcomer(clone, {})
    who.types("make demo", [("Ctrl-C ends it and leaves nothing running.", "\x03")])
    return who


def demo_recorded(who: Newcomer) -> str:
    """What the demo showed, without what `make` says while it installs, and what is another each time."""
    screen = who.screen[who.screen.index("Starting a real") :]
    places = dict.fromkeys(re.findall(r"127\.0\.0\.1:\d+", screen))
    for place, name in zip(places, ("8080", "8081", "8787"), strict=True):
        screen = screen.replace(place, f"127.0.0.1:{name}")
    return alike(f"$ make demo\n{screen}")


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


def post_recorded(who: Newcomer, wordpress: WordPress) -> str:
    """What `sidecar init` and the first sync showed, without what is another each time."""
    return alike(who.screen.replace(wordpress.url.removeprefix("http://"), "127.0.0.1:8080"))


def alike(screen: str) -> str:
    """A screen with the same versions and times whenever it was seen."""
    screen = re.sub(r"WordPress \d+(\.\d+)+", "WordPress 7.1.4", screen)
    screen = re.sub(r"(in|after) \d+\.\d s", r"\1 2.1 s", screen)
    return re.sub(r"after \d+\.\d\d s", "after 0.01 s", screen).strip()


PAGE = """# The first post

<!-- made by `make recording` from tests/doctor/newcomer.py -->

What a newcomer sees, recorded on a terminal; addresses, versions and seconds are written alike each time.

## With nothing of your own

In a clean clone. The first time `make` installs what it needs before it begins, for a minute or two.

```
{demo}
```

## On your own site

Between an empty folder and a published page. They have an integration in Notion, a database that is shared with it,
and a WordPress on their own machine; they mistype the secret, take the password of the login page for an application
password, and have no option *Error* yet. Secrets are not shown while they are typed.

```
{post}
```

`sidecar doctor` looks at all of this again whenever something seems wrong.
"""


def _hear_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)

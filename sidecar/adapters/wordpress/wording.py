"""What every explanation of a failed call needs: what was being done, and an answer as people can read it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from sidecar.adapters.retry import seconds_asked


@dataclass(frozen=True)
class Call:
    """What was being done, for the words. `url` and `user` are shown to people."""

    url: str
    user: str
    doing: str
    writes: bool
    size: int = 0
    """Bytes of the file that was sent, for uploads."""


def plain(text: str) -> str:
    """The first words that a page or a notice shows."""
    title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    shown = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", title[1] if title else text, flags=re.DOTALL)
    words = " ".join(unescape(shown).split())
    return f"“{words[:160]}”" if words else "nothing readable"


def names_folder(text: str) -> bool:
    """True for words of WordPress about a file that, in whatever language, name the folder it could not be put into."""
    return re.search(r"\w/\w", text) is not None


def header(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name.lower()), "")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The wait that was asked for, in seconds."""
    return seconds_asked(header(headers, "Retry-After"))

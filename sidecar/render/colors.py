"""Notion's colour words as colours that can be read on white: text and background."""

from __future__ import annotations

TEXT = {
    "gray": "#787774",
    "brown": "#9f6b53",
    "orange": "#d9730d",
    "yellow": "#cb912f",
    "green": "#448361",
    "blue": "#337ea9",
    "purple": "#9065b0",
    "pink": "#c14c8a",
    "red": "#d44c47",
}
BACKGROUND = {
    "gray": "#f1f1ef",
    "brown": "#f4eeee",
    "orange": "#fbecdd",
    "yellow": "#fbf3db",
    "green": "#edf3ec",
    "blue": "#e7f3f8",
    "purple": "#f6f3f9",
    "pink": "#faf1f5",
    "red": "#fdebec",
}
KNOWN = frozenset({"default", "default_background", *TEXT, *(f"{word}_background" for word in BACKGROUND)})
UNKNOWN = "The colour “{word}” is not known here and was left out."


def text_color(word: str) -> str | None:
    """The colour of a word such as `red`; None for `default`, a background, and words we do not know."""
    return TEXT.get(word)


def background(word: str) -> str | None:
    """The colour of a word such as `red_background`."""
    return BACKGROUND.get(word.removesuffix("_background")) if word.endswith("_background") else None

"""HTML and WordPress's block markup. The only place where a string becomes Html; knows nothing of Notion."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NewType

Html = NewType("Html", str)
"""Markup that is safe to publish: made by the functions below, or by joining such."""

NOTHING = Html("")

# As a browser writes text and attributes back: what is escaped otherwise would not survive the editor unchanged.
TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\u00a0": "&nbsp;"})
ATTRIBUTE = str.maketrans({"&": "&amp;", '"': "&quot;", "\u00a0": "&nbsp;"})
VOID = frozenset({"br", "hr", "img"})


def escape(text: str) -> Html:
    """Text as markup that shows exactly that text."""
    return Html(text.translate(TEXT))


def code_text(text: str) -> Html:
    """The text of a code block, as WordPress saves it: a bracket would begin a shortcode."""
    return Html(text.translate(TEXT).replace("[", "&#91;"))


def join(parts: Iterable[Html], between: str = "") -> Html:
    return Html(between.join(parts))


def tag(name: str, *children: Html, **attributes: str | bool | None) -> Html:
    """An element. `class_` is class, `data_x` is data-x; True is an attribute without a value, None none at all."""
    written = "".join(_attribute(key, value) for key, value in attributes.items() if value not in (None, False))
    if name in VOID:
        return Html(f"<{name}{written}/>" if name != "br" else f"<br{written}>")
    return Html(f"<{name}{written}>{''.join(children)}</{name}>")


def _attribute(key: str, value: str | bool | None) -> str:
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{str(value).translate(ATTRIBUTE)}"'


def block(name: str, inner: Html, attributes: Mapping[str, Any] | None = None) -> Html:
    """A block in WordPress's serialised form: its comment, its markup, its closing comment."""
    head = f"{name} {_json(attributes)}" if attributes else name
    return Html(f"<!-- wp:{head} -->\n{inner}\n<!-- /wp:{name} -->")


def blocks(parts: Iterable[Html]) -> Html:
    """Blocks one after the other, with the blank line that WordPress puts between them."""
    return join((part for part in parts if part), "\n\n")


def _json(attributes: Mapping[str, Any]) -> str:
    """Attributes as WordPress's serializeAttributes writes them: nothing in them may end the comment."""
    text = json.dumps(attributes, ensure_ascii=False, separators=(",", ":"))
    for found, written in (
        ("--", "\\u002d\\u002d"),
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ('\\"', "\\u0022"),
    ):
        text = text.replace(found, written)
    return text

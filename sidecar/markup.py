"""HTML and WordPress's block markup. The only place where a string becomes Html; knows nothing of Notion."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NewType

Html = NewType("Html", str)
"""Markup that is safe to publish: made by the functions below, or by joining such."""

NOTHING = Html("")

# What browsers and JavaScript call white space, and where JavaScript's `.` and `$` see the end of a line.
SPACE = r"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
LONE_URL = re.compile(rf"(?m)^([{SPACE}]*https?:)//([^{SPACE}<>\"]+[{SPACE}]*)$")

# In an alternative text WordPress's versions escape differently, run shortcodes, and read entities; none of these
# characters means much to who hears it.
SPOKEN = str.maketrans({"<": "‹", ">": "›", "[": "(", "]": ")", "\u00a0": " "})
ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
UNMARKED = "background-color:rgba(0, 0, 0, 0)"
"""How the editor says that a mark, which is yellow by itself, is on no colour."""
COMMENT = re.compile(r"<!-- (/?)wp:")
ENTITY = re.compile(r"&(?=#?\w+;)")


def escape(text: str) -> Html:
    """Text as markup that shows exactly that text, as browsers write it back: otherwise the editor would change it."""
    # Several times as fast as one `translate`; most of what a page takes goes through here.
    shown = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Html(shown.replace("\u00a0", "&nbsp;"))


def in_code(shown: Html) -> Html:
    """The content of a code block, as WordPress saves it: a bracket or a lone address would come alive."""
    return Html(LONE_URL.sub(r"\1&#47;&#47;\2", shown.replace("[", "&#91;"), count=1))


def alternative(text: str) -> str:
    """Words for an `alt` that every WordPress keeps as they are."""
    return ENTITY.sub("& ", " ".join(text.split()).translate(SPOKEN))


def join(parts: Iterable[Html], between: str = "") -> Html:
    return Html(between.join(parts))


def tag(name: str, *children: Html, **attributes: str | bool | None) -> Html:
    """An element. `class_` is class, `data_x` is data-x; True is an attribute without a value, None none at all."""
    return Html(f"<{name}{_attributes(attributes)}>{''.join(children)}</{name}>")


def closed(name: str, **attributes: str | bool | None) -> Html:
    """An element that holds nothing, as blocks save it."""
    return Html(f"<{name}{_attributes(attributes)}/>")


def void(name: str, **attributes: str | bool | None) -> Html:
    """An element that holds nothing, as it stands inside text."""
    return Html(f"<{name}{_attributes(attributes)}>")


def _attributes(attributes: Mapping[str, str | bool | None]) -> str:
    return "".join(
        [_attribute(key, value) for key, value in attributes.items() if value is not None and value is not False]
    )


def _attribute(key: str, value: str | bool | None) -> str:
    if value is True:
        return f" {_name(key)}"
    written = escape(str(value)).replace('"', "&quot;")
    return f' {_name(key)}="{written}"'


@cache
def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def block(name: str, inner: Html, attributes: Mapping[str, Any] | None = None) -> Html:
    """A block in WordPress's serialised form: its comment, its markup, its closing comment."""
    head = f"{name} {_json(attributes)}" if attributes else name
    return Html(f"<!-- wp:{head} -->\n{inner}\n<!-- /wp:{name} -->")


def count(shown: Html) -> int:
    """How many blocks stand one after the other in markup."""
    found = depth = 0
    for comment in COMMENT.finditer(shown):
        depth += -1 if comment[1] else 1
        found += depth == 0
    return found


def clear(shown: Html) -> Html:
    """Markup whose coloured words are on no colour in the one word for it that WordPress takes from everybody."""
    return Html(shown.replace(f'<mark style="{UNMARKED};', '<mark style="background-color:transparent;'))


def lines(shown: Html) -> Html:
    """Markup with a line for itself."""
    return Html(f"\n{shown}\n")


def blocks(parts: Iterable[Html]) -> Html:
    """Blocks one after the other, with the blank line that WordPress puts between them."""
    return join([part for part in parts if part], "\n\n")


def _json(attributes: Mapping[str, Any]) -> str:
    """Attributes as WordPress's serializeAttributes writes them: nothing in them may end the comment."""
    text = ENCODER.encode(attributes)
    for found, written in (
        ("\\\\", "\\u005c"),
        ("--", "\\u002d\\u002d"),
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ('\\"', "\\u0022"),
    ):
        text = text.replace(found, written)
    return text

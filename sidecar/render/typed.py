"""What WordPress would do to typed text where readers see it, and how it is kept from that. No block is known here.

Measured in the pages that WordPress 6.1 and 7.1 serve: `do_shortcode` runs [name ...], `convert_smilies` draws :),
`capital_P_dangit` writes a name in its own way, in code as well, and `wptexturize` makes one dash of two. Its curly
quotes, its … and the dash between two spaces are the site's typography, and are left to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sidecar.markup import Html, escape, join, tag

# A number in brackets is no shortcode, but a footnote.
SHORTCODE = r"\[(?=/?(?!\d+\])[\w-])"
CAPITAL = r"\bW(?=ordpress)"
CAPITALS = "Wordpress"
SET_ANEW = r"--+|``+|''+|\(tm\)"
NAMES = (
    "mrgreen|neutral|twisted|arrow|shock|smile|cool|evil|grin|idea|oops|razz|roll|wink|cry|eek|lol|mad|sad"
    r"|\?\?\?|[!?]"
)
SMILEY = rf"(?<!\S)(?::(?:(?:{NAMES}):|-?[()?DPox|])|;-?\)|8-[)O]|8O)(?!\S)"
"""The smileys of WordPress's functions.php, with nothing but space around them."""

ALIVE = re.compile(f"({SHORTCODE})|({CAPITAL})|({SET_ANEW})|({SMILEY})")
ALIVE_IN_CODE = re.compile(f"({SHORTCODE})|({CAPITAL})")
ALIVE_IN_BLOCK = re.compile(CAPITAL)


def as_typed(text: str) -> Html:
    """Text that readers see as it was typed."""
    return join(_parts(ALIVE, text))


def in_code_mark(text: str) -> Html:
    """The same inside an element for code, where WordPress sets no dashes and draws no smileys."""
    return join(_parts(ALIVE_IN_CODE, text))


def in_code_block(text: str) -> Html:
    """The same in a block of code, whose brackets `markup.in_code` sees to."""
    return join(_parts(ALIVE_IN_BLOCK, text)) if CAPITALS in text else escape(text)


def _parts(alive: re.Pattern[str], text: str) -> Iterator[Html]:
    place = 0
    for found in alive.finditer(text):
        yield escape(text[place : found.start()])
        yield _still(found)
        place = found.end()
    yield escape(text[place:])


def _still(found: re.Match[str]) -> Html:
    """What would come alive, in an element of its own: a bracket, a letter or a colon alone mean nothing.

    Two dashes do, wherever they stand; but WordPress leaves alone what is typed on a typewriter, and that looks like
    the words around it.
    """
    words = found[0]
    if found.lastindex == 3:
        return tag("tt", escape(words), class_="notion-text", style="font:inherit")
    return join((tag("span", escape(words[0]), class_="notion-text"), escape(words[1:])))

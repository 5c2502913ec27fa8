"""What WordPress takes away from what a user without the capability `unfiltered_html` writes, an Author for example.

All of it that we write otherwise, measured over every golden case: wp_kses_post of WordPress 6.1, 6.8 and 7.1. What it
writes in another way that means the same, such as ` />` for `/>`, is not told.
"""

from __future__ import annotations

from sidecar.render.context import Context

KEEPS_MATHML = (7, 1)
KEEPS_DISPLAY = (7, 1)
"""The first versions of which it is known that they keep MathML, and `display` in a style. 6.8 does not."""
WHOSE = "from what this user writes, and not from what an Editor writes"


def loses_mathml(context: Context) -> bool:
    """Of a formula only its letters would be left."""
    return context.filters and context.wordpress < KEEPS_MATHML


def loses_display(context: Context) -> bool:
    return context.filters and context.wordpress < KEEPS_DISPLAY


def loses_ampersand(text: str, context: Context) -> bool:
    """In the attributes of a block & becomes &amp;, and the editor does not read it back."""
    return context.filters and "&" in text


def loses_preview(context: Context) -> bool:
    """The style that gives a PDF its height goes, and with it what the editor knows the block by."""
    return context.filters

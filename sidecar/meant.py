"""What a person meant who misspelt a name. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

ALIKE = 0.77
"""From which likeness on (0 to 1) a name is taken for a misspelt one, and not for another thing."""


def meant(name: str, names: Iterable[str]) -> str | None:
    """The name that is most like this one, whatever their case; None when none of them is much like it."""
    by_case = {one.casefold(): one for one in names}
    found = difflib.get_close_matches(name.casefold(), by_case, 1, ALIKE)
    return by_case[found[0]] if found else None


def question(name: str, names: Iterable[str]) -> str:
    """It as a question, with a blank before; empty when nothing is like it."""
    found = meant(name, names)
    return f" Is {found!r} meant?" if found else ""

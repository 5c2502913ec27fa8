"""Numbers -> small inline SVG. Pure; knows neither pages nor runs. Colours come from the style sheet, by class.

The pictures stretch to the width they are given, so no words are in them: those stand beside, in HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

SLOT, WIDTH = 10.0, 7.0
HEIGHT = 100.0
LEAST = 3.0
"""A value that is not zero is never drawn lower than this."""


@dataclass(frozen=True)
class Bar:
    """One bar: what is said when it is pointed at, and its parts from the bottom up, each with a class."""

    label: str
    parts: tuple[tuple[str, float], ...]

    @property
    def height(self) -> float:
        return sum(value for _, value in self.parts)


def bars(summary: str, columns: Sequence[Bar]) -> Markup:
    """Bars side by side, the highest as high as the picture. `summary` is for those who cannot see it."""
    top = max((bar.height for bar in columns), default=0.0) or 1.0
    drawn = Markup("").join(_bar(number * SLOT, bar, top) for number, bar in enumerate(columns))
    return Markup(
        '<svg class="bars" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    ).format(_number(max(len(columns), 1) * SLOT - (SLOT - WIDTH)), _number(HEIGHT), summary, drawn)


def _bar(left: float, bar: Bar, top: float) -> Markup:
    floor, pieces = HEIGHT, [_rect("none", left, HEIGHT - 1, 1.0)]
    for kind, value in bar.parts:
        if value > 0:
            high = max(value / top * HEIGHT, LEAST)
            floor = max(floor - high, 0.0)
            pieces.append(_rect(kind, left, floor, high))
    # The whole slot answers to the pointer, the empty air above a low bar too.
    pieces.append(_rect("slot", left, 0.0, HEIGHT))
    return Markup("<g><title>{}</title>{}</g>").format(bar.label, Markup("").join(pieces))


def _rect(kind: str, left: float, upper: float, high: float) -> Markup:
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
        kind, _number(left), _number(upper), _number(WIDTH), _number(high)
    )


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")

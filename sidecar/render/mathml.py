"""TeX -> MathML, with the TeX kept inside. latex2mathml reads it; what it builds is taken over piece by piece."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from latex2mathml import exceptions
from latex2mathml.converter import Converter

from sidecar.markup import Html, escape, join, tag

# The symbols that the library writes are entities of this form inside its texts.
SYMBOL = re.compile(r"&#x([0-9A-Fa-f]{4,6});")
# Attributes of MathML that say how something looks. Those that lead somewhere or run something are not among them.
ATTRIBUTES = re.compile(
    "accent|accentunder|columnalign|columnlines|columnspacing|columnspan|depth|display|displaystyle|fence|form|height"
    "|largeop|linebreak|linethickness|lspace|mathbackground|mathcolor|mathsize|mathvariant|maxsize|minsize"
    "|movablelimits|notation|rowalign|rowlines|rowspacing|rowspan|rspace|scriptlevel|separator|stretchy|symmetric"
    "|voffset|width"
)
VALUE = re.compile(r"[\w\s.,+%#-]*")
# The library says what is wrong with a formula by errors without a common base; on some it breaks in other ways.
BROKEN: tuple[type[Exception], ...] = (
    exceptions.DenominatorNotFoundError,
    exceptions.DoubleSubscriptsError,
    exceptions.DoubleSuperscriptsError,
    exceptions.ExtraLeftOrMissingRightError,
    exceptions.InvalidAlignmentError,
    exceptions.InvalidStyleForGenfracError,
    exceptions.InvalidWidthError,
    exceptions.LimitsMustFollowMathOperatorError,
    exceptions.MissingEndError,
    exceptions.MissingSuperScriptOrSubscriptError,
    exceptions.NoAvailableTokensError,
    exceptions.NumeratorNotFoundError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    StopIteration,
    TypeError,
    ValueError,
)
# How many parts these elements have. With fewer the library has misread the formula, and browsers show an error.
PARTS = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
# TeX takes spaces for nothing; WordPress takes [name ...] for a shortcode, in an annotation as well.
SHORTCODE = re.compile(r"\[(?=/?[A-Za-z_][\w-]{2})")


def mathml(tex: str, display: str) -> Html | None:
    """What stands inside the `math` element of a formula; None for TeX that cannot be shown."""
    try:
        root = Converter(display=display).convert_to_element(tex)
    except BROKEN:
        return None
    if not _is_sound(root):
        return None
    shown = join(_element(child) for child in root)
    return tag("semantics", shown, tag("annotation", escape(one_line(tex)), encoding="application/x-tex"))


def one_line(tex: str) -> str:
    """The TeX of a formula as it is kept beside it."""
    return SHORTCODE.sub("[ ", " ".join(tex.split()))


def _is_sound(root: Element) -> bool:
    """False for what a browser could not show. An unknown command stands there as a name with its backslash."""
    texts = [text for text in root.itertext() if text]
    known = bool(texts) and not any(text.startswith("\\") for text in texts)
    return known and all(len(it) == PARTS.get(it.tag, len(it)) for it in root.iter())


def _element(it: Element) -> Html:
    children = join(_parts(it))
    attributes: dict[str, str | bool | None] = {
        key: value for key, value in it.attrib.items() if ATTRIBUTES.fullmatch(key) and VALUE.fullmatch(value)
    }
    return tag(it.tag, children, **attributes)


def _parts(it: Element) -> Iterator[Html]:
    yield _text(it.text)
    for child in it:
        yield _element(child)
        yield _text(child.tail)


def _text(text: str | None) -> Html:
    """A text with its symbols. A word joiner, which nobody sees, keeps a bracket from beginning a shortcode."""
    return escape(SHORTCODE.sub("[\u2060", SYMBOL.sub(lambda found: chr(int(found[1], 16)), text or "")))

"""Code and formulas that stand for themselves."""

from __future__ import annotations

import re

from sidecar.blocks import Code, Equation, Span, TextSpan, plain
from sidecar.markup import NOTHING, Html, block, blocks, escape, in_code, tag
from sidecar.render.context import Context
from sidecar.render.filtered import WHOSE, loses_ampersand, loses_mathml
from sidecar.render.inline import HAS_MATH, formats, formula, nested, tex_source
from sidecar.render.mathml import mathml
from sidecar.render.text import caption, plain_paragraph
from sidecar.render.typed import in_code_block

# What highlighters call the languages that Notion calls otherwise; the others are called alike.
LANGUAGES = {
    "c#": "csharp",
    "c++": "cpp",
    "f#": "fsharp",
    "vb.net": "vbnet",
    "plain text": "",
    "java/c/c++/c#": "clike",
    "notion formula": "notion-formula",
    "objective-c": "objectivec",
    "webassembly": "wasm",
}


def code(it: Code, context: Context) -> Html:
    """A code block with its language as a class, and the caption below it."""
    language = LANGUAGES.get(it.language.lower(), "-".join(re.findall(r"[a-z0-9]+", it.language.lower())))
    name = f"language-{language}" if language else ""
    classes = " ".join(part for part in ("wp-block-code", name) if part)
    content = in_code(nested([(formats(span, it.id, context, is_code=True), _source(span)) for span in it.text]))
    made = tag("pre", tag("code", content), class_=classes)
    shown = block("code", made, {"className": name} if name else None) if content else NOTHING
    return blocks([shown, caption(it.caption, it.id, context)])


def _source(span: Span) -> Html:
    return in_code_block(span.text if isinstance(span, TextSpan) else plain((span,)))


def equation(it: Equation, context: Context) -> Html:
    """A math block; before WordPress 6.9 a formula that browsers show by themselves (MathML). The TeX stays inside."""
    tex = " ".join(it.expression.split())
    if not tex:
        return NOTHING
    shown = None if loses_mathml(context) else mathml(tex, "block")
    if shown is None:
        why = f": WordPress takes formulas away {WHOSE}" if loses_mathml(context) else ""
        context.warn(it.id, "equation", f"An equation is shown as its TeX source{why}.")
        return block("code", tag("pre", tag("code", in_code(escape(it.expression))), class_="wp-block-code"))
    if loses_ampersand(tex, context):
        context.warn(it.id, "equation", f"An equation stands in a paragraph: WordPress takes its TeX away {WHOSE}.")
        return plain_paragraph(formula(tex, it.id, context))
    made = tag("math", shown, display="block")
    if context.wordpress >= HAS_MATH:
        return block(
            "math", tag("div", made, class_="wp-block-math"), {"latex": tex_source(tex) if context.filters else tex}
        )
    return block("html", made)

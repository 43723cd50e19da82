"""Formulas, typeset when the book is built: browsers draw MathML by themselves.

KaTeX reads the formulas, so that a mistake in one is an error of the build with its file and line.
The pages carry no program for them; only the font comes along, cut down to the signs of a book.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import quickjs
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.writers.html5 import HTML5Translator

from .book import book_of
from .prose import find_line
from .report import report

FONT = "stix-two-math.woff2"
# The characters of the font: Latin and Greek, upright, italic, script and double-struck; accents,
# arrows, operators, brackets and braces.
RANGES = [
    (0x20, 0x7E),
    (0xA0, 0xFF),
    (0x2C6, 0x2DC),
    (0x300, 0x338),
    (0x391, 0x3F6),
    (0x2010, 0x205F),
    (0x2061, 0x2063),
    (0x2102, 0x214F),
    (0x2190, 0x21D5),
    (0x2200, 0x22FF),
    (0x2308, 0x230B),
    (0x23B4, 0x23E1),
    (0x27E6, 0x27EF),
    (0x1D400, 0x1D433),
    (0x1D434, 0x1D467),
    (0x1D49C, 0x1D4CF),
    (0x1D538, 0x1D56B),
    (0x1D6FC, 0x1D71B),
]

RENDER = """function render(tex, display) {
  const options = {displayMode: display == 1, output: "mathml", strict: "error"};
  try {
    return JSON.stringify({mathml: katex.renderToString(tex, options)});
  } catch (error) {
    return JSON.stringify({error: error.message});
  }
}"""
ANNOTATION = re.compile(r"<annotation.*?</annotation>|</?semantics>", re.DOTALL)
MATH = re.compile(r"<math.*</math>", re.DOTALL)
# TeX puts a thin space around the name of a function where no bracket follows; browsers do not.
AFTER_NAME = re.compile(r"(<mo>\u2061</mo>)(?!<mo[^>]*>[(\[{|∣∥]|<mrow><mo fence)")
BEFORE_NAME = re.compile(
    r"(</m(?:i|n|sub|sup|subsup|frac)>)(?=<mi[^>]*>[a-zA-Z]{2,}</mi><mo>\u2061)"
)
THIN = '<mspace width="0.167em"/>'
VARIANT = re.compile(r'<(m[ion]) mathvariant="(double-struck|script|bold)">(.*?)</\1>')


class WrongFormula(ValueError):
    """KaTeX does not understand a formula, or the book's font cannot write it."""


@cache
def katex() -> quickjs.Function:
    """KaTeX, which Sphinx's extension of that name brings along, in an interpreter of its own."""
    spec = find_spec("sphinxcontrib.katex")
    assert spec and spec.origin
    context = quickjs.Context()
    context.eval(Path(spec.origin).with_name("katex.min.js").read_text(encoding="utf-8"))
    context.eval(RENDER)
    return context.get("render")


def styled(match: re.Match[str]) -> str:
    """Letters in a style that MathML knows by their own characters only: a double-struck R is ℝ."""
    tag, style, text = match.groups()
    letters = ""
    for letter in text:
        kind = "CAPITAL" if letter.isupper() else "SMALL"
        name = f"{style.upper()} {kind} {letter.upper()}"
        try:
            letters += unicodedata.lookup(f"MATHEMATICAL {name}")
        except KeyError:
            letters += unicodedata.lookup(name) if style != "bold" else letter
    return f"<{tag}>{letters}</{tag}>"


@cache
def mathml(tex: str, display: bool) -> str:
    """A formula as MathML; raises WrongFormula."""
    answer = json.loads(katex()(tex, int(display)))
    if "error" in answer:
        raise WrongFormula(answer["error"].removeprefix("KaTeX parse error: "))
    match = MATH.search(ANNOTATION.sub("", answer["mathml"]))
    assert match
    text = VARIANT.sub(styled, match[0].replace(' xmlns="http://www.w3.org/1998/Math/MathML"', ""))
    text = BEFORE_NAME.sub(rf"\1{THIN}", AFTER_NAME.sub(rf"\1{THIN}", text))
    shown = re.sub(r"<[^>]*>|&\w+;|\s", "", text)
    if strange := {sign for sign in shown if not in_font(sign)}:
        raise WrongFormula(f"the book's font for formulas has no {' '.join(sorted(strange))}")
    return text


def in_font(sign: str) -> bool:
    """Whether the book's font for formulas has a character."""
    return any(first <= ord(sign) <= last for first, last in RANGES)


def check_formulas(app: Sphinx, doctree: nodes.document) -> None:
    """Reports the formulas of the page that was read that cannot be typeset."""
    env = app.env
    page = book_of(env).page[env.docname]
    for node in doctree.findall(lambda one: isinstance(one, (nodes.math, nodes.math_block))):
        try:
            mathml(node.astext(), isinstance(node, nodes.math_block))
        except WrongFormula as error:
            line = node.line or getattr(node.parent, "line", None) or 1
            first = node.astext().strip().splitlines()[0]
            if page.is_program:
                line = find_line(page.path.read_text(encoding="utf-8"), first, line)
            report(env, line, f"formula ${first}$: {error}")


def typeset(tex: str, display: bool) -> str:
    """A formula as the page has it; one that is wrong, which was reported, as it was written."""
    try:
        return mathml(tex, display)
    except WrongFormula:
        return f"<code>{html.escape(tex)}</code>"


def visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    """Writes a formula in a sentence."""
    self.body.append(typeset(node.astext(), False))
    raise nodes.SkipNode


def visit_display(self: HTML5Translator, node: nodes.math_block) -> None:
    """Writes a formula on lines of its own."""
    formula = typeset(node.astext(), True)
    self.body.append(f'<div class="math">{formula}</div>\n')
    raise nodes.SkipNode


def make_font(app: Sphinx, config: Config) -> None:
    """Cuts the font down to the signs of a book, once, and gives it to the site."""
    folder = Path(config.weaver_build) / "book" / "static"
    config.html_static_path = [*config.html_static_path, str(folder)]
    path = folder / FONT
    if path.exists():
        return
    from fontTools import subset

    spec = find_spec("ziamath")
    assert spec and spec.origin
    folder.mkdir(parents=True, exist_ok=True)
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["ssty", "dtls", "flac", "kern", "mark", "mkmk"]
    font = subset.load_font(
        str(Path(spec.origin).parent / "fonts" / "STIXTwoMath-Regular.ttf"), options
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[sign for first, last in RANGES for sign in range(first, last + 1)])
    cutter.subset(font)
    subset.save_font(font, str(path), options)


def setup(app: Sphinx) -> None:
    """Registers the check, the font and the renderer."""
    app.connect("config-inited", make_font)
    app.connect("doctree-read", check_formulas)
    app.add_html_math_renderer(
        "mathml", inline_renderers=(visit_inline, None), block_renderers=(visit_display, None)
    )

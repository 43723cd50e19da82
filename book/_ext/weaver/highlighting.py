"""Code in color, with as little markup as the eye needs: a page holds a thousand lines of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pygments.formatters import HtmlFormatter
from pygments.lexers.c_cpp import CppLexer
from pygments.token import Name, Operator, Punctuation, Text, Whitespace, _TokenType
from sphinx.application import Sphinx
from sphinx.highlighting import PygmentsBridge

COLOR = re.compile(r'<span class="(\w+)">')
PLAIN = {Name, Operator, Punctuation, Text, Whitespace}


class BookCppLexer(CppLexer):
    """C++ in which what has no color of its own is plain text, and needs no element."""

    def get_tokens_unprocessed(
        self, text: str, stack: tuple[str, ...] = ("root",)
    ) -> Iterator[tuple[int, _TokenType, str]]:
        """The tokens, with neighbors that look alike joined."""
        start, last, joined = 0, None, ""
        for place, kind, value in super().get_tokens_unprocessed(text, stack):
            kind = Text if kind in PLAIN else kind
            if kind is last:
                joined += value
                continue
            if last is not None:
                yield start, last, joined
            start, last, joined = place, kind, value
        if last is not None:
            yield start, last, joined


class BookFormatter(HtmlFormatter):
    """Each line in an element of its own, which holds its number: it is no part of the text, and
    on paper a line that is too long goes on below its beginning. The element needs no class: it is
    a child of the block, and what has a color is a child of a line. A page holds thousands of both,
    so they are the shortest there is, `i`, which the style sheet keeps upright."""

    def format_unencoded(self, tokensource: object, outfile: object) -> None:
        """Writes a block; Pygments writes code in a sentence."""
        if self.nowrap:
            super().format_unencoded(tokensource, outfile)
            return
        lines = self._in_lines(self._format_lines(tokensource))
        for _, piece in self._wrap_div(self.wrap(lines)):
            # Pygments' empty element is for blocks that begin with a blank line; ours begin with
            # an element.
            outfile.write(piece.replace("<pre><span></span>", "<pre>", 1))

    def _in_lines(self, lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        """Wraps the lines."""
        for number, (_, text) in enumerate(lines, self.linenostart):
            mark = f' data-line="{number}"' if self.linenos else ""
            mark += f' id="{self.lineanchors}-{number}"' if self.lineanchors else ""
            text = COLOR.sub(r"<i class=\1>", text).replace("</span>", "</i>")
            yield 1, f"<i{mark}>{text}</i>"


def setup(app: Sphinx) -> None:
    """Registers the lexer and the formatter."""
    app.add_lexer("cpp", BookCppLexer)
    PygmentsBridge.html_formatter = BookFormatter

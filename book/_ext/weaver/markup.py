"""What Markdown would swallow or change without a word, and the weaver refuses.

A line of prose that begins with `%` is a comment to MyST, one of plus signs a break between cells,
`(word)=` a target, a definition of a link or a footnote is taken out of the text, a cell too many
in a table is dropped, and a tag that stands outside of backquotes goes to the browser. Each is a
mistake on a page of this book, and is reported with its file and line.
"""

from __future__ import annotations

import re

from docutils import nodes
from markdown_it import MarkdownIt
from markdown_it.rules_block.table import escapedSplit
from markdown_it.rules_core import StateCore
from markdown_it.tree import SyntaxTreeNode
from myst_parser.config.main import MdParserConfig
from myst_parser.mdit_to_docutils.base import token_line
from myst_parser.mdit_to_docutils.sphinx_ import SphinxRenderer
from myst_parser.parsers.mdit import create_md_parser
from myst_parser.parsers.sphinx_ import MystParser
from sphinx.application import Sphinx

from .book import book_of
from .prose import find_line
from .report import report

# The characters that mean something to Markdown, so that a backslash before one is no slip.
ESCAPED = set("`*_{}[]()#+-.!$<>|~%=^:&\"'@")
DEFINITION = re.compile(r"\[\^?[^\]]+\]:(\s|$)")
BARE_ROLE = re.compile(
    r"\{(?:value|term|doc|ref|cite(?::\w+)?|output|listing|figure-from|exercise|hint|solution)\}"
)
WORDS = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,}\s+[A-Za-z]{2,}(?![A-Za-z])")
TEXT_IN_MATH = re.compile(r"\\(?:text\w*|operatorname\*?|math\w+|begin|end)\s*\{[^{}]*\}")


def keep_slips(state: StateCore) -> None:
    """Leaves a backslash in the text where it escapes nothing, so that the renderer meets it."""
    for token in state.tokens:
        for child in token.children or []:
            if child.type == "text_special" and child.info == "escape":
                if child.content not in ESCAPED:
                    child.content = child.markup


def mark_excess(state: StateCore) -> None:
    """Marks the rows of tables that have more cells than the head: the rest would vanish."""
    lines, columns = state.src.splitlines(), 0
    for token in state.tokens:
        if token.type == "table_open":
            columns = 0
        elif token.type == "th_open":
            columns += 1
        elif token.type == "tr_open" and columns and token.map:
            row = lines[token.map[0]].strip()
            cells = escapedSplit(row.removeprefix("|").removesuffix("|"))
            token.meta["excess"] = len(cells) > columns


class BookRenderer(SphinxRenderer):
    """MyST's renderer, which refuses what would vanish from the page."""

    def refuse(self, token: SyntaxTreeNode, message: str, text: str = "") -> None:
        """Reports a mistake at a token's line, or at the line of its block that has the text."""
        env = self.sphinx_env
        line = token_line(token, 1)
        path = book_of(env).page[env.docname].path
        if text and path.suffix == ".cpp":
            line = find_line(path.read_text(), text.splitlines()[0], line)
        report(env, line, message)

    def render_text(self, token: SyntaxTreeNode) -> None:
        text = token.content
        if "\\" in text:
            self.refuse(token, f"a backslash outside of code and mathematics: {text}", "\\")
        if DEFINITION.match(text):
            self.refuse(token, f"a definition of a link or a footnote: {text}", text)
        if text.startswith(":::"):
            self.refuse(token, f"a fence of colons is text here: write backquotes: {text}", text)
        if match := BARE_ROLE.search(text):
            self.refuse(token, f"{match[0]} is text here: backquotes follow it at once", match[0])
        super().render_text(token)

    def render_em(self, token: SyntaxTreeNode) -> None:
        before, after = token.previous_sibling, token.next_sibling
        inside = (before and before.type == "text" and before.content[-1:].isalnum()) or (
            after and after.type == "text" and after.content[:1].isalnum()
        )
        if inside:
            self.refuse(token, "asterisks inside a word or a product would vanish: write $ or `")
        super().render_em(token)

    def render_math_inline(self, token: SyntaxTreeNode) -> None:
        if WORDS.search(TEXT_IN_MATH.sub("", token.content)):
            self.refuse(
                token,
                f"this is prose between two dollar signs: write \\$: ${token.content}$",
                "$" + token.content,
            )
        super().render_math_inline(token)

    def render_heading(self, token: SyntaxTreeNode) -> None:
        if not token.markup.startswith("#"):
            self.refuse(token, f"a line of {token.markup[:1]} makes a title of the lines above it")
        super().render_heading(token)

    def render_table_row(self, token: SyntaxTreeNode) -> None:
        if token.meta.get("excess"):
            self.refuse(token, "this row has more cells than its table has columns")
        super().render_table_row(token)

    def render_myst_line_comment(self, token: SyntaxTreeNode) -> None:
        self.refuse(token, f"a line of prose cannot begin with %: it is a comment: {token.content}")

    def render_myst_block_break(self, token: SyntaxTreeNode) -> None:
        self.refuse(token, "a line of prose cannot begin with +++: it would vanish")

    def render_myst_target(self, token: SyntaxTreeNode) -> None:
        self.refuse(token, f"({token.content})= would vanish: pages name their anchors themselves")

    def render_html_block(self, token: SyntaxTreeNode) -> None:
        self.refuse(token, f"HTML is no text: put it into backquotes: {token.content.strip()}")

    def render_html_inline(self, token: SyntaxTreeNode) -> None:
        self.refuse(token, f"HTML is no text: put {token.content} into backquotes", token.content)

    def render_hr(self, token: SyntaxTreeNode) -> None:
        self.refuse(token, f"a line of {token.markup} would be a rule: a title divides a page")

    def render_front_matter(self, token: SyntaxTreeNode) -> None:
        self.refuse(token, "lines between --- at the top would vanish")

    def render_hardbreak(self, token: SyntaxTreeNode) -> None:
        self.refuse(token, "a backslash or two spaces at the end of a line would vanish")
        super().render_hardbreak(token)

    def render_code_block(self, token: SyntaxTreeNode) -> None:
        self.refuse(token, "prose that is indented by four spaces would become code: use a fence")
        super().render_code_block(token)


def book_parser(config: MdParserConfig, renderer: type[BookRenderer]) -> MarkdownIt:
    """The parser of the book's prose."""
    parser = create_md_parser(config, renderer)
    parser.core.ruler.before("text_join", "keep_slips", keep_slips)
    parser.core.ruler.after("block", "mark_excess", mark_excess)
    return parser


class PageParser(MystParser):
    """Reads the pages that belong to no chapter."""

    def parse(self, inputstring: str, document: nodes.document) -> None:
        """Parses a page into a document."""
        parser = book_parser(document.settings.env.myst_config, BookRenderer)
        parser.options["document"] = document
        parser.render(inputstring)


def setup(app: Sphinx) -> None:
    """Registers the parser."""
    app.add_source_parser(PageParser, override=True)

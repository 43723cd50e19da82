"""The parser that Sphinx reads a C++ page with: MyST for the prose, blocks for the code."""

from __future__ import annotations

from docutils import nodes
from markdown_it.rules_block import StateBlock
from markdown_it.tree import SyntaxTreeNode
from myst_parser.parsers.sphinx_ import MystParser
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from .book import book_of
from .folding import code_blocks
from .markup import BookRenderer, book_parser
from .pages import Page, source_uri
from .prose import CODE, unterminated_fences, weave
from .report import report


def code_rule(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """Takes a run of lines that carry the mark of code."""

    def marked(line: int) -> bool:
        return state.src.startswith(CODE, state.bMarks[line])

    if not marked(first):
        return False
    if silent:
        return True
    last = first
    while last < end and marked(last):
        last += 1
    token = state.push("program", "code", 0)
    token.content = "\n".join(
        state.src[state.bMarks[line] + len(CODE) : state.eMarks[line]]
        for line in range(first, last)
    )
    token.map = [first, last]
    state.line = last
    return True


class ProgramRenderer(BookRenderer):
    """The renderer of prose, which knows the code of a page as well."""

    def render_program(self, token: SyntaxTreeNode) -> None:
        """Shows lines of the program with the numbers that they have in their file."""
        assert token.map
        for block in code_blocks(token.content, token.map[0]):  # MyST counts from 1
            self.add_line_and_source_path(block, token)
            self.current_node.append(block)


class ProgramParser(MystParser):
    """Reads a program as a page. Its lines keep their numbers."""

    supported = ("cpp",)

    def parse(self, inputstring: str, document: nodes.document) -> None:
        """Parses a program into a document."""
        env: BuildEnvironment = document.settings.env
        book = book_of(env)
        page = book.page[env.docname]
        for fence in unterminated_fences(inputstring):
            report(env, fence.number, f"nothing closes this fence: {fence.text.strip()}")
        parser = book_parser(env.myst_config, ProgramRenderer)
        parser.block.ruler.before(
            "table",
            "program",
            code_rule,
            {"alt": ["paragraph", "reference", "blockquote", "list", "footnote_def"]},
        )
        parser.options["document"] = document
        text = weave(inputstring)
        if not page.section:
            text += contents(
                page,
                [other for other in book.pages if other.chapter == page.chapter and other.section],
            )
        parser.render(text)
        title = document.next_node(nodes.title)
        if title is None:
            report(env, 1, "the page has no title: a line '//: # Title'")
            return
        title[:0] = [nodes.inline("", page.number, classes=["section-number"]), nodes.Text(" ")]
        title.parent.insert(title.parent.index(title) + 1, heading_note(env, page))


def contents(page: Page, sections: list[Page]) -> str:
    """The list of a chapter's sections, as the end of its introduction."""
    if not sections:
        return ""
    names = "\n".join(f"/{section.docname}" for section in sections)
    return f"\n\n## Sections of this chapter\n\n```{{toctree}}\n:maxdepth: 1\n\n{names}\n```\n"


def heading_note(env: BuildEnvironment, page: Page) -> nodes.Node:
    """The line below a page's title: its file, and how to run it."""
    file = book_of(env).place(page.path)
    note = nodes.paragraph(classes=["page-note"])
    link = nodes.reference(
        "", "", nodes.literal("", file), internal=True, refuri=source_uri(env.docname, file)
    )
    note += [nodes.Text("This page is the program "), link]
    if page.number[0].isdigit():
        note += [nodes.Text(". Run it: "), nodes.literal("", f"./learn run {page.number}")]
    return note


def setup(app: Sphinx) -> None:
    """Registers the parser."""
    app.add_source_suffix(".cpp", "cpp")
    app.add_source_parser(ProgramParser)

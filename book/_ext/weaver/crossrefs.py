"""Makes links of the words "section 2.1" and "chapter 3"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from .book import Book, book_of

MENTION = re.compile(
    r"\b(?:[Ss]ections?\s+(?P<section>\d\.\d(?:(?:,?\s+and\s+|,\s+|\s+to\s+|\s+or\s+)\d\.\d)*)"
    r"|[Cc]hapters?\s+(?P<chapter>\d(?:(?:,?\s+and\s+|,\s+|\s+to\s+|\s+or\s+)\d)*))(?![\d.]*\d)(?!\s+of\b)")
NUMBER = re.compile(r"\d(?:\.\d)?")
FIXED = (nodes.literal, nodes.literal_block, nodes.reference, nodes.title, nodes.math,
         nodes.math_block, addnodes.pending_xref, nodes.citation, nodes.comment)


def linked(text: str, book: Book, docname: str) -> Iterator[nodes.Node]:
    """The text, with a link at each number of a section or chapter that this build has."""
    last = 0
    for mention in MENTION.finditer(text):
        for number in NUMBER.finditer(text, mention.start(), mention.end()):
            page = book.numbered(number[0])
            if page is None or page.docname == docname:
                continue
            # A single number takes its word along: the link reads "section 2.1".
            first = mention.start() if mention.end() == number.end() and \
                len(NUMBER.findall(mention[0])) == 1 else number.start()
            yield nodes.Text(text[last:first])
            link = addnodes.pending_xref(
                "", nodes.inline("", text[first:number.end()]), refdomain="std", reftype="doc",
                reftarget=f"/{page.docname}", refexplicit=True, refdoc=docname, refwarn=True)
            yield link
            last = number.end()
    yield nodes.Text(text[last:])


class LinkNumbers(SphinxTransform):
    """Replaces the mentions of sections and chapters in prose."""

    default_priority = 600

    def apply(self, **kwargs: object) -> None:
        """Runs on one page."""
        book = book_of(self.env)
        for text in list(self.document.findall(nodes.Text)):
            ancestor = text.parent
            while ancestor is not None and not isinstance(ancestor, FIXED):
                ancestor = ancestor.parent
            if ancestor is None and MENTION.search(text):
                text.parent.replace(text, list(linked(str(text), book, self.env.docname)))


def setup(app: Sphinx) -> None:
    """Registers the transformation."""
    app.add_transform(LinkNumbers)

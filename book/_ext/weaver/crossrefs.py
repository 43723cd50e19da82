"""Makes links of the words "section 2.1", "chapter 3" and "exercise 3.2a"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from .book import Book, book_of
from .pages import page_uri
from .report import report

JOIN = r"(?:,?\s+and\s+|,\s+|\s+to\s+|\s+or\s+)"
# "section 3.2 of Vaswani et al." is another book's.
MENTION = re.compile(
    rf"\b(?:[Ss]ections?\s+\d\.\d(?:{JOIN}\d\.\d)*|[Cc]hapters?\s+\d(?:{JOIN}\d)*)"
    r"(?![\d.]*\d)(?!\s+of\b)"
)
NUMBER = re.compile(r"\d(?:\.\d)?")
EXERCISE = re.compile(rf"\b[Ee]xercises?\s+\d\.\d[a-z](?:{JOIN}\d\.\d[a-z])*")
EXERCISE_NUMBER = re.compile(r"\d\.\d[a-z]")
FIXED = (
    nodes.literal,
    nodes.literal_block,
    nodes.reference,
    nodes.title,
    nodes.math,
    nodes.math_block,
    addnodes.pending_xref,
    nodes.citation,
    nodes.comment,
)


def linked(text: str, book: Book, docname: str) -> Iterator[nodes.Node]:
    """The text, with a link at each number of a section or chapter that this build has."""
    last = 0
    for mention in MENTION.finditer(text):
        for number in NUMBER.finditer(text, mention.start(), mention.end()):
            page = book.numbered(number[0])
            if page is None or page.docname == docname:
                continue
            # A single number takes its word along: the link reads "section 2.1".
            first = (
                mention.start()
                if mention.end() == number.end() and len(NUMBER.findall(mention[0])) == 1
                else number.start()
            )
            yield nodes.Text(text[last:first])
            link = addnodes.pending_xref(
                "",
                nodes.inline("", text[first : number.end()]),
                refdomain="std",
                reftype="doc",
                reftarget=f"/{page.docname}",
                refexplicit=True,
                refdoc=docname,
                refwarn=True,
            )
            yield link
            last = number.end()
    yield nodes.Text(text[last:])


def linked_exercises(text: str, book: Book, docname: str) -> Iterator[nodes.Node]:
    """The text, with a link at each number of an exercise that the book has."""
    last = 0
    for mention in EXERCISE.finditer(text):
        for number in EXERCISE_NUMBER.finditer(text, mention.start(), mention.end()):
            page = book.exercises.get(number[0])
            if page not in book.page:
                continue
            first = (
                mention.start() if len(EXERCISE_NUMBER.findall(mention[0])) == 1 else number.start()
            )
            yield nodes.Text(text[last:first])
            yield nodes.reference(
                "",
                text[first : number.end()],
                internal=True,
                refuri=page_uri(docname, page, f"exercise-{number[0]}"),
            )
            last = number.end()
    yield nodes.Text(text[last:])


def is_prose(text: nodes.Text) -> bool:
    """Whether a text may get links: it is no code, no title, no link already."""
    ancestor = text.parent
    while ancestor is not None and not isinstance(ancestor, FIXED):
        ancestor = ancestor.parent
    return ancestor is None


def join_texts(document: nodes.document) -> None:
    """Joins the texts of a paragraph's lines, so that a mention may run over the end of a line."""
    for element in list(document.findall(nodes.TextElement)):
        joined: list[nodes.Node] = []
        for child in element.children:
            if joined and isinstance(child, nodes.Text) and isinstance(joined[-1], nodes.Text):
                joined[-1] = nodes.Text(joined[-1] + child)
            else:
                joined.append(child)
        if len(joined) < len(element.children) and not isinstance(element, FIXED):
            element.children = []
            element.extend(joined)


class LinkNumbers(SphinxTransform):
    """Replaces the mentions of sections, chapters and exercises in prose."""

    default_priority = 600

    def apply(self, **kwargs: object) -> None:
        """Runs on one page."""
        book, docname = book_of(self.env), self.env.docname
        join_texts(self.document)
        for pattern, link in ((MENTION, linked), (EXERCISE, linked_exercises)):
            for text in list(self.document.findall(nodes.Text)):
                if pattern.search(text) and is_prose(text):
                    if link is linked_exercises:
                        self._check(str(text), text.parent, book)
                    text.parent.replace(text, list(link(str(text), book, docname)))

    def _check(self, text: str, parent: nodes.Element, book: Book) -> None:
        """Complains of an exercise that the book does not have."""
        for mention in EXERCISE.finditer(text):
            for number in EXERCISE_NUMBER.findall(mention[0]):
                if number not in book.exercises:
                    report(self.env, parent.line or 1, f"there is no exercise {number}")


def setup(app: Sphinx) -> None:
    """Registers the transformation."""
    app.add_transform(LinkNumbers)

"""The source of a function or type of the library, shown by its name: `{listing} llm::name`."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from .book import book_of
from .inputs import note_input
from .library import Symbol
from .pages import page_uri, source_uri
from .report import report


def listing_anchor(name: str) -> str:
    """The anchor of a listing on its page. A destructor or an operator spells out its signs."""
    words = re.sub(r"[^\w\s:./]", lambda sign: f"-{ord(sign[0]):x}-", name)
    return "listing-" + re.sub(r"\W+", "-", words).strip("-")


class Listing(SphinxDirective):
    """A function with all its overloads, or a type, below its comment."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        library = book_of(self.env).library
        name = self.arguments[0].strip()
        note_input(self.env, f"listing {name}")
        if complaint := library.complaint(name):
            return [report(self.env, self.lineno, complaint)]
        symbol = library.find(name)[0]
        block = nodes.literal_block(symbol.source, symbol.source, language="cpp")
        frame = nodes.container(
            "", self._caption(symbol), block, classes=["listing"], ids=[listing_anchor(name)]
        )
        return [frame]

    def _caption(self, symbol: Symbol) -> nodes.Node:
        """The name, linked to its API entry, and its places, linked to the files."""
        caption = nodes.paragraph(classes=["listing-caption"])
        title: nodes.Element = nodes.literal("", symbol.name)
        for page, anchor in symbol.api[:1]:
            title = nodes.reference(
                "",
                "",
                title,
                internal=True,
                reftitle="API reference",
                refuri=page_uri(self.env.docname, page, anchor),
            )
        caption += title
        place = nodes.inline(classes=["listing-place"])
        last = ""
        for span in symbol.spans:
            text = f", {span.lines}" if span.file == last else f"{', ' if last else ''}{span}"
            place += nodes.reference(
                "", text, internal=True, refuri=source_uri(self.env.docname, span.file, span.first)
            )
            last = span.file
        caption += [nodes.Text(" "), place]
        return caption


def setup(app: Sphinx) -> None:
    """Registers the directive."""
    app.add_directive("listing", Listing)

"""The bibliography: how its entries look, and which pages are out of date when one changes."""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from pybtex.plugin import register_plugin
from pybtex.style.formatting.unsrt import Style
from pybtex.style.template import field, sentence
from sphinx.application import Sphinx

from .book import cited_keys
from .inputs import note_input


class BookStyle(Style):
    """Entries in the order of their authors, with titles as their papers write them."""

    default_sorting_style = "author_year_title"

    def format_title(self, e: object, which_field: str, as_sentence: bool = True) -> object:
        """The title, in which no letter is made small."""
        title = field(which_field)
        return sentence[title] if as_sentence else title


def note_citations(app: Sphinx, doctree: nodes.document) -> None:
    """Notes what the page that was read cites; the bibliography shows what all pages cite."""
    env = app.env
    for key in cited_keys(Path(env.doc2path(env.docname)).read_text()):
        note_input(env, f"cited {key}")
    if env.docname == "bibliography":
        note_input(env, "citations")


def setup(app: Sphinx) -> None:
    """Registers the style and the notes."""
    register_plugin("pybtex.style.formatting", "book", BookStyle)
    app.connect("doctree-read", note_citations)

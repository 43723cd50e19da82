"""The weaver: a Sphinx extension that makes pages of a book out of chapters that are programs.

- `pages`: which file is which page, and how Sphinx finds it.
- `prose`, `parser`: a C++ file as prose (MyST) and numbered code.
- `markup`: what Markdown would swallow without a word, refused.
- `mathematics`: formulas as MathML.
- `recordings`: the chapters' programs are run, and what they print and record is kept.
- `outputs`, `figures`: that, shown: `{output}`, `{value}`, `{figure-from}`.
- `library`, `listings`: functions and types by name, through Doxygen's XML: `{listing}`.
- `exercises`: `{exercise}` with its `{hint}`s and `{solution}`.
- `folding`: `#include`, `namespace` and recording lines, folded; `measure`: a page in figures.
- `coverage`: every function and type is listed once, or waits in book/waiting.txt.
- `api`: the API reference; `crossrefs`: "section 2.1" as a link; `sources`: source files as pages.
- `highlighting`: code in color; `repairs`: what the theme leaves undone for a screen reader.
- `search`: what the search page finds.
- `citations`: what is out of date when the bibliography changes.
- `book`, `inputs`: what all of them share, and which pages are out of date.
"""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

from . import (
    api,
    citations,
    crossrefs,
    exercises,
    figures,
    folding,
    highlighting,
    inputs,
    lean,
    listings,
    markup,
    mathematics,
    measure,
    outputs,
    parser,
    report,
    repairs,
    search,
    sources,
)
from .book import Book, open_book
from .pages import BookProject, chosen_chapters


def configure(app: Sphinx, config: Config) -> None:
    """Points the other extensions at what this book has and at what its build has made."""
    root, build = Path(app.srcdir), Path(config.weaver_build)
    config.bibtex_bibfiles = [str(path) for path in sorted(root.glob("book/bibliography/*.bib"))]
    config.breathe_projects = {"llm": str(build / "book" / "doxygen" / "xml")}
    config.breathe_default_project = "llm"
    if config.weaver_only:
        config.suppress_warnings = [*config.suppress_warnings, "ref.doc", "toc.not_readable"]


def open_the_book(app: Sphinx) -> None:
    """Loads the pages, the recordings and the library, and lets Sphinx find the pages."""
    book = Book(
        Path(app.srcdir), Path(app.config.weaver_build), chosen_chapters(app.config.weaver_only)
    )
    open_book(app.env, book)
    app.project = app.env.project = BookProject(app.srcdir, app.config.source_suffix, book.pages)


def setup(app: Sphinx) -> dict[str, object]:
    """Registers the weaver with Sphinx."""
    app.add_config_value("weaver_build", "", "")
    app.add_config_value("weaver_only", "", "env")
    app.connect("config-inited", configure, priority=100)
    app.connect("builder-inited", open_the_book, priority=100)
    for module in (
        parser,
        markup,
        mathematics,
        report,
        inputs,
        outputs,
        figures,
        folding,
        highlighting,
        listings,
        exercises,
        crossrefs,
        citations,
        api,
        sources,
        repairs,
        search,
        measure,
        lean,
    ):
        module.setup(app)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}

"""The source files as pages, so that links to them work wherever the site lies."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from pygments import highlight
from sphinx.application import Sphinx

from .book import book_of
from .highlighting import BookCppLexer, BookFormatter
from .library import library_files


def source_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """A page for each file of the library, and for each that a chapter consists of."""
    book = book_of(app.env)
    files = library_files(book.root)
    for folder in {page.path.parent for page in book.pages if page.is_program}:
        files += sorted([*folder.glob("*.cpp"), *folder.glob("*.hpp")])
    formatter = BookFormatter(linenos="inline", lineanchors="line")
    for path in files:
        file = book.place(path)
        body = highlight(path.read_text(), BookCppLexer(stripnl=False), formatter)
        yield (
            f"source/{file}",
            {
                "title": file,
                "body": f"<h1>{posixpath.basename(file)}</h1>"
                f'<p class="page-note"><code>{file}</code></p>'
                f'<div class="highlight-cpp source-file">{body}</div>',
            },
            "page.html",
        )


def setup(app: Sphinx) -> None:
    """Registers the pages."""
    app.connect("html-collect-pages", source_pages)

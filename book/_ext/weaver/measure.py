"""Each page in figures: words of prose, listings, lines of code shown and folded, its size.

They are a compass, not a gate (see the design): the build prints them, and `measure.html` has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from .book import Book, book_of
from .exercises import exercise
from .folding import folded_code
from .listings import folded_listing
from .outputs import printed_text

HEAVY = 250  # kB of HTML
HEADS = ["Page", "Words", "Words to a line", "Listings", "Lines shown", "Lines folded", "kB"]
APART = (nodes.literal_block, printed_text, nodes.math, nodes.math_block, nodes.comment)
LABELS = {"listing-caption", "page-note", "exercise-task"}


@dataclass
class Measure:
    """What a page holds."""

    words: int = 0
    listings: int = 0
    shown: int = 0
    folded: int = 0


def measured(doctree: nodes.document) -> Measure:
    """Counts what a page holds. The code of exercises is the reader's own and does not count."""
    found = Measure()
    for text in doctree.findall(nodes.Text):
        if not inside(text, APART) and not is_label(text):
            found.words += len(text.split())
    for block in doctree.findall(nodes.literal_block):
        lines = len(block.astext().splitlines())
        if inside(block, (folded_code, folded_listing)):
            found.folded += lines
        elif not inside(block, (exercise,)):
            found.shown += lines
    for node in doctree.findall(nodes.Element):
        classes = node.get("classes", [])
        found.listings += "listing" in classes and "listing-goes-on" not in classes
    return found


def inside(node: nodes.Node, kinds: tuple[type, ...]) -> bool:
    """Whether an element stands in one of some kinds."""
    while node is not None and not isinstance(node, kinds):
        node = node.parent
    return node is not None


def is_label(node: nodes.Node) -> bool:
    """Whether a text names a file or a command: in a listing's caption, below a page's title."""
    while node is not None:
        if isinstance(node, nodes.Element) and LABELS & set(node.get("classes", [])):
            return True
        node = node.parent
    return False


def measures_of(env: BuildEnvironment) -> dict[str, Measure]:
    """The measures of every page that was read."""
    if not hasattr(env, "weaver_measures"):
        env.weaver_measures = {}  # type: ignore[attr-defined]
    return env.weaver_measures  # type: ignore[attr-defined]


def keep_measure(app: Sphinx, doctree: nodes.document) -> None:
    """Measures the page that was read, where it is one of a chapter."""
    if book_of(app.env).page[app.env.docname].number:
        measures_of(app.env)[app.env.docname] = measured(doctree)


def purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forgets a page."""
    measures_of(env).pop(docname, None)


def rows(book: Book, env: BuildEnvironment, out: Path) -> Iterator[tuple[str, list[str]]]:
    """A row of the table for each page of a chapter: its name, and what the columns say."""
    for page in book.pages:
        if (one := measures_of(env).get(page.docname)) is None:
            continue
        words, listings, shown, folded = astuple(one)
        path = out / f"{page.docname}.html"
        size = path.stat().st_size / 1000 if path.exists() else 0
        ratio = f"{words / shown:.1f}" if shown else "–"
        yield (
            page.docname,
            [
                f"{page.number} {book.title(page)}",
                f"{words:,}",
                ratio,
                f"{listings}",
                f"{shown:,}",
                f"{folded:,}",
                f"{size:.0f}",
            ],
        )


def measure_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Prints the table, and makes a page of it."""
    table = list(rows(book_of(app.env), app.env, Path(app.outdir)))
    widths = [max(len(row[i]) for _, row in [("", HEADS), *table]) for i in range(len(HEADS))]
    for _, row in [("", HEADS), *table]:
        cells = [row[0].ljust(widths[0]), *(text.rjust(n) for text, n in zip(row[1:], widths[1:]))]
        print("  ".join(cells).rstrip())
    for path in sorted(Path(app.outdir).rglob("*.html")):
        if (size := path.stat().st_size / 1000) > HEAVY:
            print(f"{path.relative_to(app.outdir)}: {size:.0f} kB, more than {HEAVY}")
    head = "".join(f"<th>{text}</th>" for text in HEADS)
    body = "".join(
        f'<tr><td><a href="{name}.html">{row[0]}</a></td>'
        + "".join(f"<td>{text}</td>" for text in row[1:])
        + "</tr>"
        for name, row in table
    )
    note = (
        "Words of prose, and lines of code that are shown in the flow of the page or folded. The "
        "code of exercises is the reader's and is not counted."
    )
    yield (
        "measure",
        {
            "title": "The book in figures",
            "body": f"<h1>The book in figures</h1><p>{note}</p>"
            f'<div class="table-wrapper"><table class="docutils measure"><thead><tr>{head}</tr>'
            f"</thead><tbody>{body}</tbody></table></div>",
        },
        "page.html",
    )


def setup(app: Sphinx) -> None:
    """Registers the table."""
    app.connect("doctree-read", keep_measure, priority=900)
    app.connect("env-purge-doc", purge)
    app.connect("html-collect-pages", measure_page, priority=900)

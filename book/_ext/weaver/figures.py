"""Figures that scripts draw from what the programs recorded: `{figure-from} name`."""

from __future__ import annotations

import os
import runpy
import traceback
import warnings
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from .book import Book, book_of
from .inputs import fingerprint, note_input
from .outputs import no_recording
from .pages import Page
from .report import report
from .theme import THEMES, Theme


class FigureFrom(SphinxDirective):
    """A figure in a light and a dark version, with its caption and its alternative text."""

    required_arguments = 1
    has_content = True
    option_spec = {"alt": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        book, name = book_of(self.env), self.arguments[0].strip()
        page = book.page[self.env.docname]
        note_input(self.env, f"figure {page.number}:{name}")
        if complaint := self._complaint(book, name, page):
            return [report(self.env, self.lineno, complaint)]
        data = book.recordings[page.number].figures[name]
        try:
            files = draw(book, name, data)
        except Exception as error:
            return [report(self.env, self.lineno, f"figure {name}: {blame(error, name)}")]
        figure = nodes.figure("", classes=["book-figure"], ids=[f"figure-{name}"])
        alt = " ".join(self.options["alt"].split())
        for theme, path in files.items():
            uri = os.path.relpath(path, Path(self.env.doc2path(self.env.docname)).parent)
            figure += nodes.image(uri=uri, alt=alt, classes=[f"only-{theme}"])
        figure += self._caption()
        return [figure]

    def _caption(self) -> nodes.caption:
        """The caption: the text of the directive, its paragraphs joined."""
        body = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, body)
        caption = nodes.caption()
        for child in body.children:
            caption += child.children if isinstance(child, nodes.paragraph) else [child]
            caption += nodes.Text(" ")
        return caption

    def _complaint(self, book: Book, name: str, page: Page) -> str:
        """Why the figure cannot be drawn; empty when it can."""
        number = page.number
        recording = book.recordings.get(number)
        places = book.figure_places.get(name, [])
        if len(places) > 1 and places[0] != f"{book.place(page.path)}:{self.lineno}":
            return f"figure {name} stands in the book twice, first at {places[0]}"
        if not self.options.get("alt", "").strip():
            return f"figure {name} has no :alt: text"
        if not any(line.strip() for line in self.content):
            return f"figure {name} has no caption"
        if not (book.root / "book" / "figures" / f"{name}.py").exists():
            return f"figure {name}: there is no script book/figures/{name}.py"
        if recording is None or recording.failure:
            return f"figure {name}: {no_recording(recording, number)}"
        if name not in recording.figures:
            call = f'record_data("{name}", …)'
            return f"figure {name}: section {number} recorded no data for it ({call})"
        return ""


def draw(book: Book, name: str, data: dict[str, Any]) -> dict[str, Path]:
    """Draws a figure in both themes, unless it was drawn by this script from these data before."""
    script = book.root / "book" / "figures" / f"{name}.py"
    folder = book.build / "book" / "figures"
    files = {theme: folder / f"{name}-{theme}.svg" for theme in THEMES}
    key = fingerprint(
        [
            script.read_text(),
            data,
            [str(theme) for theme in THEMES.values()],
            [theme.settings() for theme in THEMES.values()],
        ]
    )
    stamp = folder / f"{name}.stamp"
    if (
        stamp.exists()
        and stamp.read_text() == key
        and all(path.exists() for path in files.values())
    ):
        return files
    folder.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    for theme, path in files.items():
        settings: Any = THEMES[theme].settings()
        with matplotlib.rc_context(settings):
            with warnings.catch_warnings():
                warnings.filterwarnings("error", message="Glyph .* missing")
                figure = drawn(script, data, THEMES[theme])
                figure.savefig(path, format="svg", transparent=True, metadata={"Date": None})
            pyplot.close("all")
    stamp.write_text(key)
    return files


def drawn(script: Path, data: dict[str, Any], theme: Theme) -> Any:
    """The figure that a script draws."""
    from matplotlib.figure import Figure

    draw_function = runpy.run_path(str(script)).get("draw")
    if draw_function is None:
        raise TypeError("the script has no function draw(data, theme)")
    figure = draw_function(data, theme)
    if not isinstance(figure, Figure):
        raise TypeError(f"draw returned a {type(figure).__name__} and not a Figure")
    return figure


def blame(error: Exception, name: str) -> str:
    """What went wrong in a figure's script, and on which of its lines."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.endswith(f"{name}.py")
    ]
    place = f"book/figures/{name}.py:{frames[-1].lineno}: " if frames else ""
    return f"{place}{type(error).__name__}: {error}"


def setup(app: Sphinx) -> None:
    """Registers the directive."""
    app.add_directive("figure-from", FigureFrom)

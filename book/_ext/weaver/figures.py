"""Figures that scripts draw from what the programs recorded: `{figure-from} name`."""

from __future__ import annotations

import os
import posixpath
import re
import runpy
import traceback
import warnings
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from .book import Book, book_of
from .inputs import fingerprint, note_input
from .outputs import no_recording
from .pages import Page
from .report import report
from .theme import THEMES, Theme

# When the dark version is shown, as long as the reader has chosen no theme; paper is light.
DARK = "screen and (prefers-color-scheme: dark)"
HEAVY = 150_000  # bytes of a drawing


class picture(nodes.General, nodes.Element):
    """A picture in a light and a dark version, of which a reader's browser loads one."""


def visit_picture(self: HTML5Translator, node: nodes.Element) -> None:
    """Writes a picture. The page's script sets the condition when the reader chooses a theme."""
    light, dark = (
        posixpath.join(self.builder.imgpath, self.builder.images[image["uri"]])
        for image in node.children
    )
    width, height = node["size"]
    self.body.append(
        '<div class="picture"><picture>'
        f'<source srcset="{dark}" media="{DARK}">'
        f'<img src="{light}" alt="{self.attval(node["alt"])}" width="{width}" height="{height}" '
        'loading="lazy"></picture></div>'
    )
    raise nodes.SkipNode


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
        shown = picture(alt=" ".join(self.options["alt"].split()), size=size(files["light"]))
        for path in files.values():
            uri = os.path.relpath(path, Path(self.env.doc2path(self.env.docname)).parent)
            shown += nodes.image(uri=uri)
        figure += [shown, self._caption()]
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


def size(path: Path) -> tuple[int, int]:
    """The width and height of a drawing in pixels: the page keeps its place free."""
    head = path.read_text(encoding="utf-8")[:2000]
    match = re.search(r'<svg[^>]* width="([\d.]+)pt" height="([\d.]+)pt"', head)
    match = match or re.search(r'<svg[^>]* height="([\d.]+)pt"[^>]* width="([\d.]+)pt"', head)
    assert match, f"{path} tells no size"
    return round(float(match[1]) * 4 / 3), round(float(match[2]) * 4 / 3)


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
                save(figure, path)
            pyplot.close("all")
    stamp.write_text(key)
    return files


def save(figure: Any, path: Path) -> None:
    """Writes a figure as lines; where it has thousands of them, what they make as an image."""
    settings: Any = {"format": "svg", "transparent": True, "metadata": {"Date": None}, "dpi": 120}
    figure.savefig(path, **settings)
    if path.stat().st_size <= HEAVY:
        return
    lines = path.read_bytes()
    for axes in figure.axes:
        for artist in [*axes.collections, *axes.lines, *axes.patches]:
            artist.set_rasterized(True)
    figure.savefig(path, **settings)
    if path.stat().st_size >= len(lines):
        path.write_bytes(lines)


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
    app.add_node(picture, html=(visit_picture, None))
    app.add_directive("figure-from", FigureFrom)

"""What the parts of the weaver share: the pages, what the programs recorded, the library."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import Any

from sphinx.environment import BuildEnvironment

from .coverage import Place, listing_places
from .library import Library, load_library
from .pages import Page, book_pages, chapter_pages
from .prose import Exercise, exercises, first_title, weave
from .recordings import Recording, load_recordings

FENCE = r"^\s*//:\s*(?:`{3,}|~{3,}|:{3,})\s*"
FIGURE = re.compile(FENCE + r"\{figure-from\}\s*(\S+)", re.MULTILINE)

CITE = re.compile(r"\{cite[^}]*\}`([^`]+)`")


def cited_keys(text: str) -> list[str]:
    """The keys of the bibliography that a text cites."""
    return sorted({key.strip() for match in CITE.finditer(text) for key in match[1].split(",")})


def figure_places(root: Path) -> dict[str, list[str]]:
    """The places, as file and line, that show each figure of the book."""
    places: dict[str, list[str]] = {}
    for page in chapter_pages(root):
        source = page.path.read_text()
        for match in FIGURE.finditer(source):
            line = source.count("\n", 0, match.start(1)) + 1
            file = page.path.relative_to(root).as_posix()
            places.setdefault(match[1], []).append(f"{file}:{line}")
    return places


def idle_figures(root: Path) -> list[str]:
    """The scripts of figures that no section shows."""
    shown = figure_places(root)
    scripts = sorted(root.glob("book/figures/*.py"))
    return [
        f"{path.relative_to(root).as_posix()}:1: no section shows this figure"
        for path in scripts
        if path.stem not in shown
    ]


class Book:
    """One book: where it lies, and what its build has made so far."""

    def __init__(self, root: Path, build: Path, only: set[str]) -> None:
        self.root, self.build, self.only = root, build, only
        self.pages: list[Page] = book_pages(root, build, only)
        self.page: dict[str, Page] = {page.docname: page for page in self.pages}
        self.recordings: dict[str, Recording] = load_recordings(root, build)

    @cached_property
    def chapters(self) -> list[Page]:
        """The introductions and sections of all chapters, built this time or not."""
        return chapter_pages(self.root)

    @cached_property
    def library(self) -> Library:
        """The functions and types of common/ and gpu/."""
        return load_library(self.root, self.build)

    @cached_property
    def listings(self) -> dict[str, list[Place]]:
        """Where the book lists each name."""
        return listing_places(self.root)

    @cached_property
    def exercises(self) -> dict[str, str]:
        """The page of each exercise."""
        return {
            exercise.number: page.docname
            for page in self.chapters
            for exercise in exercises(page.path.read_text())
        }

    def exercise(self, docname: str, line: int) -> Exercise | None:
        """What is read of the exercise that stands on a line of a page."""
        source = self.page[docname].path.read_text()
        return next((found for found in exercises(source) if found.line == line), None)

    @cached_property
    def figure_places(self) -> dict[str, list[str]]:
        """The places, as file and line, that show each figure."""
        return figure_places(self.root)

    @cached_property
    def bibliography(self) -> dict[str, str]:
        """The entries of the bibliography, as they stand in their files, by their keys."""
        texts = [path.read_text() for path in sorted(self.root.glob("book/bibliography/*.bib"))]
        entries = re.split(r"^@", "\n".join(texts), flags=re.MULTILINE)
        return {
            match[1].strip(): entry
            for entry in entries
            if (match := re.match(r"\w+\s*\{([^,]+),", entry))
        }

    def numbered(self, number: str) -> Page | None:
        """The page of a chapter ("3") or a section ("3.2"), where this build has it."""
        return next((page for page in self.pages if page.number == number), None)

    def place(self, path: Path) -> str:
        """A file's name as messages give it: from the root of the repository."""
        return (
            path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)
        )

    def title(self, page: Page) -> str:
        """The first title in a page's file."""
        text = page.path.read_text()
        return first_title(weave(text) if page.is_program else text) or page.docname

    def input(self, name: str) -> Any:
        """What an input of a page is now (see `inputs`): "titles", "value 3.2:entropy", …"""
        kind, _, rest = name.partition(" ")
        match kind:
            case "titles":
                return [(page.docname, page.number, self.title(page)) for page in self.pages]
            case "outputs":
                recording = self.recordings.get(rest)
                return recording and [recording.failure, recording.outputs]
            case "value":
                number, _, value = rest.partition(":")
                recording = self.recordings.get(number)
                return recording and [recording.failure, recording.values.get(value)]
            case "figure":
                number, _, figure = rest.partition(":")
                script = self.root / "book" / "figures" / f"{figure}.py"
                recording = self.recordings.get(number)
                return [
                    script.read_text() if script.exists() else None,
                    recording and [recording.failure, recording.figures.get(figure)],
                ]
            case "cited":
                return self.bibliography.get(rest)
            case "citations":
                keys = {key for page in self.pages for key in cited_keys(page.path.read_text())}
                return [(key, self.bibliography.get(key)) for key in sorted(keys)]
            case "listing":
                return [
                    [symbol.source, symbol.spans, symbol.api] for symbol in self.library.find(rest)
                ]
            case "listed":
                return [(place.page, place.number) for place in self.listings.get(rest, [])]
            case "file":
                path = self.root / rest
                return path.read_text() if path.exists() else None
        raise ValueError(f"no input is called {name}")


_open: dict[str, Book] = {}


def open_book(env: BuildEnvironment, book: Book) -> None:
    """Makes a book known to the parts of the weaver that work in this environment."""
    _open[str(env.doctreedir)] = book


def book_of(env: BuildEnvironment) -> Book:
    """The book of an environment."""
    return _open[str(env.doctreedir)]

"""Which file is which page of the book.

A page's name follows its file: `chapters/03_attention/2_scaled_dot_product.cpp` is the page
`chapters/03_attention/2_scaled_dot_product`, the chapter's introduction `chapter.cpp` is
`chapters/03_attention/index`. The pages that belong to no chapter are `book/*.md`, and those that
the build writes (the API reference, the glossary) lie under `build/book/generated`.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sphinx.project import Project

SECTION = re.compile(r"(\d+)_\w+\.cpp")


@dataclass(frozen=True)
class Page:
    """A page: its name for Sphinx, its file, and for a page of a chapter its place in the book."""

    docname: str
    path: Path
    chapter: str = ""  # the folder's name: 03_attention, gpu
    number: str = ""  # 3 for the introduction of a chapter, 3.2 for a section
    section: int = 0  # 0 for the introduction

    @property
    def is_program(self) -> bool:
        """Whether the page is a C++ file."""
        return self.path.suffix == ".cpp"


def chosen_chapters(only: str) -> set[str]:
    """The chapters that LLM_BOOK_CHAPTERS names ("03,gpu"), as folders begin; empty for all."""
    return {
        name.strip().zfill(2) if name.strip().isdigit() else name.strip()
        for name in only.split(",")
        if name.strip()
    }


def chapter_number(folder: str) -> str:
    """The number of a chapter from its folder: 03_attention is 3, and gpu is G."""
    prefix = folder.split("_")[0]
    return str(int(prefix)) if prefix.isdigit() else folder[0].upper()


def chapter_pages(root: Path) -> list[Page]:
    """The introduction and the sections of every chapter, in the book's order."""
    pages = []
    for folder in [*sorted(root.glob("chapters/[0-9]*_*")), root / "gpu"]:
        number = chapter_number(folder.name)
        place = folder.relative_to(root).as_posix()
        if (folder / "chapter.cpp").exists():
            pages.append(Page(f"{place}/index", folder / "chapter.cpp", folder.name, number))
        sections = [
            (int(match[1]), path)
            for path in folder.glob("*.cpp")
            if (match := SECTION.fullmatch(path.name))
        ]
        for section, path in sorted(sections):
            pages.append(
                Page(f"{place}/{path.stem}", path, folder.name, f"{number}.{section}", section)
            )
    return pages


def book_pages(root: Path, build: Path, only: set[str]) -> list[Page]:
    """Every page of the book, or of the chapters that were chosen and the pages around them."""
    pages = [
        page
        for page in chapter_pages(root)
        if not only or page.chapter in only or page.chapter.split("_")[0] in only
    ]
    pages += [Page(path.stem, path) for path in sorted(root.glob("book/*.md"))]
    generated = build / "book" / "generated"
    pages += [
        Page(path.relative_to(generated).with_suffix("").as_posix(), path)
        for path in sorted(generated.rglob("*.md"))
    ]
    return pages


def page_uri(here: str, page: str, anchor: str = "") -> str:
    """The address of a page, from the page `here`, both by their names."""
    path = posixpath.relpath(f"{page}.html", posixpath.dirname(here) or ".")
    return f"{path}#{anchor}" if anchor else path


def source_uri(here: str, file: str, line: int = 0) -> str:
    """The address of the page that shows a source file."""
    return page_uri(here, f"source/{file}", f"line-{line}" if line else "")


class BookProject(Project):
    """Tells Sphinx which files are the pages of the book, in place of a search by suffix."""

    def __init__(
        self, srcdir: str | os.PathLike[str], source_suffix: Iterable[str], pages: list[Page]
    ) -> None:
        super().__init__(srcdir, source_suffix)
        self._pages = pages

    def discover(
        self, exclude_paths: Iterable[str] = (), include_paths: Iterable[str] = ("**",)
    ) -> set[str]:
        """Fills in the pages' names and files."""
        self.docnames = {page.docname for page in self._pages}
        self._docname_to_path = {page.docname: self._place(page.path) for page in self._pages}
        self._path_to_docname = {path: name for name, path in self._docname_to_path.items()}
        return self.docnames

    def _place(self, path: Path) -> Path:
        """A file relative to the source directory where it lies in it."""
        return path.relative_to(self.srcdir) if path.is_relative_to(self.srcdir) else path

    def path2doc(self, filename: str | os.PathLike[str]) -> str | None:
        """The page of a file, or None where the file is not a page."""
        return self._path_to_docname.get(self._place(Path(filename)))

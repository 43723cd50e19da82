#!/usr/bin/env python3
"""Builds the book: build/venv/bin/python book/build.py --build-dir build

It reads the library with Doxygen, runs the chapters' programs (those that changed), checks that the
book lists the whole library, and renders the pages. LLM_BOOK_CHAPTERS=03 renders one chapter.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

BOOK = Path(__file__).resolve().parent
sys.path.insert(0, str(BOOK / "_ext"))

from weaver.api import api_pages  # noqa: E402
from weaver.book import idle_figures  # noqa: E402
from weaver.coverage import check_coverage, update_waiting  # noqa: E402
from weaver.library import load_library, run_doxygen, undocumented  # noqa: E402
from weaver.mutations import mutation_pages  # noqa: E402
from weaver.pages import book_pages, chosen_chapters  # noqa: E402
from weaver.recordings import record  # noqa: E402


def write_if_changed(path: Path, text: str) -> None:
    """Writes a file that the build makes; one that stays as it was keeps its time."""
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def collected(root: Path, generated: Path, folder: str, title: str, opening: str) -> str:
    """A page made of what each chapter has in book/<folder>."""
    text = f"# {title}\n\n{opening}\n"
    for path in sorted((root / "book" / folder).glob("*.md")):
        text += f"\n```{{include}} {os.path.relpath(path, generated)}\n```\n"
    return text


def write_generated_pages(root: Path, build: Path) -> None:
    """Writes the pages that are put together from many files."""
    folder = build / "book" / "generated"
    pages = {
        "glossary": collected(
            root,
            folder,
            "glossary",
            "Glossary",
            "The words of the trade, each as the book uses it.",
        ),
        "notation": collected(
            root,
            folder,
            "notation",
            "Notation",
            "Every symbol with its shape, in the order in which the chapters introduce them.",
        ),
        **mutation_pages(root),
        **api_pages(root, load_library(root, build)),
    }
    for name, text in pages.items():
        write_if_changed(folder / f"{name}.md", text)
    for path in folder.rglob("*.md"):
        if path.relative_to(folder).with_suffix("").as_posix() not in pages:
            path.unlink()


def run_sphinx(root: Path, build: Path, only: str) -> int:
    """Renders the pages; returns 0 when nothing was wrong with them."""
    from sphinx.cmd.build import main as sphinx

    out = build / "book" / (f"chapters-{only.replace(',', '-')}" if only else "html")
    status = sphinx(
        [
            "-b",
            "html",
            "-n",
            "-q",
            "-W",
            "--keep-going",
            "-c",
            str(BOOK),
            "-d",
            str(build / "book" / "doctrees" / (only or "all")),
            "-D",
            f"weaver_build={build}",
            "-D",
            f"weaver_only={only}",
            str(root),
            str(out),
        ]
    )
    page = (
        next(iter(sorted(out.glob(f"chapters/{only.split(',')[0]}*/index.html"))), None)
        if only
        else None
    )
    print(f"the book: {(page or out / 'index.html').as_uri()}")
    return status


def build_book(root: Path, build: Path, only: str) -> int:
    """Builds the book; returns the exit status."""
    problems = run_doxygen(root, build)
    pages = book_pages(root, build, chosen_chapters(only))
    # The pages themselves report the sections that failed.
    failures = record(root, build, pages, lambda line: print(line, flush=True))
    write_generated_pages(root, build)
    status = run_sphinx(root, build, only)
    coverage = ""
    if not only:
        library = load_library(root, build)
        uncovered, coverage = check_coverage(root, library)
        problems += undocumented(library) + uncovered + idle_figures(root)
    for problem in problems + failures:
        print(problem.replace(f"{root}/", ""), file=sys.stderr)
    if coverage:
        print(coverage)
    return 1 if status or failures or (problems and not only) else 0


def read_files_as_utf8() -> None:
    """Starts this program again as one that does, whatever the locale, and with it all it starts:
    the packages that render the book do not name an encoding where they read a file."""
    if not sys.flags.utf8_mode:
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.argv])


def main() -> int:
    """The command."""
    read_files_as_utf8()
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", type=Path, default=BOOK.parent, help="the repository")
    parser.add_argument(
        "--build-dir",
        type=Path,
        default=Path("build"),
        help="where the chapters' programs were built, and the book will be",
    )
    parser.add_argument(
        "--update-waiting",
        action="store_true",
        help="write book/waiting.txt: what no section lists yet",
    )
    arguments = parser.parse_args()
    root, build = arguments.root.resolve(), arguments.build_dir.resolve()
    if not shutil.which("doxygen"):
        print("book: Doxygen is not installed", file=sys.stderr)
        return 1
    if arguments.update_waiting:
        run_doxygen(root, build)
        print(f"book/waiting.txt: {update_waiting(root, load_library(root, build))} names")
        return 0
    return build_book(root, build, os.environ.get("LLM_BOOK_CHAPTERS", ""))


if __name__ == "__main__":
    sys.exit(main())

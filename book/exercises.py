"""Reads the exercises of chapters out of their pages.

    exercises.py chapters/03_attention --json FILE    for the program that checks them
    exercises.py chapters/01_foundations chapters/02_sequence ...    a list, for ./learn

It needs no more than Python itself: a reader checks exercises before the book is built.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

# The two modules by themselves: the package around them is an extension of Sphinx.
sys.path.insert(0, str(Path(__file__).parent / "_ext" / "weaver"))
from prose import Exercise, exercises, first_title, unterminated_fences, weave  # noqa: E402
from source_code import function_span, without_text  # noqa: E402


def section_number(page: Path) -> int:
    """The number that a section's file begins with."""
    return int(page.name.partition("_")[0])


def chapter_exercises(folder: Path) -> list[tuple[Path, Exercise]]:
    """The exercises of a chapter, each with its page, in the book's order."""
    found = []
    for page in sorted(folder.glob("[0-9]*_*.cpp"), key=section_number):
        source = page.read_text(encoding="utf-8")
        for fence in unterminated_fences(source):
            sys.exit(f"{page}:{fence.number}: nothing closes this fence: {fence.text.strip()}")
        found += [(page, exercise) for exercise in exercises(source)]
    return found


def is_stub(source: str, number: str) -> bool:
    """Whether a file of exercises still has the statement that marks this one as not done."""
    bare = without_text(source)
    mark = re.compile(rf'throw\s+[\w:]*NotDone\(\s*"{re.escape(number)}"')
    return any(bare.startswith("throw", match.start()) for match in mark.finditer(source))


def exercise_file(folder: Path) -> str:
    """What the reader has written for a chapter so far."""
    file = folder / "exercises.hpp"
    return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""


def as_json(folder: Path) -> dict[str, Any]:
    """What the exercise runner says about a chapter, files named from the repository's root."""
    name = f"chapters/{folder.name}"
    answers = exercise_file(folder)
    entries = []
    for page, exercise in chapter_exercises(folder):
        entry = {**vars(exercise), "page": f"{name}/{page.name}", "file": f"{name}/exercises.hpp"}
        span = function_span(answers, exercise.function) if exercise.function else None
        entry["file_line"] = span[0] if span else 0
        entries.append(entry)
    return {"chapter": folder.name, "exercises": entries}


def listed(folder: Path) -> str:
    """A chapter as lines: its number and title, then each exercise in code with its state."""
    chapter = folder / "chapter.cpp"
    title = first_title(weave(chapter.read_text(encoding="utf-8"))) if chapter.exists() else None
    answers = exercise_file(folder)
    lines = [f"{int(folder.name.partition('_')[0])}\t{folder.name}\t{title or folder.name}"]
    for _, exercise in chapter_exercises(folder):
        if exercise.kind == "code":
            state = "open" if is_stub(answers, exercise.number) else "written"
            lines.append(f"{exercise.number}\t{state}\t{exercise.title}")
    return "\n".join(lines)


def main() -> None:
    """Writes what the command line asks for."""
    parser = argparse.ArgumentParser(description="Reads the exercises of chapters.")
    parser.add_argument("folders", nargs="+", type=Path, help="chapters, chapters/03_attention")
    parser.add_argument("--json", type=Path, help="the file to write, of one chapter")
    arguments = parser.parse_args()
    if arguments.json:
        text = json.dumps(as_json(arguments.folders[0]), indent=1)
        try:
            arguments.json.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            sys.exit(f"{error.filename} cannot be written: {error.strerror}")
        return
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    print("\n".join([listed(folder) for folder in arguments.folders]))


if __name__ == "__main__":
    main()

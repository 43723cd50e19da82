"""A C++ file as prose and code.

Lines whose first characters are `//:` are prose; everything else is code. Both keep the number of
their line, so that every message about a page names the line of the program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# Stands before a line of code in the text that the Markdown parser reads (a private character).
CODE = "\ue000"

PROSE = re.compile(r"\s*//:( |$)?(.*)")
OPTION = re.compile(r"\s*:[\w-]+:\s+\S")
FENCE = re.compile(r"\s*(?P<marks>`{3,}|~{3,})\s*(?P<info>[^`]*)$")
EXERCISE = re.compile(r"\{exercise\}\s*(\S+)")
NAMED_OPTION = re.compile(r"\s*:([\w-]+):\s*(.*)")


@dataclass(frozen=True)
class Line:
    """One line of prose or of code with its number in the file."""

    number: int
    text: str
    is_prose: bool


def split(source: str) -> list[Line]:
    """The lines of a program, each told apart as prose or code."""
    lines = []
    for number, text in enumerate(source.splitlines(), 1):
        match = PROSE.fullmatch(text)
        lines.append(Line(number, match[2] if match else text, match is not None))
    return lines


def weave(source: str) -> str:
    """The text for the Markdown parser: prose bare, code behind a mark, line for line.

    Blank lines of code that stand next to prose become blank lines of prose: they separate.
    """
    lines = split(source)
    woven = [line.text if line.is_prose else CODE + line.text for line in lines]
    for first, last in _code_runs(lines):
        for ends in (range(first, last), range(last - 1, first - 1, -1)):
            for i in ends:
                if lines[i].text.strip():
                    break
                woven[i] = ""
    _join_options(woven)
    return "\n".join(woven) + "\n"


def _join_options(woven: list[str]) -> None:
    """Joins the last option of a directive with the indented lines that it goes on with.

    MyST ends an option with its line; the lines that it went on with stay behind, blank.
    """
    option = None
    for i, text in enumerate(woven):
        if OPTION.match(text):
            option = i
        elif option is not None and text.startswith("  ") and text.strip():
            woven[option] += " " + text.strip()
            woven[i] = ""
        else:
            option = None


def _code_runs(lines: list[Line]) -> Iterator[tuple[int, int]]:
    """The runs of lines of code, each from its first index to behind its last."""
    start = 0
    for i in range(len(lines) + 1):
        if i == len(lines) or lines[i].is_prose:
            if start < i:
                yield start, i
            start = i + 1


def unterminated_fences(source: str) -> list[Line]:
    """The opening lines of fences that nothing closes before the code goes on or the file ends."""
    open_fences: list[tuple[str, bool, Line]] = []
    lost = []
    for line in split(source):
        if not line.is_prose:
            if line.text.strip():
                lost += [opening for _, _, opening in open_fences]
                open_fences.clear()
            continue
        match = FENCE.match(line.text)
        if not match:
            continue
        marks, info = match["marks"], match["info"].strip()
        holds_markdown = not open_fences or open_fences[-1][1]
        if info and holds_markdown:
            open_fences.append((marks, info.startswith("{"), line))
        elif not info:
            if not any(marks.startswith(opening) for opening, _, _ in open_fences):
                if holds_markdown:
                    open_fences.append((marks, False, line))
                continue
            while open_fences and not _closes(marks, open_fences):
                lost.append(open_fences.pop()[2])
            open_fences.pop()
    return sorted(lost + [line for _, _, line in open_fences], key=lambda line: line.number)


def _closes(marks: str, open_fences: list[tuple[str, bool, Line]]) -> bool:
    """Whether a bare fence closes the innermost one that is open, and not one around it."""
    exact = any(opening == marks for opening, _, _ in open_fences)
    return open_fences[-1][0] == marks if exact else marks.startswith(open_fences[-1][0])


def find_line(source: str, text: str, first: int) -> int:
    """The number of the first line of a paragraph that holds `text`, from line `first` on."""
    for line in split(source)[max(first - 1, 0) :]:
        if text in line.text:
            return line.number
        if not line.text.strip() and line.number > first:
            break
    return first


def first_title(text: str) -> str | None:
    """The first title in Markdown, such as `weave` gives."""
    return next((line[2:].strip() for line in text.splitlines() if line.startswith("# ")), None)


@dataclass
class Exercise:
    """What a page says about one exercise, as Markdown, and the line on which it begins."""

    number: str
    line: int
    title: str = ""
    kind: str = ""
    function: str = ""
    statement: str = ""
    hints: list[str] = field(default_factory=list)


def exercises(source: str) -> list[Exercise]:
    """The exercises of a program's prose, in its order."""
    lines = weave(source).splitlines()
    found = []
    for i, text in enumerate(lines):
        fence = FENCE.match(text)
        name = fence and EXERCISE.match(fence["info"])
        if fence and name:
            block = lines[i + 1 : _closing_fence(lines, i, fence["marks"])]
            found.append(_read_exercise(Exercise(name[1], i + 1), block))
    return found


def _closing_fence(lines: list[str], opening: int, marks: str) -> int:
    """The index of the line that closes the fence on line `opening`, or of the end."""
    for i in range(opening + 1, len(lines)):
        fence = FENCE.match(lines[i])
        if fence and fence["marks"].startswith(marks) and not fence["info"].strip():
            return i
    return len(lines)


def _read_exercise(exercise: Exercise, block: list[str]) -> Exercise:
    """Fills in an exercise from the lines between its fences."""
    i = 0
    while i < len(block) and (option := NAMED_OPTION.match(block[i])):
        if option[1] in ("title", "kind", "function"):
            setattr(exercise, option[1], option[2].strip())
        i += 1
    statement: list[str] = []
    while i < len(block):
        fence = FENCE.match(block[i])
        end = _closing_fence(block, i, fence["marks"]) if fence else i
        if fence and fence["info"].startswith("{hint}"):
            exercise.hints.append("\n".join(block[i + 1 : end]).strip("\n"))
        elif not (fence and fence["info"].startswith("{solution}")):
            statement += block[i : end + 1]
        i = end + 1
    exercise.statement = "\n".join(statement).strip("\n")
    return exercise

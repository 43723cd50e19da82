"""Finds functions and comments in C++ source text."""

from __future__ import annotations

import re


def declaration_start(lines: list[str], line: int) -> int:
    """The first line of the declaration that holds a line: its template and its return type.

    Lines are counted from 1.
    """
    while line > 1:
        above = lines[line - 2].strip()
        if not above or above.startswith(("//", "#", "/*")) or above.endswith((";", "{", "}", ":")):
            break
        line -= 1
    return line


def comment_above(lines: list[str], line: int) -> list[str]:
    """The lines of the comment that stands directly above a line."""
    first = line
    while first > 1 and lines[first - 2].strip().startswith("//"):
        if lines[first - 2].strip().startswith("//:"):
            break
        first -= 1
    return lines[first - 1 : line - 1]


def statement_end(lines: list[str], line: int) -> int:
    """The line on which a declaration without a body ends: that of its semicolon."""
    while line < len(lines) and not lines[line - 1].split("//")[0].rstrip().endswith(";"):
        line += 1
    return line


def without_text(source: str) -> str:
    """The source with the insides of comments and literals blanked, each character in its place."""
    pattern = re.compile(
        r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.DOTALL
    )
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), source)


def closing_brace(source: str, start: int) -> int:
    """The place of the brace that closes the one at `start`, or -1; `source` is without text."""
    depth = 0
    for place in range(start, len(source)):
        depth += {"{": 1, "}": -1}.get(source[place], 0)
        if depth == 0:
            return place
    return -1


def function_span(source: str, name: str) -> tuple[int, int] | None:
    """The first and last line of the definition of a function or struct; None where there is none.

    Lines are counted from 1.
    """
    bare = without_text(source)
    pattern = re.compile(
        rf"^[^\n#]*(?<![\w.>:])(?:struct\s+)?{re.escape(name)}\s*[({{]", re.MULTILINE
    )
    for match in pattern.finditer(bare):
        if re.match(r"\s*(return|throw|if|for|while)\b", match[0]):
            continue
        opening = bare.find("{", match.end() - 1)
        semicolon = bare.find(";", match.end() - 1)
        if opening < 0 or 0 <= semicolon < opening:
            continue
        end = closing_brace(bare, opening)
        first = declaration_start(source.splitlines(), source.count("\n", 0, match.start()) + 1)
        return first, source.count("\n", 0, end) + 1
    return None


def function_source(source: str, name: str) -> str | None:
    """The definition of a function or struct below its comment; None where there is none."""
    span = function_span(source, name)
    if not span:
        return None
    lines, (first, last) = source.splitlines(), span
    return "\n".join(comment_above(lines, first) + lines[first - 1 : last])

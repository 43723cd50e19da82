"""Code that carries no idea and so stays out of a page's way: `#include` lines, the lines that open
and close a namespace, and the statements that record data for the book.

Such lines are one line on the page, which opens in place; every line keeps its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from .source_code import without_text

FRAME = re.compile(
    r"\s*(#\s*(include|pragma)\b|(inline\s+)?namespace\b[^;]*\{\s*$|\}\s*//\s*namespace)"
)
RECORD = re.compile(r"\s*(llm::)?record(_data|_value)?\(")


class folded_code(nodes.General, nodes.Element):
    """Lines of a program that the reader may open."""


@dataclass(frozen=True)
class Run:
    """Lines of code that are shown or folded together, by their indices."""

    first: int
    last: int  # behind the last
    label: str  # empty for lines that are shown


def labels(lines: list[str]) -> list[str]:
    """What each line is folded as; empty for a line that is shown, "?" for a blank one."""
    bare = without_text("\n".join(lines)).split("\n")
    found: list[str] = []
    open_brackets = 0
    for line, code in zip(lines, bare, strict=True):
        if open_brackets or RECORD.match(line):
            open_brackets += code.count("(") - code.count(")")
            found.append("records")
        elif FRAME.match(line):
            found.append("includes" if line.lstrip().startswith("#") else "namespace")
        else:
            found.append("" if line.strip() else "?")
    return found


def runs(lines: list[str]) -> Iterator[Run]:
    """The lines of a piece of code in runs that are shown or folded. Blank lines between folded
    ones are folded with them."""
    found = labels(lines)
    first = 0
    while first < len(lines):
        folds = found[first] not in {"", "?"}
        last = end = first + 1
        while last < len(lines) and (found[last] == "?" or bool(found[last]) == folds):
            last += 1
            end = last if found[last - 1] != "?" or not folds else end
        yield Run(first, end, summary(found[first:end]) if folds else "")
        first = end


def without_blank_ends(lines: list[str], run: Run) -> Run:
    """A run without the blank lines at its ends."""
    first, last = run.first, run.last
    while first < last and not lines[first].strip():
        first += 1
    while first < last and not lines[last - 1].strip():
        last -= 1
    return Run(first, last, run.label)


def summary(found: list[str]) -> str:
    """What the one line says that stands for folded ones."""
    words = {
        "includes": "#include",
        "namespace": "namespace",
        "records": "records data for the book",
    }
    return ", ".join(text for name, text in words.items() if name in found)


def code_blocks(text: str, first_line: int) -> Iterator[nodes.Element]:
    """A piece of a program as blocks with the numbers of its file, some of them folded."""
    lines = text.split("\n")
    for run in runs(lines):
        run = without_blank_ends(lines, run)
        if run.first == run.last:
            continue
        piece = "\n".join(lines[run.first : run.last])
        block = nodes.literal_block(
            piece, piece, language="cpp", linenos=True, classes=["program"]
        )
        block["highlight_args"] = {"linenostart": first_line + run.first}
        if run.label:
            yield folded_code("", block, label=run.label, lines=run.last - run.first)
        else:
            yield block


def visit_folded_code(self: HTML5Translator, node: nodes.Element) -> None:
    """Opens folded lines."""
    count = f"{node['lines']} line{'s' if node['lines'] > 1 else ''}"
    self.body.append(
        f'<details class="code-fold"><summary>{node["label"]} '
        f'<span class="code-fold-lines">{count}</span></summary>\n'
    )


def depart_folded_code(self: HTML5Translator, node: nodes.Element) -> None:
    """Closes folded lines."""
    self.body.append("</details>\n")


def setup(app: Sphinx) -> None:
    """Registers the node."""
    app.add_node(folded_code, html=(visit_folded_code, depart_folded_code))

"""What the programs printed and recorded, on the page: `{output}` and `{value}`."""

from __future__ import annotations

import bisect
import difflib
import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.writers.html5 import HTML5Translator

from .book import book_of
from .inputs import note_input
from .pages import Page
from .prose import find_line, split
from .recordings import Recording
from .report import report

OUTPUT = re.compile(r"\s*(?:`{3,}|~{3,})\s*\{output\}")


def output_lines(source: str) -> list[int]:
    """The lines of a program on which an `{output}` stands."""
    return [line.number for line in split(source) if line.is_prose and OUTPUT.match(line.text)]


def printed_for(
    recording: Recording, file: str, stops: list[int]
) -> dict[int, list[dict[str, Any]]]:
    """What was printed above each `{output}` and below the one before it, in the order of the run.

    Under 0 stands what no `{output}` follows.
    """
    shares: dict[int, list[dict[str, Any]]] = {stop: [] for stop in [0, *stops]}
    for printed in recording.outputs:
        at = bisect.bisect_right(stops, printed["line"]) if printed["file"] == file else len(stops)
        shares[stops[at] if at < len(stops) else 0].append(printed)
    return shares


class printed_text(nodes.General, nodes.FixedTextElement):
    """The lines that a program printed."""


def visit_printed_text(self: HTML5Translator, node: nodes.Element) -> None:
    """Opens printed lines."""
    columns = max(map(len, node.astext().splitlines()), default=1)
    self.body.append(f'<pre class="printed" style="--columns: {columns}">')


def depart_printed_text(self: HTML5Translator, node: nodes.Element) -> None:
    """Closes printed lines."""
    self.body.append("</pre>\n")


class Output(SphinxDirective):
    """What the statements between the previous `{output}` and this one printed."""

    has_content = True
    required_arguments = 0

    def run(self) -> list[nodes.Node]:
        book = book_of(self.env)
        page = book.page[self.env.docname]
        if self.content:
            return [report(self.env, self.lineno, "output: the program prints it; write nothing")]
        note_input(self.env, f"outputs {page.number}")
        recording = book.recordings.get(page.number)
        if recording is None or recording.failure:
            return [report(self.env, self.lineno, no_recording(recording, page.number))]
        source = page.path.read_text()
        shares = printed_for(recording, book.place(page.path), output_lines(source))
        printed = shares.get(self.lineno, [])
        if not printed:
            return [
                report(
                    self.env,
                    self.lineno,
                    "output: nothing was printed between the previous output and this one",
                )
            ]
        return [output_block(printed)]


def no_recording(recording: Recording | None, number: str) -> str:
    """Why there is nothing to show of a section."""
    return recording.failure if recording else f"section {number} has not been run"


def output_block(printed: list[dict[str, Any]]) -> nodes.Element:
    """Printed lines as the page shows them; those with timings stand out."""
    block = printed_text()
    for i, one in enumerate(printed):
        if i:
            block += nodes.Text("\n")
        block += (
            nodes.inline("", one["text"], classes=["timing"])
            if one["timing"]
            else nodes.Text(one["text"])
        )
    frame = nodes.container("", block, classes=["output"])
    if any(one["timing"] for one in printed):
        frame["classes"].append("has-timing")
    return frame


def check_all_shown(app: Sphinx, doctree: nodes.document) -> None:
    """Complains of statements that printed and have no `{output}` below them."""
    env: BuildEnvironment = app.env
    page: Page | None = book_of(env).page.get(env.docname)
    if not page or not page.section:
        return
    note_input(env, f"outputs {page.number}")
    recording = book_of(env).recordings.get(page.number)
    if not recording:
        return
    source, file = page.path.read_text(), book_of(env).place(page.path)
    lines = set()
    for printed in printed_for(recording, file, output_lines(source))[0]:
        here = printed["file"] == file
        if (line := printed["line"] if here else 1) in lines:
            continue
        lines.add(line)
        start = printed["text"].strip().split("\n")[0][:40]
        message = (
            f"printed '{start}', but no output follows it"
            if here
            else f"{printed['file']}:{printed['line']} printed '{start}', which no page can show"
        )
        report(env, line, message)


class Value(SphinxRole):
    """A recorded number in a sentence: `{value}`name`` or, of another section, `3.2:name`."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        book = book_of(self.env)
        number, _, name = self.text.rpartition(":")
        number = number or book.page[self.env.docname].number
        note_input(self.env, f"value {number}:{name}")
        recording = book.recordings.get(number)
        if recording and not recording.failure and name in recording.values:
            text = recording.values[name]["text"]
            return [
                nodes.inline(
                    "",
                    text.replace("-", "−", 1) if text.startswith("-") else text,
                    classes=["value"],
                )
            ], []
        if book.only and not book.numbered(number):
            return [nodes.inline("", "?", classes=["value"])], []
        page = book.page[self.env.docname]
        first = int(self.lineno or 1)
        line = (
            find_line(page.path.read_text(), f"{{value}}`{self.text}`", first)
            if page.is_program
            else first
        )
        message = f"value '{name}' was not recorded by section {number}"
        if recording is None or recording.failure:
            message = f"value '{name}': {no_recording(recording, number)}"
        elif near := difflib.get_close_matches(name, recording.values, 1):
            message += f"; did you mean '{near[0]}'?"
        report(self.env, line, message)
        return [nodes.inline("", "?", classes=["value", "weaver-error"])], []


def setup(app: Sphinx) -> None:
    """Registers the directive, the role and the check."""
    app.add_node(printed_text, html=(visit_printed_text, depart_printed_text))
    app.add_directive("output", Output)
    app.add_role("value", Value())
    app.connect("doctree-read", check_all_shown)

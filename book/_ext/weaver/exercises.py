"""Exercises with folded hints and solutions: `{exercise}`, `{hint}`, `{solution}`."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from .book import book_of
from .inputs import note_input
from .pages import source_uri
from .prose import Exercise as ExerciseText
from .report import report
from .source_code import function_source

KINDS = ("paper", "code", "experiment")


class fold(nodes.General, nodes.Element):
    """Something that the reader opens: a hint or a solution."""


class exercise(nodes.General, nodes.Element):
    """An exercise."""


class Fold(SphinxDirective):
    """The base of hints and solutions."""

    has_content = True
    kind = ""

    def run(self) -> list[nodes.Node]:
        node = fold(kind=self.kind)
        node.line = self.lineno
        if "weaver_exercise" not in self.env.temp_data:
            return [
                report(self.env, self.lineno, f"this {self.kind} stands outside of an exercise")
            ]
        self.assert_has_content()
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


class Hint(Fold):
    """One of an exercise's two hints."""

    kind = "hint"


class Solution(Fold):
    """The solution of an exercise."""

    kind = "solution"


class Exercise(SphinxDirective):
    """An exercise: its statement, two hints, a solution, and the command that checks it.

    Its title, kind and function are those that `prose.exercises` reads, as the exercise runner does.
    """

    required_arguments = 1
    has_content = True
    option_spec = {
        "title": directives.unchanged_required,
        "kind": directives.unchanged_required,
        "function": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        id_ = self.arguments[0]
        text = book_of(self.env).exercise(self.env.docname, self.lineno)
        self.text = text or ExerciseText(id_, self.lineno)
        kind = self.text.kind
        node = exercise(number=id_, title=self.text.title, kind=kind, ids=[f"exercise-{id_}"])
        self.env.temp_data["weaver_exercise"] = id_
        self.state.nested_parse(self.content, self.content_offset, node)
        del self.env.temp_data["weaver_exercise"]
        complaints = [
            report(self.env, self.lineno, f"exercise {id_} {complaint}")
            for complaint in self._complaints(id_, kind, node)
        ]
        if complaints:
            return [*complaints, node]
        number = 0
        for child in node.findall(fold):
            number += child["kind"] == "hint"
            child["label"] = f"Hint {number}" if child["kind"] == "hint" else "Solution"
        if kind == "code":
            self._add_code(node)
        return [node]

    def _complaints(self, id_: str, kind: str, node: nodes.Element) -> list[str]:
        """What is wrong with the exercise."""
        page = book_of(self.env).page[self.env.docname]
        hints = [child for child in node.findall(fold) if child["kind"] == "hint"]
        solutions = [child for child in node.findall(fold) if child["kind"] == "solution"]
        seen: Any = self.env.temp_data.setdefault("weaver_exercises", {})
        complaints = []
        if not re.fullmatch(re.escape(page.number) + "[a-z]", id_):
            complaints.append(
                f"stands in section {page.number}: its name is {page.number} and a letter"
            )
        if id_ in seen:
            complaints.append(f"stands on this page twice, first on line {seen[id_]}")
        seen.setdefault(id_, self.lineno)
        if not self.text.title:
            complaints.append("has no :title:")
        if kind not in KINDS:
            complaints.append(f"is of the kind '{kind}', which is none of {', '.join(KINDS)}")
        if len(hints) != 2:
            complaints.append(f"has {len(hints)} hints and needs 2")
        if len(hints) != len(self.text.hints):
            complaints.append(f"shows ./learn exercise {len(self.text.hints)} hints")
        if len(solutions) != 1:
            complaints.append(f"has {len(solutions)} solutions and needs 1")
        if kind == "code":
            complaints += self._function_complaints()
        return complaints

    def _function_complaints(self) -> list[str]:
        """What is wrong with the function of an exercise in code."""
        name = self.text.function
        if not name:
            return ["is in code and names no :function:"]
        return [
            f"asks for the function {name}, which {file} does not have"
            for file in self._files()
            if not self._source(file, name)
        ]

    def _files(self) -> list[str]:
        """Where the reader writes, and where the solution stands."""
        book = book_of(self.env)
        folder = book.place(book.page[self.env.docname].path.parent)
        return [f"{folder}/exercises.hpp", f"{folder}/solutions.hpp"]

    def _source(self, file: str, name: str) -> str | None:
        """The source of a function in one of the two files."""
        note_input(self.env, f"file {file}")
        path = book_of(self.env).root / file
        return function_source(path.read_text(), name) if path.exists() else None

    def _add_code(self, node: nodes.Element) -> None:
        """Adds what to fill in, and how to check it, to the statement; adds the solution's code."""
        name = self.text.function
        stub, solution = (self._source(file, name) for file in self._files())
        file = self._files()[0]
        task = nodes.paragraph("", "Fill in the function in ", classes=["exercise-task"])
        task += nodes.reference(
            "",
            "",
            nodes.literal("", file),
            internal=True,
            refuri=source_uri(self.env.docname, file),
        )
        task += [
            nodes.Text(", and check it: "),
            nodes.literal("", f"./learn exercise {node['number'][:-1]}"),
        ]
        first = next(i for i, child in enumerate(node.children) if isinstance(child, fold))
        node[first:first] = [
            task,
            nodes.literal_block(stub, stub, language="cpp", classes=["exercise-stub"]),
        ]
        next(child for child in node.findall(fold) if child["kind"] == "solution").append(
            nodes.literal_block(solution, solution, language="cpp")
        )


def visit_exercise(self: HTML5Translator, node: nodes.Element) -> None:
    """Opens an exercise with its heading."""
    self.body.append(self.starttag(node, "section", CLASS=f"exercise exercise-{node['kind']}"))
    self.body.append(
        f'<p class="exercise-heading" role="heading" aria-level="3">'
        f'<span class="exercise-number">Exercise {node["number"]}</span> '
        f'<span class="exercise-title">{self.encode(node["title"])}</span> '
        f'<span class="exercise-kind">{self.encode(node["kind"])}</span>'
        f'<a class="headerlink" href="#{node["ids"][0]}" title="Link to this exercise">¶</a></p>\n'
    )


def depart_exercise(self: HTML5Translator, node: nodes.Element) -> None:
    """Closes an exercise."""
    self.body.append("</section>\n")


def visit_fold(self: HTML5Translator, node: nodes.Element) -> None:
    """Opens a hint or a solution, folded."""
    self.body.append(
        f'<details class="fold fold-{node["kind"]}">'
        f"<summary>{node.get('label', node['kind'])}</summary>\n"
    )


def depart_fold(self: HTML5Translator, node: nodes.Element) -> None:
    """Closes a hint or a solution."""
    self.body.append("</details>\n")


def setup(app: Sphinx) -> None:
    """Registers the directives and their nodes."""
    app.add_node(exercise, html=(visit_exercise, depart_exercise))
    app.add_node(fold, html=(visit_fold, depart_fold))
    app.add_directive("exercise", Exercise)
    app.add_directive("hint", Hint, override=True)
    app.add_directive("solution", Solution)

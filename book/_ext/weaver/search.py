"""What the search finds: sections by their titles, questions and words, listings by their names,
exercises, and the words of the glossary.

The entries go into a script, which a page on the disk may load; `static/search.js` ranks them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from .book import book_of
from .exercises import exercise
from .measure import LABELS

QUESTION = re.compile(r"\{doc\}`/([^`]+)` – (.*?)(?=\n:|\n\n|\Z)", re.DOTALL)
Entry = dict[str, str]


def questions(root: Path) -> dict[str, str]:
    """The question that each section answers, from the book's first page."""
    text = (root / "book" / "index.md").read_text(encoding="utf-8")
    return {match[1]: " ".join(match[2].split()) for match in QUESTION.finditer(text)}


def kind_of(node: nodes.Node) -> str:
    """What an element is to the search; empty where it belongs to what is around it."""
    if isinstance(node, nodes.section):
        return "section"
    if isinstance(node, exercise):
        return "exercise"
    if isinstance(node, nodes.Element) and "listing" in node.get("classes", []):
        return "listing"
    if isinstance(node, nodes.definition_list_item) and isinstance(
        node.parent.parent, addnodes.glossary
    ):
        return "word"
    return ""


def entries(doctree: nodes.document) -> Iterator[Entry]:
    """What the search can find on a page."""
    for number, node in enumerate(doctree.findall(lambda one: bool(kind_of(one)))):
        kind = kind_of(node)
        prose, code = words_of(node)
        title = title_of(node, kind)
        if kind == "section" and not number:
            kind, node = "page", nodes.Element()
        anchor = next(iter(ids_of(node, kind)), "")
        yield {"kind": kind, "title": title, "anchor": anchor, "text": prose, "code": code}


def ids_of(node: nodes.Element, kind: str) -> list[str]:
    """The anchors of an entry."""
    return node[0].get("ids", []) if kind == "word" else node.get("ids", [])


def title_of(node: nodes.Element, kind: str) -> str:
    """What an entry is called."""
    if kind == "exercise":
        return f"Exercise {node['number']}: {node['title']}"
    if kind == "listing":
        return next(iter(node.findall(nodes.literal))).astext()
    child = node[0]
    if isinstance(child, nodes.title):
        return one_line([part.astext() for part in child.children])
    return child.astext()


def words_of(node: nodes.Element) -> tuple[str, str]:
    """The prose and the code of an entry, without those of the entries inside of it."""
    prose: list[str] = []
    code: list[str] = []
    for child in node.children:
        if kind_of(child) or isinstance(child, (nodes.title, nodes.term, addnodes.toctree)):
            continue
        if isinstance(child, nodes.Element) and LABELS & set(child.get("classes", [])):
            continue
        if isinstance(child, nodes.literal_block):
            code.append(child.astext())
        elif isinstance(child, (nodes.TextElement, nodes.Text)):
            prose.append(child.astext())
        else:
            inner = words_of(child)
            prose.append(inner[0])
            code.append(inner[1])
    return one_line(prose), one_line(code)


def one_line(parts: list[str]) -> str:
    """Texts as one, with single spaces."""
    return " ".join(" ".join(parts).split())


def entries_of(env: BuildEnvironment) -> dict[str, list[Entry]]:
    """The entries of every page that was read."""
    if not hasattr(env, "weaver_search"):
        env.weaver_search = {}  # type: ignore[attr-defined]
    return env.weaver_search  # type: ignore[attr-defined]


def keep_entries(app: Sphinx, doctree: nodes.document) -> None:
    """Keeps what the search finds on the page that was read. The reference repeats the listings."""
    page = app.env.docname
    if not page.startswith("api/"):
        entries_of(app.env)[page] = list(entries(doctree))


def purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forgets a page."""
    entries_of(env).pop(docname, None)


def no_index_of_sphinx(app: Sphinx) -> None:
    """Keeps Sphinx from making an index of its own."""
    app.builder.search = False  # type: ignore[attr-defined]


def search_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The search page and what it finds."""
    book, asked = book_of(app.env), questions(book_of(app.env).root)
    found = [
        {
            **entry,
            "page": page,
            "number": book.page[page].number,
            "question": asked.get(page, "") if entry["kind"] == "page" else "",
        }
        for page, kept in sorted(entries_of(app.env).items())
        for entry in kept
        if page in book.page
    ]
    path = Path(app.outdir) / "_static" / "search-entries.js"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"const ENTRIES = {json.dumps(found, ensure_ascii=False)};\n", encoding="utf-8")
    yield "search", {"title": "Search"}, "search.html"


def setup(app: Sphinx) -> None:
    """Registers the search."""
    app.connect("builder-inited", no_index_of_sphinx)
    app.connect("doctree-read", keep_entries, priority=900)
    app.connect("env-purge-doc", purge)
    app.connect("html-collect-pages", search_page)

"""The API reference: a page a folder, made by Breathe, with links back to the sections."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains.cpp import CPPDomain

from .book import Book, book_of
from .inputs import note_input
from .library import Definition, Library, api_page
from .listings import listing_anchor
from .pages import page_uri

DIRECTIVES = {
    "function": "doxygenfunction",
    "typedef": "doxygentypedef",
    "enum": "doxygenenum",
    "struct": "doxygenstruct",
    "class": "doxygenclass",
    "union": "doxygenunion",
}


def api_pages(root: Path, library: Library) -> dict[str, str]:
    """The text of the API reference's pages, by their names."""
    pages = {page: api_page_text(folder, library) for page, folder in api_folders(root, library)}
    names = "\n".join(f"/{page}" for page in pages)
    pages["api/index"] = (
        "# Library reference\n\nEvery function and type that the headers of the library declare, "
        "a page a folder. Each\nentry links to the section that explains it.\n\n"
        f"```{{toctree}}\n:maxdepth: 1\n\n{names}\n```\n"
    )
    return pages


def api_folders(root: Path, library: Library) -> list[tuple[str, str]]:
    """The pages of the reference and the folders that they describe, in the chapters' order."""
    folders = [
        f"common/{path.name.split('_', 1)[1]}" for path in sorted(root.glob("chapters/[0-9]*_*"))
    ]
    present = {Path(one.declared[0]).parent.as_posix() for one in public_definitions(library)}
    rest = sorted(folder for folder in present if folder not in folders)
    return [
        ("api/" + folder.removeprefix("common/").replace("/", "_"), folder)
        for folder in folders + rest
        if folder in present
    ]


def public_definitions(library: Library) -> list[Definition]:
    """What the headers declare, in their order."""
    definitions = [one for symbol in library.symbols for one in symbol.definitions if one.is_public]
    return sorted(definitions, key=lambda one: one.declared)


def api_page_text(folder: str, library: Library) -> str:
    """One page: the entries of each header of a folder."""
    text = f"# {folder}\n"
    header = ""
    for one in public_definitions(library):
        file, _ = one.declared
        if Path(file).parent.as_posix() != folder or one.is_member:
            continue
        if file != header:
            header = file
            text += f"\n## {Path(file).name}\n"
        overloaded = one.kind == "function" and len(library.by_name[one.name][0].definitions) > 1
        members = (
            "" if one.kind in {"function", "typedef", "enum"} else ":members:\n:undoc-members:\n"
        )
        name = one.name + (one.arguments if overloaded else "")
        text += f"\n```{{{DIRECTIVES[one.kind]}}} {name}\n{members}```\n"
    return text


def link_back(app: Sphinx, doctree: nodes.document) -> None:
    """Adds to each entry of the API reference which section lists it."""
    env = app.env
    if not env.docname.startswith("api/"):
        return
    book = book_of(env)
    for file in {one.declared[0] for one in public_definitions(book.library)}:
        if api_page(file) == env.docname:
            note_input(env, f"file {file}")
    symbols = {one.id: symbol for symbol in book.library.symbols for one in symbol.definitions}
    for entry in doctree.findall(addnodes.desc):
        ids = [
            id_
            for signature in entry.findall(addnodes.desc_signature)
            if signature.parent is entry
            for target in signature.findall(nodes.target)
            for id_ in target["ids"]
        ]
        symbol = next((symbols[id_] for id_ in ids if id_ in symbols), None)
        content = next((child for child in entry if isinstance(child, addnodes.desc_content)), None)
        if symbol is None or content is None:
            continue
        name = book.library.unique_name(symbol)
        note_input(env, f"listed {name}")
        for place in book.listings.get(name, [])[:1]:
            if place.page in book.page:
                content += listed_note(book, env.docname, place.page, name)


def listed_note(book: Book, docname: str, page: str, name: str) -> nodes.Node:
    """The line that links an entry to the section that lists it."""
    section = book.page[page]
    link = nodes.reference(
        "",
        f"section {section.number}, {book.title(section)}",
        internal=True,
        refuri=page_uri(docname, page, listing_anchor(name)),
    )
    return nodes.paragraph(
        "", "", nodes.Text("Explained in "), link, nodes.Text("."), classes=["listed-in"]
    )


class BookCPPDomain(CPPDomain):
    """Sphinx's knowledge of C++, with the search's first places left to the book's prose."""

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """What the search finds: functions and types behind the pages, parameters never."""
        for name, shown, kind, page, anchor, _ in super().get_objects():
            hidden = kind in {"functionParam", "templateParam"}
            yield name, shown, kind, page, anchor, -1 if hidden else 2


def forget_breathe_files(app: Sphinx) -> None:
    """Makes Breathe forget which files of Doxygen it has read. It would read every page of the
    reference again whenever Doxygen ran, and stumble over a file that is gone; the pages' inputs
    know better."""
    app.env.breathe_file_state = {}  # type: ignore[attr-defined]


def setup(app: Sphinx) -> None:
    """Registers the links back and the order of the search."""
    app.connect("builder-inited", forget_breathe_files)
    app.add_domain(BookCPPDomain, override=True)
    app.connect("doctree-read", link_back)

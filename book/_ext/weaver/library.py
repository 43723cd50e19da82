"""The functions and types of the library, found by their names through Doxygen's XML."""

from __future__ import annotations

import difflib
import hashlib
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from .source_code import comment_above, declaration_start, statement_end

SUFFIXES = {".hpp", ".cpp", ".cu", ".cuh"}
KINDS = {"function", "typedef", "enum", "variable"}
CLASSES = {"struct", "class", "union"}
ANONYMOUS = re.compile(r"anonymous_namespace\{[^}]*\}::|@\d+::")


@dataclass(frozen=True)
class Span:
    """Some lines of a file, the first and the last counted."""

    file: str
    first: int
    last: int

    @property
    def lines(self) -> str:
        """The numbers of the lines: 12–34."""
        return f"{self.first}–{self.last}" if self.first < self.last else str(self.first)

    def __str__(self) -> str:
        return f"{self.file}:{self.lines}"


@dataclass
class Definition:
    """One function (one overload), type or alias, as Doxygen found it."""

    id: str
    name: str  # qualified, without anonymous namespaces
    kind: str
    hidden: bool  # in an anonymous namespace or static: known in its file only
    declared: tuple[str, int]
    body: Span
    documented: bool
    arguments: str = ""  # of a function: "(const MatrixRef &scores)"
    is_member: bool = False  # of a class, defined outside of it

    @property
    def is_public(self) -> bool:
        """Whether a header declares it and the API reference has it, which leaves constants out."""
        return (
            self.kind != "variable"
            and not self.hidden
            and self.declared[0].endswith((".hpp", ".cuh"))
        )


@dataclass
class Symbol:
    """What the book lists under one name: a type, or a function with all its overloads."""

    name: str
    file: str  # of its first definition
    definitions: list[Definition] = field(default_factory=list)
    source: str = ""
    spans: list[Span] = field(default_factory=list)  # without the comments

    @property
    def is_constant(self) -> bool:
        """Whether it is a constant, which a section may list and none must."""
        return self.definitions[0].kind == "variable"

    @property
    def api(self) -> list[tuple[str, str]]:
        """The folder's page and the anchor of each API entry; helpers of a .cpp file have none."""
        return [(api_page(one.declared[0]), one.id) for one in self.definitions if one.is_public]


def api_page(file: str) -> str:
    """The page of the API reference that has a file: api/attention for common/attention/x.hpp."""
    return "api/" + Path(file).parent.as_posix().removeprefix("common/").replace("/", "_")


def library_files(root: Path) -> list[Path]:
    """The library: common/ and gpu/ without the programs that are pages of the book."""
    files = [
        path
        for folder in ("common", "gpu")
        for path in sorted((root / folder).rglob("*"))
        if path.suffix in SUFFIXES
    ]
    pages = {
        path
        for path in (root / "gpu").glob("*.cpp")
        if path.name == "chapter.cpp" or path.name[0].isdigit()
    }
    return [path for path in files if path not in pages]


class Library:
    """Every symbol of the library, by name."""

    def __init__(self, root: Path, definitions: list[Definition]) -> None:
        self._root = root
        self._lines: dict[str, list[str]] = {}
        symbols: dict[tuple[str, str], Symbol] = {}
        for one in sorted(definitions, key=lambda one: (one.body.file, one.body.first)):
            scope = one.body.file if one.hidden else ""
            symbols.setdefault(
                (one.name, scope), Symbol(one.name, one.body.file)
            ).definitions.append(one)
        self.symbols = sorted(symbols.values(), key=lambda symbol: (symbol.name, symbol.file))
        for symbol in self.symbols:
            symbol.spans = [self._span(one) for one in symbol.definitions]
            symbol.source = "\n\n".join(
                self._text(*pair) for pair in zip(symbol.definitions, symbol.spans, strict=True)
            )

    def lines(self, file: str) -> list[str]:
        """The lines of a source file."""
        if file not in self._lines:
            self._lines[file] = (self._root / file).read_text().splitlines()
        return self._lines[file]

    def _span(self, one: Definition) -> Span:
        """The lines of a definition without its comment."""
        lines = self.lines(one.body.file)
        first = declaration_start(lines, min(one.body.first, len(lines)))
        last = one.body.last if one.body.last >= one.body.first else statement_end(lines, first)
        if one.kind in CLASSES | {"enum", "typedef", "variable"}:
            last = statement_end(lines, last)
        return Span(one.body.file, first, last)

    def _text(self, one: Definition, span: Span) -> str:
        """A definition below its comment, which a declaration elsewhere may have."""
        lines = self.lines(span.file)
        comment = comment_above(lines, span.first)
        if not comment and one.declared[0] != span.file:
            header = self.lines(one.declared[0])
            comment = comment_above(header, declaration_start(header, one.declared[1]))
        return "\n".join([line.strip() for line in comment] + lines[span.first - 1 : span.last])

    def unique_name(self, symbol: Symbol) -> str:
        """The name of a symbol, with its file where several have the name."""
        alone = len(self.by_name[symbol.name]) == 1
        return symbol.name if alone else f"{symbol.name} in {symbol.file}"

    @cached_property
    def by_name(self) -> dict[str, list[Symbol]]:
        """The symbols of each name."""
        names: dict[str, list[Symbol]] = {}
        for symbol in self.symbols:
            names.setdefault(symbol.name, []).append(symbol)
        return names

    def find(self, name: str) -> list[Symbol]:
        """The symbols that a listing of this name can mean: one, when all is well."""
        name, _, file = name.partition(" in ")
        return [
            symbol
            for symbol in self.by_name.get(name.strip(), [])
            if not file or symbol.file == file.strip()
        ]

    def complaint(self, name: str) -> str:
        """Why a listing of this name cannot be shown; empty when it can."""
        found = self.find(name)
        if len(found) == 1:
            return ""
        if found:
            choices = ", ".join(f"'{self.unique_name(symbol)}'" for symbol in found)
            return f"listing '{name}' is ambiguous: write one of {choices}"
        near = difflib.get_close_matches(name, self.by_name, 1)
        last = name.rsplit("::", 1)[-1]
        near = near or [other for other in self.by_name if other.rsplit("::", 1)[-1] == last][:1]
        hint = f"; did you mean '{near[0]}'?" if near else ""
        return f"listing '{name}': common/ and gpu/ have no function or type of this name{hint}"


def run_doxygen(root: Path, build: Path) -> list[str]:
    """Makes Doxygen's XML of the library where its files have changed; returns its warnings."""
    files = library_files(root)
    folder = build / "book" / "doxygen"
    xml, stamp, warnings = folder / "xml", folder / "stamp", folder / "warnings.txt"
    template = (Path(__file__).parents[2] / "Doxyfile.in").read_text()
    contents = [template, *(f"{path}\n{path.read_text()}" for path in files)]
    key = hashlib.sha256("\0".join(contents).encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == key:
        return _complaints(warnings)
    folder.mkdir(parents=True, exist_ok=True)
    for old in xml.glob("*.xml"):
        old.unlink()
    warnings.write_text("")
    if files:
        places = {
            "ROOT": root,
            "OUTPUT": folder,
            "WARNINGS": warnings,
            "INPUT": " \\\n  ".join(f'"{path}"' for path in files),
        }
        for name, value in places.items():
            template = template.replace(f"@{name}@", str(value))
        (folder / "Doxyfile").write_text(template)
        subprocess.run(
            ["doxygen", "-q", str(folder / "Doxyfile")], cwd=root, check=True, capture_output=True
        )
        _name_files_from(root, xml)
        _name_files_in_full(xml)
    stamp.write_text(key)
    return _complaints(warnings)


def _name_files_from(root: Path, xml: Path) -> None:
    """Takes the repository's path off the files' names, as Doxygen does itself where that path has
    no letters beyond ASCII."""
    if str(root).isascii():
        return
    for path in xml.glob("*.xml"):
        path.write_text(path.read_text(encoding="utf-8").replace(f"{root}/", ""), encoding="utf-8")


def _name_files_in_full(xml: Path) -> None:
    """Gives the files in Doxygen's index their folders, by which Breathe tells them apart."""
    index = ElementTree.parse(xml / "index.xml")
    for compound in index.getroot().iter("compound"):
        name = compound.find("name")
        if compound.get("kind") == "file" and name is not None:
            location = ElementTree.parse(xml / f"{compound.get('refid')}.xml").find(
                ".//compounddef/location"
            )
            assert location is not None
            name.text = location.get("file")
    index.write(xml / "index.xml", encoding="unicode", xml_declaration=True)


def _complaints(warnings: Path) -> list[str]:
    """Doxygen's warnings, each once, with the lines that go on with one joined to it."""
    text = re.sub(r"\n\s+", " ", warnings.read_text())
    return list(dict.fromkeys(line for line in text.splitlines() if line.strip()))


def load_library(root: Path, build: Path) -> Library:
    """Reads Doxygen's XML."""
    definitions: dict[str, Definition] = {}
    classes: list[Definition] = []
    for path in sorted((build / "book" / "doxygen" / "xml").glob("*.xml")):
        for compound in ElementTree.parse(path).getroot().iter("compounddef"):
            for one in _definitions(compound):
                definitions.setdefault(one.id, one)
                if one.kind in CLASSES:
                    classes.append(one)
    return Library(root, [one for one in definitions.values() if not _inside(one, classes)])


def _inside(one: Definition, classes: list[Definition]) -> bool:
    """Whether a definition is part of the text of a class, and so is listed with it."""
    return any(
        outer is not one
        and outer.body.file == one.body.file
        and outer.body.first <= one.body.first <= outer.body.last
        for outer in classes
    )


def _definitions(compound: ElementTree.Element) -> Iterator[Definition]:
    """The functions and types of a namespace, a file or a class; a class is one itself."""
    kind, name = compound.get("kind", ""), compound.findtext("compoundname", "")
    if kind in CLASSES:
        if one := _definition(compound, kind, name):
            yield one
    elif kind not in {"namespace", "file"}:
        return
    scope = "" if kind == "file" else name + "::"
    for member in compound.iter("memberdef"):
        if member.get("kind") in KINDS:
            qualified = member.findtext("qualifiedname") or scope + member.findtext("name", "")
            if one := _definition(member, member.get("kind", ""), qualified, kind):
                yield one


def _definition(
    element: ElementTree.Element, kind: str, name: str, scope: str = ""
) -> Definition | None:
    """One entry of the XML; None for what has no source (declared, and generated or deleted)."""
    location = element.find("location")
    if location is None or name.endswith("::") or "@" in ANONYMOUS.sub("", name):
        return None
    file, line = location.get("file", ""), int(location.get("line", 0))
    first, last = int(location.get("bodystart", -1)), int(location.get("bodyend", -1))
    declared = (location.get("declfile", file), int(location.get("declline", line)))
    body = Span(location.get("bodyfile", file), first, last) if first > 0 else Span(file, line, -1)
    text = "".join(
        part
        for tag in ("briefdescription", "detaileddescription")
        for part in (node.strip() for found in element.findall(tag) for node in found.itertext())
    )
    hidden = ANONYMOUS.search(name) is not None or (
        element.get("static") == "yes" and body.file.endswith(".cpp")
    )
    return Definition(
        element.get("id", ""),
        ANONYMOUS.sub("", name),
        kind,
        hidden,
        declared,
        body,
        bool(text),
        element.findtext("argsstring", ""),
        scope in CLASSES,
    )


def undocumented(library: Library) -> list[str]:
    """Each symbol without a comment, with its file and line. One comment serves all overloads, and
    that of a class its constructors and destructor."""
    return [
        f"{symbol.definitions[0].declared[0]}:{symbol.definitions[0].declared[1]}: "
        f"{symbol.name} has no /// comment"
        for symbol in library.symbols
        if not any(one.documented for one in symbol.definitions)
        and not symbol.is_constant
        and not _is_special(symbol.name)
    ]


def _is_special(name: str) -> bool:
    """Whether a qualified name is that of a constructor or a destructor."""
    scope, _, last = name.rpartition("::")
    return bool(scope) and scope.rsplit("::", 1)[-1] == last.removeprefix("~")

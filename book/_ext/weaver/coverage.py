"""Every function and type of the library is listed once in the book, or waits for its section.

All forms of a listing count, and the pieces of one count once. A constant may be listed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from .library import Library, Symbol
from .pages import chapter_pages
from .prose import split

LISTING = re.compile(r"\s*(?:`{3,}|~{3,})\s*\{listing\}\s*(.+?)\s*$")
UPDATE = "build/venv/bin/python book/build.py --update-waiting"


@dataclass(frozen=True)
class Place:
    """A line of a page that lists a symbol."""

    file: str
    line: int
    page: str  # its name for Sphinx
    number: str  # 3.2
    goes_on: bool = False  # a piece that another one follows

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def listing_places(root: Path) -> dict[str, list[Place]]:
    """Every name that the book lists, and where."""
    places: dict[str, list[Place]] = {}
    for page in chapter_pages(root):
        file = page.path.relative_to(root).as_posix()
        lines = split(page.path.read_text())
        for line, following in zip(lines, [*lines[1:], None], strict=True):
            if line.is_prose and (match := LISTING.match(line.text)):
                goes_on = following is not None and following.text.startswith(":until:")
                places.setdefault(match[1], []).append(
                    Place(file, line.number, page.docname, page.number, goes_on)
                )
    return places


def waiting_names(root: Path) -> dict[str, int]:
    """The names of book/waiting.txt and their lines."""
    path = root / "book" / "waiting.txt"
    lines = path.read_text().splitlines() if path.exists() else []
    return {
        line.strip(): number
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.startswith("#")
    }


def listed_symbols(library: Library, places: dict[str, list[Place]]) -> dict[str, list[Place]]:
    """The places that list each symbol, by its unique name. Names that mean nothing are left out:
    their directive reports them."""
    listed: dict[str, list[Place]] = {}
    for name, where in places.items():
        found = library.find(name)
        if len(found) == 1:
            listed.setdefault(library.unique_name(found[0]), []).extend(where)
    return listed


def second_places(places: list[Place]) -> list[Place]:
    """The places that list again what was listed: a piece is followed by one on its own page."""
    second: list[Place] = []
    last: Place | None = None
    for place in places:
        if last is not None and not (last.goes_on and last.file == place.file):
            second.append(place)
        else:
            last = place
    return second


def check_coverage(root: Path, library: Library) -> tuple[list[str], str]:
    """What is listed twice, or neither listed nor waiting, or both; and the coverage in a line."""
    listed = listed_symbols(library, listing_places(root))
    waiting = waiting_names(root)
    symbols: dict[str, Symbol] = {library.unique_name(symbol): symbol for symbol in library.symbols}
    problems = []
    for name, symbol in symbols.items():
        places = sorted(listed.get(name, []), key=lambda place: (place.file, place.line))
        definition = symbol.definitions[0]
        if not places and name not in waiting and not symbol.is_constant:
            problems.append(
                f"{definition.body.file}:{definition.body.first}: {name} is neither listed "
                "in a section nor named in book/waiting.txt"
            )
        for place in second_places(places):
            problems.append(f"{place}: {name} is listed twice, first at {places[0]}")
        if places and name in waiting:
            problems.append(
                f"book/waiting.txt:{waiting[name]}: {name} waits for a section, but "
                f"{places[0]} lists it"
            )
    problems += [
        f"book/waiting.txt:{line}: common/ and gpu/ have no function or type {name}"
        for name, line in waiting.items()
        if name not in symbols
    ]
    if any("waiting.txt" in problem for problem in problems):
        problems.append(f"book/waiting.txt is brought up to date by: {UPDATE}")
    needed = [name for name, symbol in symbols.items() if not symbol.is_constant]
    count, total = sum(name in listed for name in needed), len(needed)
    return problems, f"listings: {count} of {total} ({round(100 * count / max(total, 1))} %)"


def update_waiting(root: Path, library: Library) -> int:
    """Writes the names that no section lists to book/waiting.txt; returns how many they are."""
    listed = listed_symbols(library, listing_places(root))
    needed = [symbol for symbol in library.symbols if not symbol.is_constant]
    names = sorted({library.unique_name(symbol) for symbol in needed} - listed.keys())
    header = (
        f"# The functions and types of common/ and gpu/ that no section lists yet.\n# {UPDATE}\n"
    )
    (root / "book" / "waiting.txt").write_text(header + "".join(f"{name}\n" for name in names))
    return len(names)

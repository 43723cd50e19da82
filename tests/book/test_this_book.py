"""What the book says of the library, checked without running the chapters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sample_project import BOOK
from weaver.coverage import check_coverage, listing_places
from weaver.library import Library, load_library, run_doxygen, undocumented
from weaver.pages import chapter_pages
from weaver.prose import unterminated_fences

ROOT = BOOK.parent


@pytest.fixture(scope="module")
def doxygen(tmp_path_factory: pytest.TempPathFactory) -> tuple[Library, list[str]]:
    """The library, and what Doxygen had to say of it."""
    build = tmp_path_factory.mktemp("doxygen")
    warnings = run_doxygen(ROOT, build)
    return load_library(ROOT, build), warnings


def test_doxygen_has_nothing_to_say(doxygen):
    assert doxygen[1] == []


def test_every_function_and_type_has_a_comment(doxygen):
    assert undocumented(doxygen[0]) == []


def test_every_function_and_type_is_listed_once_or_waits(doxygen):
    assert check_coverage(ROOT, doxygen[0])[0] == []


def test_every_listing_finds_its_function(doxygen):
    complaints = {
        str(place): doxygen[0].complaint(name)
        for name, places in listing_places(ROOT).items()
        for place in places
    }
    assert [f"{place}: {text}" for place, text in complaints.items() if text] == []


def heavy(html: Path, limit: int) -> list[str]:
    """The pages of a rendered book that are heavier than they may be."""
    return [
        f"{path.relative_to(html)}: {path.stat().st_size} bytes"
        for path in sorted(html.rglob("*.html"))
        if path.stat().st_size > limit
    ]


def test_no_page_of_the_rendered_book_weighs_more_than_a_quarter_of_a_megabyte():
    html = ROOT / "build" / "book" / "html"
    if not (html / "index.html").exists():
        pytest.skip("the book is not rendered")
    assert heavy(html, 250_000) == []


def fences() -> Iterator[str]:
    """The fences of all pages that nothing closes."""
    for page in chapter_pages(ROOT):
        for line in unterminated_fences(Path(page.path).read_text()):
            yield f"{page.path.relative_to(ROOT)}:{line.number}"


def test_every_fence_is_closed():
    assert list(fences()) == []

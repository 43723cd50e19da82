"""The colors of code can be read, and nothing of the code is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from pygments.lexers.c_cpp import CppLexer
from pygments.styles import get_style_by_name
from pygments.token import _TokenType
from sample_project import BOOK
from weaver.highlighting import BookCppLexer

CONF = (BOOK / "conf.py").read_text()
CSS = (BOOK / "static" / "book.css").read_text()


def luminance(color: str) -> float:
    """The relative luminance of a color, as WCAG defines it."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast of two colors, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def used() -> set[_TokenType]:
    """The kinds of tokens that the library's sources have."""
    paths = (BOOK.parent / "common").rglob("*.?pp")
    return {kind for path in paths for kind, _ in CppLexer().get_tokens(path.read_text())}


def colors(setting: str, variables: int) -> Iterator[tuple[str, str]]:
    """The colors of a style on the backgrounds that code stands on in the theme."""
    name = re.search(rf'{setting} = "([^"]+)"', CONF)
    assert name
    style = get_style_by_name(name[1])
    for variable in ("--book-code", "--book-exercise"):
        background = re.findall(rf"{variable}: #(\w+);", CSS)[variables]
        for token in used():
            if color := style.style_for_token(token)["color"]:
                yield color, background


@pytest.mark.parametrize("setting, theme", [("pygments_style", 0), ("pygments_dark_style", 1)])
def test_every_color_of_code_can_be_read(setting, theme):
    weak = {pair for pair in colors(setting, theme) if contrast(*pair) < 4.5}
    assert weak == set()


def test_the_lexer_keeps_every_character_and_joins_what_looks_alike():
    source = (BOOK.parent / "common" / "attention" / "causal_attention.cpp").read_text()
    ours = list(BookCppLexer(stripnl=False).get_tokens(source))
    assert "".join(text for _, text in ours) == source
    theirs = list(CppLexer(stripnl=False).get_tokens(source))
    assert len(ours) < len(theirs) / 2

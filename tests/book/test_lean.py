"""What no reader sees is not on the pages, and what they see is as it was."""

from __future__ import annotations

import html
import re

import pytest
from sample_project import Project
from weaver.lean import lean

WORD = '<code class="docutils literal notranslate"><span class="pre">{}</span></code>'


@pytest.mark.parametrize("word", ["softmax_rows", "llm::half()", "a[i]", "x,y", "&lt;int&gt;"])
def test_a_word_that_does_not_break_needs_no_element(word):
    assert lean(WORD.format(word)) == f'<code class="docutils literal notranslate">{word}</code>'


@pytest.mark.parametrize("word", ["--record", "common/attention", "a|b", "why?"])
def test_a_word_that_may_break_keeps_its_element(word):
    assert lean(WORD.format(word)) == WORD.format(word)


def test_the_reference_has_no_anchors_that_nothing_links_to(built: Project):
    page = built.page("api/attention")
    assert "_CPPv4" in page and not re.search("_CPPv[23]", page)
    for target in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{html.unescape(target)}"' in page, target

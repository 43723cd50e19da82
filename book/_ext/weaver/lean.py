"""Markup that no reader sees and no page needs, taken out of the pages: a third of the bytes of the
API reference, and some thousands on a page with a hundred listings.

- Sphinx puts each word of inline code into an element that keeps it on one line. A word without a
  place where a browser would break it stays on one line by itself.
- Each entry of the reference has the anchors that older versions of Sphinx gave it, to which nothing
  here links, and each of its links and anchors a title that repeats what it stands on.
- The link of a listing to its file has classes that no rule of the style sheets asks for.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

# A word that a browser does not break, with no entity but those of <, > and &.
WHOLE_WORD = re.compile(r'<span class="pre">((?:[\w.:,;=*+()\[\]]|&(?:amp|lt|gt);)*)</span>')
OLD_ANCHOR = re.compile(r'<span id="_CPPv[23][^"]*"></span>')
COLORLESS = re.compile(r'<span class="[npw]">([^<]*)</span>')
TITLE = re.compile(r'(<a class="reference internal" href="[^"]*") title="[^"]*"')
PERMALINK_TITLE = re.compile(r'(<a class="headerlink" href="[^"]*") title="Link to this definition"')
PLACE = re.compile(r'(<span class="listing-place"><a) class="reference internal"')


def lean(body: str) -> str:
    """A page's body without what it does not need."""
    body = WHOLE_WORD.sub(r"\1", body)
    body = OLD_ANCHOR.sub("", body)
    body = COLORLESS.sub(r"\1", body)
    body = PLACE.sub(r"\1", body)
    body = PERMALINK_TITLE.sub(r"\1", body)
    return TITLE.sub(r"\1", body)


def make_lean(
    app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Takes it out of a page before it is written."""
    if doctree is not None and "body" in context:
        context["body"] = lean(context["body"])


def setup(app: Sphinx) -> None:
    """Registers the step."""
    app.connect("html-page-context", make_lean)

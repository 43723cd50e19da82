"""What Sphinx and its theme leave undone for those who read with their ears or the keyboard."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

HEADING = re.compile(r'role="heading"(?! aria-level)')
ENTRY = ' role="doc-biblioentry"'  # no longer a role
TITLE = re.compile(r' id="breathe-section-title-[^"]*"')  # the same for each type of a page


def repaired(html: str) -> str:
    """A piece of a page: captions have a level, entries of the bibliography a living role, and no
    two places one name."""
    html = HEADING.sub('role="heading" aria-level="2"', TITLE.sub("", html))
    return html.replace(ENTRY, ' role="listitem"')


def repair(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Mends the pieces of a page before they are put together."""
    for name in ("body", "toc", "furo_navigation_tree"):
        if isinstance(context.get(name), str):
            context[name] = repaired(context[name])
    context["has_exercises"] = 'id="exercises"' in context.get("body", "")


def setup(app: Sphinx) -> None:
    """Registers the repairs, after the theme has done its part."""
    app.connect("html-page-context", repair, priority=900)

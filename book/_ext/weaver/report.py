"""What the weaver has to say about a page, with file and line; and which pages it said it of.

A page that was complained about is read again at the next build, or an error would be reported
once and then be forgotten.
"""

from __future__ import annotations

import json
import logging as standard_logging
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

logger = logging.getLogger(__name__)


def report(env: BuildEnvironment, line: int, message: str) -> nodes.Element:
    """Reports an error in the page that is being read; returns what stands in its place."""
    logger.warning(message, location=(env.docname, line))
    return nodes.paragraph("", message, classes=["weaver-error"])


class Complaints(standard_logging.Filter):
    """Remembers the places that warnings named."""

    def __init__(self) -> None:
        super().__init__()
        self.places: set[str] = set()

    def filter(self, record: standard_logging.LogRecord) -> bool:
        """Keeps the place of a warning and lets it pass."""
        location = getattr(record, "location", None)
        self.places.add(str(location or ""))
        return True


def complaints_file(app: Sphinx) -> Path:
    """Where the pages with errors are remembered from one build to the next."""
    return Path(app.doctreedir) / "complaints.json"


def listen(app: Sphinx) -> None:
    """Starts to remember which places the warnings of this build name."""
    app.weaver_complaints = Complaints()  # type: ignore[attr-defined]
    for handler in standard_logging.getLogger("sphinx").handlers:
        if handler.level == standard_logging.WARNING:
            handler.addFilter(app.weaver_complaints)  # type: ignore[attr-defined]


def complained_about(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """The pages that the last build complained about; all pages where it named none."""
    path = complaints_file(app)
    places = json.loads(path.read_text()) if path.exists() else []
    files = {str(env.doc2path(name)): name for name in env.found_docs}
    pages = [files.get(place.rsplit(":", 1)[0], files.get(place)) for place in places]
    return sorted(env.found_docs if None in pages else {page for page in pages if page})


def keep_complaints(app: Sphinx, error: Exception | None) -> None:
    """Writes down which pages had errors."""
    complaints: Complaints = app.weaver_complaints  # type: ignore[attr-defined]
    complaints_file(app).write_text(json.dumps(sorted(complaints.places)))


def setup(app: Sphinx) -> None:
    """Registers the memory of errors."""
    app.connect("builder-inited", listen)
    app.connect("env-get-outdated", complained_about)
    app.connect("build-finished", keep_complaints)

"""Which pages are out of date.

Sphinx reads a page again when its file changes. A page of this book is made of more: outputs,
values, figures, listings. Each is an input with a name; the page remembers a fingerprint of what it
was, and is read again when that differs, and only then.
"""

from __future__ import annotations

import hashlib
import json

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from .book import book_of

Inputs = dict[str, dict[str, str]]


def fingerprint(content: object) -> str:
    """A short text that changes when the content does."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def inputs_of(env: BuildEnvironment) -> Inputs:
    """The inputs of every page that was read: page, input, fingerprint."""
    if not hasattr(env, "weaver_inputs"):
        env.weaver_inputs = {}  # type: ignore[attr-defined]
    return env.weaver_inputs  # type: ignore[attr-defined]


def note_input(env: BuildEnvironment, name: str) -> None:
    """Says that the page that is being read shows the input of this name."""
    inputs_of(env).setdefault(env.docname, {})[name] = fingerprint(book_of(env).input(name))


def outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """The pages whose inputs are not what they were. New titles touch every page's navigation."""
    book = book_of(env)
    titles = fingerprint(book.input("titles"))
    if getattr(env, "weaver_titles", titles) != titles:
        env.weaver_titles = titles  # type: ignore[attr-defined]
        return sorted(env.found_docs)
    env.weaver_titles = titles  # type: ignore[attr-defined]
    return [
        page
        for page, inputs in inputs_of(env).items()
        if page in env.found_docs
        and any(fingerprint(book.input(name)) != print_ for name, print_ in inputs.items())
    ]


def purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forgets the inputs of a page that is read again or is gone."""
    inputs_of(env).pop(docname, None)


def setup(app: Sphinx) -> None:
    """Registers the check of what is out of date."""
    app.connect("env-get-outdated", outdated)
    app.connect("env-purge-doc", purge)

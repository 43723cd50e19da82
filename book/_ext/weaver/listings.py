"""The source of a function or type of the library, found by its name, in one of three forms.

Shown whole, in the flow of the page:

    ```{listing} llm::softmax_rows
    ```

In pieces, with prose between them. Each piece but the last names a text on the line that it ends
with, and the next piece of the same name goes on from there. The last one has no `:until:` and
shows what is left; the build checks that there is one, and that no line is left out.

    ```{listing} llm::train_step
    :until: const Real loss
    ```

    ```{listing} llm::train_step
    ```

Folded, as one line with the name and the first sentence of its comment. It opens in place, for a
link to it, and for the browser's own search:

    ```{listing} llm::check_shapes
    :folded:
    ```
"""

from __future__ import annotations

import re

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from .book import book_of
from .inputs import note_input
from .library import Symbol
from .pages import page_uri, source_uri
from .report import report


def listing_anchor(name: str) -> str:
    """The anchor of a listing on its page. A destructor or an operator spells out its signs."""
    words = re.sub(r"[^\w\s:./]", lambda sign: f"-{ord(sign[0]):x}-", name)
    return "listing-" + re.sub(r"\W+", "-", words).strip("-")


def first_sentence(source: str) -> str:
    """The first sentence of the comment above a definition; empty where there is none."""
    lines = []
    for line in source.splitlines():
        if not line.startswith("///") or re.match(r"///\s*[@\\]|///\s*$", line):
            break
        lines.append(line.removeprefix("///").strip())
    match = re.match(r".*?[.?!](?=\s|$)", " ".join(lines))
    return match[0] if match else " ".join(lines)


class folded_listing(nodes.General, nodes.Element):
    """A listing of which the page shows one line."""


class Listing(SphinxDirective):
    """A function with all its overloads, a type or a constant, below its comment."""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {"folded": directives.flag, "until": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        library = book_of(self.env).library
        name = self.arguments[0].strip()
        note_input(self.env, f"listing {name}")
        if complaint := library.complaint(name):
            return [report(self.env, self.lineno, complaint)]
        symbol = library.find(name)[0]
        if "folded" in self.options:
            if "until" in self.options:
                return [report(self.env, self.lineno, f"listing '{name}' is folded or in pieces")]
            return [self._folded(name, symbol)]
        begun = pieces(self.env.temp_data).get(name)
        text = self._piece(name, symbol)
        if text is None:
            complaint = f"listing '{name}': no line from here on has '{self.options['until']}'"
            return [report(self.env, self.lineno, complaint)]
        return [self._shown(name, symbol, text, begun is not None)]

    def _piece(self, name: str, symbol: Symbol) -> str | None:
        """The lines from where the last piece ended to this one's end; None without an end."""
        lines = symbol.source.splitlines()
        first, _ = pieces(self.env.temp_data).get(name, (0, 0))
        last = len(lines)
        if until := self.options.get("until"):
            ends = (i for i in range(first, len(lines)) if until in lines[i])
            end = next(ends, None)
            if end is None:
                return None
            last = end + 1
        if until or first:
            pieces(self.env.temp_data)[name] = (last, 0 if not until else self.lineno)
        return "\n".join(lines[first:last]).strip("\n")

    def _shown(self, name: str, symbol: Symbol, text: str, goes_on: bool) -> nodes.Element:
        """A listing in the flow; a piece that goes on has no anchor of its own."""
        frame = nodes.container(
            "",
            self._caption(symbol, goes_on),
            nodes.literal_block(text, text, language="cpp"),
            classes=["listing", "listing-goes-on"] if goes_on else ["listing"],
        )
        if not goes_on:
            frame["ids"] = [listing_anchor(name)]
        return frame

    def _folded(self, name: str, symbol: Symbol) -> nodes.Element:
        """A listing as one line that opens."""
        return folded_listing(
            "",
            self._caption(symbol, False),
            nodes.literal_block(symbol.source, symbol.source, language="cpp"),
            name=symbol.name,
            sentence=first_sentence(symbol.source),
            classes=["listing", "listing-folded"],
            ids=[listing_anchor(name)],
        )

    def _caption(self, symbol: Symbol, goes_on: bool) -> nodes.Node:
        """The name, linked to its API entry, and its places, linked to the files."""
        caption = nodes.paragraph(classes=["listing-caption"])
        title: nodes.Element = nodes.literal("", symbol.name)
        for page, anchor in symbol.api[:1]:
            title = nodes.reference(
                "",
                "",
                title,
                internal=True,
                reftitle="API reference",
                refuri=page_uri(self.env.docname, page, anchor),
            )
        caption += title
        if goes_on:
            caption += [nodes.Text(" "), nodes.inline("", "continued", classes=["listing-place"])]
            return caption
        place = nodes.inline(classes=["listing-place"])
        last = ""
        for span in symbol.spans:
            text = f", {span.lines}" if span.file == last else f"{', ' if last else ''}{span}"
            place += nodes.reference(
                "", text, internal=True, refuri=source_uri(self.env.docname, span.file, span.first)
            )
            last = span.file
        caption += [nodes.Text(" "), place]
        return caption


def pieces(data: dict[str, object]) -> dict[str, tuple[int, int]]:
    """Of the listings in pieces of the page that is being read: how many lines were shown, and the
    line of the piece that more must follow, or 0."""
    return data.setdefault("weaver_pieces", {})  # type: ignore[return-value]


def check_whole(app: Sphinx, doctree: nodes.document) -> None:
    """Complains of listings of which a page does not show the last piece."""
    for name, (shown, line) in pieces(app.env.temp_data).items():
        if line:
            lines = book_of(app.env).library.find(name)[0].source.splitlines()[shown:]
            left = f"{len(lines)} lines are left" if lines else "nothing is left for it"
            complaint = f"listing '{name}': a last piece, without :until:, must follow: {left}"
            report(app.env, line, complaint)


def visit_folded(self: HTML5Translator, node: nodes.Element) -> None:
    """Opens a folded listing."""
    sentence = re.sub(r"`([^`]*)`", r"<code>\1</code>", self.encode(node["sentence"]))
    self.body.append(
        self.starttag(node, "details")
        + f"<summary><code>{self.encode(node['name'])}</code> "
        f'<span class="listing-sentence">{sentence}</span></summary>\n'
    )


def depart_folded(self: HTML5Translator, node: nodes.Element) -> None:
    """Closes a folded listing."""
    self.body.append("</details>\n")


def setup(app: Sphinx) -> None:
    """Registers the directive, the node and the check."""
    app.add_node(folded_listing, html=(visit_folded, depart_folded))
    app.add_directive("listing", Listing)
    app.connect("doctree-read", check_whole)

"""Sphinx's settings for the book. `book/build.py` builds it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "Understand LLMs"
author = "The authors of Understand LLMs"
html_title = "Understand LLMs"
language = "en"

extensions = [
    "myst_parser",
    "breathe",
    "sphinx_copybutton",
    "sphinxcontrib.bibtex",
    "weaver",
]
root_doc = "index"
source_suffix = {".md": "markdown"}

myst_enable_extensions = ["dollarmath", "amsmath", "deflist"]
# Their definitions would be taken out of the text; so they stay in it, and the weaver refuses them.
myst_disable_syntax = ["reference", "footnote_def", "footnote_ref"]
myst_heading_anchors = 3
bibtex_bibfiles: list[str] = []  # the weaver collects book/bibliography/*.bib
bibtex_default_style = "book"
bibtex_reference_style = "author_year"

# The names of other libraries' types lead nowhere in this book, and Breathe asks for all of them.
nitpick_ignore_regex = [("cpp:.*", ".*"), ("c:.*", ".*")]

html_theme = "furo"
html_static_path = ["static"]
templates_path = ["templates"]
html_css_files = ["book.css"]
html_js_files = [("book.js", {"defer": "defer"})]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_copyright = False
html_permalinks_icon = "¶"
html_codeblock_linenos_style = "inline"
html_theme_options = {"navigation_with_keys": True, "top_of_page_buttons": []}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "github-dark-high-contrast"
copybutton_selector = "div.highlight-cpp pre, div.highlight-console pre, div.highlight-shell pre"
highlight_language = "cpp"

html_math_renderer = "mathml"

"""The page "How right is it": what the tests noticed of a library broken on purpose.

Its numbers are those that `tests/mutation/mutate.py --json tests/mutation/result.json` has written.
"""

from __future__ import annotations

import json
from pathlib import Path

OPENING = """\
# How right is it

Every gradient of this book is compared with finite differences, every layer with PyTorch, and all
tests pass. But a test that cannot fail passes as well. How much would these notice? There is a way
to ask them: break the library on purpose, in one small place, and see whether a test fails.

The script `tests/mutation/mutate.py` does that. It takes a source file of the library and makes
*mutants* of it: a plus becomes a minus, `<` becomes `<=`, an index moves by one, a
`transpose()` is forgotten, a statement is dropped. Each mutant is built, and the tests of its
chapter are run. If one fails, the mutant is caught; if all pass, it survives, and the tests are
blind to that mistake. A mutant that does not compile does not count. The idea is older than most
languages {cite}`demillo1978hints`.

The table is of mutants drawn at random from each file. Some changes no test can see, because the
program does the same work in another order or in another size of tile; they are *equivalent*, and
`tests/mutation/equivalent.toml` gives the reason for each. The share is what was caught of the
rest.

| file | mutants | caught | equivalent | survived | share |
| --- | ---: | ---: | ---: | ---: | ---: |
"""

SURVIVORS = """\

## What survived

Each of these is a mistake that the tests of its chapter would let pass: the line as it is, and as
the mutant had it.

"""


def mutation_pages(root: Path) -> dict[str, str]:
    """The page as Markdown, by its name, from the results of the last run; none without a run."""
    path = root / "tests/mutation/result.json"
    return {"how_right_is_it": page_of(json.loads(path.read_text()))} if path.exists() else {}


def page_of(results: list[dict]) -> str:
    """The page as Markdown."""
    rows = [row(entry["file"].removeprefix("common/"), entry, len(entry["survivors"]))
            for entry in results]
    total = {key: sum(entry[key] for entry in results)
             for key in ("mutants", "caught", "equivalent")}
    survivors = sum(len(entry["survivors"]) for entry in results)
    text = OPENING + "\n".join([*rows, row("all", total, survivors)]) + "\n"
    listed = [survivor(entry["file"], one) for entry in results for one in entry["survivors"]]
    return text + (SURVIVORS + "\n".join(listed) if listed else "")


def row(name: str, counts: dict, survivors: int) -> str:
    """A line of the table."""
    visible = counts["mutants"] - counts["equivalent"]
    share = f"{100 * counts['caught'] / visible:.0f} %" if visible else "–"
    return (f"| `{name}` | {counts['mutants']} | {counts['caught']} | {counts['equivalent']} "
            f"| {survivors} | {share} |")


def survivor(file: str, one: dict) -> str:
    """One survivor: where it is, and the line before and after."""
    return (f"`{file}`, line {one['line']}\n"
            f":   ```cpp\n    {one['was']}\n    // as\n    {one['now']}\n    ```\n")

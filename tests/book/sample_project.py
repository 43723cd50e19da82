"""A small book to build: the project in tests/book/sample, copied, changed and built by a test."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
BOOK = HERE.parents[1] / "book"
sys.path.insert(0, str(BOOK / "_ext"))

CHAPTER = "chapters/03_attention"


class Project:
    """A copy of the sample, with a stand-in for the chapter's program."""

    def __init__(self, root: Path) -> None:
        self.root, self.build_dir = root, root / "build"
        shutil.copytree(HERE / "sample", root)
        self.build_dir.mkdir()
        (root / "programs").rename(self.build_dir / "chapters")
        self.html = self.build_dir / "book" / "html"

    def write(self, file: str, text: str) -> None:
        """Writes a file of the project."""
        (self.root / file).write_text(text)

    def replace(self, file: str, old: str, new: str) -> None:
        """Changes a part of a file that must be there."""
        text = (self.root / file).read_text()
        assert old in text
        self.write(file, text.replace(old, new, 1))

    def record(
        self, section: int, printed: Sequence[tuple[int, str]] = (), file: str = "", **recorded: Any
    ) -> None:
        """Sets what the program prints and records in a section; it is another program then."""
        page = next((self.root / CHAPTER).glob(f"{section}_*.cpp"))
        outputs = [
            {"file": file or f"{CHAPTER}/{page.name}", "line": line, "text": text, "timing": False}
            for line, text in printed
        ]
        sheet = {"outputs": outputs, "values": {}, "figures": {}, **recorded}
        (self.build_dir / "chapters" / f"{section}.json").write_text(json.dumps(sheet))
        self.recompile()

    def recompile(self) -> None:
        """Makes the program of the chapter another one."""
        with (self.build_dir / "chapters" / "03_attention").open("a") as program:
            program.write("# compiled again\n")

    def build(self, *arguments: str, only: str = "") -> tuple[int, str]:
        """Builds the book; returns the exit status and all that it said."""
        run = subprocess.run(
            [
                sys.executable,
                str(BOOK / "build.py"),
                "--root",
                str(self.root),
                "--build-dir",
                str(self.build_dir),
                *arguments,
            ],
            capture_output=True,
            text=True,
            env={**os.environ, "LLM_BOOK_CHAPTERS": only},
        )
        said = re.sub(r"\x1b\[[0-9;]*m", "", run.stdout + run.stderr)
        return run.returncode, said.replace(f"{self.root}/", "")

    def page(self, name: str) -> str:
        """The HTML of a page."""
        return (self.html / f"{name}.html").read_text()

    def text(self, name: str) -> str:
        """What a page says, without tags and line breaks."""
        article = re.search(r"<article.*</article>", self.page(name), re.DOTALL)
        assert article
        return " ".join(re.sub(r"<[^>]*>", "", article[0]).split())


def line_of(project: Project, file: str, text: str) -> int:
    """The number of the first line of a file that has a text."""
    lines = (project.root / file).read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)

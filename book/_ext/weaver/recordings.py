"""Runs the chapters' programs and keeps what their sections print and record."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .pages import Page, chapter_pages


@dataclass
class Recording:
    """What one section printed, recorded, and gave its figures; or why there is nothing."""

    outputs: list[dict[str, Any]] = field(default_factory=list)
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)
    failure: str = ""


def program_of(page: Page, build: Path) -> Path:
    """The program that has a section."""
    return build / "chapters" / page.chapter


def recording_file(page: Page, build: Path) -> Path:
    """Where a section's recording is kept."""
    return build / "book" / "recordings" / page.chapter / f"{page.section}.json"


def load_recordings(root: Path, build: Path) -> dict[str, Recording]:
    """What the last runs of all sections recorded, by the sections' numbers."""
    recordings = {}
    for page in chapter_pages(root):
        if page.section:
            path = recording_file(page, build)
            failure = path.with_suffix(".failure")
            if failure.exists():
                recordings[page.number] = Recording(failure=failure.read_text())
            elif path.exists():
                recordings[page.number] = Recording(**json.loads(path.read_text()))
                for output in recordings[page.number].outputs:
                    output["file"] = file_in_repository(output["file"], root)
    return recordings


def file_in_repository(file: str, root: Path) -> str:
    """A file as the book names it. Compilers may have seen it from the root or from the build
    folder (../chapters/…)."""
    while file.startswith("../"):
        file = file[3:]
    return file.removeprefix(f"{root}/").removeprefix("./")


def record(root: Path, build: Path, pages: list[Page], say: Callable[[str], None]) -> list[str]:
    """Runs every section whose program is not the one that was run last; returns what failed.

    A failure is also kept where the recording would be, so that the page can say it.
    """
    problems = []
    for page in (page for page in pages if page.section):
        program, path = program_of(page, build), recording_file(page, build)
        place = f"{page.path.relative_to(root).as_posix()}:1"
        if program.exists() and program.stat().st_mtime < page.path.stat().st_mtime:
            say(f"{place}: newer than {program}: build it")
        stamp, failure = path.with_suffix(".stamp"), path.with_suffix(".failure")
        path.parent.mkdir(parents=True, exist_ok=True)
        if not program.exists():
            message = f"the program {program} is not built"
        else:
            digest = hashlib.sha256(program.read_bytes()).hexdigest()
            if path.exists() and stamp.exists() and stamp.read_text() == digest:
                continue
            message = _run(program, page, path, say)
        if message:
            failure.write_text(message)
            stamp.unlink(missing_ok=True)
            problems.append(f"{place}: {message}")
        else:
            failure.unlink(missing_ok=True)
            stamp.write_text(digest)
    return problems


def _run(program: Path, page: Page, path: Path, say: Callable[[str], None]) -> str:
    """Runs one section; returns why it failed, or nothing."""
    say(f"running section {page.number}")
    start = time.monotonic()
    path.unlink(missing_ok=True)
    command = [str(program), "--record", str(path.parent), str(page.section)]
    run = subprocess.run(
        command, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL
    )
    shown = f"{program.name} {page.section}"
    if run.returncode < 0:
        return f"{shown} was ended by {signal.Signals(-run.returncode).name}"
    if run.returncode != 0:
        last = (run.stderr.strip() or run.stdout.strip()).splitlines()[-3:]
        return f"{shown} failed with exit status {run.returncode}: {' / '.join(last)}"
    if not path.exists():
        return f"{shown} wrote no {path.name}"
    say(f"  {time.monotonic() - start:.1f} s")
    return ""

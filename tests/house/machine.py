"""Machines for ./learn to run on: a PATH of the test's own, and copies of the repository."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def learn(*arguments, root=ROOT, path=None, **variables):
    """Runs ./learn with a PATH and returns the finished process; a variable of None is not set."""
    environment = {**os.environ, "PATH": path or os.environ["PATH"], "CI": None, "CXX": None,
                   **variables}
    return subprocess.run(
        [shutil.which("bash"), root / "learn", *arguments],
        env={name: value for name, value in environment.items() if value is not None},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)


def refused(result, *parts):
    """Asserts that the command failed with one sentence that holds the parts."""
    assert result.returncode != 0
    sentence = result.stderr.strip().splitlines()[-1]
    assert sentence.startswith("learn: ")
    for part in parts:
        assert part in sentence


class Tools:
    """A folder that holds commands by name, to stand as the whole PATH."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()

    @property
    def path(self):
        """The PATH that has these commands and no others."""
        return str(self.folder)

    def link(self, *names):
        """Adds commands of this machine."""
        for name in names:
            (self.folder / name).symlink_to(shutil.which(name))

    def fake(self, name, script):
        """Adds a stand-in, in the place of the machine's own command if that is there."""
        file = self.folder / name
        file.unlink(missing_ok=True)
        file.write_text(f"#!{shutil.which('bash')}\n{script}\n")
        file.chmod(0o755)


# A project of the house's shape without a line of C++: what `build` builds and ctest runs are
# scripts. Its chapter 1 is tested by one program of Catch2's kind, which a test writes.
PROJECT = """\
cmake_minimum_required(VERSION 3.25)
project(small NONE)
add_custom_target(tests_01_one COMMAND ${CMAKE_COMMAND} -E echo built)
add_custom_target(chapter_01_one COMMAND
  ${CMAKE_COMMAND} -E copy ${CMAKE_SOURCE_DIR}/chapter ${CMAKE_BINARY_DIR}/chapters/01_one VERBATIM)
enable_testing()
add_test(NAME test_01_one COMMAND ${CMAKE_SOURCE_DIR}/test_01_one)
set_tests_properties(test_01_one PROPERTIES LABELS one
  ENVIRONMENT "LLM_TEST_REPORT=${CMAKE_BINARY_DIR}/reports/test_01_one.xml")
"""


def small_project(root):
    """Writes that project, in which `./learn run 1` and `./learn test 1` work."""
    (root / "tests/house").mkdir(parents=True)
    (root / "chapters/01_one").mkdir(parents=True)
    for file in ("learn", "CMakePresets.json", "tests/house/summary.py"):
        shutil.copy(ROOT / file, root / file)
    (root / "CMakeLists.txt").write_text(PROJECT)
    (root / "chapters/01_one/chapter.cpp").write_text("//: # One\n")
    script(root / "chapter", 'echo "chapter one, $# arguments, in $0"')
    return root


def script(file, text):
    """Writes a command."""
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)

"""./learn exercise, --watch and the status page, as a reader meets them, in a small book."""

import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUNNER = ROOT / "build/tests/exercises"
COPIED = ["learn", "book/exercises.py", "book/_ext/weaver/prose.py",
          "book/_ext/weaver/source_code.py", "common/harness/exercise.hpp",
          "tests/exercises/runner.cmake", "tests/exercises/exercise.hpp",
          "tests/exercises/eigen_throws.hpp"]

CMAKE = f"""cmake_minimum_required(VERSION 3.25)
project(small_book LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 20)
find_package(fmt REQUIRED)
add_library(llm_options INTERFACE)
target_include_directories(llm_options INTERFACE ${{CMAKE_SOURCE_DIR}})
add_library(llm_runner INTERFACE)
target_link_libraries(llm_runner INTERFACE
  {RUNNER}/libllm_runner.a {RUNNER}/libllm_attempts.a fmt::fmt)
include(tests/exercises/runner.cmake)
llm_exercise_texts(01_first ${{CMAKE_SOURCE_DIR}}/chapters/01_first)
llm_exercise_runner(01_first tests/first/exercises.cpp llm_options)
target_precompile_headers(checks_01_first PRIVATE tests/exercises/exercise.hpp <cstdio>)
"""

EXERCISE = """//:
//: ````{{exercise}} {number}
//: :title: {title}
//: :kind: {kind}
//: :function: {function}
//:
//: Multiply by {factor}.
//:
//: ```{{hint}}
//: A first nudge.
//: ```
//: ```{{hint}}
//: A second nudge.
//: ```
//: ```{{solution}}
//: So.
//: ```
//: ````
"""

CHECKS = """#include "chapters/01_first/exercises.hpp"

#include "tests/exercises/exercise.hpp"

std::vector<llm::Exercise> llm::exercises() {
  const auto check = [](int (*function)(int), int factor) {
    if (function(5) != 5 * factor) throw WrongAnswer("5 becomes something else.");
  };
  return {{"1.1a", "Two times", [=] { check(::exercises::twice, 2); }, [] {}, {}},
          {"1.1b", "Three times", [=] { check(::exercises::thrice, 3); }, [] {}, {}}};
}
"""

ANSWERS = """#pragma once

#include <unistd.h>

#include <cstdio>

#include "common/harness/exercise.hpp"

namespace exercises {{

inline int twice([[maybe_unused]] int n) {{
  {twice}
}}

inline int thrice([[maybe_unused]] int n) {{
  {thrice}
}}

}}  // namespace exercises
"""


def surroundings(**changes):
    """The environment of a reader, who is no CI: the small book has one preset."""
    return {name: value for name, value in os.environ.items() if name != "CI"} | changes


class SmallBook:
    """A book of one chapter with two exercises in code, of which a test writes the answers."""

    def __init__(self, root):
        self.root = root
        self.file = root / "chapters/01_first/exercises.hpp"
        for file in COPIED:
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, root / file)
        preset = {"name": "release", "generator": "Ninja", "binaryDir": "${sourceDir}/build"}
        self.write("CMakePresets.json", json.dumps({"version": 6, "configurePresets": [preset]}))
        self.write("CMakeLists.txt", CMAKE)
        self.write("tests/first/exercises.cpp", CHECKS)
        self.write("chapters/01_first/chapter.cpp", "//: # First things\n")
        self.write("chapters/01_first/1_one.cpp", "//: # One\n" + "".join(
            EXERCISE.format(number=number, title=title, kind=kind, function=function, factor=factor)
            for number, title, kind, function, factor in (
                ("1.1a", "Two times", "code", "twice", 2),
                ("1.1b", "Three times", "code", "thrice", 3),
                ("1.1c", "On paper", "paper", "", 4))))
        self.write("chapters/02_second/chapter.cpp", "//: # Second things\n")
        self.answer()

    def write(self, name, text):
        """Writes a file of the book."""
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def answer(self, twice='throw llm::NotDone("1.1a");', thrice='throw llm::NotDone("1.1b");'):
        """Writes the reader's file."""
        self.file.write_text(ANSWERS.format(twice=twice, thrice=thrice))

    def learn(self, *arguments, path=""):
        """Runs ./learn, and returns the finished process."""
        environment = surroundings(PATH=f"{path}:{os.environ['PATH']}")
        return subprocess.run([self.root / "learn", *arguments], env=environment, timeout=300,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)

    def told(self, *arguments, path=""):
        """What `./learn exercise` says when not everything is done."""
        result = self.learn("exercise", *arguments, path=path)
        assert result.returncode != 0
        return result.stdout

    def states(self):
        """What the status page says about the chapter, and is next."""
        result = self.learn()
        assert result.returncode == 0
        line = next(line for line in result.stdout.splitlines() if line.startswith("1  "))
        return re.sub(" +", " ", line), result.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The small book, built once."""
    if not (RUNNER / "libllm_runner.a").exists():
        pytest.skip("the exercise runner is not built: ./learn test builds it")
    book = SmallBook(tmp_path_factory.mktemp("small") / "a book")
    book.told()
    return book


@pytest.fixture
def book(built):
    """The small book with nothing done and nothing checked."""
    built.answer()
    (built.root / "build/exercises/01_first.states").unlink(missing_ok=True)
    built.write("build/book/html/index.html", "")
    return built


def test_the_first_exercise_that_is_not_done_is_told_with_its_place_and_a_hint(book):
    told = book.told()
    assert re.search(r"^1\.1a +Two times +not done yet$", told, re.MULTILINE)
    assert "chapters/01_first/exercises.hpp:11, function twice" in told
    assert "A first nudge." in told and "A second nudge." not in told
    assert "1.1b" not in told


def test_an_answer_is_checked_as_soon_as_it_is_written(book):
    book.answer("return 2 * n;", "return 2 * n;")
    told = book.told()
    assert "5 becomes something else." in told
    assert "exercises.hpp:15, function thrice" in told
    book.answer("return 2 * n;", "return 3 * n;")
    assert "Done: the code exercises of every chapter." in book.learn("exercise").stdout


def test_a_hint_may_be_asked_for_without_its_number(book):
    assert "A second nudge." in book.told("--hint", "1.1")
    assert "A second nudge." in book.told("1.1", "--hint")
    assert "A first nudge." not in book.told("1.1", "--hint", "0")


def test_two_sections_at_once_are_refused(book):
    result = book.learn("exercise", "1.1a", "1.1b")
    assert result.returncode != 0 and "'1.1b'" in result.stderr


def test_an_exercise_on_paper_is_told_where_it_stands(book):
    result = book.learn("exercise", "1.1c")
    assert result.returncode != 0
    assert "1.1c, On paper, is not one in code (paper)" in result.stderr


@pytest.mark.parametrize("answer", ["retrun 2 * n;", "(void)n;", "int declared(int); return declared(n);"])
def test_a_file_that_does_not_compile_is_blamed(book, answer):
    book.answer(answer)
    result = book.learn("exercise")
    assert result.returncode != 0
    assert "chapters/01_first/exercises.hpp does not compile yet" in result.stdout
    assert "exercises.hpp:1" in result.stderr or "declared(int)" in result.stderr
    assert " -c " not in result.stderr


def test_a_function_of_another_name_is_told_apart_from_one_that_does_not_compile(book):
    book.file.write_text(book.file.read_text().replace("int twice(", "int double_of("))
    assert "The checks do not compile with chapters/01_first/exercises.hpp" in book.told()


@pytest.fixture
def stopped_build(tmp_path):
    """Makes a cmake whose every build stops with these words; the folder to put into the PATH."""
    def stop(words):
        (tmp_path / "words").write_text(words)
        cmake = tmp_path / "cmake"
        cmake.write_text(f'#!/bin/sh\nif [ "$1" != --build ]; then exec {shutil.which("cmake")} "$@"; '
                         f'fi\ncat "{tmp_path}/words"\nexit 1\n')
        cmake.chmod(0o755)
        return tmp_path
    return stop


OBJECT = "FAILED: CMakeFiles/checks_01_first.dir/tests/first/exercises.cpp.o\nc++ -c\n"


@pytest.mark.parametrize("words", [
    "ninja: error: opening build log: Read-only file system\n",
    OBJECT + "c++: fatal error: Killed signal terminated program cc1plus\n",
    OBJECT + "/book/chapters/01_first/exercises.hpp:3:1: fatal error: error writing to /tmp/x.s: "
             "No space left on device\n",
    "FAILED: common/matrix.cpp.o\nc++ -c\n/book/common/matrix.cpp:3:1: error: expected ';'\n",
    "FAILED: exercises/01_first.json\npython3\nchapters/01_first/1_one.cpp:9: nothing closes this\n",
])
def test_the_reader_is_not_blamed_for_what_the_compiler_does_not_blame_them_for(
        book, stopped_build, words):
    result = book.learn("exercise", path=stopped_build(words))
    assert result.returncode != 0
    assert "The build stopped before your exercises were compiled" in result.stdout
    assert "does not compile" not in result.stdout and "do not compile" not in result.stdout
    assert words.splitlines()[-1] in result.stderr


def test_a_build_folder_that_takes_no_file_is_said_so(book, stopped_build):
    full = book.root / "build/exercises.try"
    full.symlink_to("/dev/full")
    assert "Nothing can be written into build/" in book.told(path=stopped_build(""))
    assert not full.is_symlink()


def test_answers_that_print_are_counted_as_they_are(book):
    noise = 'std::printf("debug: hi\\n1.1b\\tdone\\t"); std::fprintf(stderr, "debug: ho\\n"); '
    book.answer(noise + "return 2 * n;", noise + "return n;")
    line, page = book.states()
    assert line == "1 First things 1 of 2 code exercises done"
    assert "Next: exercise 1.1b, Three times: ./learn exercise 1.1b" in page
    assert "debug" not in page


def test_answers_that_do_not_compile_leave_what_was_done(book):
    book.answer("return 2 * n;")
    assert book.states()[0] == "1 First things 1 of 2 code exercises done"
    book.answer("return 2 * n;", "retrun 3 * n;")
    line, page = book.states()
    assert line == ("1 First things 1 of 2 code exercises done when last checked: "
                    "exercises.hpp does not compile now")
    assert "Next: exercise 1.1b, Three times" in page


def test_before_a_first_check_the_page_tells_what_has_been_written(book, tmp_path):
    fresh = SmallBook(tmp_path / "fresh")
    fresh.answer("return 2 * n;")
    line, page = fresh.states()
    assert line == "1 First things 0 of 2 code exercises done, 1 written and not checked yet"
    assert "2  Second things" in page and "Second things 0 of" not in page


class Terminal:
    """A program in a terminal of its own, of a TERM that no terminfo knows; it ends with its block."""

    def __init__(self, *command):
        self.text, self.status = "", None
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # which a background job ignores
            os.execvpe(command[0], command, surroundings(TERM="unheard-of"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.file)

    def wait_for(self, pattern):
        """Reads until the text holds the pattern, and forgets what came before."""
        while not (match := re.search(pattern, self.text)):
            assert select.select([self.file], [], [], 300)[0], f"no {pattern} in {self.text}"
            try:
                self.text += os.read(self.file, 65536).decode()
            except OSError as ended:  # A terminal whose last program has ended reads so.
                raise AssertionError(f"ended without {pattern}: {self.text}") from ended
        self.text = self.text[match.end():]

    def stop(self):
        """Ends the program as Ctrl-C does, and returns its exit status."""
        os.write(self.file, b"\x03")
        end = time.monotonic() + 60
        while (ended := os.waitpid(self.pid, os.WNOHANG)) == (0, 0):
            assert time.monotonic() < end, "Ctrl-C does not end it"
            time.sleep(0.1)
        self.status = os.waitstatus_to_exitcode(ended[1])
        return self.status


def test_a_save_while_the_answers_are_checked_is_not_missed(book, tmp_path):
    started = tmp_path / "started"
    book.answer(f'std::fclose(std::fopen("{started}", "w")); sleep(1); return n;')
    with Terminal(str(book.root / "learn"), "exercise", "--watch") as terminal:
        end = time.monotonic() + 300
        while not started.exists():
            assert time.monotonic() < end
            time.sleep(0.02)
        book.answer("return 2 * n;", "return 3 * n;")
        terminal.wait_for(r"1\.1a +Two times +\S*not right yet")
        terminal.wait_for("Done: the code exercises of every chapter.")
        terminal.wait_for("Ctrl-C to stop")
        book.answer("return 2 * n;")
        terminal.wait_for("\x1b\\[H\x1b\\[2J")
        terminal.wait_for(r"1\.1b +Three times +\S*not done yet")
        assert terminal.stop() == 130


def test_a_terminal_shows_the_compilers_error_and_no_command(book):
    book.answer("retrun 2 * n;")
    with Terminal(str(book.root / "learn"), "exercise") as terminal:
        terminal.wait_for("Building the checks of chapters/01_first")
        terminal.wait_for(r"exercises\.hpp:12:.*error")
        assert " -c " not in terminal.text
        terminal.wait_for(r"exercises\.hpp does not compile yet")
        assert " -c " not in terminal.text

"""What ./learn says when it cannot do what it is asked: a sentence, and a status that is not zero."""

import shutil
import subprocess

import pytest
from machine import ROOT, learn, refused


def test_an_unknown_command_is_named_and_the_known_ones_are_listed():
    result = learn("bok")
    refused(result, "'bok'")
    assert "./learn book" in result.stderr


def test_help_lists_the_commands():
    result = learn("help")
    assert result.returncode == 0
    for command in ("book", "test", "run", "exercise", "gpt", "bench", "--yes"):
        assert command in result.stdout


@pytest.mark.parametrize("command", ["run", "test", "exercise"])
def test_an_unknown_chapter_is_refused(command):
    refused(learn(command, "9"), "no chapter 9", "1 to 6")


def test_an_unknown_section_is_refused():
    refused(learn("run", "3.7"), "chapter 3 has no section 7")
    refused(learn("exercise", "3.7a"), "chapter 3 has no section 7")
    refused(learn("run", "3.x"), "3.x is not a section")


def test_an_argument_too_many_is_refused():
    refused(learn("test", "3", "4"), "'4'")
    refused(learn("exercise", "--wacth"), "--wacth")


def test_a_missing_compiler_is_named_with_the_packages_to_install(house, tools):
    result = learn("run", "1", path=tools.path, root=house)
    refused(result, "c++ is not in the PATH", "g++", "cmake")


def test_a_compiler_that_does_not_know_the_language_is_refused(house, tools):
    tools.link("cmake", "ninja")
    tools.fake("c++", "exit 1")
    refused(learn("run", "1", path=tools.path, root=house), "does not know C++20")


def test_an_old_cmake_is_refused_with_both_versions(house, tools):
    tools.link("c++", "ninja", "as")
    tools.fake("cmake", "echo cmake version 3.18.4")
    refused(learn("run", "1", path=tools.path, root=house), "CMake 3.18.4", "3.25")


def test_python_packages_that_cannot_be_fetched_say_so(house, tools):
    tools.link("c++", "ninja", "as", "chmod")
    tools.fake("cmake", 'if [ "$1" = --version ]; then echo cmake version 3.25.1; fi')
    # Called as "python3 --version", and as "python3 -m venv --clear FOLDER".
    tools.fake("python3", '[ "$2" = venv ] || exit 0; mkdir -p "$4/bin"; '
                          'printf "#!/bin/sh\\nexit 1\\n" > "$4/bin/python"; '
                          'chmod +x "$4/bin/python"')
    refused(learn("book", path=tools.path, root=house), "pip could not", "network")


def test_where_the_reader_stands_is_told_without_a_build(house):
    result = learn(root=house)
    assert result.returncode == 0
    assert "3  Attention" in result.stdout
    assert "./learn book" in result.stdout


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="needs shellcheck")
def test_the_scripts_pass_shellcheck():
    subprocess.run(["shellcheck", ROOT / "learn", ROOT / ".ci/run"], check=True)


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
def test_a_checkout_with_the_line_ends_of_windows_leaves_scripts_as_they_are(tmp_path):
    def git(*words):
        subprocess.run(["git", "-C", tmp_path, "-c", "core.autocrlf=true", "-c", "core.eol=crlf",
                        "-c", "user.name=a", "-c", "user.email=a@b", *words],
                       check=True, capture_output=True)

    git("init", "-q")
    for file in (".gitattributes", "learn", "CMakeLists.txt"):
        shutil.copy(ROOT / file, tmp_path)
    git("add", ".")
    git("commit", "-q", "-m", "all")
    for file in ("learn", "CMakeLists.txt"):
        (tmp_path / file).unlink()
    git("checkout", ".")
    for file in ("learn", "CMakeLists.txt"):
        assert (tmp_path / file).read_bytes() == (ROOT / file).read_bytes()

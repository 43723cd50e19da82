"""What ./learn says when it cannot do what it is asked: a sentence, and a status that is not zero."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def learn(*arguments, path=None, root=ROOT, **variables):
    """Runs ./learn with a PATH and returns the finished process."""
    environment = {**os.environ, "PATH": path or os.environ["PATH"], **variables}
    environment.pop("CI", None)
    return subprocess.run(
        [shutil.which("bash"), root / "learn", *arguments],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)


def refused(result, *parts):
    """Asserts that the command failed with one sentence that holds the parts."""
    assert result.returncode != 0
    sentence = result.stderr.strip().splitlines()[-1]
    assert sentence.startswith("learn: ")
    for part in parts:
        assert part in sentence


@pytest.fixture
def house(tmp_path):
    """A copy of what ./learn reads before it builds anything, and has not been built."""
    house = tmp_path / "house"
    house.mkdir()
    shutil.copy(ROOT / "learn", house)
    shutil.copytree(ROOT / "chapters", house / "chapters")
    shutil.copytree(ROOT / "book", house / "book")
    return house


@pytest.fixture
def tools(tmp_path):
    """A folder that holds commands by name, to stand as the whole PATH; stand-ins can be added."""
    class Tools:
        folder = tmp_path / "bin"

        def link(self, *names):
            for name in names:
                (self.folder / name).symlink_to(shutil.which(name))

        def fake(self, name, script):
            file = self.folder / name
            file.unlink(missing_ok=True)  # It may be a link to the machine's own command.
            file.write_text(f"#!{shutil.which('bash')}\n{script}\n")
            file.chmod(0o755)

    tools = Tools()
    tools.folder.mkdir()
    tools.link("bash", "dirname", "basename", "find", "sed", "sort", "grep", "tail", "head", "cat",
               "id", "mkdir", "env", "rm", "nproc")
    return tools


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


def test_a_missing_compiler_is_named_with_the_packages_to_install(tools):
    refused(learn("run", "1", path=str(tools.folder)), "c++ is not in the PATH", "g++", "cmake")


def test_a_compiler_that_does_not_know_the_language_is_refused(tools):
    tools.link("cmake", "ninja")
    tools.fake("c++", "exit 1")
    refused(learn("run", "1", path=str(tools.folder)), "does not know C++20")


def test_an_old_cmake_is_refused_with_both_versions(tools):
    tools.link("c++", "ninja", "as")
    tools.fake("cmake", "echo cmake version 3.18.4")
    refused(learn("run", "1", path=str(tools.folder)), "CMake 3.18.4", "3.25")


def test_missing_packages_are_not_installed_without_a_word(tools):
    tools.fake("apt-get", "exit 1")
    tools.fake("dpkg-query", "exit 1")
    tools.fake("id", "echo 0")
    refused(learn("run", "1", path=str(tools.folder)), "libeigen3-dev", "--yes")


def test_an_install_without_a_network_says_so(tools):
    tools.fake("apt-get", "exit 100")
    tools.fake("dpkg-query", "exit 1")
    tools.fake("id", "echo 0")
    refused(learn("--yes", "run", "1", path=str(tools.folder)), "Is there a network?")
    refused(learn("run", "1", "--yes", path=str(tools.folder)), "Is there a network?")


def test_a_reader_who_is_not_the_administrator_is_told_what_to_install(tools):
    tools.fake("apt-get", "exit 1")
    tools.fake("dpkg-query", "echo g++ installed")
    tools.fake("id", "echo 1000")
    result = learn("--yes", "run", "1", path=str(tools.folder))
    refused(result, "administrator", "apt-get install cmake")


def test_python_packages_that_cannot_be_fetched_say_so(house, tools):
    tools.link("c++", "ninja", "as")
    tools.fake("cmake", 'if [ "$1" = --version ]; then echo cmake version 3.25.1; fi')
    tools.link("chmod")
    # Called as "python3 --version", and as "python3 -m venv --clear FOLDER".
    tools.fake("python3", '[ "$2" = venv ] || exit 0; mkdir -p "$4/bin"; '
                          'printf "#!/bin/sh\\nexit 1\\n" > "$4/bin/pip"; chmod +x "$4/bin/pip"')
    refused(learn("book", path=str(tools.folder), root=house), "pip could not", "network")


def test_where_the_reader_stands_is_told_without_a_build(house):
    result = learn(root=house)
    assert result.returncode == 0
    assert "3  Attention" in result.stdout
    assert "./learn book" in result.stdout


def test_the_script_passes_shellcheck():
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not installed")
    subprocess.run(["shellcheck", ROOT / "learn", ROOT / ".ci/run"], check=True)

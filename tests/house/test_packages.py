"""What ./learn installs: what the book needs, or not a step; what it wishes for, or on without it."""

import pytest
from machine import learn, refused

NEEDED = ("g++", "cmake", "ninja-build", "libeigen3-dev", "libfmt-dev", "nlohmann-json3-dev",
          "libcli11-dev", "libutfcpp-dev", "zlib1g-dev", "libpcre2-dev", "catch2", "doxygen", "graphviz",
          "python3", "python3-venv")


@pytest.fixture
def debian(builders):
    """A Debian on which the administrator has installed nothing, and apt notes what it is asked."""
    class Debian:
        tools = builders

        def has(self, *packages):
            lines = "\n".join(f"{package} installed" for package in packages)
            builders.fake("dpkg-query", f"cat <<'E'\n{lines}\nE")

        def apt(self, script):
            builders.fake("apt-get", f'echo "$@" >> "{builders.folder}/asked"\n{script}')

        def asked(self):
            file = builders.folder / "asked"
            return file.read_text() if file.exists() else ""

    debian = Debian()
    debian.has()
    debian.apt("exit 0")
    builders.fake("id", "echo 0")
    return debian


def test_missing_packages_are_not_installed_without_a_word(house, debian):
    result = learn("run", "1", path=debian.tools.path, root=house)
    refused(result, "libeigen3-dev", "--yes")
    assert debian.asked() == ""


@pytest.mark.parametrize("arguments", [("--yes", "run", "1"), ("run", "1", "--yes")])
def test_an_install_without_a_network_says_so(house, debian, arguments):
    debian.apt("exit 100")
    refused(learn(*arguments, path=debian.tools.path, root=house), "Is there a network?")


def test_a_reader_who_is_not_the_administrator_is_told_what_to_install(house, debian):
    debian.has("g++")
    debian.tools.fake("id", "echo 1000")
    result = learn("--yes", "run", "1", path=debian.tools.path, root=house)
    refused(result, "administrator", "apt-get install cmake")
    assert "jargon-text" not in result.stderr


def test_a_reader_who_is_not_the_administrator_goes_on_without_the_corpus(project, debian):
    debian.has(*NEEDED)
    debian.tools.fake("id", "echo 1000")
    result = learn("run", "1", path=debian.tools.path, root=project)
    assert result.returncode == 0, result.stderr
    assert "Going on without jargon-text" in result.stdout
    assert "chapter one" in result.stdout
    # It is said once.
    assert "jargon" not in learn("run", "1", path=debian.tools.path, root=project).stdout


def test_a_system_that_has_no_corpus_any_more_is_gone_on_with(project, debian):
    debian.has(*NEEDED)
    debian.apt('case "$*" in *"install -y"*jargon-text) exit 100 ;; esac')
    result = learn("run", "1", "--yes", path=debian.tools.path, root=project)
    assert result.returncode == 0, result.stderr
    assert "Going on without jargon-text" in result.stdout
    assert "chapter one" in result.stdout


def test_the_tests_ask_for_a_browser_and_the_checker_of_scripts(project, debian):
    debian.has(*NEEDED, "jargon-text")
    learn("test", "--yes", path=debian.tools.path, root=project)
    for package in ("chromium", "chromium-driver", "shellcheck"):
        assert f"install -y --no-install-recommends {package}\n" in debian.asked()


def test_the_rest_asks_for_neither(project, debian):
    debian.has(*NEEDED, "jargon-text")
    result = learn("run", "1", "--yes", path=debian.tools.path, root=project)
    assert result.returncode == 0, result.stderr
    assert debian.asked() == ""

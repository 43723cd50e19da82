"""What the tests of ./learn share."""

import shutil

import pytest
from machine import ROOT, Tools, small_project


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
    """The commands that ./learn itself calls, without a package manager or a compiler."""
    tools = Tools(tmp_path / "bin")
    tools.link("bash", "basename", "cat", "cksum", "dirname", "env", "find", "grep", "head", "id",
               "mkdir", "mktemp", "nproc", "readlink", "rm", "sed", "sort", "stat", "tail", "touch",
               "tr")
    return tools


@pytest.fixture
def builders(tools):
    """The same with what builds a project."""
    tools.link("as", "c++", "cmake", "cp", "ctest", "ld", "ninja", "python3", "sh")
    return tools


@pytest.fixture
def project(tmp_path):
    """A small project, in which `./learn run 1` and `./learn test 1` work."""
    return small_project(tmp_path / "project")

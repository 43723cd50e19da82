"""The books that the tests build."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from sample_project import Project  # noqa: E402


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A book of this test's own."""
    return Project(tmp_path / "project")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The sample, built without a change, for tests that only look at it."""
    project = Project(tmp_path_factory.mktemp("built") / "project")
    status, said = project.build()
    assert status == 0, said
    return project

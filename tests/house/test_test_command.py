"""`./learn test` on a small project: its last line, its exit status, and what it leaves behind."""

import shutil
import subprocess

import pytest
from machine import learn, script

GOOD = '<testsuites><testsuite><testcase name="a"/><testcase name="b"/></testsuite></testsuites>'
REPORT = f"""cat > "$LLM_TEST_REPORT" <<'E'\n{GOOD}\nE\n"""


@pytest.fixture
def tested(project, builders, tmp_path):
    """Runs the test command where the program of the tests is a script."""
    def tested(program, *arguments, **variables):
        if program:
            script(project / "test_01_one", program)
        return learn("test", *(arguments or ("1",)), root=project, path=builders.path, **variables)
    return tested


def last(result):
    return result.stdout.splitlines()[-1]


def test_the_test_cases_of_a_chapter_are_counted(tested):
    result = tested(REPORT)
    assert (last(result), result.returncode) == ("tests: 2 passed, 0 failed", 0), result.stdout


@pytest.mark.parametrize("program, sentence", [
    (REPORT.replace('"b"/>', '"b"><failure/></testcase>') + "exit 1", "test_01_one: b"),
    (REPORT + "kill -SEGV $$", "none of its test cases"),
    ("kill -SEGV $$", "is missing"),
    ("exit 0", "is missing"),
    (REPORT + "exit 3", "none of its test cases"),
    ("", "did not start"),
])
def test_what_goes_wrong_is_named_and_the_command_fails(tested, program, sentence):
    result = tested(program)
    assert result.returncode != 0
    assert ", 1 failed" in last(result)
    assert any("failed: test_01_one" in line and sentence in line
               for line in result.stdout.splitlines()), result.stdout


def test_a_ctest_that_ends_badly_counts_though_every_report_is_good(tested, builders):
    ctest = shutil.which("ctest")
    builders.fake("ctest", f'{ctest} "$@"; exit 7')
    result = tested(REPORT)
    assert result.returncode != 0
    assert "failed: ctest: it ended with status 7" in result.stdout


def test_a_report_of_an_earlier_run_does_not_count(tested):
    assert tested(REPORT).returncode == 0
    assert tested("exit 0").returncode != 0


@pytest.mark.parametrize("status", [0, 1, 4])
def test_pytest_counts_too_and_leaves_nothing(tested, project, tmp_path, status):
    (project / "book").mkdir()
    (project / "book/requirements.txt").write_text("# none\n")
    (project / "build/venv/bin").mkdir(parents=True)
    script(project / "build/venv/bin/python",
           'echo litter > "$TMPDIR/litter"; while [ $# -gt 0 ]; do case $1 in --basetemp) mkdir "$2" ;; --junitxml) '
           f"cat > \"$2\" <<'E'\n{GOOD}\nE\n;; esac; shift; done; exit {status}")
    version = subprocess.check_output([shutil.which("python3"), "--version"], text=True)
    (project / "build/venv/installed").write_text(f"{version}# none\n")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    # All of the project's targets are what the whole command builds: its chapter's program too.
    result = tested(REPORT, "--yes", TMPDIR=str(scratch))
    assert (result.returncode != 0) == (status != 0), result.stdout + result.stderr
    assert last(result) == f"tests: 4 passed, {1 if status else 0} failed"
    assert f"pytest: it ended with status {status}" in result.stdout or status == 0
    assert list(scratch.iterdir()) == []
    # Nothing of the kind is in the PATH of this test.
    assert "left out for want of chromium chromedriver shellcheck" in result.stdout
    assert "apt-get install chromium chromium-driver shellcheck" in result.stdout

"""The summary of a test run cannot be blind: what goes wrong is counted, named, and a failure."""

import os
import subprocess
import sys

import pytest
from machine import ROOT

SAMPLE = ROOT / "build/tests/report_sample"
FAILURE, ERROR, SKIPPED = "<failure/>", "<error/>", '<skipped message="needs a browser"/>'


def junit(*cases, status="run"):
    """A report with test cases: a name, and what stands in its element."""
    elements = (f'<testcase classname="c" name="{name}" status="{status}">{inside}</testcase>'
                for name, inside in cases)
    # CTest spreads its attributes over several lines.
    return f'<testsuite\n\ttests="9"\n\tfailures="0"\n\t>{"".join(elements)}</testsuite>'


GOOD = junit(("one", ""), ("two", ""))
RAN = junit(("test_a", ""))
FAILED = junit(("test_a", FAILURE), status="fail")


@pytest.fixture
def summary(tmp_path):
    """Writes the reports of a run; returns the lines of its summary and the exit status."""
    def summary(reports, ctest=0, pytest=None):
        for name, text in reports.items():
            (tmp_path / f"{name}.xml").write_text(text)
        options = ["--ctest", str(ctest)] + (["--pytest", str(pytest)] if pytest is not None else [])
        done = subprocess.run([sys.executable, ROOT / "tests/house/summary.py", tmp_path, *options],
                              capture_output=True, text=True)
        assert not done.stderr
        return done.stdout.splitlines(), done.returncode
    return summary


def fails(outcome, counts, *sentence):
    """Asserts that a summary ends with the counts and fails, and that one line has all the words."""
    lines, status = outcome
    assert status != 0
    assert lines[-1] == f"tests: {counts}"
    assert any(all(word in line for word in ("failed: ", *sentence)) for line in lines), lines


def test_test_cases_are_counted_and_not_programs(summary):
    lines, status = summary({"ctest": RAN, "test_a": GOOD})
    assert (lines[-1], status) == ("tests: 2 passed, 0 failed", 0)


def test_the_tests_of_all_runners_are_added_up(summary):
    scripts = junit(("test_a", ""), ("kill_and_resume", ""))
    lines, status = summary({"ctest": scripts, "test_a": GOOD, "pytest": GOOD}, pytest=0)
    assert (lines[-1], status) == ("tests: 5 passed, 0 failed", 0)


@pytest.mark.parametrize("how", [FAILURE, ERROR])
def test_a_test_case_that_fails_is_named(summary, how):
    report = junit(("one", ""), ("two", how))
    fails(summary({"ctest": FAILED, "test_a": report}, ctest=8), "1 passed, 1 failed", "test_a: two")


def test_a_failing_report_counts_when_everybody_says_that_all_is_well(summary):
    report = junit(("one", ""), ("two", FAILURE))
    fails(summary({"ctest": RAN, "test_a": report}), "1 passed, 1 failed", "test_a: two")


def test_a_test_that_fails_and_then_fails_to_clean_up_is_one(summary):
    report = junit(("one", FAILURE + ERROR))
    fails(summary({"ctest": RAN, "test_a": GOOD, "pytest": report}, pytest=1),
          "2 passed, 1 failed", "c: one")


def test_a_program_that_crashes_leaves_no_whole_report(summary):
    for report in ("", "<testsuites>\n  <testsuite"):
        fails(summary({"ctest": FAILED, "test_a": report}, ctest=8),
              "0 passed, 1 failed", "test_a", "cannot be read")


def test_a_program_that_fails_outside_of_its_test_cases_is_a_failure(summary):
    fails(summary({"ctest": FAILED, "test_a": GOOD}, ctest=8),
          "2 passed, 1 failed", "test_a", "none of its test cases")


def test_a_program_that_does_not_start_is_a_failure(summary):
    entry = junit(("test_a", '<skipped message="Unable to find executable"/>'), status="notrun")
    fails(summary({"ctest": entry}), "0 passed, 1 failed", "test_a", "did not start", "Unable to find")


def test_a_script_that_fails_is_named(summary):
    entry = junit(("kill_and_resume", FAILURE), status="fail")
    fails(summary({"ctest": entry}, ctest=8), "0 passed, 1 failed", "kill_and_resume")


def test_a_missing_report_is_a_failure(summary):
    fails(summary({}), "0 passed, 1 failed", "ctest.xml is missing")
    fails(summary({"ctest": RAN}), "0 passed, 1 failed", "test_a.xml is missing")
    fails(summary({"test_a": GOOD}, pytest=0), "2 passed, 1 failed", "pytest.xml is missing")


def test_a_report_without_tests_is_a_failure(summary):
    fails(summary({"ctest": junit()}), "0 passed, 1 failed", "ctest.xml holds no test")
    fails(summary({"ctest": RAN, "test_a": junit()}), "0 passed, 1 failed", "test_a.xml holds no")
    fails(summary({"test_a": GOOD, "pytest": junit()}, pytest=5), "2 passed, 1 failed", "pytest.xml")


def test_a_runner_that_ends_badly_is_a_failure_though_its_report_is_good(summary):
    fails(summary({"ctest": RAN, "test_a": GOOD}, ctest=8), "2 passed, 1 failed", "ctest", "status 8")
    fails(summary({"pytest": GOOD}, pytest=3), "4 passed, 1 failed", "pytest", "status 3")


def test_what_was_skipped_is_named_with_its_reason(summary):
    report = junit(("one", ""), ("two", SKIPPED), ("three", SKIPPED))
    lines, status = summary({"ctest": RAN, "test_a": GOOD, "pytest": report}, pytest=0)
    assert (lines[-1], status) == ("tests: 3 passed, 0 failed, 2 skipped", 0)
    assert "skipped: 2 of c: needs a browser" in lines


@pytest.mark.skipif(not SAMPLE.exists(), reason="build/tests/report_sample is not built")
@pytest.mark.parametrize("chosen, status, counts, sentence", [
    ([], 0, "2 passed, 0 failed", ""),
    (["one and one are three"], 8, "0 passed, 1 failed", "one and one are three"),
    (["a crash"], 8, "0 passed, 1 failed", "a crash"),
    (["a program that leaves in the middle"], 0, "0 passed, 1 failed", "cannot be read"),
])
def test_the_report_of_a_program_of_catch2_is_read(summary, tmp_path, chosen, status, counts,
                                                   sentence):
    done = subprocess.run([SAMPLE, *chosen], capture_output=True, text=True, cwd=tmp_path,
                          env={**os.environ, "LLM_TEST_REPORT": str(tmp_path / "test_a.xml")})
    outcome = summary({"ctest": FAILED if status else RAN}, ctest=status)
    if sentence:
        fails(outcome, counts, "test_a", sentence)
        assert (done.returncode != 0) == (status != 0)
        assert status == 0 or chosen[0] in done.stdout  # The console has it too.
    else:
        assert outcome == (["", f"tests: {counts}"], 0)

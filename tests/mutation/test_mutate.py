"""The mutation run on a small library of its own: what it changes, what it catches, what it tells."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("mutate.py")
specification = importlib.util.spec_from_file_location("mutate", SCRIPT)
mutate = importlib.util.module_from_spec(specification)
sys.modules["mutate"] = mutate
specification.loader.exec_module(mutate)

TOY = """\
// A toy: 1 + 2 in a comment is no sum.
#include <stdexcept>
int clipped_sum(int a, int b, int most) {
  if (most < 0) throw std::invalid_argument("most - 1 is below 0");
  int sum = a + b;
  if (sum > most) {
    sum = most;
  }
  return sum;
}
"""

TEST = """\
int clipped_sum(int a, int b, int most);
int main() {
  return clipped_sum(2, 3, 9) == 5 && clipped_sum(7, 8, 9) == 9 ? 0 : 1;
}
"""

EQUIVALENT = """\
[[mutant]]
file = "common/toy/toy.cpp"
was = "if (sum > most) {"
now = ["if (sum >= most) {"]
reason = "where the sum is the limit, both are one"
"""

CMAKE = """\
cmake_minimum_required(VERSION 3.25)
project(toy LANGUAGES CXX)
add_library(toy STATIC common/toy/toy.cpp)
add_subdirectory(tests)
"""


def write_toy(root, test=TEST):
    """A project with the shape of this one: a chapter, its folder of the library, and its test."""
    files = {"CMakeLists.txt": CMAKE, "common/toy/toy.cpp": TOY, "chapters/01_toy/chapter.cpp": "",
             "tests/toy/test.cpp": test, "tests/mutation/equivalent.toml": EQUIVALENT,
             "tests/CMakeLists.txt": "add_executable(test_01_toy toy/test.cpp)\n"
                                     "target_link_libraries(test_01_toy toy)\n"}
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def run(root, *options):
    """Runs the script on a project's toy."""
    return subprocess.run([sys.executable, SCRIPT, "--root", root, "--file", "common/toy/toy.cpp",
                           *options], capture_output=True, text=True, timeout=1800)


def changes(source):
    """The lines that the mutants of a source of one line make of it."""
    return {mutant.now for mutant in mutate.mutants_of("file.cpp", source)}


def test_comments_text_directives_and_errors_are_left_alone():
    assert changes('#define TWO 2\n// 1 + 1\n/* a - b */ call("1 + 1", \'2\'); \n') == {
        "/* a - b */ ;"}
    assert changes('throw std::invalid_argument(format("{}", a + 1));') == set()


def test_signs_are_changed_between_operands_and_not_in_types():
    assert changes("x = a * b;") == {"x = a / b;", ";"}
    assert changes("const Real* place;") == set()
    assert changes("std::vector<int> list;") == set()
    assert changes("while (a <= b) f();") == {
        "while (a < b) f();", "while (a > b) f();", "while (a <= b) ;"}


def test_numbers_indices_names_and_calls_are_changed():
    assert changes("return m.row(k);") == {"return m.row(k + 1);", "return m.row(k - 1);"}
    assert changes("return 2;") == {"return 3;", "return 1;"}
    assert changes("return 0.5f;") == {"return 0.55;"}
    assert changes("return -x;") == {"return x;"}
    assert changes("return m.rows();") == {"return m.cols();"}
    assert changes("return m.transpose();") == {"return m;"}
    assert changes("return std::min(a, b);") == {"return std::max(a, b);"}


def test_expressions_are_dropped_and_declarations_are_not():
    assert changes("sum += part;") == {"sum -= part;", "sum = part;", ";"}
    assert changes("Index count = other;") == set()
    assert changes("Matrix m(a, b);") == set()
    assert changes("Real& x = y;") == set()
    assert changes("if (ready) go();") == {"if (false) go();", "if (ready) ;"}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A toy after a run that asks for more than its test can see, and what the run said."""
    toy = write_toy(tmp_path_factory.mktemp("finished") / "toy")
    report = toy.parent / "report.json"
    report.write_text('[{"file": "common/other.cpp"}]')
    result = run(toy, "--json", report, "--least", "0.99")
    return toy, result, json.loads(report.read_text())


def test_what_the_test_sees_is_caught_and_what_it_does_not_see_is_told(finished):
    toy, result, [_, entry] = finished
    survivors = {survivor["now"] for survivor in entry["survivors"]}
    # The test never passes a negative limit.
    assert survivors == {
        'if (false) throw std::invalid_argument("most - 1 is below 0");',
        'if (most <= 0) throw std::invalid_argument("most - 1 is below 0");',
        'if (most < 1) throw std::invalid_argument("most - 1 is below 0");'}
    assert {survivor["line"] for survivor in entry["survivors"]} == {4}
    for line in survivors:
        assert line in result.stdout


def test_the_report_counts_what_was_caught_and_apart_what_no_test_can_see(finished):
    _, result, [other, entry] = finished
    assert other == {"file": "common/other.cpp"}
    assert entry["file"] == "common/toy/toy.cpp"
    assert entry["equivalent"] == 1  # sum >= most, where the sum is the limit
    assert entry["mutants"] == entry["caught"] + 3 + 1
    assert f"{entry['caught']} of {entry['mutants'] - 1} mutants caught" in result.stdout


def test_a_share_below_the_least_is_a_failure(finished):
    _, result, _ = finished
    assert result.returncode == 1


def test_the_checkout_is_left_alone(finished):
    toy, _, _ = finished
    assert (toy / "common/toy/toy.cpp").read_text() == TOY
    assert not (toy / "build").exists()


def test_a_reason_for_a_change_that_is_none_is_refused(tmp_path):
    toy = write_toy(tmp_path / "toy")
    source = toy / "common/toy/toy.cpp"
    source.write_text(TOY.replace("sum > most", "sum > limit"))
    result = run(toy, "--list")
    assert result.returncode != 0
    assert "if (sum > most) {" in result.stderr


def test_a_sample_is_the_same_for_the_same_seed(tmp_path):
    toy = write_toy(tmp_path / "toy")
    first, again = run(toy, "--list", "--sample", "5"), run(toy, "--list", "--sample", "5")
    other = run(toy, "--list", "--sample", "5", "--seed", "2")
    assert first.stdout == again.stdout != other.stdout
    assert first.stdout.endswith("5 mutants\n")


def test_a_test_that_fails_before_anything_is_changed_stops_the_run(tmp_path):
    toy = write_toy(tmp_path / "toy", test="int main() { return 1; }\n")
    result = run(toy)
    assert result.returncode != 0
    assert "test_01_toy fails before anything is changed" in result.stderr


def test_a_file_that_is_not_there_is_named(tmp_path):
    result = run(tmp_path)
    assert result.returncode != 0
    assert "there is no common/toy/toy.cpp" in result.stderr

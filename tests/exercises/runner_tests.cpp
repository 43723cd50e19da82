#include <sys/wait.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>

#include "tests/catch.hpp"
#include "tests/exercises/attempt.hpp"
#include "tests/exercises/texts.hpp"
#include "tests/temporary_folder.hpp"

using namespace llm;

namespace {

/// What a run of the sample chapter's runner printed, its exit status, and how long it took.
struct Run {
  std::string text;
  int status;
  double seconds;
};

/// Runs a program with arguments, in a shell.
Run run_program(const std::string& program, const std::string& arguments) {
  const auto start = std::chrono::steady_clock::now();
  const std::string command = program + " " + arguments + " 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  Run result;
  std::array<char, 4096> part;
  while (std::fgets(part.data(), static_cast<int>(part.size()), pipe)) result.text += part.data();
  result.status = WEXITSTATUS(pclose(pipe));
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  result.seconds = taken.count();
  return result;
}

/// Runs the sample chapter's runner with the arguments.
Run run(const std::string& arguments) {
  return run_program(LLM_RUNNER, arguments);
}

/// Whether `text` holds `part`.
bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Asserts that the exercise fails, and that the reader is told so in words that hold `part`.
void expect_told(const std::string& arguments, const std::string& part) {
  const Run told = run(arguments);
  INFO("arguments: " << arguments << "\n" << told.text);
  CHECK(told.status == 1);
  CHECK(holds(told.text, "not right yet"));
  CHECK(holds(told.text, part));
}

/// The states that the runner writes into a file for exercises.
std::string states_of(const std::string& arguments) {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path / "states";
  const Run written = run(arguments + " --states '" + file.string() + "'");
  INFO(written.text);
  CHECK(written.status == 0);
  std::ifstream stream(file);
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

}  // namespace

TEST_CASE("what the pages say about an exercise is read") {
  const ExerciseText exercise = find_text(read_texts(LLM_RUNNER ".json"), "9.1a");
  CHECK(exercise.title == "A sum");
  CHECK(exercise.function == "sum");
  CHECK(exercise.statement == "Add two numbers. With\n\n```cpp\nsum(1, 2);\n```\nyou get 3.");
  REQUIRE(exercise.hints.size() == 2);
  CHECK(exercise.hints[0] == "There is an operator for it.");
  CHECK(exercise.hints[1] == "It is `+`,\nbetween the two.");
}

TEST_CASE("texts that are missing, broken or lack an exercise are named") {
  const TemporaryFolder folder;
  const std::filesystem::path broken = folder.path / "broken.json";
  std::ofstream(broken) << R"({"chapter": "09_sample"})";
  CHECK_THROWS_WITH(read_texts(broken), Catch::Contains("broken.json"));
  CHECK_THROWS_WITH(read_texts(folder.path / "none.json"), Catch::Contains("none.json"));
  CHECK_THROWS_WITH(find_text(read_texts(LLM_RUNNER ".json"), "9.1z"),
                    Catch::Contains("09_sample") && Catch::Contains("9.1z"));
}

TEST_CASE("the runner reads the texts that lie beside it, and nothing where it was built") {
  const TemporaryFolder folder;
  const std::filesystem::path runner = folder.path / "moved";
  std::filesystem::copy(LLM_RUNNER, runner);
  std::ofstream(runner.string() + ".json")
      << R"({"chapter": "09_copy", "exercises": [{"number": "9.2a", "title": "A copy", "kind": "code",
             "function": "product", "statement": "", "hints": [], "page": "page.cpp", "line": 3,
             "file": "copy.hpp", "file_line": 7}]})";
  const Run moved = run_program(runner.string(), "9.2a");
  INFO(moved.text);
  CHECK(holds(moved.text, "A copy"));
  CHECK(holds(moved.text, "copy.hpp:7, function product"));
  CHECK_FALSE(holds(moved.text, "09_sample"));
}

TEST_CASE("the runner stops at the first exercise that is not done, with its place and a hint") {
  const Run stopped = run("");
  INFO(stopped.text);
  CHECK(stopped.status == 1);
  CHECK(holds(stopped.text, "9.1a"));
  CHECK(holds(stopped.text, "9.2a  A product"));
  CHECK(holds(stopped.text, "not done yet"));
  CHECK_FALSE(holds(stopped.text, "9.2b"));
  CHECK(holds(stopped.text, "chapters/09_sample/exercises.hpp:9, function product"));
  CHECK(holds(stopped.text, "First."));
  CHECK_FALSE(holds(stopped.text, "Second."));
  CHECK_FALSE(holds(stopped.text, "\x1b"));
}

TEST_CASE("the second hint is shown when it is asked for") {
  CHECK(holds(run("9.2a --hint 2").text, "Second."));
}

TEST_CASE("a section's number chooses its exercises and no others") {
  CHECK(run("9.1").status == 0);
  CHECK_FALSE(holds(states_of("9.2 --seconds 1"), "9.20a"));
  CHECK(run("9.20").status == 0);
}

TEST_CASE("what is no exercise in code is told, with what there is") {
  const Run none = run("9.7"), paper = run("9.1b");
  CHECK(none.status == 2);
  CHECK(holds(none.text, "no exercise in code 9.7 in chapters/09_sample. It has 9.1a, 9.2a, "));
  CHECK(paper.status == 2);
  CHECK(holds(paper.text, "9.1b, On paper, is not one in code (paper)"));
  CHECK(holds(paper.text, "chapters/09_sample/1_sample.cpp, line 31"));
}

TEST_CASE("a wrong answer is told in the words of its check") {
  expect_told("9.2b", "\nDid you forget to multiply?\n");
  expect_told("9.2f", "It uses exercise 9.2a, which is not done yet.");
}

TEST_CASE("what an answer throws is told as what it is") {
  expect_told("9.2c", "invalid matrix product");
  expect_told("9.4c", "throws something that is not a std::exception");
  expect_told("9.4d", "It throws an exception: no such row");
}

TEST_CASE("an answer that ends the program is told how it did") {
  expect_told("9.2d", "memory that is not its own");
  expect_told("9.4e", "It ends the program (with the exit status ");
  expect_told("9.4f", "abort()");
}

TEST_CASE("an index behind the end of a vector is told by the standard library's own check") {
  expect_told("9.4i", "__n < this->size()");
}

TEST_CASE("a recursion without end is told apart from a stray pointer") {
  expect_told("9.4a", "uses up the stack");
}

TEST_CASE("an answer may close its files and has no input to wait for") {
  CHECK(run("9.4g").status == 0);
  CHECK(run("9.4j").status == 0);
}

TEST_CASE("an endless loop is stopped and its exercise named") {
  expect_told("9.2e --seconds 1", "9.2e  Endless");
  expect_told("9.2e --seconds 1", "stopped after 1 s: does a loop never end?");
}

TEST_CASE("within two seconds a long check says that it runs, and it may go on") {
  const Run slow = run("9.4k");
  INFO(slow.text);
  CHECK(slow.status == 0);
  CHECK(holds(slow.text, "Exercise 9.4k, Patience, still runs. It may take 10 seconds."));
  CHECK(Limits{}.patience < std::chrono::seconds(2));
}

TEST_CASE("an answer that prints without end is cut, and the rest counted") {
  const Run lines = run("9.3a --seconds 1");
  INFO(lines.text.substr(0, 1000));
  CHECK(lines.status == 1);
  CHECK(lines.text.size() < 2000);
  CHECK(holds(lines.text, "It printed, at first\ntick\n"));
  CHECK(holds(lines.text, " kB in all, with "));
  CHECK(holds(lines.text, "does a loop never end?"));
  const Run line = run("9.3b --seconds 1");
  CHECK(line.text.size() < 70'000);
  CHECK(holds(line.text, "with 0 line ends"));
}

TEST_CASE("of what is printed the first lines and bytes are kept, and all is counted") {
  Limits limits;
  limits.lines = 2;
  limits.bytes = 6;
  Printed printed;
  add_printed(printed, "a\nb", limits);
  add_printed(printed, "c\nd\n", limits);
  CHECK(printed.text == "a\nbc\n");
  CHECK(printed.lines == 3);
  CHECK(printed.bytes == 7);
  Printed wide;
  add_printed(wide, "0123456789", limits);
  CHECK(wide.text == "012345");
  CHECK(wide.bytes == 10);
}

TEST_CASE("what an answer prints is shown under its exercise, and a crash loses nothing of it") {
  const Run printed = run("9.3c");
  INFO(printed.text);
  CHECK(printed.status == 0);
  CHECK(holds(printed.text, "done\n\nIt printed\ndebug: hi\n"));
  expect_told("9.3d", "It printed\nx = 3\n");
}

#ifndef LLM_SANITIZED  // A sanitizer has words of its own for a division, and needs all addresses.
TEST_CASE("a division of whole numbers by zero is told as one") {
  expect_told("9.4h", "is the divisor 0?");
}

TEST_CASE("an answer that eats memory is told how much it may use") {
  const Run memory = run("9.4b --memory 512");
  INFO(memory.text);
  CHECK(holds(memory.text, "It uses more than 512 MiB of memory"));
}
#endif

TEST_CASE("the states of exercises go to a file, whatever the answers print") {
  CHECK(states_of("9.1") == "9.1a\tdone\tA sum\n");
  CHECK(states_of("9.2a") == "9.2a\topen\tA product\n");
  CHECK(states_of("9.2b") == "9.2b\twrong\tWrong\n");
  CHECK(states_of("9.3c") == "9.3c\tdone\tA trace\n");
  CHECK(holds(run("9.1 --states /nowhere/states").text, "/nowhere/states"));
}

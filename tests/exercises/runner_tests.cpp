#include <sys/wait.h>

#include <array>
#include <cstdio>

#include "tests/catch.hpp"
#include "tests/exercises/page.hpp"

using namespace llm;

namespace {

const std::filesystem::path sample =
    std::filesystem::path(LLM_SOURCE_DIR) / "tests/exercises/sample/chapters/09_sample";

/// What a run of the sample chapter's runner printed, and its exit status.
struct Run {
  std::string text;
  int status;
};

/// Runs the sample chapter's runner with the arguments.
Run run(const std::string& arguments) {
  const std::string command = std::string(LLM_RUNNER) + " --root " + LLM_SOURCE_DIR +
                              "/tests/exercises/sample " + arguments + " 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  Run result;
  std::array<char, 4096> part;
  while (std::fgets(part.data(), static_cast<int>(part.size()), pipe)) result.text += part.data();
  result.status = WEXITSTATUS(pclose(pipe));
  return result;
}

/// Whether `text` holds `part`.
bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("an exercise is read from the prose of its section") {
  const ExerciseText exercise = read_exercise(section_file(sample, "9.1a"), "9.1a");
  CHECK(exercise.title == "A sum");
  CHECK(exercise.function == "sum");
  CHECK(exercise.statement == "Add two numbers. With\n\n```cpp\nsum(1, 2);\n```\nyou get 3.");
  REQUIRE(exercise.hints.size() == 2);
  CHECK(exercise.hints[0] == "There is an operator for it.");
  CHECK(exercise.hints[1] == "It is `+`,\nbetween the two.");
}

TEST_CASE("a missing section or exercise is named") {
  CHECK_THROWS_WITH(section_file(sample, "9.7"), Catch::Contains("no section 9.7"));
  CHECK_THROWS_WITH(read_exercise(section_file(sample, "9.1"), "9.1z"),
                    Catch::Contains("1_sample.cpp") && Catch::Contains("9.1z"));
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
  CHECK_FALSE(holds(run("9.2 --progress --seconds 1").text, "9.20a"));
  CHECK(run("9.20").status == 0);
  CHECK(run("9.7").status == 2);
}

TEST_CASE("a wrong answer, a size that does not fit, a crash and an endless loop are told apart") {
  CHECK(holds(run("9.2b").text, "Did you forget to multiply?"));
  CHECK(holds(run("9.2c").text, "invalid matrix product"));
  CHECK(holds(run("9.2d").text, "index out of range"));
  CHECK(holds(run("9.2e --seconds 1").text, "loop never end"));
}

TEST_CASE("a script reads one line an exercise") {
  CHECK(holds(run("--progress --seconds 1").text, "9.1a\tdone\tA sum\n9.2a\topen\tA product\n"));
  CHECK(holds(run("9.2b --progress").text, "9.2b\twrong\tWrong\n"));
}

#include "common/harness/recorder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "tests/catch.hpp"
#include "tests/temporary_folder.hpp"

using namespace llm;

namespace {

int line_of_first_print = 0;

void first_section() {
  line_of_first_print = __LINE__ + 1;
  print("width {}   entropy {:.2f}", 4, 1.256);
  print_timing("{} ms", 12);
  record("entropy", "{:.1f}", 1.256);
  record_data("figure", "steps", std::vector<double>{1, 2});
  record_data("figure", "names", std::vector<std::string>{"a", "b"});
  Matrix matrix(2, 2);
  matrix << 1, 2, 3, 4;
  record_data("figure", "matrix", matrix);
}

void second_section() {
  Matrix matrix(2, 2);
  matrix << 1, -20.5, 3, 4;
  show("weights", matrix, 1, {"cat", "eagle"}, {"x", "y"});
}

void failing_section() {
  throw std::runtime_error("there is no such text");
}

const Chapter chapter = {
    7,
    "A chapter",
    {{"First", first_section}, {"Second", second_section}, {"Third", failing_section}}};

/// How a chapter's program ended, and what it printed.
struct Ended {
  int status;
  std::string output;
};

/// Runs the chapter with these words on the command line, with standard output in a file.
Ended run(std::vector<std::string> words) {
  const TemporaryFolder folder;
  const std::string path = folder / "output";
  words.insert(words.begin(), "chapter");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  std::fflush(stdout);
  const int kept = ::dup(STDOUT_FILENO), file = ::open(path.c_str(), O_WRONLY | O_CREAT, 0600);
  ::dup2(file, STDOUT_FILENO);
  const int status = run_chapter(static_cast<int>(arguments.size()), arguments.data(), chapter);
  std::fflush(stdout);
  ::dup2(kept, STDOUT_FILENO);
  ::close(kept);
  ::close(file);
  std::ifstream written(path);
  return {status, {std::istreambuf_iterator<char>(written), {}}};
}

/// A recording that a run has left.
nlohmann::json recording_of(const std::string& path) {
  std::ifstream file(path);
  return nlohmann::json::parse(file);
}

}  // namespace

TEST_CASE("a chapter runs the sections that are named, in this order, under their headings") {
  const Ended ended = run({"2", "1"});
  CHECK(ended.status == 0);
  CHECK(ended.output ==
        "\n7.2 Second\n\nweights\n           x      y\ncat      1.0  -20.5\neagle    3.0    4.0\n"
        "\n7.1 First\n\nwidth 4   entropy 1.26\n12 ms\n");
}

TEST_CASE("a chapter lists its sections without running them") {
  const Ended ended = run({"--list"});
  CHECK(ended.status == 0);
  CHECK(ended.output == "7 A chapter\n  7.1 First\n  7.2 Second\n  7.3 Third\n");
}

TEST_CASE("a recording holds each printed text with its place, and says which are timings") {
  const TemporaryFolder folder;
  REQUIRE(run({"1", "--record", folder / "new"}).status == 0);
  const nlohmann::json outputs = recording_of(folder / "new/1.json")["outputs"];
  REQUIRE(outputs.size() == 2);
  CHECK(outputs[0]["text"] == "width 4   entropy 1.26");
  CHECK(outputs[0]["line"] == line_of_first_print);
  CHECK(outputs[0]["file"].get<std::string>().ends_with("tests/house/recorder_tests.cpp"));
  CHECK(outputs[0]["timing"] == false);
  CHECK(outputs[1]["text"] == "12 ms");
  CHECK(outputs[1]["timing"] == true);
}

TEST_CASE("a recording holds values as they read and as they are, and the data of figures") {
  const TemporaryFolder folder;
  REQUIRE(run({"1", "--record", folder / ""}).status == 0);
  const nlohmann::json recording = recording_of(folder / "1.json");
  CHECK(recording["values"]["entropy"]["text"] == "1.3");
  CHECK(recording["values"]["entropy"]["raw"] == 1.256);
  CHECK(recording["figures"]["figure"]["steps"] == nlohmann::json({1, 2}));
  CHECK(recording["figures"]["figure"]["names"] == nlohmann::json({"a", "b"}));
  CHECK(recording["figures"]["figure"]["matrix"] == nlohmann::json({{1, 2}, {3, 4}}));
}

TEST_CASE("what one section recorded is not in the recording of the next") {
  const TemporaryFolder folder;
  REQUIRE(run({"1", "2", "--record", folder / ""}).status == 0);
  const nlohmann::json second = recording_of(folder / "2.json");
  CHECK(second["values"].empty());
  CHECK(second["figures"].empty());
  CHECK(second["outputs"].size() == 1);
}

TEST_CASE("a section that fails ends the program with a status that is not zero") {
  const TemporaryFolder folder;
  CHECK(run({"3", "--record", folder / ""}).status == 1);
  CHECK_FALSE(std::filesystem::exists(folder / "3.json"));
}

TEST_CASE("a section that the chapter does not have is refused") {
  CHECK(run({"4"}).status != 0);
  CHECK(run({"0"}).status != 0);
}

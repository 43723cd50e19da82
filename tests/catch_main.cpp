// The main function of the test programs. Where LLM_TEST_REPORT names a file, a program writes its
// results into it as JUnit's XML, one entry a test case, beside what it says on the console.
#include <cstdlib>

#if LLM_CATCH2_MAJOR < 3
#define CATCH_CONFIG_MAIN
#include <fstream>

#include "tests/catch.hpp"

namespace {

/// The report's file; one that is not open, and drops what it is told, when there is to be none.
std::ostream& report_stream() {
  static std::ofstream file;
  // Each piece goes out at once: a crash would take with it what waits in a buffer.
  file << std::unitbuf;
  if (const char* path = std::getenv("LLM_TEST_REPORT")) file.open(path);
  return file;
}

/// Catch2 2 has a single reporter, which is the console's: this one listens beside it.
class Report : public Catch::JunitReporter {
 public:
  explicit Report(const Catch::ReporterConfig& config)
      : JunitReporter(Catch::ReporterConfig(config.fullConfig(), report_stream())) {}
};

}  // namespace

CATCH_REGISTER_LISTENER(Report)
#else
#include <catch2/catch_session.hpp>
#include <string>
#include <vector>

int main(int argc, char* argv[]) {
  std::vector<std::string> arguments(argv, argv + argc);
  if (const char* path = std::getenv("LLM_TEST_REPORT")) {
    arguments.insert(arguments.end(), {"--reporter", "console", "--reporter"});
    arguments.push_back(std::string("junit::out=") + path);
  }
  std::vector<const char*> words;
  for (const std::string& argument : arguments) words.push_back(argument.c_str());
  return Catch::Session().run(static_cast<int>(words.size()), words.data());
}
#endif

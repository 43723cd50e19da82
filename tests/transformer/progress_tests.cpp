#include "common/transformer/storage/progress.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>

#include "tests/catch.hpp"
#include "tests/temporary_folder.hpp"

using namespace llm;

namespace {

/// What `work` writes to standard error, which is a file meanwhile.
std::string standard_error_of(const std::function<void()>& work) {
  const TemporaryFolder folder;
  const std::string path = folder / "error";
  const int kept = ::dup(STDERR_FILENO), file = ::open(path.c_str(), O_WRONLY | O_CREAT, 0600);
  ::dup2(file, STDERR_FILENO);
  work();
  ::dup2(kept, STDERR_FILENO);
  ::close(kept);
  ::close(file);
  std::ifstream written(path);
  return {std::istreambuf_iterator<char>(written), {}};
}

}  // namespace

TEST_CASE("seconds are said as people say them") {
  CHECK(duration_text(0) == "0 s");
  CHECK(duration_text(59.4) == "59 s");
  CHECK(duration_text(59.6) == "1 min 0 s");
  CHECK(duration_text(200) == "3 min 20 s");
  CHECK(duration_text(3599) == "59 min 59 s");
  CHECK(duration_text(3900) == "1 h 5 min");
}

TEST_CASE("progress says the step, the losses that there are, and the time left") {
  CHECK(progress_text(7, 2000, 2.34567, std::nan(""), 83) ==
        "step    7/2000  loss 2.346  1 min 23 s left");
  CHECK(progress_text(2000, 2000, 1.5, 1.25, 0) ==
        "step 2000/2000  loss 1.500  validation 1.250  0 s left");
}

TEST_CASE("a line of a terminal has a bar as long as the share of the steps") {
  CHECK(terminal_line("half", 50, 100, 40) == "[############............] half        ");
  CHECK(terminal_line("none", 0, 100, 40) == "[........................] none        ");
  CHECK(terminal_line("all", 100, 100, 40) == "[########################] all         ");
}

TEST_CASE("a line of a terminal leaves its last column free, however narrow it is") {
  const std::string text = progress_text(1000000, 1000000, 10.125, 10.125, 3600 * 99 + 60 * 59);
  for (const Index columns : {200, 80, 79, 60, 40, 20, 2, 1}) {
    INFO(columns << " columns");
    const std::string line = terminal_line(text, 7, 10, columns);
    CHECK(static_cast<Index>(line.size()) == std::max<Index>(columns - 1, 1));
    CHECK(line.find('\n') == std::string::npos);
  }
  CHECK(terminal_line(text, 7, 10, 80).find(text) != std::string::npos);
  CHECK(terminal_line(text, 7, 10, 80).starts_with(text));  // no room for a bar
  CHECK(terminal_line(text, 7, 10, 100).starts_with('['));
  CHECK(terminal_line(text, 7, 10, 40) == text.substr(0, 39));
}

TEST_CASE("into a file go plain lines: for looks at the validation loss and for the last step") {
  const std::string written = standard_error_of([] {
    Progress progress(0, 4);
    for (Index step = 1; step <= 4; ++step) {
      StepReport report{.step = step, .loss = 2};
      if (step == 2) report.validation_loss = 1.75;
      progress.show(report);
    }
  });
  CHECK(written ==
        "step 2/4  loss 2.000  validation 1.750  0 s left\n"
        "step 4/4  loss 2.000  validation 1.750  0 s left\n");
}

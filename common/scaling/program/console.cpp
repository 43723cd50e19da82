#include "common/scaling/program/console.hpp"

#include <fcntl.h>

#include <cerrno>
#include <charconv>
#include <limits>

namespace llm {

namespace {

/// What is wrong with a word as a seed; nothing if it is one.
std::string seed_error(const std::string& word) {
  std::uint64_t seed = 0;
  const char* const last = word.data() + word.size();
  const auto [end, error] = std::from_chars(word.data(), last, seed);
  if (error == std::errc() && end == last) return {};
  return fmt::format("a seed is a whole number from 0 to {}, not {}",
                     std::numeric_limits<std::uint64_t>::max(), word);
}

}  // namespace

void open_standard_streams() {
  for (int number = 0; number <= 2; ++number) {
    if (::fcntl(number, F_GETFD) == -1 && errno == EBADF) ::open("/dev/null", O_RDWR);
  }
}

void add_seed(CLI::App& command, std::uint64_t& seed) {
  command.add_option("--seed", seed, "of the random choices")
      ->check(CLI::Validator(seed_error, ""))
      ->capture_default_str();
}

void add_run(CLI::App& command, std::string& run) {
  command.add_option("--run", run, "directory of the run")->capture_default_str();
}

}  // namespace llm

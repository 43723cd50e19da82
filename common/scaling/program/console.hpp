#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

namespace llm {

/// Gives standard input, output and error something to refer to where the program was started
/// without: else the next file that is opened takes the place, and messages go into it.
void open_standard_streams();

/// Prints to standard output at once. Whether it could is asked when the program ends: a run goes
/// on without a reader.
template <class... Arguments>
void say(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  std::fputs(fmt::format(format, std::forward<Arguments>(arguments)...).c_str(), stdout);
  std::fflush(stdout);
}

/// Prints a remark to standard error, where it does not mix with what the program was asked for.
template <class... Arguments>
void remark(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  std::fputs(fmt::format(format, std::forward<Arguments>(arguments)...).c_str(), stderr);
}

/// Adds the option --seed, which takes whole numbers only: CLI11 would read -1 as a large one.
void add_seed(CLI::App& command, std::uint64_t& seed);

/// Adds the option --run to a command that reads a run.
void add_run(CLI::App& command, std::string& run);

}  // namespace llm
